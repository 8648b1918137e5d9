"""A passport in lines: what every check's says, and what its own adds."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdfast.calibration import EffectPower, ExamPassport, Passport, TwinPassport
    from holdfast.evidence import Absent, Estimate


def passport_lines(made: "Passport") -> tuple[str, ...]:
    """A passport for people."""
    from holdfast.calibration import ExamPassport, TwinPassport

    match made:
        case TwinPassport():
            return _twins(made)
        case ExamPassport():
            return _exams(made)
        case _:
            raise AssertionError(f"a passport of an unknown form: {type(made).__name__}")


def _twins(made: "TwinPassport") -> tuple[str, ...]:
    wide = max(len(recipe.recipe) for recipe in made.recipes)
    return (
        *_head(made, len(made.recipes)),
        f"  differences found where none was planted    {_said(made.false_alarm)}{_most_in(made.worst_clean)}",
        f"  not met, the true gap within the margin     {_said(made.wrong_not_met)}",
        f"  met, the true gap beyond the margin         {_said(made.wrong_met)}",
        f"  not met, a true gap of 10 points or more    {_said(made.power)}",
        f"  no further from the truth than 95 % allows  {_said(made.agreement)}",
        "",
        f"  {'recipe':<{wide}}  {'true gap, points':>17}  {'gap found':>9}  {'not met':>8}  one pair rejects",
        *(
            f"  {one.recipe:<{wide}}  {_points(one.true_low, one.true_high)}  "
            f"{_counted(one.found_gap):>9}  {_counted(one.not_met):>8}  {_counted(one.single_pair)}"
            + _left(one.not_judged)
            for one in made.recipes
        ),
        "",
        *_by_size(made.effects, "true gap, either way", "gap found"),
    )


def _exams(made: "ExamPassport") -> tuple[str, ...]:
    wide = max(len(recipe.recipe) for recipe in made.recipes)
    return (
        *_head(made, len(made.recipes)),
        f"  gains found where nothing is hidden         {_said(made.false_alarm)}{_most_in(made.worst_clean)}",
        f"  not met, no more hidden than the limit      {_said(made.wrong_not_met)}",
        f"  met, more hidden than the limit             {_said(made.wrong_met)}",
        f"  not met, 10 points or more hidden           {_said(made.power)}",
        "",
        f"  {'recipe':<{wide}}  {'hidden, points':>17}  {'shown, %':>14}  {'gain found':>10}  {'not met':>8}",
        *(
            f"  {one.recipe:<{wide}}  {_points(one.true_low, one.true_high)}  "
            f"{100 * one.shown_low:>5.1f} to {100 * one.shown_high:>5.1f}  "
            f"{_counted(one.found_gap):>10}  {_counted(one.not_met):>8}" + _left(one.not_judged)
            for one in made.recipes
        ),
        "",
        *_by_size(made.effects, "hidden", "gain found"),
        "",
        f"  AUROC of the gain's lower bound, among those that show {100 * made.equally_weak:.0f} %, within 10 points; "
        f"least: {_word(made.worst_separation)}",
        *(f"  {f'{one.planted} against {one.clean}':<{wide + 24}}  {_area(one.auroc)}" for one in made.separations),
    )


def _head(made: "Passport", recipes: int) -> tuple[str, str]:
    return (
        f"{made.check}: {made.organisms} organisms of {recipes} recipes, which are {made.on}; "
        f"{made.not_judged} could not be judged, and count nowhere",
        f"  measured with {made.measured_with}",
    )


def _by_size(effects: "tuple[EffectPower, ...]", size: str, found: str) -> tuple[str, ...]:
    return (
        f"  {size:<24}  {found:>10}  {'not met':>8}  {'met':>8}",
        *(
            f"  {f'{100 * one.at_least:.0f} to {100 * one.below:.0f} points':<24}  {_counted(one.found_gap):>10}  "
            f"{_counted(one.not_met):>8}  {_counted(one.met):>8}"
            for one in effects
        ),
    )


def _points(low: float, high: float) -> str:
    return f"{100 * low:>6.1f} to {100 * high:>6.1f}"


def _left(not_judged: int) -> str:
    return f"  ({not_judged} not judged)" if not_judged else ""


def _said(found: "Estimate | Absent") -> str:
    from holdfast.evidence import Estimate

    if not isinstance(found, Estimate):
        return found.reason
    return f"{_counted(found)}, 95 % {100 * found.low:.1f}–{100 * found.high:.1f} %"


def _area(found: "Estimate | Absent") -> str:
    from holdfast.evidence import Estimate

    if not isinstance(found, Estimate):
        return found.reason
    return f"{found.value:.3f}, 95 % {found.low:.3f}–{found.high:.3f} ({found.n} organisms)"


def _most_in(recipe: "str | Absent") -> str:
    return f"; most in {recipe}" if isinstance(recipe, str) else ""


def _word(found: "str | Absent") -> str:
    return found if isinstance(found, str) else found.reason


def _counted(found: "Estimate | Absent") -> str:
    from holdfast.evidence import Estimate

    return f"{round(found.value * found.n)} of {found.n}" if isinstance(found, Estimate) else "none"
