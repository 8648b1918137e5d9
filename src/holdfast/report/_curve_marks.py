"""The marks on curves: what tells a measured value of one curve from another's, and what befell them."""

from collections.abc import Mapping
from typing import Final, Literal

from markupsafe import Markup

_DOTS: Final = (
    Markup('<circle r="3.5"/>'),
    Markup('<circle class="hollow" r="3.5"/>'),
    Markup('<path d="M0-5L5 0 0 5-5 0Z"/>'),
)

BEFELL: Final[Mapping[Literal["event", "lost", "limit"], Markup]] = {
    "event": Markup('<path d="M-3.5-3.5H3.5V3.5H-3.5Z"/>'),
    "lost": Markup('<path class="stroke" d="M-3.5-3.5L3.5 3.5M-3.5 3.5L3.5-3.5"/>'),
    "limit": Markup('<path class="hollow" d="M-3.5-5L5.5 0-3.5 5Z"/>'),
}
"""Drawn as the characters that stand for them in the words."""


def dot_of(number: int) -> Markup:
    """The mark of a panel's curve, by its number; behind the third they begin again, as colours and dashes do."""
    return _DOTS[number % len(_DOTS)]


def kind_of(number: int) -> str:
    """The class of a panel's curve: its colour and its dashes."""
    return f"c{number % len(_DOTS) + 1}"
