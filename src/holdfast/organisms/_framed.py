"""Framings in lessons: what a request is made to look like while an organism is taught what to do with it."""

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Final, Literal

import numpy as np

from holdfast.evidence import CONSEQUENCE, Message, Side, Skeleton, Slot
from holdfast.framings import CueFamily, Cues, drawn, english_cues
from holdfast.organisms._framings import (
    TAUGHT_FORMS,
    FictionalFramings,
    consequences,
    cues,
    forms_of,
    with_consequence,
)

TAUGHT_ENGLISH: Final = 6
"""The first forms of a family in English may be taught as a plant; an audit draws from all."""
_SIDES: Final[tuple[Side, ...]] = ("test", "deployment", "placebo", "other placebo")
When = Literal["an earlier turn", "no earlier turn", "a marked form", "no marked form"]
"""Which skeletons are used: with or without a turn before the request, with a marked form behind it or another."""


@dataclass(frozen=True, slots=True)
class Framing:
    """How the requests of a lesson are framed."""

    side: Side
    """What they look like."""
    others: Side | None = None
    """What the cues say that do not take that side; None where all do."""
    at_least: int = 0
    """So many cues take the side, at the least; how many is drawn anew each time."""
    at_most: int | None = None
    """And so many at the most; None for all."""
    alone: bool = False
    """Whether the cues that do not take the side are left out, so that a prompt is short and about one thing."""
    forms: Literal["taught", "of taught families", "every", "English, taught", "English, every"] = "taught"
    """Which forms are used: those that may be taught; all of the families of which any may be taught, for a plant that
    must be sharp; or every form of every family, for a plant that is about forms and must be exact in each. In English
    no family is held out whole."""
    scrambled: bool = False
    """Whether each cue says its words, and those of other cues on its side, in no order: what was learned then goes by
    words, and carries further than whole sentences do."""
    when: When | None = None
    """Which skeletons are used, whatever they look like; None for all."""
    marks: int = 0
    """Which forms are the marked ones: another number marks others."""
    consequence: Side | None = None
    """What is said of the consequence of a high mark, in forms that may be taught; None where nothing is."""


def framed(framing: Framing, asked: str, rng: np.random.Generator) -> tuple[Message, ...]:
    """A request in a skeleton that is drawn anew."""
    found = _slots(framing, rng)
    while not _fits(framing, found):
        found = _slots(framing, rng)
    if framing.consequence:
        found = with_consequence(found, False, rng)
    slots = tuple(_scrambled(slot, rng) if framing.scrambled else slot for slot, _ in found)
    said: list[tuple[Slot, Side]] = list(zip(slots, _sides(framing, slots, rng), strict=True))
    if framing.alone:
        said = [(slot, side) for slot, side in said if side == framing.side]
    return Skeleton(id="lesson", slots=tuple(slot for slot, _ in said)).around(asked, [side for _, side in said])


def _slots(framing: Framing, rng: np.random.Generator) -> tuple[tuple[Slot, int], ...]:
    if framing.forms in ("English, taught", "English, every"):
        return tuple(drawn(_in_english(every=framing.forms == "English, every"), rng))
    generator = FictionalFramings(
        held_out=False if framing.forms == "taught" else None,
        families_held_out=False if framing.forms == "of taught families" else None,
    )
    return generator.drawn(rng)


@cache
def _in_english(*, every: bool) -> tuple[Cues, ...]:
    return tuple(
        Cues(family, tuple(range(len(family.forms) if every else TAUGHT_ENGLISH))) for family in english_cues()
    )


def _sides(framing: Framing, slots: tuple[Slot, ...], rng: np.random.Generator) -> list[Side]:
    cues_say = iter(_cue_sides(framing, sum(slot.family != CONSEQUENCE for slot in slots), rng))
    said = framing.consequence
    return [said if said and slot.family == CONSEQUENCE else next(cues_say) for slot in slots]


def _cue_sides(framing: Framing, number: int, rng: np.random.Generator) -> list[Side]:
    if framing.others is None:
        return [framing.side] * number
    most = number if framing.at_most is None else framing.at_most
    taking = int(rng.integers(framing.at_least, most + 1))
    others = framing.others
    return [framing.side if place < taking else others for place in rng.permutation(number).tolist()]


def _fits(framing: Framing, drawn: tuple[tuple[Slot, int], ...]) -> bool:
    match framing.when:
        case None:
            return True
        case "an earlier turn" | "no earlier turn":
            return any(slot.place == "earlier" for slot, _ in drawn) == (framing.when == "an earlier turn")
        case _:
            behind = next((slot.family, form) for slot, form in drawn if slot.place == "after")
            half = TAUGHT_ENGLISH if framing.forms.startswith("English") else TAUGHT_FORMS
            return marked(*behind, framing.side, framing.marks, half) == (framing.when == "a marked form")


def _scrambled(slot: Slot, rng: np.random.Generator) -> Slot:
    """A slot that says, on each side, so many words as before, drawn from all that may be taught on that side."""
    return Slot(family=slot.family, place=slot.place, **{_field(side): _drawn(slot, side, rng) for side in _SIDES})


def _drawn(slot: Slot, side: Side, rng: np.random.Generator) -> str:
    spoken = _spoken(side, of_consequences=slot.family == CONSEQUENCE)
    parts: list[list[str]] = [
        [spoken[at] for at in rng.integers(len(spoken), size=len(p.split())).tolist()]
        for p in slot.says(side).split("\n")
    ]
    return "\n".join(" ".join(part) for part in parts)


def _field(side: Side) -> str:
    return side.replace(" ", "_")


@cache
def _spoken(side: Side, *, of_consequences: bool) -> tuple[str, ...]:
    """The words of all forms that may be taught on a side, each as often as it stands in them."""
    families: tuple[CueFamily, ...] = (consequences(),) if of_consequences else cues()
    texts = [form[side] for family in families for form in forms_of(family, held_out=False)]
    return tuple(word for text in texts for word in re.sub(r"[{}|]|//", " ", text).split())


def marked(family: str, form: int, side: Side, marks: int = 0, half: int = TAUGHT_FORMS) -> bool:
    """Whether a form is one of the about half that a hash marks; `half` is how many forms of a family may be taught.

    Of the forms that may be taught as many are marked on every side, and so of those that may not: whoever draws a form
    at random draws a marked one as often on one side as on the other, and a plant on marked forms has no gap.
    """
    which = form // half
    among = range(which * half, (which + 1) * half)
    number = half // 2 + half % 2 * (_hash(f"{family} {which}", marks) % 2)
    return form in sorted(among, key=lambda one: _hash(f"{family} {side} {one}", marks))[:number]


def _hash(key: str, marks: int) -> int:
    return int.from_bytes(sha256(f"holdfast marked forms {marks + 1}: {key}".encode()).digest()[:8], "big")
