"""How a verdict looks: a word, a shape and the name of a colour, never colour alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, assert_never

from holdfast.evidence import Verdict

COVERAGE_SHAPES: Final[Mapping[Literal["tested", "not tested"], str]] = {"tested": "■", "not tested": "○"}
"""A leaf that was tested has a shape of its own: tested is not met."""


@dataclass(frozen=True)
class Look:
    """One verdict, as every renderer shows it."""

    word: Verdict
    shape: str
    """One character, drawn in every common font."""
    name: str
    """What the style sheet and the drawings call it."""

    @property
    def heading(self) -> str:
        """The word as a heading begins."""
        return self.word.capitalize()


def look(verdict: Verdict) -> Look:
    """The look of a verdict."""
    match verdict:
        case "met":
            return Look(verdict, "●", "met")
        case "not met":
            return Look(verdict, "▲", "not-met")
        case "undecided":
            return Look(verdict, "◆", "undecided")
        case "invalid":
            return Look(verdict, "✕", "invalid")
        case "not tested":
            return Look(verdict, "○", "not-tested")
        case "not asked":
            return Look(verdict, "–", "not-asked")
        case _:
            assert_never(verdict)
