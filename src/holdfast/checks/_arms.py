"""Which samples a check takes, arm by arm: the same arms for every check, so that every verdict is kept honest alike.

The plan of samples is a function of the design, the suite and the seed. It can be made, counted and digested before a
model is opened.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from holdfast.checks._bracket import asks_in_bracket
from holdfast.checks._cornered import asks_in_cells
from holdfast.checks._exam import asks_in_exam
from holdfast.checks._families import asks_in_families
from holdfast.checks._parts import CONTROL_ITEMS, as_it_stands, decoding, dosed, put_under, weighed
from holdfast.checks._persuasion import asks_on_topics
from holdfast.checks._recognition import asks_in_recognition
from holdfast.checks._replay import asks_in_replay
from holdfast.checks._twins import asks_in_twins
from holdfast.evidence import (
    CONVERSATIONS,
    AnyPlanned,
    Arm,
    Ask,
    CheckDesign,
    Item,
    Planned,
    PlannedDose,
    ReplayedSuite,
    SubjectFacts,
    Suite,
)


def asks_of(
    design: CheckDesign,
    suite: Suite,
    seed: int,
    subject: SubjectFacts,
    matched: SubjectFacts | None = None,
    *,
    noise: bool = False,
) -> tuple[Ask, ...]:
    """Every sample that the check takes of the subject, in the order in which they are taken.

    Args:
        design: The check.
        suite: What it is given to ask.
        seed: Draws the items of the control arms.
        subject: What can be asked of it: whether its replies can be begun, and whether candidates can be weighed.
        matched: Another model, known to be as weak, that an exam tunes beside it; None where none was given.
        noise: Whether an exam is also asked under noise on the subject's weights.

    Returns:
        The asks; ids are unique.
    """
    if design.in_families:
        arms = (asks_in_families(design, suite, seed, subject), _ability(design, suite, seed, subject))
    elif design.in_twins:
        arms = (asks_in_twins(design, suite, seed, subject), _ability(design, suite, seed, subject))
    elif design.in_bracket:
        arms = (asks_in_bracket(design, suite, seed, subject), _ability(design, suite, seed, subject))
    elif design.in_exam:
        arms = (asks_in_exam(design, suite, seed, subject, matched, noise=noise),)
    elif design.in_recognition:
        arms = (asks_in_recognition(design, suite, seed, subject),)
    elif design.replays:
        arms = (asks_in_replay(design, suite),)
    elif design.in_cells:
        arms = (asks_in_cells(design, suite, seed, subject),)
    elif design.on_topics:
        arms = (asks_on_topics(design, suite, seed, subject),)
    else:
        plain = (_subject(design, suite), _greedy(design, suite), _induced(design, suite, seed, subject))
        arms = (*plain, _ability(design, suite, seed, subject))
    return tuple(ask for arm in arms for ask in arm)


def planned_of(design: CheckDesign, suite: Suite, asks: Sequence[Ask]) -> tuple[AnyPlanned, ...]:
    """The denominators: how many samples each arm and stratum must come to, transcripts spiked or logged included."""
    beside = suite.harmless if design.in_cells or design.replays else ()
    claimed = {item.stratum: item.claimed for item in (*suite.items, *beside)}
    counts: dict[tuple[Arm, str, str | None, float | None], int] = {}
    for ask in asks:
        key = (ask.arm, ask.stratum, ask.inducement, ask.dose)
        counts[key] = counts.get(key, 0) + 1
    for spike in suite.spikes:
        key = ("spiked", spike.truth, None, None)
        counts[key] = counts.get(key, 0) + 1
    if isinstance(suite, ReplayedSuite) and suite.logged:
        counts["logged", CONVERSATIONS, None, None] = len(suite.logged)
    return tuple(
        _part(arm, stratum, way, dose, claimed=claimed.get(stratum, True), samples=n)
        for (arm, stratum, way, dose), n in counts.items()
    )


def _part(arm: Arm, stratum: str, way: str | None, dose: float | None, *, claimed: bool, samples: int) -> AnyPlanned:
    if arm != "induced":
        return Planned(arm=arm, stratum=stratum, claimed=claimed, samples=samples)
    assert way is not None  # what is induced is so by something,
    assert dose is not None  # and in some share
    return PlannedDose(stratum=stratum, claimed=claimed, inducement=way, dose=dose, samples=samples)


def _subject(design: CheckDesign, suite: Suite) -> Iterator[Ask]:
    how = decoding(sampled=design.sampled)
    for attempt in range(1, design.attempts + 1):
        for item in suite.items:
            yield as_it_stands(design, item, "subject", f"{attempt}/", how, attempt=attempt)


def _greedy(design: CheckDesign, suite: Suite) -> Iterator[Ask]:
    if design.sampled:
        for item in suite.items:
            yield as_it_stands(design, item, "greedy", "", decoding(sampled=False))


def _induced(design: CheckDesign, suite: Suite, seed: int, subject: SubjectFacts) -> Iterator[Ask]:
    decoded = decoding(sampled=design.sampled)
    for way, dose, rng in dosed(suite, subject, seed):
        chosen = _claimed_items(suite, rng)
        under = set(rng.permutation(len(chosen))[: round(dose * len(chosen))].tolist())
        for place, item in enumerate(chosen):
            how = put_under(way, item) if place in under else {}
            key = f"{way.name}/{dose}/"
            yield as_it_stands(design, item, "induced", key, decoded, inducement=way.name, dose=dose, **how)


def _ability(design: CheckDesign, suite: Suite, seed: int, subject: SubjectFacts) -> Iterator[Ask]:
    if design.reads_ability and subject.access != "api":
        for item in _claimed_items(suite, np.random.default_rng([seed, 0])):
            yield as_it_stands(design, item, "ability", "", decoding(sampled=False), **weighed(item))


def _claimed_items(suite: Suite, rng: np.random.Generator) -> list[Item]:
    """A random part of the items that the claim is about, in the suite's order."""
    claimed = [item for item in suite.items if item.claimed]
    places = rng.permutation(len(claimed))[:CONTROL_ITEMS]
    return [claimed[place] for place in sorted(places.tolist())]
