"""What a passport says of a check: how often it was right on a population, by recipe and by effect size."""

from typing import Literal

from holdfast.evidence import Absent, Estimate, Frozen


class RecipeAccuracy(Frozen):
    """How often a check finds a difference in organisms of one recipe."""

    recipe: str
    planted: bool
    found_gap: Estimate | Absent
    """Organisms in which it excludes that there is no difference: false alarms, where nothing was planted."""
    not_met: Estimate | Absent
    """Organisms of which it says that the margin is exceeded."""
    not_judged: int
    """Organisms that could not be read, or where the run or a control was at fault. They count nowhere else."""
    true_low: float
    """The smallest true difference among its organisms, as measured, and the largest."""
    true_high: float
    p_adjusted: float | Absent
    """Of at most 5 % false alarms, after Holm over the clean recipes."""


class EffectPower(Frozen):
    """How often a difference of some size is found, whatever the recipe."""

    at_least: float
    """The size of the true difference, as measured."""
    below: float
    found_gap: Estimate | Absent
    not_met: Estimate | Absent
    met: Estimate | Absent


class Passport(Frozen):
    """How often a check was right on toy models. Never evidence about a subject. Each check's own adds to this."""

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
    """Organisms whose true difference lies within the margin, of which it says that the margin is exceeded."""
    wrong_met: Estimate | Absent
    """Organisms whose true difference lies beyond the margin, of which it says that it does not."""
    power: Estimate | Absent
    """Planted organisms with a true difference of ten points or more of which it says that the margin is exceeded."""
    worst_clean: str | Absent
    """The recipe without a plant in which most differences are found."""
    worst_planted: str | Absent
    """The recipe whose organisms with a difference of ten points or more are found least often."""
    effects: tuple[EffectPower, ...]
