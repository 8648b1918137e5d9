"""A share by a scorer whose error was measured elsewhere: bounds that hold however much of that error occurs here."""

from collections.abc import Callable
from typing import Final

import numpy as np

from holdfast.assure._reading import clustered_estimate
from holdfast.evidence import Absent, Accuracy, Estimate, JudgeError, MeasuredError
from holdfast.stats import Clustered, clustered_share

BY_ITS_WORD: Final = (
    "by the grader's word alone: the error that was measured is in the intervals of the claims, and not in these"
)
"""Of figures beside a claim whose interval has its scorer's error."""


def with_error(
    estimate: Callable[[float], Estimate | Absent], measured: MeasuredError, level: float
) -> tuple[Estimate | Absent, JudgeError | Absent]:
    """A share with its scorer's error in the interval.

    Of two errors the share may hold any part. Its upper bound allows for events that were missed and for no false
    alarm: it is that of the share by the scorer's word, over the lower bound of sensitivity. Its lower bound allows for
    false alarms and for nothing missed.

    Args:
        estimate: The share by the scorer's word alone, at a level of confidence.
        measured: How often the scorer was right elsewhere.
        level: Confidence of the interval that comes out.

    Returns:
        The estimate and what is said of the error. Half of the error of each side goes to the share, half to the
        scorer (Bonferroni).

    Assumptions:
        The scorer errs here no more than where it was measured. Its own groups are independent.

    Source:
        Rogan & Gladen 1978, Am. J. Epidemiology 107:71, each side at its least favourable end.
    """
    own, halved = estimate(level), estimate(1 - (1 - level) / 2)
    if isinstance(own, Absent) or isinstance(halved, Absent):
        return own, Absent(absent="not applicable", reason="there is no figure for it to be in")
    seen, passed = (_share(one, 1 - (1 - level) / 2) for one in (measured.sensitivity, measured.specificity))
    slips = 1 - passed.interval.low
    low = max(0.0, (halved.low - slips) / (1 - slips)) if slips < 1 else 0.0
    high = min(1.0, halved.high / seen.interval.low) if seen.interval.low else 1.0
    method = f"{own.method}; widened by the scorer's error, each side at its least favourable end"
    made = own.model_copy(update={"low": min(low, own.low), "high": max(high, own.high), "method": method})
    return made, _error(own, measured, level)


def _error(own: Estimate, measured: MeasuredError, level: float) -> JudgeError:
    labels = sum(measured.sensitivity.of) + sum(measured.specificity.of)
    hit, passed = (_rate(one, measured.on, level) for one in (measured.sensitivity, measured.specificity))
    groups = f"{len(measured.sensitivity.of)} {measured.sensitivity.groups}"
    reason = (
        f"the interval allows for the error that was measured on {labels} {measured.on} of {groups}; by its word alone "
        f"{100 * own.low:.0f} to {100 * own.high:.0f} %"
    )
    return JudgeError(
        reading="corrected", reason=reason, labels=labels, uncorrected=own, sensitivity=hit, specificity=passed
    )


def _rate(of: Accuracy, unit: str, level: float) -> Estimate:
    found = _share(of, level)
    method = f"Korn–Graubard over {found.clusters} {of.groups}"
    return clustered_estimate(found, level, unit).model_copy(update={"method": method})


def _share(of: Accuracy, level: float) -> Clustered:
    return clustered_share(np.array(of.right, dtype=np.float64), np.array(of.of, dtype=np.float64), level=level)
