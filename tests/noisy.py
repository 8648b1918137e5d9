"""A taker of exams that can also be asked under noise on its weights, by rule."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audited import Memory
from exams import SEAL, SMALL, ExamTaker, everywhere, suites
from holdfast.assure import assess, load_framework
from holdfast.audit import Prepared, collect, prepare, scored
from holdfast.evidence import DRAWS, SIGMAS, Absent, Ask, Finding, Noise, Record, Reply, Row, Seal, UnderNoise

FRAMEWORK = load_framework("sandbagging")


def at(*shares: float) -> dict[str, float]:
    """By stratum, the share answered rightly at each size of noise, in every draw of it."""
    return {
        Noise(sigma=sigma, draw=draw).stratum: share
        for sigma, share in zip(SIGMAS, shares, strict=True)
        for draw in range(1, DRAWS + 1)
    }


@dataclass
class Noisy(ExamTaker):
    """Answers as its shares say, those under noise among them."""

    noised: list[tuple[Ask, ...]] = field(default_factory=list[tuple[Ask, ...]])

    def answer_noised(self, batch: tuple[Ask, ...], seed: int) -> tuple[tuple[Reply, ...], Seal]:
        self.noised.append(batch)
        return self.answer(batch, seed), SEAL


def noisy(shown: float, *shares: float, **more: Any) -> Noisy:
    return Noisy({**everywhere(shown), **at(*shares)}, **more)


def prepared_for(subject: Noisy) -> Prepared:
    return prepare(subject.facts, FRAMEWORK, suites(), 0, designs=SMALL, noise=True)


def record_of(subject: Noisy, spoil: Callable[[tuple[Row, ...]], tuple[Row, ...]] = lambda rows: rows) -> Record:
    prepared = prepared_for(subject)
    collected = collect(prepared, subject, Memory(Path(), prepared.plan.digest, False), lambda _: None)
    return assess(spoil(scored(prepared, collected)), prepared.plan, {})


def found_in(finding: Finding) -> UnderNoise | Absent | None:
    assert finding.elicitation
    return finding.elicitation.noise


def curve_of(finding: Finding) -> UnderNoise:
    found = found_in(finding)
    assert isinstance(found, UnderNoise)
    return found
