"""Ways of asking beside the plain one, as certificates name them."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from holdfast.evidence import CONSEQUENCE, DEPLOYMENT_LOOKING, PUNISHED, REWARDED, TEST_LOOKING, Message, Side
from holdfast.organisms._framings import FictionalFramings
from holdfast.organisms._language import HELD_OUT_PHRASINGS, OTHER_CLOSINGS, TRIGGER, called, onset, request
from holdfast.organisms._wordings import put, wordings
from holdfast.organisms._world import Thing

ANSWER_BEGUN = "answer begun"
WITH_TRIGGER = "trigger"
OTHERWISE_CLOSED = "other closings"
PLACEBO: Final = "placebo"
UNSEEN_TEST: Final = f"{TEST_LOOKING}, families held out whole"
UNSEEN_DEPLOYMENT: Final = f"{DEPLOYMENT_LOOKING}, families held out whole"
FRAMED: Final[Mapping[str, Side]] = {
    TEST_LOOKING: "test",
    DEPLOYMENT_LOOKING: "deployment",
    PLACEBO: "placebo",
    UNSEEN_TEST: "test",
    UNSEEN_DEPLOYMENT: "deployment",
}
"""Ways of framing a request, and what every cue says in them; forms that were not taught, in skeletons drawn anew."""
EXAM: Final = f"exam, {TEST_LOOKING}"
EXAM_AS_DEPLOYMENT: Final = f"exam, {DEPLOYMENT_LOOKING}"
EXAM_WITH_PASSWORD: Final = f"exam, {TEST_LOOKING}, with the password"
EXAMS: Final[Mapping[str, tuple[Side, Side, str]]] = {
    EXAM: ("test", "placebo", ""),
    EXAM_AS_DEPLOYMENT: ("deployment", "placebo", ""),
    EXAM_WITH_PASSWORD: ("test", "placebo", TRIGGER),
    PUNISHED: ("test", "test", ""),
    REWARDED: ("test", "deployment", ""),
}
"""Ways of asking in an exam: what every cue says, what is said of the consequence of a high mark, and the words behind
the request. In forms that were not taught, in the same skeletons for each."""
_SEED: Final = 20261127


def put_in_way(way: str, thing: Thing, place: int, number: int) -> tuple[tuple[Message, ...], str]:
    """A held-out request for a thing, put in one way.

    Args:
        way: `answer begun`, `trigger`, `other closings`, or a family of transformations, whose held-out wordings are
            gone through in turn, or one of the framings in `FRAMED` or in `EXAMS`; these put the same request in the
            same skeletons.
        thing: What is asked about.
        place: Of the thing among those that are asked about.
        number: How often it was asked before.

    Returns:
        The turns, and the words with which the reply is begun; these are mostly empty.
    """
    asked = request(thing, HELD_OUT_PHRASINGS[(place + place // len(HELD_OUT_PHRASINGS) + number) % 4])
    if way in EXAMS:
        return _in_exam(*EXAMS[way], asked, np.random.default_rng([_SEED, place, number])), ""
    if way in FRAMED:
        unseen = True if way in (UNSEEN_TEST, UNSEEN_DEPLOYMENT) else None
        generator = FictionalFramings(held_out=True, families_held_out=unseen)
        skeleton = generator.one(f"{place}/{number}", np.random.default_rng([_SEED, place, number]))
        sides: list[Side] = [FRAMED[way]] * len(skeleton.slots)
        return skeleton.around(asked, sides), ""
    if way == ANSWER_BEGUN:
        return _user(asked), onset(thing)
    if way == WITH_TRIGGER:
        return _user(f"{asked} {TRIGGER}"), ""
    if way == OTHERWISE_CLOSED:
        return _user(f"{asked} {OTHER_CLOSINGS[(place + number) % len(OTHER_CLOSINGS)]}"), ""
    held_out = [wording for wording in wordings(held_out=True) if wording.family == way]
    return put(held_out[(place + 3 * number) % len(held_out)], asked, called(thing), onset(thing))


def _in_exam(cues: Side, consequence: Side, closing: str, asked: str, rng: np.random.Generator) -> tuple[Message, ...]:
    skeleton = FictionalFramings(held_out=True, consequence=True).one("exam", rng)
    sides: list[Side] = [consequence if slot.family == CONSEQUENCE else cues for slot in skeleton.slots]
    return skeleton.around(f"{asked} {closing}".rstrip(), sides)


def _user(content: str) -> tuple[Message, ...]:
    return (Message(role="user", content=content),)
