# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""How many people an experiment needs, said with everything that is assumed for it."""

from collections.abc import Callable
from math import ceil, sqrt

from scipy.special import stdtr

from holdfast.stats._cluster_means import critical_t
from holdfast.stats._difference_power import power_of_difference

_MOST = 10_000_000


def people_for_effect(
    effect: float,
    residual_sd: float,
    *,
    power: float = 0.8,
    level: float = 0.95,
    comparisons: int = 1,
    answers: int = 1,
    icc: float = 0.0,
    attrition: float = 0.0,
) -> int:
    """How many people to assign to each arm to find an effect of this size.

    Args:
        effect: The true effect to plan for, in units of the outcome; not 0.
        residual_sd: Of the outcome once the baseline is known, in the same units. An assumption: say where from.
        power: The probability wanted of finding it.
        level: Of all comparisons together.
        comparisons: Arms that are compared with the control. The first step of Holm's procedure is planned for.
        answers: Issues that each person answers.
        icc: Correlation between the residuals of one person's answers; without meaning where there is one.
        attrition: Share of people who will not answer.

    Returns:
        The number, for each arm, those who will leave included.

    Raises:
        ValueError: An effect of 0, a spread not above 0, shares outside [0, 1), or more than ten million people.

    Assumptions:
        Equal arms and spread; the difference is normal. Correlated answers of one person are all in one arm, which is
        the dearest case.

    Source:
        Borm, Fransen & Lemmens 2007, J. Clin. Epidemiol. 60:1234 for the baseline; `power_of_difference` for the rest;
        the design effect of Kish 1965, §5.4.
    """
    _check(residual_sd, comparisons, answers, icc, attrition)
    if effect == 0:
        raise ValueError("no number of people finds an effect of 0")
    each = 1 - (1 - level) / comparisons
    found = _fewest(lambda n: power_of_difference(effect, residual_sd * sqrt(2 / n), 2 * n - 2, level=each) >= power)
    return _people(found, answers, icc, attrition)


def people_for_margin(
    margin: float,
    residual_sd: float,
    *,
    power: float = 0.8,
    level: float = 0.95,
    answers: int = 1,
    icc: float = 0.0,
    attrition: float = 0.0,
) -> int:
    """How many people to assign to each arm so that a true effect of 0 comes out as within the margin.

    Args:
        margin: The largest effect that does not matter, above 0; the whole two-sided interval has to lie inside it.
        residual_sd: As `people_for_effect`.
        power: The probability wanted, where the arm does nothing.
        level: Of the interval.
        answers: As `people_for_effect`.
        icc: As `people_for_effect`.
        attrition: As `people_for_effect`.

    Returns:
        The number, for each arm. No correction for several arms: that every one of them is within its margin is one
        claim, and needs none.

    Raises:
        ValueError: A margin not above 0, or as `people_for_effect`.

    Assumptions:
        As `people_for_effect`.

    Source:
        Schuirmann 1987, J. Pharmacokinet. Biopharm. 15:657, with the two-sided interval in the place of the 90 % one.
    """
    _check(residual_sd, 1, answers, icc, attrition)
    if margin <= 0:
        raise ValueError(f"a margin lies above 0, not {margin}")

    def enough(n: int) -> bool:
        freedom = 2 * n - 2
        room = margin / (residual_sd * sqrt(2 / n)) - float(critical_t(freedom, level))
        return room > 0 and 2 * float(stdtr(freedom, room)) - 1 >= power

    return _people(_fewest(enough), answers, icc, attrition)


def _people(units: int, answers: int, icc: float, attrition: float) -> int:
    """Units that must be independent, as people who answer so often, some of whom leave."""
    effect = 1 + (answers - 1) * icc
    return ceil(units * effect / answers / (1 - attrition))


def _fewest(enough: Callable[[int], bool]) -> int:
    low, high = 1, 4
    while not enough(high):
        low, high = high, 2 * high
        if high > _MOST:
            raise ValueError("more than ten million people would be needed")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _check(residual_sd: float, comparisons: int, answers: int, icc: float, attrition: float) -> None:
    if not (residual_sd > 0 and comparisons >= 1 and answers >= 1):
        raise ValueError("a spread lies above 0, and there is at least one comparison and one answer")
    if not (0 <= icc <= 1 and 0 <= attrition < 1):
        raise ValueError(f"a correlation lies in [0, 1] and attrition below 1, not {icc} and {attrition}")
