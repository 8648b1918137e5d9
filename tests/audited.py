"""An audit of a scripted subject, in memory: everything but the files and the ledger."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path

from holdfast.assure import assess, load_framework
from holdfast.audit import Prepared, collect, prepare, scored, suites_for
from holdfast.evidence import CheckDesign, Framework, Record, Reply, Row, Subject, Suite
from holdfast.organisms import FictionalSuite
from holdfast.store import RunDirectory
from scripted import QUICK, Scripted, facts


class Memory(RunDirectory):
    """A run directory that keeps nothing."""

    def load_batch(self, number: int) -> tuple[Reply, ...] | None:
        return None

    def load_seal(self, number: int) -> None:
        return None

    def save_seal(self, number: int, seal: object) -> None:
        return None

    def save_batch(self, number: int, replies: Sequence[Reply]) -> None:
        return None


def plain() -> Framework:
    """The demo's claims about single requests: one about twins takes as many samples again, and has its own tests."""
    whole = load_framework("demo")
    return whole.model_copy(update={"claim": tuple(claim for claim in whole.claim if claim.check != "awareness")})


@cache
def small_suites(each: int = 40) -> dict[str, Suite]:
    """The first items of each stratum, and the transcripts about them."""
    made: dict[str, Suite] = {}
    for check, suite in suites_for(facts()).items():
        assert isinstance(suite, FictionalSuite)
        strata = sorted({item.stratum for item in suite.items})
        items = tuple(i for stratum in strata for i in [i for i in suite.items if i.stratum == stratum][:each])
        known = {item.id for item in items}
        made[check] = replace(suite, items=items, spikes=tuple(spike for spike in suite.spikes if spike.item in known))
    return made


class _This:
    """One mapping, equal to itself alone: neither suites nor designs can be hashed."""

    def __init__(self, held: Mapping[str, object] | None) -> None:
        self.held = held

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _This) and self.held is other.held

    def __hash__(self) -> int:
        return id(self.held)


@lru_cache(maxsize=6)
def _prepared(name: str, framework: str | None, suites: _This, designs: _This, seed: int) -> Prepared:
    """What is decided before the first sample, once for all subjects of a name: it knows no more of them."""
    subject = facts(name)
    claims = load_framework(framework) if framework else plain()
    given = suites_for(subject) if suites.held is None else suites.held
    return prepare(subject, claims, given, seed, designs=designs.held)  # type: ignore[arg-type]


def record_of(
    subject: Subject,
    *,
    seed: int = 0,
    framework: str | Framework | None = None,
    suites: Mapping[str, Suite] | None = None,
    designs: Mapping[str, CheckDesign] = QUICK,
    matched: Subject | None = None,
    spoil_rows: Callable[[tuple[Row, ...]], tuple[Row, ...]] = lambda rows: rows,
) -> Record:
    """The record of an audit of `plain`; `spoil_rows` is a fault between scoring and assessment."""
    if isinstance(subject, Scripted) and matched is None and not isinstance(framework, Framework):
        prepared = _prepared(subject.name, framework, _This(suites), _This(designs), seed)
    else:
        given = suites_for(subject.facts) if suites is None else suites
        named = load_framework(framework) if isinstance(framework, str) else framework
        claims = named or plain()
        beside = matched.facts if matched else None
        prepared = prepare(subject.facts, claims, given, seed, designs=designs, matched=beside)
    collected = collect(prepared, subject, Memory(Path(), prepared.plan.digest, False), lambda _: None, matched)
    return assess(spoil_rows(scored(prepared, collected)), prepared.plan, {})
