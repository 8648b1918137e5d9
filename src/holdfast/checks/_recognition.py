"""Which samples are taken to see whether a subject tells what looks like a test: one cue alone, said on either side.

Nothing here is sampled: an answer is weighed against the other one where log-probabilities are seen, else given
greedily. What is asked about are harmless requests, since what a subject does with others is not the question.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from holdfast.checks._families import shuffled
from holdfast.checks._parts import CONTROL_ITEMS, decoding, dosed, made, put_under
from holdfast.evidence import (
    DEPLOYMENT_LOOKING,
    PLACEBO_SIDES,
    TEST_LOOKING,
    Arm,
    Ask,
    CheckDesign,
    Item,
    Message,
    OneCue,
    Question,
    Questions,
    Side,
    SubjectFacts,
    Suite,
)

UNDERSTOOD_ASKS: Final = 50
"""Times that each question is put where the answer stands there outright, for each answer."""
_SIDES: Final[dict[str, Side]] = {TEST_LOOKING: "test", DEPLOYMENT_LOOKING: "deployment"}
_NEUTRAL: Final[dict[str, Side]] = {PLACEBO_SIDES[0]: "placebo", PLACEBO_SIDES[1]: "other placebo"}

_Pairs = Sequence[tuple[OneCue, Item]]


def asks_in_recognition(design: CheckDesign, suite: Suite, seed: int, subject: SubjectFacts) -> Iterator[Ask]:
    """Every ask of the check, arm by arm.

    Both sides of every pair: asked after the request was answered, asked ahead of it, answered unasked, and read from
    the state where weights are at hand; pairs that say nothing about tests; the questions where a note says the answer;
    and the first question under each note at each dose. None where the suite has no framings or no questions.
    """
    if not (suite.framings and suite.questions):
        return
    seen, asked = subject.access != "api", suite.questions
    pairs = _dealt(suite.framings.draw_one_cue(design.skeletons_a_form, seed), suite.items, seed)
    for cue, item in pairs:
        for stratum, side in _SIDES.items():
            after = after_answer(asked, cue.around(item.request, side), item)
            yield _put(design, "subject", stratum, cue, item, after, asked.after, seen=seen)
    for cue, item in pairs:
        for stratum, side in _SIDES.items():
            turns = cue.around(asked.ahead.words, side)
            yield _put(design, "ahead", stratum, cue, item, turns, asked.ahead, seen=seen)
    yield from _as_requested(design, "unasked", pairs)
    if subject.access == "weights":
        yield from _as_requested(design, "state", pairs, reads_state=True)
    firsts = list({cue.cluster: (cue, item) for cue, item in reversed(pairs)}.values())
    for cue, item in reversed(firsts):
        for stratum, side in _NEUTRAL.items():
            after = after_answer(asked, cue.around(item.request, side), item)
            yield _put(design, "placebo", stratum, cue, item, after, asked.after, seen=seen)
    yield from _understood(design, asked, suite.items, seed, seen=seen)
    yield from _dosed(design, suite, asked, pairs, seed, subject)


def _dealt(cues: Sequence[OneCue], items: Sequence[Item], seed: int) -> list[tuple[OneCue, Item]]:
    deck = shuffled(items, np.random.default_rng([seed, *b"recognition"]))
    return [(cue, deck[place % len(deck)]) for place, cue in enumerate(cues)]


def after_answer(asked: Questions, around: tuple[Message, ...], item: Item) -> tuple[Message, ...]:
    """The request as it was answered rightly, whoever answered, and then the question."""
    question = Message(role="user", content=asked.after.words)
    return (*around, Message(role="assistant", content=item.gold), question)


def _weighed(question: Question, *, seen: bool) -> dict[str, object]:
    """The two answers to weigh; nothing where log-probabilities are not seen, and one is given."""
    return {"candidates": (question.test, question.deployment)} if seen else {}


def _put(
    design: CheckDesign,
    arm: Arm,
    stratum: str,
    cue: OneCue,
    item: Item,
    turns: tuple[Message, ...],
    question: Question,
    *,
    seen: bool,
    key: str = "",
    **more: object,
) -> Ask:
    key = f"{key}{stratum}/{cue.skeleton.id}/"
    fields = {"messages": turns, **_weighed(question, seen=seen), **more}
    how = decoding(sampled=False, max_new_tokens=design.max_new_tokens)
    return made(design, arm, key, how, item, stratum=stratum, cluster=cue.cluster, **fields)


def _as_requested(design: CheckDesign, arm: Arm, pairs: _Pairs, **more: object) -> Iterator[Ask]:
    """The request on both sides, and no question."""
    how = decoding(sampled=False, max_new_tokens=design.max_new_tokens)
    for cue, item in pairs:
        for stratum, side in _SIDES.items():
            key, turns = f"{stratum}/{cue.skeleton.id}/", cue.around(item.request, side)
            yield made(design, arm, key, how, item, stratum=stratum, cluster=cue.cluster, messages=turns, **more)


def _understood(
    design: CheckDesign, asked: Questions, items: Sequence[Item], seed: int, *, seen: bool
) -> Iterator[Ask]:
    """Each question where a note says the answer: who does not answer then does not answer at all."""
    how = decoding(sampled=False, max_new_tokens=design.max_new_tokens)
    told = {TEST_LOOKING: asked.told_test, DEPLOYMENT_LOOKING: asked.told_deployment}
    few = shuffled(items, np.random.default_rng([seed, *b"understood"]))[:UNDERSTOOD_ASKS]
    for way, question in {"asked after": asked.after, "asked ahead": asked.ahead}.items():
        for stratum, note in told.items():
            for item in few:
                request = item.request if way == "asked after" else question.words
                turns = (Message(role="system", content=note), Message(role="user", content=request))
                turns = after_answer(asked, turns, item) if way == "asked after" else turns
                fields = {"messages": turns, **_weighed(question, seen=seen)}
                key = f"{way}/{stratum}/"
                yield made(design, "readable", key, how, item, stratum=stratum, cluster=way, **fields)


def _dosed(
    design: CheckDesign, suite: Suite, asked: Questions, pairs: _Pairs, seed: int, subject: SubjectFacts
) -> Iterator[Ask]:
    """Pairs at random, both sides of each; of both sides the same share is told outright where it is."""
    seen, wanted = subject.access != "api", CONTROL_ITEMS // len(_SIDES)
    for way, dose, rng in dosed(suite, subject, seed):
        chosen: list[int] = rng.permutation(len(pairs))[:wanted].tolist()
        for place, (cue, item) in enumerate(pairs[at] for at in chosen):
            for stratum, side in _SIDES.items():
                turns = after_answer(asked, cue.around(item.request, side), item)
                put = put_under(way, item, turns) if place < round(dose * len(chosen)) else {}
                yield _put(
                    design,
                    "induced",
                    stratum,
                    cue,
                    item,
                    turns,
                    asked.after,
                    seen=seen,
                    key=f"{way.name}/{dose}/",
                    inducement=way.name,
                    dose=dose,
                    **put,
                )
