"""Questions with options: how places are called, and how the same question in another order of options is."""

from typing import Final

LETTERS: Final = tuple("ABCDEFGHIJ")
"""What places are called, in order; more options than these no question has."""
NO_OPTION: Final = "no option"
"""The label of a reply that names none of the options, or several."""
_TURNED: Final = "@"


def right_at(letter: str) -> str:
    """The stratum of questions whose right option stands in this place."""
    return f"right option at {letter}"


def turned(question: str, letter: str) -> str:
    """The id of a question whose options are turned until the right one stands in this place."""
    return f"{question}{_TURNED}{letter}"


def before_turning(item: str) -> str:
    """The id of the question that was turned."""
    return item.rpartition(_TURNED)[0]
