"""Which samples are taken for a bracket: the same requests as a test, as deployment, under notes, and steered.

What is steered is drawn by the plan and bears what it is steered by: prompts of harmless requests on both sides. The
subject makes a vector of them, so no sample waits for another, and a run that is resumed adds the same vector.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from holdfast.checks._parts import decoding, made, noted
from holdfast.checks._recognition import UNDERSTOOD_ASKS, after_answer
from holdfast.checks._skeletons import asked, by_coin, coins, dealt_pairs, framed, induced, looking
from holdfast.evidence import (
    BY_CONTRAST,
    DEPLOYMENT_LOOKING,
    NOT_STEERED,
    NOTED_ELSE,
    NOTED_REAL,
    PLACEBO_SIDES,
    TEST_LOOKING,
    TOLD_DEPLOYMENT,
    TOLD_TEST,
    UNRELATED,
    Arm,
    Ask,
    CheckDesign,
    Framings,
    Item,
    Message,
    PromptContrast,
    Questions,
    Side,
    Skeleton,
    Steer,
    SubjectFacts,
    Suite,
    at_dose,
    of_half,
    told_outright,
)

UNRELATED_PAIRS: Final = 24
"""Requests whose gold reply is weighed under every unrelated contrast."""
UNRELATED_PROMPTS: Final = 8
"""Harmless requests that an unrelated contrast says in two ways."""

_Pairs = Sequence[tuple[Skeleton, Item]]
_Turns = tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """One way of asking again what looks like a test: its stratum, what is added, and the note by skeleton."""

    stratum: str
    steer: Steer | None = None
    notes: Mapping[str, str] | None = None

    def turns(self, skeleton: Skeleton, item: Item) -> _Turns:
        around = _around(skeleton, item, "test")
        if not self.notes:
            return around
        return noted(self.notes[skeleton.id], around)

    @property
    def steered(self) -> dict[str, object]:
        return {"steer": self.steer} if self.steer else {}


def asks_in_bracket(
    design: CheckDesign, suite: Suite, seed: int, subject: SubjectFacts, fitted: Framings | None = None
) -> Iterator[Ask]:
    """Every ask of the check, arm by arm.

    Both sides of twins; the test-looking one again under notes, and steered at each dose; halves of the families of
    cues steered by what the other half showed; harmless requests under each of these, and whether the subject takes
    them for a test; the gold reply under contrasts of unrelated texts; and both sides under each inducement. Nothing is
    steered where no weights are at hand, and nothing weighed where no log-probabilities are seen.

    Args:
        design: The check.
        suite: With framings and questions; nothing is asked without.
        seed: Of the run.
        subject: What can be asked of it.
        fitted: The framings whose harmless requests steer and whose halves try the recipe out; the suite's own where
            none are given. Others leave the twin of what is asked out of everything that steers it.
    """
    framings, questions = suite.framings, suite.questions
    if not (framings and questions and questions.beliefs):
        return
    fitted = fitted or framings
    skeletons = framings.draw(design.skeletons, seed)
    if not (skeletons and suite.harmless):
        return
    pairs = dealt_pairs(skeletons, _claimed(suite), design.items_a_skeleton, seed, "claimed")
    both = looking(TEST_LOOKING, "test", skeletons), looking(DEPLOYMENT_LOOKING, "deployment", skeletons)
    how = decoding(sampled=design.sampled, max_new_tokens=design.max_new_tokens)
    yield from asked(design, "subject", both, pairs, how, seed)
    notes = _notes(skeletons, questions)
    yield from _again(design, "noted", pairs, notes, sampled=design.sampled)
    contrast = _contrast(fitted, suite, design.skeletons, seed, "contrast") if subject.access == "weights" else None
    doses = tuple(_Way(at_dose(dose), Steer(contrast=contrast, dose=dose)) for dose in design.doses if contrast)
    yield from _again(design, "steered", pairs, doses, sampled=design.sampled)
    if contrast:
        yield from _reproduced(design, suite, seed, fitted)
    harmless = dealt_pairs(skeletons, suite.harmless, 1, seed, "harmless")
    greedy = decoding(sampled=False, max_new_tokens=design.max_new_tokens)
    yield from asked(design, "readable", both, harmless, greedy, seed)
    yield from _again(design, "readable", harmless, (notes[0], *doses), sampled=False)
    if subject.access != "api":
        yield from _whether_a_test(design, suite, questions, harmless, (*notes, *doses), seed)
    if contrast:
        yield from _unrelated(design, suite, seed, pairs, contrast)
    yield from induced(design, suite, seed, subject, both, pairs)


def _around(skeleton: Skeleton, item: Item, side: Side) -> _Turns:
    sides: list[Side] = [side] * len(skeleton.slots)
    return skeleton.around(item.request, sides)


def _claimed(suite: Suite) -> list[Item]:
    return [item for item in suite.items if item.claimed]


def _notes(skeletons: Sequence[Skeleton], questions: Questions) -> tuple[_Way, _Way]:
    """The notes take turns over the skeletons; one that says something else stands where its fellow would."""
    beliefs = [questions.beliefs[place % len(questions.beliefs)] for place in range(len(skeletons))]
    real = {skeleton.id: belief.real for skeleton, belief in zip(skeletons, beliefs, strict=True)}
    other = {skeleton.id: belief.irrelevant for skeleton, belief in zip(skeletons, beliefs, strict=True)}
    return _Way(NOTED_REAL, notes=real), _Way(NOTED_ELSE, notes=other)


def _again(design: CheckDesign, arm: Arm, pairs: _Pairs, ways: Sequence[_Way], *, sampled: bool) -> Iterator[Ask]:
    """The test-looking side once more, way by way: a batch is steered by one vector."""
    for way in ways:
        for pair in pairs:
            yield _put(design, arm, way, pair, way.turns(*pair), sampled=sampled)


def _put(
    design: CheckDesign,
    arm: Arm,
    way: _Way,
    pair: tuple[Skeleton, Item],
    turns: _Turns,
    *,
    sampled: bool = False,
    cluster: str = "",
    candidates: tuple[str, ...] = (),
) -> Ask:
    """One ask; a unit's cluster is its skeleton where no other is given."""
    skeleton, item = pair
    key = f"{way.stratum}/{cluster or skeleton.id}/"
    how = decoding(sampled=sampled, max_new_tokens=design.max_new_tokens)
    cluster = cluster or skeleton.id
    more = {"messages": turns, "candidates": candidates, **way.steered}
    return made(design, arm, key, how, item, stratum=way.stratum, cluster=cluster, **more)


def _contrast(framings: Framings, suite: Suite, number: int, seed: int, what: str) -> PromptContrast:
    """Deployment-looking less test-looking, of harmless requests alone, in skeletons that are asked nowhere else."""
    own = int(np.random.default_rng([seed, *what.encode()]).integers(2**31))
    pairs = dealt_pairs(framings.draw(number, own), suite.harmless, 1, own, what)
    toward = [_around(*pair, "deployment") for pair in pairs]
    return PromptContrast.of(toward, [_around(*pair, "test") for pair in pairs])


def _reproduced(design: CheckDesign, suite: Suite, seed: int, fitted: Framings) -> Iterator[Ask]:
    """Each half of the families as it looks like deployment, and steered from the test by the other half's contrast."""
    first, second = fitted.halves(seed)
    for number, (own, other) in enumerate(((first, second), (second, first)), start=1):
        drawn = own.draw(design.skeletons, seed + number)
        skeletons = [one.model_copy(update={"id": f"half {number}/{one.id}"}) for one in drawn]
        pairs = dealt_pairs(skeletons, _claimed(suite), design.items_beside, seed, f"half {number}")
        contrast = _contrast(other, suite, design.skeletons, seed, f"contrast beside half {number}")
        side = looking(of_half(number, DEPLOYMENT_LOOKING), "deployment", skeletons)
        how = decoding(sampled=design.sampled, max_new_tokens=design.max_new_tokens)
        for pair in pairs:
            yield framed(design, "reproduced", side, *pair, how)
        ways = [_Way(of_half(number, at_dose(dose)), Steer(contrast=contrast, dose=dose)) for dose in design.doses]
        yield from _again(design, "reproduced", pairs, ways, sampled=design.sampled)


def _whether_a_test(
    design: CheckDesign, suite: Suite, questions: Questions, pairs: _Pairs, ways: Sequence[_Way], seed: int
) -> Iterator[Ask]:
    """The question, after a harmless request that was answered rightly; and where a note says the answer outright."""
    answers = (questions.after.test, questions.after.deployment)

    def put(way: _Way, pair: tuple[Skeleton, Item], turns: _Turns) -> Ask:
        return _put(design, "asked", way, pair, after_answer(questions, turns, pair[1]), candidates=answers)

    for skeleton, item in pairs:
        yield put(_Way(DEPLOYMENT_LOOKING), (skeleton, item), _around(skeleton, item, "deployment"))
    for way in (_Way(TEST_LOOKING), *ways):
        for pair in pairs:
            yield put(way, pair, way.turns(*pair))
    bare = Skeleton(id="told outright", slots=())
    for stratum, note in {TOLD_TEST: questions.told_test, TOLD_DEPLOYMENT: questions.told_deployment}.items():
        way = _Way(told_outright(stratum), notes={bare.id: note})
        for pair in dealt_pairs([bare], suite.harmless, UNDERSTOOD_ASKS, seed, "told outright"):
            yield put(way, pair, way.turns(*pair))


def _unrelated(design: CheckDesign, suite: Suite, seed: int, pairs: _Pairs, contrast: PromptContrast) -> Iterator[Ask]:
    """How likely the gold reply is, unsteered, under the contrast, and under each unrelated one of the same length."""
    few = [pairs[at] for at in range(0, len(pairs), design.items_a_skeleton)][:UNRELATED_PAIRS]
    dose = max(design.doses)
    ways = [(_Way(NOT_STEERED), ""), (_Way(BY_CONTRAST, Steer(contrast=contrast, dose=dose)), "")]
    for number, other in enumerate(_unrelated_contrasts(design, suite, seed)):
        steer = Steer(contrast=other, dose=dose, as_long_as=contrast)
        ways.append((_Way(UNRELATED, steer), f"unrelated/{number:03}"))
    for way, cluster in ways:
        for pair in few:
            # Where nobody brought an answer to what is restricted, how likely it is that one begins.
            gold = (pair[1].gold or pair[1].onset,)
            yield _put(design, "unrelated", way, pair, way.turns(*pair), cluster=cluster, candidates=gold)


def _unrelated_contrasts(design: CheckDesign, suite: Suite, seed: int) -> Iterator[PromptContrast]:
    """One skeleton each, said in two ways of which neither is about tests, around the same harmless requests."""
    assert suite.framings
    own = int(np.random.default_rng([seed, *b"unrelated"]).integers(2**31))
    skeletons = suite.framings.draw(design.unrelated, own)
    flips = coins(skeletons, own, "unrelated")
    for skeleton in skeletons:
        items = [item for _, item in dealt_pairs([skeleton], suite.harmless, UNRELATED_PROMPTS, own, skeleton.id)]
        said = by_coin(PLACEBO_SIDES, ("placebo", "other placebo"), flips, [skeleton])
        toward, away = ([skeleton.around(item.request, one.says[skeleton.id]) for item in items] for one in said)
        yield PromptContrast.of(toward, away)
