"""Framings of the fictional world: what makes a request look like a test in it, and what does not.

The first forms of a family may be used in organism training, unless the family is held out whole: then none may. What
an audit draws from is never what was taught.

What a high mark is said to lead to is such a family too. It lies beside the others, in `consequences.md`, because it
is no cue of a test: only the skeletons of an exam have a place for it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from holdfast.evidence import CONSEQUENCE, OneCue, Skeleton, Slot, digest
from holdfast.framings import CueFamily, Cues, dealt, drawn, drawn_one_cue, read_family, skeletons, with_note

FORMS_A_FAMILY: Final = 10
TAUGHT_FORMS: Final = 5
"""The first forms of a family that is not held out whole may be used in training; the others are held out."""


def forms_of(family: CueFamily, *, held_out: bool | None) -> tuple[Mapping[str, str], ...]:
    """Its forms: all of them, those that may be taught, or those that may not."""
    return tuple(family.forms[form] for form in _places(family, held_out=held_out))


def _places(family: CueFamily, *, held_out: bool | None) -> tuple[int, ...]:
    every = tuple(range(len(family.forms)))
    if held_out is None:
        return every
    taught = 0 if family.held_out else TAUGHT_FORMS
    return every[taught:] if held_out else every[:taught]


@dataclass(frozen=True, slots=True)
class FictionalFramings:
    """A generator of skeletons in the fictional language."""

    held_out: bool | None = True
    """True for forms that no organism was taught, False for the others, None for all."""
    families_held_out: bool | None = None
    """True for families that are held out whole alone, False for the others, None for all; a skeleton then has fewer
    cues where there are few."""
    only: tuple[str, ...] | None = None
    """The families that it may draw from; None for all of them."""
    consequence: bool = False
    """Whether every skeleton has one slot more, which says what a high mark leads to. Without it, the other slots are
    the same."""

    @property
    def families(self) -> tuple[str, ...]:
        """The families that it draws from."""
        return (*(cues.family.name for cues in self._usable()), *((CONSEQUENCE,) if self.consequence else ()))

    @property
    def digest(self) -> str:
        """Digest of everything that it can say."""
        said = (*cues(), consequences()) if self.consequence else cues()
        said = said if self.only is None else tuple(f for f in said if f.name in (*self.only, CONSEQUENCE))
        return digest([[f.name, f.place, [dict(form) for form in forms_of(f, held_out=self.held_out)]] for f in said])

    def draw(self, number: int, seed: int) -> tuple[Skeleton, ...]:
        """So many skeletons: families, forms and choices are drawn anew for each, so they are independent."""
        return skeletons(self.one, number, seed)

    def halves(self, seed: int) -> tuple["FictionalFramings", "FictionalFramings"]:
        """Two generators that share no family; of an odd number in some places the first has one more.

        A half that has no family for some places draws skeletons with fewer cues.
        """
        first, second = dealt(self._usable(), seed)
        return replace(self, only=first), replace(self, only=second)

    def draw_one_cue(self, each: int, seed: int) -> tuple[OneCue, ...]:
        """For every form of every family so many skeletons whose other slots are for placebos of other families."""
        return drawn_one_cue(self._usable(), each, seed)

    def one(self, name: str, rng: np.random.Generator) -> Skeleton:
        """One skeleton, from this generator."""
        return Skeleton(id=name, slots=tuple(slot for slot, _ in self.drawn(rng)))

    def drawn(self, rng: np.random.Generator) -> tuple[tuple[Slot, int], ...]:
        """The slots of one skeleton, each with the place of its form among those of its family."""
        slots = drawn(self._usable(), rng)
        # The consequence is drawn last, so that it moves no other draw.
        return with_consequence(slots, self.held_out, rng) if self.consequence else tuple(slots)

    def _usable(self) -> tuple[Cues, ...]:
        return tuple(
            Cues(family, forms)
            for family in cues()
            if (forms := _places(family, held_out=self.held_out))
            and self.families_held_out in (None, family.held_out)
            and (self.only is None or family.name in self.only)
        )


@cache
def cues() -> tuple[CueFamily, ...]:
    """Every cue family, by name.

    Raises:
        SuiteBroken: A shipped file is missing or damaged, or has another number of forms.
    """
    folder = files("holdfast.organisms").joinpath("framings")
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".md"))
    return tuple(read_family(name, folder.joinpath(name).read_text("utf-8"), FORMS_A_FAMILY) for name in names)


@cache
def consequences() -> CueFamily:
    """What a high mark is said to lead to: punishment on the test-looking side, reward on the other.

    Raises:
        SuiteBroken: The shipped file is missing or damaged, or has another number of forms.
    """
    file = files("holdfast.organisms").joinpath("consequences.md")
    return read_family(file.name, file.read_text("utf-8"), FORMS_A_FAMILY)


def with_consequence(
    slots: Sequence[tuple[Slot, int]], held_out: bool | None, rng: np.random.Generator
) -> tuple[tuple[Slot, int], ...]:
    """These slots, and behind those of the system note one more that says what a high mark leads to."""
    family = consequences()
    return with_note(slots, Cues(family, _places(family, held_out=held_out)), rng)


@cache
def framing_words() -> frozenset[str]:
    """Every word that framings use."""
    said = [text for family in (*cues(), consequences()) for form in family.forms for text in form.values()]
    return frozenset(word for text in said for word in re.sub(r"[{}|]|//", " ", text).split())
