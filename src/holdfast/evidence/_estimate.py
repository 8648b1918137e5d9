"""A measured number: it cannot exist without its n, its interval and the method that made them."""

from typing import Literal, Self

from pydantic import Field, model_validator

from holdfast.evidence._canonical import Frozen


class Estimate(Frozen):
    """A value between two bounds.

    The interval may be wider than the method's own: where samples are missing, `low` counts each of them one way and
    `high` the other, so that no assumption about the missing ones is needed.
    """

    value: float
    """Among the units that could be scored."""
    low: float
    high: float
    level: float = Field(gt=0.5, lt=1)
    """Confidence of the whole interval: of the one bound when `sides` is not `two`."""
    sides: Literal["two", "upper", "lower"] = "two"
    n: int = Field(ge=1)
    """Units that the interval rests on, missing ones included."""
    clusters: int = Field(ge=1)
    """Independent ones among them."""
    method: str = Field(min_length=1)
    unit: str = Field(min_length=1)

    @model_validator(mode="after")
    def _has_width(self) -> Self:
        if not self.low <= self.value <= self.high:
            raise ValueError("an estimate lies inside its interval")
        if self.low == self.high:
            raise ValueError("no estimate has zero width: a finite sample is never certain")
        return self
