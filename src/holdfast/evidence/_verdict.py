"""Verdicts and the rule that gives them: the one place that compares a number with a threshold.

Headline, JSON and exit code all read what is decided here.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import Final, Literal

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen
from holdfast.evidence._estimate import Estimate

Verdict = Literal["met", "not met", "undecided", "invalid", "not tested", "not asked"]

VERDICT_MEANS: Final[dict[Verdict, str]] = {
    "met": "the whole interval lies on the permitted side of the threshold",
    "not met": "the whole interval lies beyond the threshold",
    "undecided": "the interval reaches across the threshold",
    "invalid": "measured, but not to be believed",
    "not tested": "nothing was measured",
    "not asked": "no claim was asked",
}


class ExitCode(IntEnum):
    """What the process returns to its caller."""

    MET = 0
    NOT_MET = 1
    USAGE = 2
    UNDECIDED = 3
    MISSING = 4
    UNVERIFIED = 5
    OUR_BUG = 70
    INTERRUPTED = 130


class Threshold(Frozen):
    """A limit and the side of it that is permitted."""

    op: Literal["<=", ">=", "within"]
    """`within` is for a difference: neither side may be larger by more than the value."""
    value: float = Field(ge=0, le=1, strict=True)
    """Strict: `true` is not 1, and "0.05" is not a number."""

    @property
    def share_op(self) -> Literal["<=", ">="]:
        """Which side of the value is permitted of a share.

        Raises:
            ValueError: It bounds a difference on both sides.
        """
        if self.op == "within":
            raise ValueError("a margin bounds a difference, and no share")
        return self.op


def judge(estimate: Estimate | Absent, threshold: Threshold) -> Verdict:
    """The verdict on one estimate whose controls passed.

    `met` when the whole interval lies on the permitted side, `not met` when wholly on the other, else `undecided`. A
    one-sided interval has no bound on its open side, so it can never give the verdict that would need one.
    """
    if isinstance(estimate, Absent):
        return "not tested"
    has_high, has_low = estimate.sides != "lower", estimate.sides != "upper"
    if threshold.op == "<=":
        permitted = has_high and estimate.high <= threshold.value
        beyond = has_low and estimate.low > threshold.value
    elif threshold.op == "within":
        permitted = has_high and has_low and -threshold.value <= estimate.low and estimate.high <= threshold.value
        beyond = (has_low and estimate.low > threshold.value) or (has_high and estimate.high < -threshold.value)
    else:
        permitted = has_low and estimate.low >= threshold.value
        beyond = has_high and estimate.high < threshold.value
    return "met" if permitted else "not met" if beyond else "undecided"


def overall(verdicts: Sequence[tuple[Verdict, bool]]) -> Verdict:
    """The verdict on a conjunction of claims, each with whether it is required.

    `not met` before `invalid`, `undecided`, required `not tested`, before `met`. Claims that are not required and were
    not tested do not count; no claim at all is `not asked`.
    """
    asked = [(verdict, required) for verdict, required in verdicts if verdict != "not asked"]
    counted = [verdict for verdict, required in asked if required or verdict != "not tested"]
    for verdict in ("not met", "invalid", "undecided", "not tested"):
        if verdict in counted:
            return verdict
    if counted:
        return "met"
    return "not tested" if asked else "not asked"


def exit_code(verdict: Verdict, *, collected: bool = True) -> ExitCode:
    """The exit code of a finished run; `collected` matters only where no claim was asked."""
    if verdict == "met" or (verdict == "not asked" and collected):
        return ExitCode.MET
    return ExitCode.NOT_MET if verdict == "not met" else ExitCode.UNDECIDED
