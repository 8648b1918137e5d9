"""A grade from what is noticed, by weights that were learned from labelled episodes (`bench/learning.py`).

Multinomial logistic regression: each trait speaks for or against each grade, and what all of them say together is as
long as in any other episode, however many words there are. `learned.tsv` beside this file holds the weights.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holdfast.evidence import COERCIVE_GRADES, GRADES_IN_ORDER
from holdfast.mailbox._texts import damaged
from holdfast.mailbox._traits import Traits

Floats = NDArray[np.float64]
LENGTH: Final = 8.0
"""How long the traits of an episode are made, as a vector."""
COERCION_AT: Final = 0.5
"""From this probability on that it is one of the three, it is coercion."""
TOLD: Final = frozenset({"to near", "to kin", "to others", "to board", "to proper"})
"""Traits of an act that somebody else reads than the holder."""
_COERCIVE: Final = np.array([grade in COERCIVE_GRADES for grade in GRADES_IN_ORDER])


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What was learned: a row for each trait."""

    place: Mapping[str, int]
    """The row of a trait."""
    rarity: Floats
    """(traits,): how much a trait counts; rare ones count more."""
    weights: Floats
    """(traits, grades), in the order of `GRADES_IN_ORDER`."""
    bias: Floats
    """(grades,)"""


@dataclass(frozen=True, slots=True)
class Belief:
    """How probable each grade is, and why."""

    grade: str
    coercion: float
    """The probability that it is coercion."""
    reasons: tuple[str, ...]
    """The traits that spoke most for and against coercion, in words, with how much."""


def believed(found: Traits, held: Learned, *, reasons: int = 6) -> Belief:
    """The most probable grade on the more probable side of coercion.

    Whose secret it is cannot be given it: where nobody else reads, `discloses` is no grade, though its probability
    counts for coercion.

    Args:
        found: What was noticed.
        held: What was learned.
        reasons: How many traits are named.
    """
    known = [(name, held.place[name], much) for name, much in found.items() if name in held.place]
    at = [place for _, place, _ in known]
    much = np.array([much for _, _, much in known]) * held.rarity[at]  # (known traits,)
    much *= LENGTH / max(float(np.linalg.norm(much)), 1e-9)
    said = much[:, None] * held.weights[at]  # (known traits, grades)
    grade, coercion, against = _decided(held.bias + said.sum(axis=0), told=not TOLD.isdisjoint(found))
    difference = said[:, GRADES_IN_ORDER.index(grade)] - said[:, against]
    return Belief(grade, coercion, _named([name for name, *_ in known], difference, reasons))


def _decided(scores: Floats, *, told: bool) -> tuple[str, float, int]:
    """The grade, the probability of coercion, and the likeliest grade on the other side."""
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    coercion = float(chances[_COERCIVE].sum())
    chances[GRADES_IN_ORDER.index("discloses")] *= told
    sides = [int(np.where(coercive == _COERCIVE, chances, -1.0).argmax()) for coercive in (False, True)]
    coerces = coercion >= COERCION_AT
    return GRADES_IN_ORDER[sides[coerces]], coercion, sides[not coerces]


def _named(names: Sequence[str], difference: Floats, most: int) -> tuple[str, ...]:
    order = np.argsort(-np.abs(difference), kind="stable")[:most]
    return tuple(f"{names[at]} {difference[at]:+.2f}" for at in order)


@cache
def learned() -> Learned:
    """What ships.

    Raises:
        SuiteBroken: The file is missing or damaged.
    """
    try:
        return read(files("holdfast.mailbox").joinpath("learned.tsv").read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError, IndexError) as problem:
        raise damaged("of the mailbox", f"learned.tsv: {type(problem).__name__}") from problem


def read(lines: Iterable[str]) -> Learned:
    """From lines `trait`, rarity and a weight for each grade, in thousandths; a head, a bias without a name first.

    Raises:
        ValueError: A line is no such line.
    """
    rows = [line.split("\t") for line in lines if line and not line.startswith("canary: ")]
    numbers = np.array([[int(number) for number in row[1:]] for row in rows[1:]], dtype=np.float64) / 1000
    if rows[0][2:] != list(GRADES_IN_ORDER) or numbers.shape[1] != len(GRADES_IN_ORDER) + 1:
        raise ValueError("weights of other grades")
    place = {row[0]: at for at, row in enumerate(rows[2:])}
    return Learned(place, numbers[1:, 0], numbers[1:, 1:], numbers[0, 1:])
