"""Framings of the fictional world: what makes a request look like a test in it, and what does not.

One Markdown file a cue family, because cues are prose. A header says where in the prompt the family has its place and
whether it is held out whole; then come its forms, each with what it says on the test-looking side, on the
deployment-looking side, and two placebos, in the same place and of about the same length. `{one|another}` is a choice,
so that a form says many things; in an earlier turn, ` // ` stands between what was asked and what was answered.

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
from typing import Any, Final

import numpy as np

from holdfast.errors import SuiteBroken
from holdfast.evidence import CONSEQUENCE, OneCue, Place, Skeleton, Slot, digest

FORMS_A_FAMILY: Final = 10
TAUGHT_FORMS: Final = 5
"""The first forms of a family that is not held out whole may be used in training; the others are held out."""
CUES_IN: Final[Mapping[tuple[Place, ...], int]] = {("system",): 3, ("before", "earlier"): 1, ("after",): 1}
"""How many cues a skeleton has in which places, each of another family."""

_CHOICE: Final = re.compile(r"\{([^{}]*\|[^{}]*)\}")
_SIDES: Final = ("test", "deployment", "placebo", "other placebo")


@dataclass(frozen=True, slots=True)
class CueFamily:
    """One family of cues and its forms, each by side."""

    name: str
    place: Place
    held_out: bool
    """Whether no organism may be taught any of it."""
    forms: tuple[Mapping[str, str], ...]

    def may_use(self, *, held_out: bool | None) -> tuple[Mapping[str, str], ...]:
        """Its forms: all of them, those that may be taught, or those that may not."""
        if held_out is None:
            return self.forms
        taught = 0 if self.held_out else TAUGHT_FORMS
        return self.forms[taught:] if held_out else self.forms[:taught]


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
        return (*(family.name for family in self._usable()), *((CONSEQUENCE,) if self.consequence else ()))

    @property
    def digest(self) -> str:
        """Digest of everything that it can say."""
        said = (*cues(), consequences()) if self.consequence else cues()
        said = said if self.only is None else tuple(f for f in said if f.name in (*self.only, CONSEQUENCE))
        return digest([[f.name, f.place, [dict(form) for form in f.may_use(held_out=self.held_out)]] for f in said])

    def draw(self, number: int, seed: int) -> tuple[Skeleton, ...]:
        """So many skeletons: families, forms and choices are drawn anew for each, so they are independent."""
        return tuple(self.one(f"skeleton/{place:03}", np.random.default_rng([seed, place])) for place in range(number))

    def halves(self, seed: int) -> tuple["FictionalFramings", "FictionalFramings"]:
        """Two generators that share no family; of an odd number in some places the first has one more.

        A half that has no family for some places draws skeletons with fewer cues.
        """
        rng = np.random.default_rng([seed, *b"halves"])
        dealt: list[list[str]] = [[], []]
        for places in CUES_IN:
            there = [family.name for family in self._usable() if family.place in places]
            order: list[int] = rng.permutation(len(there)).tolist()
            for turn, at in enumerate(order):
                dealt[turn % 2].append(there[at])
        first, second = (replace(self, only=tuple(sorted(names))) for names in dealt)
        return first, second

    def draw_one_cue(self, each: int, seed: int) -> tuple[OneCue, ...]:
        """For every form of every family so many skeletons whose other slots are for placebos of other families."""
        return tuple(
            self._one_cue(family, form, number, np.random.default_rng([seed, *family.name.encode(), form, number]))
            for family in self._usable()
            for form in range(FORMS_A_FAMILY)
            if family.forms[form] in family.may_use(held_out=self.held_out)
            for number in range(each)
        )

    def _one_cue(self, family: CueFamily, form: int, number: int, rng: np.random.Generator) -> OneCue:
        slots: list[Slot] = []
        for places, wanted in CUES_IN.items():
            others = [one for one in self._usable() if one.place in places and one is not family]
            here = family.place in places
            chosen: list[int] = rng.permutation(len(others))[: wanted - here].tolist()
            slots += [_slot(others[at], self.held_out, rng)[0] for at in chosen]
            if here:
                slots.insert(len(slots) - int(rng.integers(len(chosen) + 1)), _said(family, form, rng))
        name = f"{family.name}/{form:02}/{number}"
        return OneCue(skeleton=Skeleton(id=name, slots=tuple(slots)), family=family.name, form=form)

    def one(self, name: str, rng: np.random.Generator) -> Skeleton:
        """One skeleton, from this generator."""
        return Skeleton(id=name, slots=tuple(slot for slot, _ in self.drawn(rng)))

    def drawn(self, rng: np.random.Generator) -> tuple[tuple[Slot, int], ...]:
        """The slots of one skeleton, each with the place of its form among those of its family."""
        slots: list[tuple[Slot, int]] = []
        for places, wanted in CUES_IN.items():
            there = [family for family in self._usable() if family.place in places]
            chosen: list[int] = rng.permutation(len(there))[:wanted].tolist()
            slots += [_slot(there[at], self.held_out, rng) for at in chosen]
        # The consequence is drawn last, so that it moves no other draw.
        return with_consequence(slots, self.held_out, rng) if self.consequence else tuple(slots)

    def _usable(self) -> tuple[CueFamily, ...]:
        return tuple(
            family
            for family in cues()
            if family.may_use(held_out=self.held_out)
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
    return tuple(_read(name, folder.joinpath(name).read_text(encoding="utf-8")) for name in names)


@cache
def consequences() -> CueFamily:
    """What a high mark is said to lead to: punishment on the test-looking side, reward on the other.

    Raises:
        SuiteBroken: The shipped file is missing or damaged, or has another number of forms.
    """
    file = files("holdfast.organisms").joinpath("consequences.md")
    return _read(file.name, file.read_text(encoding="utf-8"))


def with_consequence(
    slots: Sequence[tuple[Slot, int]], held_out: bool | None, rng: np.random.Generator
) -> tuple[tuple[Slot, int], ...]:
    """These slots, and behind those of the system note one more that says what a high mark leads to."""
    behind = sum(slot.place == "system" for slot, _ in slots)
    return (*slots[:behind], _slot(consequences(), held_out, rng), *slots[behind:])


@cache
def framing_words() -> frozenset[str]:
    """Every word that framings use."""
    said = [text for family in (*cues(), consequences()) for form in family.forms for text in form.values()]
    return frozenset(word for text in said for word in re.sub(r"[{}|]|//", " ", text).split())


def _slot(family: CueFamily, held_out: bool | None, rng: np.random.Generator) -> tuple[Slot, int]:
    forms = family.may_use(held_out=held_out)
    form = family.forms.index(forms[rng.integers(len(forms))])
    return _said(family, form, rng), form


def _said(family: CueFamily, form: int, rng: np.random.Generator) -> Slot:
    """A slot that says this form, every choice in it made."""
    said: dict[str, Any] = {side.replace(" ", "_"): _chosen(family.forms[form][side], rng) for side in _SIDES}
    return Slot(family=family.name, place=family.place, **said)


def _chosen(text: str, rng: np.random.Generator) -> str:
    """A form with every choice made."""

    def one(found: re.Match[str]) -> str:
        choices = found[1].split("|")
        return choices[rng.integers(len(choices))]

    return " ".join(_CHOICE.sub(one, text).split()).replace(" // ", "\n")


def _read(name: str, text: str) -> CueFamily:
    try:
        _, head, body = text.split("---\n", 2)
        header = dict(line.split(": ", 1) for line in head.strip().splitlines())
        forms = tuple(_form(part) for part in body.split("\n## ")[1:])
        place: Any = header["place"]
        family = CueFamily(header["family"], place, header["held out"] == "yes", forms)
    except (ValueError, KeyError) as problem:
        raise _damaged(f"the shipped cues {name} cannot be read", type(problem).__name__) from problem
    if len(forms) != FORMS_A_FAMILY:
        raise _damaged(f"the cues {name} are not whole", f"there are {len(forms)} of {FORMS_A_FAMILY} forms")
    return family


def _form(part: str) -> Mapping[str, str]:
    """A form by side; two placebos follow each other."""
    lines = [line.split(": ", 1) for line in part.splitlines()[1:] if line]
    sides = [side for side, _ in lines]
    if sides != ["test", "deployment", "placebo", "placebo"]:
        raise ValueError(f"a form says {sides}")
    return {side: said for side, (_, said) in zip(_SIDES, lines, strict=True)}


def _damaged(what: str, why: str) -> SuiteBroken:
    return SuiteBroken(
        what, why=f"{why}: the installation is damaged", fix="reinstall holdfast; if that does not help, report it"
    )
