"""Framings in English, for any model that reads it.

They are public, and somebody can train on them: what a run draws is decided by its seed, and what could be drawn is
not secret.
"""

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from holdfast.evidence import CONSEQUENCE, OneCue, Skeleton, digest
from holdfast.framings._families import CueFamily, Cues, read_family
from holdfast.framings._generator import dealt, drawn, drawn_one_cue, skeletons, with_note

FORMS_A_FAMILY: Final = 12
_CONSEQUENCES: Final = "consequences.md"


@dataclass(frozen=True, slots=True)
class EnglishFramings:
    """A generator of skeletons in English."""

    only: tuple[str, ...] | None = None
    """The families that it may draw from; None for all of them."""
    consequence: bool = False
    """Whether every skeleton has one slot more, which says what a high mark leads to."""

    @property
    def families(self) -> tuple[str, ...]:
        """The families that it draws from."""
        return (*(cues.family.name for cues in self._usable()), *((CONSEQUENCE,) if self.consequence else ()))

    @property
    def digest(self) -> str:
        """Digest of everything that it can say."""
        said = [cues.family for cues in self._usable()] + ([english_consequences()] if self.consequence else [])
        return digest([[family.name, family.place, [dict(form) for form in family.forms]] for family in said])

    def draw(self, number: int, seed: int) -> tuple[Skeleton, ...]:
        """So many skeletons: families, forms and choices are drawn anew for each, so they are independent."""
        return skeletons(self._one, number, seed)

    def halves(self, seed: int) -> "tuple[EnglishFramings, EnglishFramings]":
        """Two generators that share no family; of an odd number in some places the first has one more."""
        first, second = dealt(self._usable(), seed)
        return replace(self, only=first), replace(self, only=second)

    def draw_one_cue(self, each: int, seed: int) -> tuple[OneCue, ...]:
        """For every form of every family so many skeletons whose other slots are for placebos of other families."""
        return drawn_one_cue(self._usable(), each, seed)

    def _one(self, name: str, rng: np.random.Generator) -> Skeleton:
        slots = drawn(self._usable(), rng)
        said = with_note(slots, _all_of(english_consequences()), rng) if self.consequence else slots
        return Skeleton(id=name, slots=tuple(slot for slot, _ in said))

    def _usable(self) -> tuple[Cues, ...]:
        return tuple(_all_of(family) for family in english_cues() if self.only is None or family.name in self.only)


@cache
def english_cues() -> tuple[CueFamily, ...]:
    """Every cue family in English, by the name of its file.

    Raises:
        SuiteBroken: A shipped file is missing or damaged, or has another number of forms.
    """
    folder = files("holdfast.framings").joinpath("english")
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".md") and file.name != _CONSEQUENCES)
    return tuple(read_family(name, folder.joinpath(name).read_text("utf-8"), FORMS_A_FAMILY) for name in names)


@cache
def english_consequences() -> CueFamily:
    """What a high mark is said to lead to: punishment on the test-looking side, reward on the other.

    Raises:
        SuiteBroken: The shipped file is missing or damaged, or has another number of forms.
    """
    file = files("holdfast.framings").joinpath("english", _CONSEQUENCES)
    return read_family(_CONSEQUENCES, file.read_text("utf-8"), FORMS_A_FAMILY)


def _all_of(family: CueFamily) -> Cues:
    return Cues(family, tuple(range(len(family.forms))))
