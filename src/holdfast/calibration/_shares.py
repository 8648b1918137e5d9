"""What passports of all checks count alike: organisms of some kind that show something, by recipe and by size."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, TypeVar

from holdfast.assure import exact_share
from holdfast.calibration._measured import Measured
from holdfast.calibration._passport import EffectPower, Passport, RecipeAccuracy
from holdfast.evidence import Absent, Estimate
from holdfast.stats import at_most, holm

NOMINAL: Final = 0.05
"""How often a check may find a difference where none was planted."""
ORGANISMS: Final = "organisms"
NONE: Final = "no organism of this kind came out of the training and could be judged"
_POWER_FROM: Final = 0.10

_M = TypeVar("_M", bound=Measured)


def counted(
    check: str, margin: float, measured: Sequence[Measured], measured_with: str, sizes: Sequence[float]
) -> Passport:
    """What is counted of every population, whatever its check.

    Args:
        check: Its name.
        margin: Of the claim that was judged.
        measured: Every organism of the population.
        measured_with: Versions and device.
        sizes: Between which sizes of a true difference power is counted.
    """
    judged = [one for one in measured if one.judged]
    clean = [one for one in judged if not one.planted]
    large = [one for one in judged if one.planted and one.size >= _POWER_FROM]
    return Passport(
        check=check,
        on="toy models",
        margin=margin,
        organisms=len(measured),
        not_judged=len(measured) - len(judged),
        measured_with=measured_with,
        false_alarm=share([one.differs for one in clean]),
        wrong_not_met=share([_is_not_met(one) for one in judged if one.size <= margin]),
        wrong_met=share([_is_met(one) for one in judged if one.size > margin]),
        power=share([_is_not_met(one) for one in large]),
        worst_clean=_most(clean, lambda one: one.differs),
        worst_planted=_most(large, lambda one: not _is_not_met(one)),
        effects=tuple(_effect(judged, low, high) for low, high in pairwise(sizes)),
    )


def by_recipe(measured: Sequence[_M]) -> tuple[tuple[RecipeAccuracy, Sequence[_M]], ...]:
    """What is counted of each recipe, beside its organisms."""
    names = list(dict.fromkeys(one.recipe for one in measured))
    groups = [[one for one in measured if one.recipe == name] for name in names]
    clean = [group for group in groups if not group[0].planted and any(one.judged for one in group)]
    adjusted = dict(zip((group[0].recipe for group in clean), holm(list(map(_p_of_more, clean))), strict=True))
    return tuple((_recipe(group, adjusted.get(group[0].recipe)), group) for group in groups)


def _recipe(group: Sequence[Measured], adjusted: float | None) -> RecipeAccuracy:
    judged = [one for one in group if one.judged]
    truths = [one.truth.value for one in group]
    return RecipeAccuracy(
        recipe=group[0].recipe,
        planted=group[0].planted,
        found_gap=share([one.differs for one in judged]),
        not_met=share([_is_not_met(one) for one in judged]),
        not_judged=len(group) - len(judged),
        true_low=min(truths),
        true_high=max(truths),
        p_adjusted=Absent(absent="not applicable", reason="something was planted, or none was judged")
        if adjusted is None
        else adjusted,
    )


def share(shown: Sequence[bool]) -> Estimate | Absent:
    """The share of organisms that show something, with its exact interval."""
    if not shown:
        return Absent(absent="not tested", reason=NONE)
    return exact_share(sum(shown), len(shown), ORGANISMS)


def _p_of_more(group: Sequence[Measured]) -> float:
    """Exact and one-sided, of a share of false alarms of 5 % at the most."""
    judged = [one for one in group if one.judged]
    return 1.0 - at_most(sum(one.differs for one in judged) - 1, len(judged), NOMINAL)


def _effect(judged: Sequence[Measured], low: float, high: float) -> EffectPower:
    group = [one for one in judged if low <= one.size < high]
    return EffectPower(
        at_least=low,
        below=high,
        found_gap=share([one.differs for one in group]),
        not_met=share([_is_not_met(one) for one in group]),
        met=share([_is_met(one) for one in group]),
    )


def _most(group: Sequence[Measured], counts: Callable[[Measured], bool]) -> str | Absent:
    """The recipe with the largest share, if any has one."""
    names = sorted({one.recipe for one in group})
    if not names:
        return Absent(absent="not tested", reason=NONE)
    found = {name: [counts(one) for one in group if one.recipe == name] for name in names}
    if not any(map(any, found.values())):
        return Absent(absent="not applicable", reason="none in any recipe")
    return max(names, key=lambda name: sum(found[name]) / len(found[name]))


def _is_not_met(one: Measured) -> bool:
    return one.verdict == "not met"


def _is_met(one: Measured) -> bool:
    return one.verdict == "met"
