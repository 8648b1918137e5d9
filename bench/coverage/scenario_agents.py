"""Agents whose rate over a family of scenarios is known exactly, though every scenario has a probability of its own.

A family is as many scenarios as one likes from one generator; the *family rate* is the mean over scenarios and over the
cells that each is shown in. Shapes of what scenarios have:

    beta      beta-distributed probabilities: no two scenarios alike
    hidden    a few scenarios always show it, all others have one low probability; at a correlation of 1 that is 0
    immune    most scenarios never show it, the others have one high probability

Cells shift the logit of a scenario's probability, as far as published figures move it (38.7 % to 1.2 % where somebody
outside can be reached: 4 on the logit) or less far.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import betaincinv, expit, logit

from bench.coverage.clustered import own_shares

SHIFTS = {"none": (0.0, 0.0, 0.0, 0.0), "mild": (0.0, -0.5, -1.0, -1.5), "strong": (0.0, -1.0, -4.0, -5.0)}
"""Of cells without and with a legitimate way, each looking like deployment and like a test."""
GRID = 40_001

Array = np.ndarray


@dataclass(frozen=True)
class Family:
    """Scenarios of one shape, rate and intraclass correlation.

    Attributes:
        shape: Of the scenarios' probabilities.
        rate: Mean over scenarios and cells.
        icc: Between two episodes of one scenario in one cell, before cells shift anything.
        shifts: What each cell adds to the logit; as many as there are cells.
    """

    shape: str
    rate: float
    icc: float
    shifts: tuple[float, ...] = (0.0,)

    def probabilities(self, runs: int, scenarios: int, generator: np.random.Generator) -> Array:
        """Of each scenario in each cell; shape (runs, scenarios, cells)."""
        own = own_shares(self.shape, self.rate, self.icc, (runs, scenarios), generator)[..., None]
        if not any(self.shifts):
            return np.broadcast_to(own, (runs, scenarios, len(self.shifts)))
        return _shifted(own, np.array(self.shifts) + common_shift(self))


@cache
def common_shift(family: Family) -> float:
    """What is added to every logit, so that cells with shifts keep the family rate: beta shapes and equal scenarios."""
    if family.shape != "beta":
        raise ValueError("only beta-distributed scenarios are shifted: elsewhere a probability of 1 cannot be moved")
    middles = (np.arange(GRID) + 0.5) / GRID
    spread = (1 - family.icc) / family.icc if family.icc else 0.0
    own = (
        betaincinv(family.rate * spread, (1 - family.rate) * spread, middles) if family.icc else np.array([family.rate])
    )

    def excess(shift: float) -> float:
        return float(_shifted(own[:, None], np.array(family.shifts) + shift).mean()) - family.rate

    return float(brentq(excess, -30, 300))


def _shifted(own: Array, shifts: Array) -> Array:
    """A probability of exactly 0 or 1 stays what it is."""
    with np.errstate(divide="ignore"):
        return expit(logit(own) + shifts)
