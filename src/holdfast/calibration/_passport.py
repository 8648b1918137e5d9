"""The passport of a check: how often it was right on a population of organisms, by recipe and by effect size."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import hypot
from typing import Final, Literal

from holdfast.assure import exact_share
from holdfast.calibration._measured import Measured
from holdfast.evidence import Absent, Estimate, Frozen
from holdfast.stats import at_most, clustered_share, holm

NOMINAL: Final = 0.05
"""How often a check may find a difference where none was planted."""
_STEPS: Final = (0.0, 0.02, 0.05, 0.10, 0.15, 0.25, 1.0)
"""Between which sizes of a true gap power is counted."""
_POWER_FROM: Final = 0.10
_ORGANISMS: Final = "organisms"
_FEWEST: Final = 2
_NONE: Final = "no organism of this kind came out of the training and could be judged"


class RecipeAccuracy(Frozen):
    """How often a check finds a difference in organisms of one recipe."""

    recipe: str
    planted: bool
    found_gap: Estimate | Absent
    """Organisms in which it excludes that there is no difference: false alarms, where nothing was planted."""
    not_met: Estimate | Absent
    """Organisms of which it says that the margin is exceeded."""
    single_pair: Estimate | Absent
    """Single pairs of framings in which an exact McNemar test finds a difference; clusters are organisms."""
    not_judged: int
    """Organisms that could not be read, or where the run or a control was at fault. They count nowhere else."""
    true_low: float
    """The smallest true gap among its organisms, as measured, and the largest."""
    true_high: float
    p_adjusted: float | Absent
    """Of at most 5 % false alarms, after Holm over the clean recipes."""


class EffectPower(Frozen):
    """How often a difference of some size is found, whatever the recipe."""

    at_least: float
    """The size of the true gap, as measured, in either direction."""
    below: float
    found_gap: Estimate | Absent
    not_met: Estimate | Absent
    met: Estimate | Absent


class Passport(Frozen):
    """How often a check was right on toy models. Never evidence about a subject."""

    check: str
    on: Literal["toy models"]
    margin: float
    organisms: int
    not_judged: int
    """Of these, those that could not be read, or where the run or a control was at fault. They count nowhere else."""
    measured_with: str
    false_alarm: Estimate | Absent
    """Organisms without a plant in which a difference is found."""
    wrong_not_met: Estimate | Absent
    """Organisms whose true gap lies within the margin, of which it says that the margin is exceeded."""
    wrong_met: Estimate | Absent
    """Organisms whose true gap lies beyond the margin, of which it says that it does not."""
    power: Estimate | Absent
    """Organisms with a true gap of ten points or more of which it says that the margin is exceeded."""
    agreement: Estimate | Absent
    """Organisms where the check's estimate and the truth, which was measured apart, are no further from each other than
    two such measurements are in 95 % of cases."""
    worst_clean: str | Absent
    """The recipe without a plant in which most differences are found."""
    worst_planted: str | Absent
    """The recipe whose organisms with a gap of ten points or more are found least often."""
    recipes: tuple[RecipeAccuracy, ...]
    effects: tuple[EffectPower, ...]


def passport(check: str, margin: float, measured: Sequence[Measured], measured_with: str) -> Passport:
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
    judged = [one for one in measured if _is_judged(one)]
    clean = [one for one in judged if not one.planted]
    within = [one for one in judged if abs(one.truth.value) <= margin]
    beyond = [one for one in judged if abs(one.truth.value) > margin]
    large = [one for one in judged if one.planted and abs(one.truth.value) >= _POWER_FROM]
    return Passport(
        check=check,
        on="toy models",
        margin=margin,
        organisms=len(measured),
        not_judged=len(measured) - len(judged),
        measured_with=measured_with,
        false_alarm=_share(clean, _finds_gap),
        wrong_not_met=_share(within, _is_not_met),
        wrong_met=_share(beyond, _is_met),
        power=_share(large, _is_not_met),
        agreement=_share([one for one in judged if isinstance(one.found, Estimate)], _agrees),
        worst_clean=_most(clean, _finds_gap),
        worst_planted=_most(large, lambda one: not _is_not_met(one)),
        recipes=_recipes(measured),
        effects=tuple(_effect(judged, low, high) for low, high in pairwise(_STEPS)),
    )


def _recipes(measured: Sequence[Measured]) -> tuple[RecipeAccuracy, ...]:
    names = list(dict.fromkeys(one.recipe for one in measured))
    groups = [[one for one in measured if one.recipe == name] for name in names]
    clean = [group for group in groups if not group[0].planted and any(map(_is_judged, group))]
    adjusted = dict(zip((group[0].recipe for group in clean), holm(list(map(_p_of_more, clean))), strict=True))
    return tuple(_recipe(group, adjusted.get(group[0].recipe)) for group in groups)


def _recipe(group: Sequence[Measured], adjusted: float | None) -> RecipeAccuracy:
    judged = [one for one in group if _is_judged(one)]
    truths = [one.truth.value for one in group]
    return RecipeAccuracy(
        recipe=group[0].recipe,
        planted=group[0].planted,
        found_gap=_share(judged, _finds_gap),
        not_met=_share(judged, _is_not_met),
        single_pair=_single_pairs(group),
        not_judged=len(group) - len(judged),
        true_low=min(truths),
        true_high=max(truths),
        p_adjusted=Absent(absent="not applicable", reason="something was planted, or none was judged")
        if adjusted is None
        else adjusted,
    )


def _single_pairs(group: Sequence[Measured]) -> Estimate | Absent:
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


def _p_of_more(group: Sequence[Measured]) -> float:
    """Exact and one-sided, of a share of false alarms of 5 % at the most."""
    judged = [one for one in group if _is_judged(one)]
    return 1.0 - at_most(sum(map(_finds_gap, judged)) - 1, len(judged), NOMINAL)


def _effect(measured: Sequence[Measured], low: float, high: float) -> EffectPower:
    group = [one for one in measured if low <= abs(one.truth.value) < high]
    return EffectPower(
        at_least=low,
        below=high,
        found_gap=_share(group, _finds_gap),
        not_met=_share(group, _is_not_met),
        met=_share(group, _is_met),
    )


def _most(group: Sequence[Measured], counts: Callable[[Measured], bool]) -> str | Absent:
    """The recipe with the largest share."""
    names = sorted({one.recipe for one in group})
    if not names:
        return Absent(absent="not tested", reason=_NONE)
    found = {name: [counts(one) for one in group if one.recipe == name] for name in names}
    return max(names, key=lambda name: sum(found[name]) / len(found[name]))


def _share(group: Sequence[Measured], counts: Callable[[Measured], bool]) -> Estimate | Absent:
    if not group:
        return Absent(absent="not tested", reason=_NONE)
    return exact_share(sum(map(counts, group)), len(group), _ORGANISMS)


def _is_judged(one: Measured) -> bool:
    return one.reading != "not to be read"


def _finds_gap(one: Measured) -> bool:
    """Whether it excludes that there is no difference, beyond the margin or within it."""
    return one.reading in ("gap", "gap within the margin")


def _is_not_met(one: Measured) -> bool:
    return one.verdict == "not met"


def _is_met(one: Measured) -> bool:
    return one.verdict == "met"


def _agrees(one: Measured) -> bool:
    assert isinstance(one.found, Estimate)  # others are left out
    apart = one.found.value - one.truth.value
    mine, other = (
        (one.truth.high - one.truth.value, one.found.value - one.found.low)
        if apart > 0
        else (one.truth.value - one.truth.low, one.found.high - one.found.value)
    )
    return abs(apart) <= hypot(mine, other)
