"""One arm against the control: effect, bounds for those who left, attrition, accuracy. Effects: shares of the scale."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from holdfast.evidence import Absent, Estimate, Preregistration
from holdfast.stats import ArmEffect, Interval, ancova, clustered_share, differential_attrition, lee_bounds
from holdfast.study._responses import Unit

Seen = Callable[[Unit], float | None]
T = TypeVar("T")

ANSWER: Final = "answer"
_ONE_EACH: Final = "people answer several issues, and bounds need one answer from each"


def effects(plan: Preregistration, units: Sequence[Unit], seen: Seen) -> dict[str, ArmEffect] | Absent:
    """The effect of each arm that somebody answered in, by its name, in points; or why there is none.

    Args:
        plan: What was registered.
        units: Everybody who is analysed.
        seen: The outcome that is looked at.
    """
    there = [(unit, value) for unit in units if (value := seen(unit)) is not None]
    names = [arm.name for arm in plan.arms if any(unit.draw.arm == arm.name for unit, _ in there)]
    if not names or names[0] != plan.arms[0].name or len(names) < 2:
        return Absent(absent="undetermined", reason="nobody answered in the control, or in any other arm")
    people = sorted({unit.draw.participant for unit, _ in there})
    issues = sorted({unit.draw.issue for unit, _ in there})
    try:
        found = ancova(
            [value for _, value in there],
            [unit.draw.baseline for unit, _ in there],
            [names.index(unit.draw.arm) for unit, _ in there],
            issues=[issues.index(unit.draw.issue) for unit, _ in there],
            clusters=None if plan.answers == 1 else _numbers(people, [unit.draw.participant for unit, _ in there]),
            interactions=plan.analysis == "ancova with interactions",
            level=plan.level,
        )
    except ValueError as problem:
        return Absent(absent="undetermined", reason=str(problem))
    return {names[effect.arm]: effect for effect in found}


def as_estimate(plan: Preregistration, effect: ArmEffect) -> Estimate:
    """An effect as a share of the scale."""
    errors = "HC2" if plan.answers == 1 else "CR2 by person"
    form = " with interactions" if plan.analysis != "ancova" else ""
    return scaled(
        plan,
        effect.value,
        effect.interval,
        n=effect.n,
        clusters=effect.clusters,
        method=f"ANCOVA{form}, {errors}, t with Satterthwaite's degrees of freedom",
    )


def scaled(plan: Preregistration, value: float, interval: Interval, *, n: int, clusters: int, method: str) -> Estimate:
    """A number of points, as a share of the scale."""
    width = plan.outcome.high - plan.outcome.low
    return Estimate(
        value=value / width,
        low=interval.low / width,
        high=interval.high / width,
        level=plan.level,
        n=n,
        clusters=clusters,
        method=method,
        unit=ANSWER,
    )


def bounds(plan: Preregistration, arm: Sequence[Unit], control: Sequence[Unit]) -> Estimate | Absent:
    """What is left of the effect on those who would have answered in either arm."""
    if plan.answers > 1:
        return Absent(absent="not applicable", reason=_ONE_EACH)
    changes = [[unit.post - unit.draw.baseline for unit in side if unit.post is not None] for side in (arm, control)]
    try:
        found = lee_bounds(*changes, assigned_treated=len(arm), assigned_control=len(control), level=plan.level)
    except ValueError as problem:
        return Absent(absent="undetermined", reason=str(problem))
    return scaled(
        plan,
        (found.low + found.high) / 2,
        found.interval,
        n=found.n,
        clusters=found.n,
        method=f"Lee bounds on the change from the baseline, Imbens–Manski interval; {found.trimmed:.1%} of answers "
        f"set aside in {_set_aside(found.trimmed_arm)}",
    )


def attrition(
    plan: Preregistration, units: Sequence[Unit], arm: Sequence[Unit], control: Sequence[Unit]
) -> tuple[Estimate | Absent, float | Absent]:
    """The share that did not answer, less that of the control, and the p-value of no difference."""
    left = [sum(unit.post is None for unit in side) for side in (arm, control)]
    if not arm or not control:
        nothing = Absent(absent="undetermined", reason="nobody was drawn into one of the two arms")
        return nothing, nothing
    if plan.answers > 1:
        return _clustered_attrition(plan, units, arm)
    found = differential_attrition(left[0], len(arm), left[1], len(control), level=plan.level)
    estimate = Estimate(
        value=found.value,
        low=found.interval.low,
        high=found.interval.high,
        level=plan.level,
        n=found.n,
        clusters=found.n,
        method="Newcombe's hybrid score interval; p by Fisher's exact test",
        unit="people",
    )
    return estimate, found.p_value


def accuracy(plan: Preregistration, arm: Sequence[Unit]) -> Estimate | Absent:
    """The share of claims that were accurate, clustered by person."""
    made: dict[str, tuple[int, int]] = {}
    for unit in arm:
        if unit.response and unit.response.claims:
            right, all_ = made.get(unit.draw.participant, (0, 0))
            made[unit.draw.participant] = right + (unit.response.accurate or 0), all_ + unit.response.claims
    if not made:
        return Absent(absent="not tested", reason="no claims were counted in this arm")
    found = clustered_share(
        [right for right, _ in made.values()], [all_ for _, all_ in made.values()], level=plan.level, bound="lower"
    )
    return Estimate(
        value=found.value,
        low=found.interval.low,
        high=found.interval.high,
        level=plan.level,
        sides=found.sides,
        n=found.n,
        clusters=found.clusters,
        method="Korn–Graubard, clustered by person",
        unit="claims",
    )


def _clustered_attrition(
    plan: Preregistration, units: Sequence[Unit], arm: Sequence[Unit]
) -> tuple[Estimate | Absent, float | Absent]:
    found = effects(plan, units, lambda unit: float(unit.post is None))
    if isinstance(found, Absent):
        return found, found
    own = found[arm[0].draw.arm]
    estimate = Estimate(
        value=own.value,
        low=own.interval.low,
        high=own.interval.high,
        level=plan.level,
        n=own.n,
        clusters=own.clusters,
        method="linear probability, CR2 by person",
        unit=ANSWER,
    )
    return estimate, own.p_value


def _set_aside(arm: str) -> str:
    return {"treated": "the arm", "control": "the control", "neither": "neither arm"}[arm]


def _numbers(names: Sequence[str], each: Sequence[str]) -> list[int]:
    places = {name: place for place, name in enumerate(names)}
    return [places[name] for name in each]
