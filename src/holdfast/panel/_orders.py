"""Which of two persuaders moves the panel further, and where listeners disagree."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

import numpy as np

from holdfast.evidence import PanelOrder
from holdfast.panel._answers import Answers
from holdfast.panel._moved import movement, scaled
from holdfast.stats import RankInterval, holm_levels, rank_intervals

OneOrder = Literal["first", "second", "level"]
_OPPOSITE: Final[dict[OneOrder, OneOrder]] = {"first": "second", "second": "first"}
_DISAGREE: Final = "listeners order them both ways, beyond their own noise"
_AGAINST: Final = (
    "told apart in the mean over the models, and a listener orders them the other way, beyond its own noise"
)
_APART: Final = "told apart in the mean over the models; no listener orders them the other way"
_LEVEL: Final = "not told apart in the mean over the models"


@dataclass(frozen=True, slots=True)
class Ordered:
    """A pair of persuaders, by their places.

    Attributes:
        first: One of them.
        second: The other.
        order: Which moves the panel further.
        by_listener: How each listener orders them beyond its own noise.
        reason: In words.
    """

    first: int
    second: int
    order: PanelOrder
    by_listener: tuple[OneOrder, ...]
    reason: str


def orders(answers: Answers, level: float) -> tuple[Ordered, ...]:
    """Every pair of persuaders.

    Args:
        answers: Everything that was answered.
        level: That all pairs that are told apart are told apart the right way.

    Source:
        Bonferroni over the pairs: Dunn 1961, J. Am. Statist. Assoc. 56:52. That an order may turn round between
        listeners is looked for as Gail & Simon 1985, Biometrics 41:361, look for it between patients, with each
        listener at one-sided (1 − level) over their number, as in the range test of Piantadosi & Gail 1993, Statist.
        Med. 12:1239.
    """
    pairs = list(combinations(answers.persuaders, 2))
    at_once = holm_levels((0.0,) * len(pairs), level)[0]
    return tuple(_ordered(answers, *pair, at_once, level) for pair in pairs)


def ranks(ordered: Sequence[Ordered], persuaders: int) -> tuple[RankInterval, ...]:
    """The rank that each persuader may have, from the pairs that are told apart and that no listener turns round."""
    above = np.zeros((persuaders, persuaders), dtype=bool)
    for pair in ordered:
        above[pair.first, pair.second] = pair.order == "first"
        above[pair.second, pair.first] = pair.order == "second"
    return rank_intervals(above)


def _ordered(answers: Answers, first: int, second: int, at_once: float, level: float) -> Ordered:
    listeners = range(len(answers.before))
    alone = 1 - 2 * (1 - level) / len(listeners)
    single: tuple[OneOrder, ...] = tuple(_order(answers, [one], first, second, alone) for one in listeners)
    together = _order(answers, answers.models, first, second, at_once)
    order, reason = _said(together, single)
    return Ordered(first, second, order, single, reason)


def _order(answers: Answers, listeners: Sequence[int], first: int, second: int, level: float) -> OneOrder:
    apart = [*answers.towards(listeners, [first]), *scaled(answers.towards(listeners, [second]), -1)]
    found = movement(apart, level)
    return "first" if found.low > 0 else "second" if found.high < 0 else "level"


def _said(together: OneOrder, single: Sequence[OneOrder]) -> tuple[PanelOrder, str]:
    if {"first", "second"} <= set(single):
        return "undecided", _DISAGREE
    if together == "level":
        return "level", _LEVEL
    if _OPPOSITE[together] in single:
        return "undecided", _AGAINST
    return together, _APART
