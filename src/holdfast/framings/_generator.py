"""Drawing skeletons from families of cues: families, forms and the choices inside a form, each by chance."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from holdfast.evidence import OneCue, Place, Skeleton, Slot
from holdfast.framings._families import SIDES, CueFamily, Cues

CUES_IN: Final[Mapping[tuple[Place, ...], int]] = {("system",): 3, ("before", "earlier"): 1, ("after",): 1}
"""How many cues a skeleton has in which places, each of another family."""
_CHOICE: Final = re.compile(r"\{([^{}]*\|[^{}]*)\}")


def skeletons(one: Callable[[str, np.random.Generator], Skeleton], number: int, seed: int) -> tuple[Skeleton, ...]:
    """So many skeletons by `one`, each with a name and a generator of random numbers of its own."""
    return tuple(one(f"skeleton/{place:03}", np.random.default_rng([seed, place])) for place in range(number))


def drawn(usable: Sequence[Cues], rng: np.random.Generator) -> list[tuple[Slot, int]]:
    """The slots of one skeleton, each with the place of its form among those of its family."""
    slots: list[tuple[Slot, int]] = []
    for places, wanted in CUES_IN.items():
        there = [cues for cues in usable if cues.family.place in places]
        chosen: list[int] = rng.permutation(len(there))[:wanted].tolist()
        slots += [slot_of(there[at], rng) for at in chosen]
    return slots


def slot_of(cues: Cues, rng: np.random.Generator) -> tuple[Slot, int]:
    """A slot that says one of the forms, and which one that is."""
    form = cues.forms[rng.integers(len(cues.forms))]
    return _said(cues.family, form, rng), form


def with_note(slots: Sequence[tuple[Slot, int]], cues: Cues, rng: np.random.Generator) -> tuple[tuple[Slot, int], ...]:
    """These slots, and behind those of the system note one more; drawn after them, it moves no other draw."""
    behind = sum(slot.place == "system" for slot, _ in slots)
    return (*slots[:behind], slot_of(cues, rng), *slots[behind:])


def drawn_one_cue(usable: Sequence[Cues], each: int, seed: int) -> tuple[OneCue, ...]:
    """For every form of every family so many skeletons whose other slots are for placebos of other families."""
    return tuple(
        _one_cue(usable, cues, form, number, np.random.default_rng([seed, *cues.family.name.encode(), form, number]))
        for cues in usable
        for form in cues.forms
        for number in range(each)
    )


def _one_cue(usable: Sequence[Cues], cues: Cues, form: int, number: int, rng: np.random.Generator) -> OneCue:
    slots: list[Slot] = []
    for places, wanted in CUES_IN.items():
        others = [one for one in usable if one.family.place in places and one is not cues]
        here = cues.family.place in places
        chosen: list[int] = rng.permutation(len(others))[: wanted - here].tolist()
        slots += [slot_of(others[at], rng)[0] for at in chosen]
        if here:
            slots.insert(len(slots) - int(rng.integers(len(chosen) + 1)), _said(cues.family, form, rng))
    name = f"{cues.family.name}/{form:02}/{number}"
    return OneCue(skeleton=Skeleton(id=name, slots=tuple(slots)), family=cues.family.name, form=form)


def dealt(usable: Sequence[Cues], seed: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the families in two halves; of an odd number in some places the first has one more."""
    rng = np.random.default_rng([seed, *b"halves"])
    halves: list[list[str]] = [[], []]
    for places in CUES_IN:
        there = [cues.family.name for cues in usable if cues.family.place in places]
        order: list[int] = rng.permutation(len(there)).tolist()
        for turn, at in enumerate(order):
            halves[turn % 2].append(there[at])
    return tuple(sorted(halves[0])), tuple(sorted(halves[1]))


def _said(family: CueFamily, form: int, rng: np.random.Generator) -> Slot:
    """A slot that says this form, every choice in it made."""
    said: dict[str, Any] = {side.replace(" ", "_"): _chosen(family.forms[form][side], rng) for side in SIDES}
    return Slot(family=family.name, place=family.place, **said)


def _chosen(text: str, rng: np.random.Generator) -> str:
    """A form with every choice made."""

    def one(found: re.Match[str]) -> str:
        choices = found[1].split("|")
        return choices[rng.integers(len(choices))]

    return " ".join(_CHOICE.sub(one, text).split()).replace(" // ", "\n")
