# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""Whether more people left one arm than another."""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from holdfast.stats._binomial import Interval
from holdfast.stats._unpaired import newcombe


@dataclass(frozen=True, slots=True)
class Attrition:
    """How many of two arms did not answer.

    Attributes:
        value: The share that left the arm, less the share that left the control.
        interval: Of that difference, two-sided.
        p_value: Of no difference, exact.
        n: People in both arms.
    """

    value: float
    interval: Interval
    p_value: float
    n: int


def differential_attrition(
    left: int, assigned: int, control_left: int, control_assigned: int, *, level: float = 0.95
) -> Attrition:
    """Whether the share of people who did not answer differs between an arm and the control.

    Args:
        left: People of the arm who did not answer.
        assigned: People drawn into it.
        control_left: The same of the control.
        control_assigned: The same of the control.
        level: Of the interval.

    Returns:
        The difference. A large p-value does not mean that nothing is hidden: equal shares of other people may have
        left, which no test sees.

    Raises:
        ValueError: Nobody assigned, more people who left than there were, or a level outside (0, 1).

    Assumptions:
        People are independent; drawn at random into arms.

    Source:
        Fisher's exact test, summing what is no more likely: Fisher 1935, J. R. Statist. Soc. 98:39. The interval:
        Newcombe 1998, Stat. Med. 17:873, method 10.
    """
    if not (0 <= left <= assigned and 0 <= control_left <= control_assigned and assigned and control_assigned):
        raise ValueError("nobody was assigned, or more people left than there were")
    found = newcombe(control_left, control_assigned, left, assigned, level=level)
    return Attrition(
        value=left / assigned - control_left / control_assigned,
        interval=found,
        p_value=_fisher(left, assigned, control_left, control_assigned),
        n=assigned + control_assigned,
    )


def _fisher(a: int, m: int, b: int, n: int) -> float:
    """Of all tables with these margins, the probability of those that are no likelier than this one."""
    total = a + b
    counts = np.arange(max(0, total - n), min(m, total) + 1)
    logs = _choose(m, counts) + _choose(n, total - counts) - _choose(m + n, np.array(total))
    own = float(logs[a - int(counts[0])])
    # Tables that are equally likely differ by rounding alone.
    return float(min(1.0, np.exp(logs[logs <= own + 1e-7]).sum()))


def _choose(n: int, k: np.ndarray) -> np.ndarray:
    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
