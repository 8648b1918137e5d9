"""Noise on a subject's weights: how much, and how an ask says so."""

from typing import Final

from pydantic import Field

from holdfast.evidence._canonical import Frozen

SIGMAS: Final = (0.05, 0.1, 0.2, 0.4)
"""Standard deviations of the noise, as parts of each matrix's own."""
DRAWS: Final = 3
"""Of the noise, at each of them."""


class Noise(Frozen):
    """Gaussian noise that is added to every matrix of a subject's weights while it is asked."""

    sigma: float = Field(gt=0)
    """Its standard deviation, as a part of that of the matrix."""
    draw: int = Field(ge=1)
    """Which one: the same draw at another sigma is the same noise, larger or smaller."""

    @property
    def stratum(self) -> str:
        """What asks under it are called."""
        return f"noise of {self.sigma:g} standard deviations, draw {self.draw}"
