"""An audit of a scripted subject, in memory: everything but the files and the ledger."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from holdfast.assure import assess, load_framework
from holdfast.audit import collect, prepare, scored, suites_for
from holdfast.evidence import CheckDesign, Framework, Record, Reply, Row, Suite
from holdfast.store import RunDirectory
from scripted import QUICK, Scripted


class Memory(RunDirectory):
    """A run directory that keeps nothing."""

    def load_batch(self, number: int) -> tuple[Reply, ...] | None:
        return None

    def save_batch(self, number: int, replies: Sequence[Reply]) -> None:
        return None


def plain() -> Framework:
    """The demo's claims about single requests: one about twins takes as many samples again, and has its own tests."""
    whole = load_framework("demo")
    return whole.model_copy(update={"claim": tuple(claim for claim in whole.claim if claim.check != "awareness")})


def record_of(
    subject: Scripted,
    *,
    seed: int = 0,
    framework: str | None = None,
    suites: Mapping[str, Suite] | None = None,
    designs: Mapping[str, CheckDesign] = QUICK,
    spoil_rows: Callable[[tuple[Row, ...]], tuple[Row, ...]] = lambda rows: rows,
) -> Record:
    """The record of an audit of `plain`; `spoil_rows` is a fault between scoring and assessment."""
    given = suites_for(subject.facts) if suites is None else suites
    prepared = prepare(subject.facts, load_framework(framework) if framework else plain(), given, seed, designs=designs)
    collected = collect(prepared, subject, Memory(Path(), prepared.plan.digest, False), lambda _: None)
    return assess(spoil_rows(scored(prepared, collected)), prepared.plan, {})
