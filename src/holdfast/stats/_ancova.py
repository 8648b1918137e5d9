# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""What an experiment's arms do to an outcome that was measured before and after: analysis of covariance."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from holdfast.stats._binomial import Interval
from holdfast.stats._robust_errors import Array, Contrast, Fit, least_squares, robust


@dataclass(frozen=True, slots=True)
class ArmEffect:
    """What one arm does beyond the control, in units of the outcome.

    Attributes:
        arm: Its number, from 1.
        value: The adjusted difference between its mean and the control's.
        interval: At the level asked for, two-sided, t with the degrees of freedom below.
        standard_error: HC2, or CR2 where units come in clusters.
        degrees_of_freedom: Satterthwaite's; far fewer than units where clusters or an arm are small.
        p_value: Of no effect, two-sided, not corrected for other arms.
        n: Units of both arms.
        clusters: Independent ones among those units; equal to `n` where each stands by itself.
    """

    arm: int
    value: float
    interval: Interval
    standard_error: float
    degrees_of_freedom: float
    p_value: float
    n: int
    clusters: int


@dataclass(frozen=True, slots=True)
class _Units:
    """Checked arrays: one entry for each unit."""

    post: Array
    baseline: Array
    arms: NDArray[np.int64]
    issues: NDArray[np.int64]
    clusters: NDArray[np.int64]


def ancova(
    post: ArrayLike,
    baseline: ArrayLike,
    arms: ArrayLike,
    *,
    issues: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    interactions: bool = False,
    level: float = 0.95,
) -> tuple[ArmEffect, ...]:
    """Each arm's effect beyond the control: the outcome on arm, baseline less its mean, and a term for each issue.

    Args:
        post: The outcome after, one for each unit.
        baseline: The same before randomisation.
        arms: The number of each unit's arm; 0 is the control.
        issues: The number of what each unit was asked about; None where it is one thing.
        clusters: The number of the person behind each unit, where people answer several times; None where each unit is
            another person.
        interactions: Whether the slope on the baseline and the issues' terms may differ by arm (Lin's estimator): no
            less precise in large samples, and two to three terms dearer in small ones. Fix it before the run.
        level: Of each interval.

    Returns:
        One effect for each arm but the control, in order. Positive means that the outcome is higher in the arm.

    Raises:
        ValueError: Arrays that do not fit each other, a number that is none, no control or no other arm, terms that
            are not determined (an arm that no unit of some issue was in, with interactions), no spread, or a level
            outside (0, 1).

    Assumptions:
        Arms were drawn at random within issues and ranges of the baseline. Units of different clusters are
        independent. Nothing is assumed of the outcome's shape or variance; with fewer than about ten units an arm the
        t reference leans on near-normal residuals. What was not answered is not seen: `lee_bounds` says what it may
        hide.

    Source:
        Lin 2013, Ann. Appl. Stat. 7:295, §3 and §4; Freedman 2008, Adv. Appl. Math. 40:180 for the plain form. Errors
        as in `_robust_errors`: Bell & McCaffrey 2002, Imbens & Kolesár 2016, Pustejovsky & Tipton 2018. Measured in
        `bench/results/coverage-study.json`.
    """
    units = _checked(post, baseline, arms, issues, clusters)
    design = np.column_stack(list(_terms(units, interactions)))
    fit = least_squares(design, units.post)
    return tuple(_effect(fit, arm, units, level) for arm in range(1, int(units.arms.max()) + 1))


def _effect(fit: Fit, arm: int, units: _Units, level: float) -> ArmEffect:
    # The terms begin with the constant, so an arm's number is its term.
    found: Contrast = robust(fit, arm, units.clusters)
    both = np.isin(units.arms, (0, arm))
    return ArmEffect(
        arm=arm,
        value=found.value,
        interval=Interval(*found.bounds(level)),
        standard_error=found.standard_error,
        degrees_of_freedom=found.degrees_of_freedom,
        p_value=found.p_value,
        n=int(both.sum()),
        clusters=int(np.unique(units.clusters[both]).size),
    )


def _terms(units: _Units, interactions: bool) -> Iterator[Array]:
    """The columns: constant, arms, baseline, issues, and their products with the arms."""
    arms = [(units.arms == arm).astype(np.float64) for arm in range(1, int(units.arms.max()) + 1)]
    asked = [(units.issues == issue).astype(np.float64) for issue in range(1, int(units.issues.max()) + 1)]
    yield np.ones_like(units.post)
    yield from arms
    # Centred over all units: an arm's own coefficient is then its effect on the average unit.
    others = [column - column.mean() for column in (units.baseline, *asked)]
    yield from others
    if interactions:
        yield from (arm * other for arm in arms for other in others)


def _checked(
    post: ArrayLike, baseline: ArrayLike, arms: ArrayLike, issues: ArrayLike | None, clusters: ArrayLike | None
) -> _Units:
    after, before = (np.asarray(each, dtype=np.float64) for each in (post, baseline))
    arm = np.asarray(arms, dtype=np.int64)
    if not (after.ndim == 1 and after.shape == before.shape == arm.shape):
        raise ValueError(f"each unit has an outcome, a baseline and an arm, not {after.shape}, {before.shape}")
    if after.size == 0 or arm.min() < 0 or set(np.unique(arm)) != set(range(int(arm.max()) + 1)) or arm.max() < 1:
        raise ValueError("arms are numbered from 0, the control, and none of them is empty")
    return _Units(after, before, arm, _codes(issues, after, every=0), _codes(clusters, after, every=None))


def _codes(given: ArrayLike | None, units: Array, *, every: int | None) -> NDArray[np.int64]:
    """Numbers from 0 without holes; where nothing is given, one for all units or another for each."""
    if given is None:
        return np.arange(units.size) if every is None else np.full(units.size, every, dtype=np.int64)
    codes = np.asarray(given, dtype=np.int64)
    if codes.shape != units.shape:
        raise ValueError(f"each unit has one number, not {codes.shape} for {units.shape}")
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)
