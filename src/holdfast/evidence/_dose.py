"""What became of a dose: the share that an inducing instruction was given in must be found again."""

from typing import Annotated, Final, Literal

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen
from holdfast.evidence._estimate import Estimate


class ComparedDose(Frozen):
    """One dose of one inducement that was held against what was expected of it."""

    inducement: str
    dose: float
    reading: Literal["recovered", "lost"]
    """A dose that was lost fails the control."""
    reason: str
    expected_low: float
    expected_high: float
    estimate: Estimate | Absent


class UncomparedDose(Frozen):
    """One dose of one inducement of which nothing can be expected."""

    inducement: str
    dose: float
    reading: Literal["undetermined", "not applicable"]
    """`undetermined`: samples of its arms lack their labels, and the control fails. `not applicable`: the inducement
    moves this subject too little to be dosed, or robs it of all sense."""
    reason: str
    estimate: Estimate | Absent


DOSE_RESULTS: Final = {
    "recovered": "passed",
    "lost": "failed",
    "undetermined": "failed",
    "not applicable": "not applicable",
}
"""What a control makes of a dose, by its reading."""
AnyDose = Annotated[ComparedDose | UncomparedDose, Field(discriminator="reading")]
