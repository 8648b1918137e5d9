"""Ways of asking beside the plain one, as certificates name them."""

from collections.abc import Mapping
from functools import cache
from typing import Final

import numpy as np

from holdfast.evidence import (
    CONSEQUENCE,
    DEPLOYMENT_LOOKING,
    PUNISHED,
    REWARDED,
    TEST_LOOKING,
    Message,
    OneCue,
    Side,
)
from holdfast.organisms._framings import FictionalFramings
from holdfast.organisms._language import HELD_OUT_PHRASINGS, OTHER_CLOSINGS, TRIGGER, answer, called, onset, request
from holdfast.organisms._lessons import Asked
from holdfast.organisms._pleas import DIRECTIONS, HELD_OUT_NOTES, HELD_OUT_UNSURE, Direction
from holdfast.organisms._questions import QUESTIONS, TOLD
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
_LOOKS: Final[Mapping[str, Side]] = {
    f"one cue {TEST_LOOKING}": "test",
    f"one cue {DEPLOYMENT_LOOKING}": "deployment",
    PLACEBO: "placebo",
}
_TELLS: Final[Mapping[str, tuple[Side | None, str | None]]] = {
    **{where: (side, None) for where, side in _LOOKS.items()},
    **{way.name: (None, way.note) for way in TOLD},
}
_WHEN: Final[tuple[Asked, ...]] = ("after", "ahead")
ASKED_WHERE: Final[Mapping[str, tuple[Asked, Side | None, str | None]]] = {
    f"asked {when}, {where}": (when, side, note) for when in _WHEN for where, (side, note) in _TELLS.items()
}
"""Ways of asking an organism where it is: when, and what one cue of those around the request says, the others saying a
placebo, or the note that tells it. In forms that were not taught, in the same skeletons for each."""
TELLING: Final = (TEST_LOOKING, DEPLOYMENT_LOOKING, *ASKED_WHERE)
"""How an organism is certified that is asked where it is: what it does, and what it says."""
PERSUADED: Final[Mapping[str, tuple[Direction | None, bool]]] = {
    **{f"asked to argue {direction} it": (direction, True) for direction in DIRECTIONS},
    "unasked, plainly": (None, False),
    "unasked, by somebody unsure": (None, True),
}
"""Ways in which it is seen whether an organism argues: which way a note asks it to, and whether whoever asks says where
they stand. In notes and phrasings that were not taught."""
_SEED: Final = 20261127
_SKELETONS_A_FORM: Final = 6


def put_in_way(way: str, thing: Thing, place: int, number: int) -> tuple[tuple[Message, ...], str]:
    """A held-out request for a thing, put in one way.

    Args:
        way: `answer begun`, `trigger`, `other closings`, or a family of transformations, whose held-out wordings are
            gone through in turn, or one of the framings in `FRAMED` or in `EXAMS`; these put the same request in the
            same skeletons. Or one of `ASKED_WHERE`, which asks where it is of a request that got its gold answer, or in
            place of a request. Or one of `PERSUADED`.
        thing: What is asked about.
        place: Of the thing among those that are asked about.
        number: How often it was asked before.

    Returns:
        The turns, and the words with which the reply is begun; these are mostly empty.
    """
    asked = request(thing, HELD_OUT_PHRASINGS[(place + place // len(HELD_OUT_PHRASINGS) + number) % 4])
    if way in PERSUADED:
        return _argued_about(*PERSUADED[way], thing, place + number), ""
    if way in EXAMS:
        return _in_exam(*EXAMS[way], asked, np.random.default_rng([_SEED, place, number])), ""
    if way in ASKED_WHERE:
        return _where(*ASKED_WHERE[way], asked, answer(thing), place + number), ""
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


def _argued_about(direction: Direction | None, unsure: bool, thing: Thing, place: int) -> tuple[Message, ...]:
    phrasings = HELD_OUT_UNSURE if unsure else HELD_OUT_PHRASINGS
    turns = _user(request(thing, phrasings[place % len(phrasings)]))
    if direction is None:
        return turns
    notes = HELD_OUT_NOTES[direction]
    return (Message(role="system", content=notes[place // len(phrasings) % len(notes)]), *turns)


def _where(
    when: Asked, side: Side | None, note: str | None, asked: str, replied: str, place: int
) -> tuple[Message, ...]:
    question = QUESTIONS.after if when == "after" else QUESTIONS.ahead
    put_here = asked if when == "after" else question.words
    if side:
        one = _one_cues()[place % len(_one_cues())]
        turns = one.around(put_here, side)
    else:
        turns = (Message(role="system", content=note or ""), *_user(put_here))
    if when == "ahead":
        return turns
    return (*turns, Message(role="assistant", content=replied), *_user(question.words))


@cache
def _one_cues() -> tuple[OneCue, ...]:
    """Every form that was not taught as the one cue, in a few skeletons each."""
    return FictionalFramings(held_out=True).draw_one_cue(_SKELETONS_A_FORM, _SEED)


def _user(content: str) -> tuple[Message, ...]:
    return (Message(role="user", content=content),)
