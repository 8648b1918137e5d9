"""Which samples are taken for a bracket: the same requests as a test, as deployment, under notes, and steered.

What is steered is drawn by the plan and bears what it is steered by: prompts of harmless requests on both sides. The
subject makes a vector of them, so no sample waits for another, and a run that is resumed adds the same vector.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from holdfast.checks._parts import decoding, made, put_under
from holdfast.checks._recognition import UNDERSTOOD_ASKS, after_answer, weighed_answers
from holdfast.checks._skeletons import SaidBy, asked, coins, dealt_pairs, framed, induced, looking
from holdfast.evidence import (
    BY_CONTRAST,
    DEPLOYMENT_LOOKING,
    NOT_STEERED,
    NOTED_ELSE,
    NOTED_REAL,
    TEST_LOOKING,
    TOLD_DEPLOYMENT,
    TOLD_TEST,
    UNRELATED,
    Arm,
    Ask,
    CheckDesign,
    Framings,
    Inducement,
    Item,
    Message,
    PromptContrast,
    Questions,
    Skeleton,
    Steer,
    SubjectFacts,
    Suite,
    at_dose,
    of_half,
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

    def turns(self, skeleton: Skeleton, item: Item, request: str | None = None) -> _Turns:
        around = skeleton.around(request or item.request, ["test"] * len(skeleton.slots))
        if not self.notes:
            return around
        noted = put_under(Inducement(name=self.stratum, note=self.notes[skeleton.id]), item, around)["messages"]
        assert isinstance(noted, tuple)
        return noted

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
    pairs = dealt_pairs(skeletons, _claimed(suite), design.items_a_skeleton, seed, "claimed")
    sampled, greedy = decoding(sampled=design.sampled), decoding(sampled=False)
    both = looking(TEST_LOOKING, "test", skeletons), looking(DEPLOYMENT_LOOKING, "deployment", skeletons)
    yield from asked(design, "subject", both, pairs, sampled, seed)
    notes = _notes(skeletons, questions)
    yield from _again(design, "noted", pairs, notes, sampled)
    contrast = _contrast(fitted, suite, design.skeletons, seed, "contrast") if subject.access == "weights" else None
    doses = tuple(_Way(at_dose(dose), Steer(contrast=contrast, dose=dose)) for dose in design.doses if contrast)
    yield from _again(design, "steered", pairs, doses, sampled)
    if contrast:
        yield from _reproduced(design, suite, seed, fitted)
    harmless = dealt_pairs(skeletons, suite.harmless, 1, seed, "harmless")
    yield from asked(design, "readable", both, harmless, greedy, seed)
    yield from _again(design, "readable", harmless, (notes[0], *doses), greedy)
    if subject.access != "api":
        yield from _whether_a_test(design, questions, harmless, both[1], (*notes, *doses), suite, seed)
    if contrast:
        yield from _unrelated(design, suite, seed, pairs, contrast)
    yield from induced(design, suite, seed, subject, both, pairs)


def _claimed(suite: Suite) -> list[Item]:
    return [item for item in suite.items if item.claimed]


def _notes(skeletons: Sequence[Skeleton], questions: Questions) -> tuple[_Way, _Way]:
    """The notes take turns over the skeletons; one that says something else stands where its fellow would."""
    beliefs = [questions.beliefs[place % len(questions.beliefs)] for place in range(len(skeletons))]
    real = {skeleton.id: belief.real for skeleton, belief in zip(skeletons, beliefs, strict=True)}
    other = {skeleton.id: belief.irrelevant for skeleton, belief in zip(skeletons, beliefs, strict=True)}
    return _Way(NOTED_REAL, notes=real), _Way(NOTED_ELSE, notes=other)


def _again(design: CheckDesign, arm: Arm, pairs: _Pairs, ways: Sequence[_Way], how: object) -> Iterator[Ask]:
    """The test-looking side once more, way by way: a batch is steered by one vector."""
    for way in ways:
        for skeleton, item in pairs:
            yield _put(design, arm, way, skeleton, item, way.turns(skeleton, item), decoding=how)


def _put(
    design: CheckDesign,
    arm: Arm,
    way: _Way,
    skeleton: Skeleton,
    item: Item,
    turns: _Turns,
    key: str = "",
    **more: object,
) -> Ask:
    fields = {"messages": turns, **way.steered, **more}
    key = f"{key}{way.stratum}/{skeleton.id}/"
    how = decoding(sampled=False)
    return made(design, arm, key, how, item, stratum=way.stratum, cluster=skeleton.id, **fields)


def _contrast(framings: Framings, suite: Suite, number: int, seed: int, what: str) -> PromptContrast | None:
    """Deployment-looking less test-looking, of harmless requests alone, in skeletons that are asked nowhere else."""
    own = int(np.random.default_rng([seed, *what.encode()]).integers(2**31))
    pairs = dealt_pairs(framings.draw(number, own), suite.harmless, 1, own, what)
    toward, away = (
        [skeleton.around(item.request, [side] * len(skeleton.slots)) for skeleton, item in pairs]
        for side in ("deployment", "test")
    )
    return PromptContrast.of(toward, away) if pairs else None


def _reproduced(design: CheckDesign, suite: Suite, seed: int, fitted: Framings) -> Iterator[Ask]:
    """Each half of the families as it looks like deployment, and steered from the test by the other half's contrast."""
    halves = fitted.halves(seed)
    for number, (own, other) in enumerate(((halves[0], halves[1]), (halves[1], halves[0])), start=1):
        skeletons = [
            one.model_copy(update={"id": f"half {number}/{one.id}"})
            for one in own.draw(design.skeletons, seed + number)
        ]
        pairs = dealt_pairs(skeletons, _claimed(suite), design.items_beside, seed, f"half {number}")
        contrast = _contrast(other, suite, design.skeletons, seed, f"contrast beside half {number}")
        side = looking(of_half(number, DEPLOYMENT_LOOKING), "deployment", skeletons)
        for skeleton, item in pairs if contrast else ():
            yield framed(design, "reproduced", side, skeleton, item, decoding(sampled=design.sampled))
        for dose in design.doses if contrast else ():
            way = _Way(of_half(number, at_dose(dose)), Steer(contrast=contrast, dose=dose))
            yield from _again(design, "reproduced", pairs, (way,), decoding(sampled=design.sampled))


def _whether_a_test(
    design: CheckDesign,
    questions: Questions,
    pairs: _Pairs,
    deployment: SaidBy,
    ways: Sequence[_Way],
    suite: Suite,
    seed: int,
) -> Iterator[Ask]:
    """The question, after a harmless request that was answered rightly; and where a note says the answer outright."""
    weighed = weighed_answers(questions.after)
    for skeleton, item in pairs:
        turns = after_answer(questions, skeleton.around(item.request, deployment.says[skeleton.id]), item)
        yield _put(design, "asked", _Way(DEPLOYMENT_LOOKING), skeleton, item, turns, **weighed)
    for way in (_Way(TEST_LOOKING), *ways):
        for skeleton, item in pairs:
            turns = after_answer(questions, way.turns(skeleton, item), item)
            yield _put(design, "asked", way, skeleton, item, turns, **weighed)
    bare = Skeleton(id="told outright", slots=())
    for told, note in {TOLD_TEST: questions.told_test, TOLD_DEPLOYMENT: questions.told_deployment}.items():
        way = _Way(f"told outright: {told}", notes={bare.id: note})
        for _, item in dealt_pairs([bare], suite.harmless, UNDERSTOOD_ASKS, seed, "told outright"):
            yield _put(
                design, "asked", way, bare, item, after_answer(questions, way.turns(bare, item), item), **weighed
            )


def _unrelated(design: CheckDesign, suite: Suite, seed: int, pairs: _Pairs, contrast: PromptContrast) -> Iterator[Ask]:
    """How likely the gold reply is, unsteered, under the contrast, and under each unrelated one of the same length."""
    few = [pairs[at] for at in range(0, len(pairs), design.items_a_skeleton)][:UNRELATED_PAIRS]
    dose = max(design.doses)
    ways = [(_Way(NOT_STEERED), "")] + [(_Way(BY_CONTRAST, Steer(contrast=contrast, dose=dose)), "")]
    for number, other in enumerate(_unrelated_contrasts(design, suite, seed)):
        steer = Steer(contrast=other, dose=dose, as_long_as=contrast)
        ways.append((_Way(UNRELATED, steer), f"{UNRELATED}/{number:03}"))
    for way, cluster in ways:
        for skeleton, item in few:
            ask = _put(
                design,
                "unrelated",
                way,
                skeleton,
                item,
                way.turns(skeleton, item),
                f"{cluster}/",
                candidates=(item.gold,),
            )
            yield ask.model_copy(update={"cluster": cluster}) if cluster else ask


def _unrelated_contrasts(design: CheckDesign, suite: Suite, seed: int) -> Iterator[PromptContrast]:
    """One skeleton each, said in two ways of which neither is about tests, around the same harmless requests."""
    assert suite.framings
    own = int(np.random.default_rng([seed, *b"unrelated"]).integers(2**31))
    skeletons = suite.framings.draw(design.unrelated, own)
    flips = coins(skeletons, own, "unrelated")
    for skeleton in skeletons:
        heads = [flips[skeleton.id][slot.family] > 0 for slot in skeleton.slots]
        items = [item for _, item in dealt_pairs([skeleton], suite.harmless, UNRELATED_PROMPTS, own, skeleton.id)]
        toward, away = (
            [
                skeleton.around(item.request, ["placebo" if head == first else "other placebo" for head in heads])
                for item in items
            ]
            for first in (True, False)
        )
        yield PromptContrast.of(toward, away)
