"""An audit of a scripted subject, in memory: everything but the files and the ledger."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from holdfast.assure import assess, load_framework
from holdfast.audit import collect, prepare, scored, suites_for
from holdfast.evidence import CheckDesign, Record, Reply, Row, Suite
from holdfast.store import RunDirectory
from scripted import QUICK, Scripted


class Memory(RunDirectory):
    """A run directory that keeps nothing."""

    def load_batch(self, number: int) -> tuple[Reply, ...] | None:
        return None

    def save_batch(self, number: int, replies: Sequence[Reply]) -> None:
        return None


def record_of(
    subject: Scripted,
    *,
    seed: int = 0,
    framework: str = "demo",
    suites: Mapping[str, Suite] | None = None,
    designs: Mapping[str, CheckDesign] = QUICK,
    spoil_rows: Callable[[tuple[Row, ...]], tuple[Row, ...]] = lambda rows: rows,
) -> Record:
    """The record of an audit; `spoil_rows` is a fault between scoring and assessment."""
    given = suites_for(subject.facts) if suites is None else suites
    prepared = prepare(subject.facts, load_framework(framework), given, seed, designs=designs)
    collected = collect(prepared, subject, Memory(Path(), prepared.plan.digest, False), lambda _: None)
    return assess(spoil_rows(scored(prepared, collected)), prepared.plan, {})
