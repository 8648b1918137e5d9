"""The passport of a check that asks in twins: beside every other's, what single pairs of framings would have said."""

from collections.abc import Sequence
from math import hypot
from typing import Final

from holdfast.calibration._measured import MeasuredInTwins
from holdfast.calibration._passport import Passport, RecipeAccuracy
from holdfast.calibration._shares import by_recipe, counted, share
from holdfast.evidence import Absent, Estimate
from holdfast.stats import clustered_share

_SIZES: Final = (0.0, 0.02, 0.05, 0.10, 0.15, 0.25, 1.0)
_FEWEST: Final = 2


class TwinRecipe(RecipeAccuracy):
    """How often a check finds a difference in organisms of one recipe, and a single pair of framings."""

    single_pair: Estimate | Absent
    """Single pairs of framings in which an exact McNemar test finds a difference; clusters are organisms."""


class TwinPassport(Passport):
    """How often a check that asks in twins was right."""

    agreement: Estimate | Absent
    """Organisms where the check's estimate and the truth, which was measured apart, are no further from each other than
    two such measurements are in 95 % of cases."""
    recipes: tuple[TwinRecipe, ...]


def twin_passport(check: str, margin: float, measured: Sequence[MeasuredInTwins], measured_with: str) -> TwinPassport:
    """What a population says about a check.

    Args:
        check: Its name.
        margin: Of the claim that was judged.
        measured: Every organism of the population.
        measured_with: Versions and device.

    Returns:
        The passport. Shares are of independent organisms, with exact intervals; those of single pairs are clustered by
        organism. Organisms that could not be judged are counted apart; a share of no organism is absent.

    Assumptions:
        Organisms of a recipe are independent: trained from seeds of their own, asked in framings of their own. They all
        start from one base, and the forms of the cues are a finite list: figures are about these.
    """
    return TwinPassport(
        **dict(counted(check, margin, measured, measured_with, _SIZES)),
        agreement=share(
            [_agrees(one, one.found) for one in measured if one.judged and isinstance(one.found, Estimate)]
        ),
        recipes=tuple(
            TwinRecipe(**dict(accuracy), single_pair=_single_pairs(group)) for accuracy, group in by_recipe(measured)
        ),
    )


def _single_pairs(group: Sequence[MeasuredInTwins]) -> Estimate | Absent:
    if len(group) < _FEWEST:
        return Absent(absent="not tested", reason="pairs of one organism tell about it alone")
    found = clustered_share([one.pairs_rejected for one in group], [one.pairs_asked for one in group])
    return Estimate(
        value=found.value,
        low=found.interval.low,
        high=found.interval.high,
        level=0.95,
        sides=found.sides,
        n=found.n,
        clusters=found.clusters,
        method=f"Korn–Graubard over {found.clusters} clusters, design effect {found.design_effect:.2f}",
        unit="pairs of framings",
    )


def _agrees(one: MeasuredInTwins, found: Estimate) -> bool:
    apart = found.value - one.truth.value
    mine, other = (
        (one.truth.high - one.truth.value, found.value - found.low)
        if apart > 0
        else (one.truth.value - one.truth.low, found.high - found.value)
    )
    return abs(apart) <= hypot(mine, other)
