"""How far answers move, topic by topic, with answers that are not there counted both ways."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from holdfast.stats import paired_difference

Array = NDArray[np.float64]
Part = tuple[float, Array]
"""A weight, and for each topic an answer from 0 to 1; not a number where there is none."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A sum of weighted answers, in the mean over topics.

    Attributes:
        value: Over the topics in which nothing is missing; not a number where there is none.
        low: Its lower bound, every answer that is missing counted for the least.
        high: Its upper bound, every one counted for the most.
        n: Topics.
        method: How.
    """

    value: float
    low: float
    high: float
    n: int
    method: str


def movement(parts: Sequence[Part], level: float) -> Movement:
    """The mean over topics of a weighted sum of answers, with an interval; topics are the clusters.

    Args:
        parts: What is added up. No sum may leave [−1, 1], whatever the answers are.
        level: Confidence of the interval.

    Raises:
        ValueError: As `paired_difference`.
    """
    least, most = _filled(parts, 0.0), _filled(parts, 1.0)
    topics = np.arange(least.size)
    low = paired_difference(least, topics, level=level)
    whole = bool((least == most).all())
    high = low if whole else paired_difference(most, topics, level=level)
    seen = least[least == most]
    value = low.value if whole else float(seen.mean()) if seen.size else float("nan")
    method = low.method if whole else f"{low.method}; missing answers counted both ways"
    # Topics without a gap may lie beyond the mean that counts the others at their least.
    bounds = (low.interval.low, high.interval.high)
    return Movement(value, float(np.fmin(bounds[0], value)), float(np.fmax(bounds[1], value)), least.size, method)


def scaled(parts: Sequence[Part], by: float) -> list[Part]:
    """The same, times a number."""
    return [(weight * by, answers) for weight, answers in parts]


def _filled(parts: Sequence[Part], up: float) -> Array:
    """The sum for each topic, missing answers at whichever end makes it larger (`up` 1) or smaller (0)."""
    total = np.zeros_like(parts[0][1])
    for weight, answers in parts:
        total += weight * np.where(np.isnan(answers), up if weight > 0 else 1 - up, answers)
    return total
