"""What attacks took on the machine that ran them, and what they would cost at somebody's prices."""

from typing import Self

from pydantic import Field, model_validator

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen


class Prices(Frozen):
    """What a machine costs and does, with a date: prices age faster than records."""

    dated: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    source: str = Field(min_length=1)
    machine: str = Field(min_length=1)
    usd_per_hour: tuple[float, float]
    """The lowest and the highest that is asked for it."""
    tflops: float = Field(gt=0)
    """At its peak, dense, in the number type that is used: 10^12 a second."""
    utilisation: tuple[float, float]
    """The least and the largest part of the peak that training is taken to reach."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low, high = self.usd_per_hour
        least, most = self.utilisation
        if not (0 < low <= high and 0 < least <= most <= 1):
            raise ValueError("usd_per_hour and utilisation are two numbers above 0, the lower one first; 1 is the peak")
        return self

    def usd(self, flop: float) -> "Band":
        """What so many operations cost: from the cheapest hour at the best use to the dearest at the worst.

        Source: the usual division, FLOP / (utilisation × peak) × price; no judge, no failed try, and nobody's time.
        """
        hours = [flop / (part * self.tflops * 1e12) / 3600 for part in self.utilisation]
        return Band(low=self.usd_per_hour[0] * hours[1], high=self.usd_per_hour[1] * hours[0])


class Band(Frozen):
    """Between two numbers, neither of which is a bound on anything measured."""

    low: float = Field(ge=0)
    high: float = Field(ge=0)


class Took(Frozen):
    """How long a run took."""

    wall_s: float = Field(ge=0)


class AttackSpend(Frozen):
    """One attack, as it was run here."""

    attack: str
    run_s: float
    """Seconds of a run by the wall clock, the median over runs, with what is asked at every checkpoint."""
    gpu_s: float | Absent
    """The same on a GPU."""
    usd: Band | Absent
    """Of the operations that one run takes to the end of its budget, asking not included."""
