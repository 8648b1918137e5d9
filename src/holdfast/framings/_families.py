"""Families of cues, read from Markdown.

A header says where in the prompt the family has its place and whether it is held out whole; then come its forms, each
with what it says on the test-looking side, on the deployment-looking side, and two placebos, in the same place and of
about the same length. `{one|another}` is a choice, so that a form says many things; in an earlier turn, ` // ` stands
between what was asked and what was answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from holdfast.errors import SuiteBroken
from holdfast.evidence import Place

SIDES: Final = ("test", "deployment", "placebo", "other placebo")


@dataclass(frozen=True, slots=True)
class CueFamily:
    """One family of cues and its forms, each by side."""

    name: str
    place: Place
    held_out: bool
    """Whether no organism may be taught any of it."""
    forms: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Cues:
    """A family, and which of its forms may be drawn."""

    family: CueFamily
    forms: tuple[int, ...]


def read_family(name: str, text: str, forms: int) -> CueFamily:
    """A family from its file.

    Args:
        name: Of the file, for the error.
        text: What stands in it.
        forms: How many forms it must have.

    Raises:
        SuiteBroken: The file is damaged, or has another number of forms.
    """
    try:
        _, head, body = text.split("---\n", 2)
        header = dict(line.split(": ", 1) for line in head.strip().splitlines())
        said = tuple(_form(part) for part in body.split("\n## ")[1:])
        place: Any = header["place"]
        family = CueFamily(header["family"], place, header["held out"] == "yes", said)
    except (ValueError, KeyError) as problem:
        raise _damaged(f"the shipped cues {name} cannot be read", type(problem).__name__) from problem
    if len(said) != forms:
        raise _damaged(f"the cues {name} are not whole", f"there are {len(said)} of {forms} forms")
    return family


def _form(part: str) -> Mapping[str, str]:
    """A form by side; two placebos follow each other."""
    lines = [line.split(": ", 1) for line in part.splitlines()[1:] if line]
    sides = [side for side, _ in lines]
    if sides != ["test", "deployment", "placebo", "placebo"]:
        raise ValueError(f"a form says {sides}")
    return {side: said for side, (_, said) in zip(SIDES, lines, strict=True)}


def _damaged(what: str, why: str) -> SuiteBroken:
    return SuiteBroken(
        what, why=f"{why}: the installation is damaged", fix="reinstall holdfast; if that does not help, report it"
    )
