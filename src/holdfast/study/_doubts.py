"""What makes an effect look smaller than it is, so that a small one is no evidence that there is none."""

from collections.abc import Iterator, Sequence

from holdfast.evidence import Preregistration
from holdfast.study._responses import Unit

_SPAN = 0.5
"""Of the registered scale: what baselines and answers must reach over."""


def crossed(units: Sequence[Unit]) -> int:
    """How many are known to have had another arm than they were drawn into."""
    received = [(unit.response.received, unit.draw.arm) for unit in units if unit.response]
    return sum(bool(had) and had != drawn for had, drawn in received)


def missing_share(units: Sequence[Unit]) -> float:
    """The share that did not answer; 0 of nobody."""
    return sum(unit.post is None for unit in units) / len(units) if units else 0.0


def doubts(
    plan: Preregistration, units: Sequence[Unit], arm: Sequence[Unit], control: Sequence[Unit]
) -> tuple[str, ...]:
    """Why *met* would not follow from a small effect, whatever the margin.

    Args:
        plan: What was registered.
        units: Everybody who is analysed.
        arm: Those who were drawn into the arm.
        control: Those who were drawn into the control.
    """
    return tuple(_doubts(plan, units, arm, control))


def _doubts(
    plan: Preregistration, units: Sequence[Unit], arm: Sequence[Unit], control: Sequence[Unit]
) -> Iterator[str]:
    if moved := crossed((*arm, *control)):
        yield (
            f"{moved} of them had another arm than they were drawn into: analysed as they were drawn, they pull the "
            "effect towards none"
        )
    worst = max(missing_share(arm), missing_share(control))
    if worst > plan.size.attrition:
        yield (
            f"{worst:.1%} of an arm did not answer, and {plan.size.attrition:.1%} were registered: no bounds allow for "
            "people who left by what they would have answered"
        )
    width = plan.outcome.high - plan.outcome.low
    span = _span(units)
    if span < _SPAN * width:
        yield (
            f"baselines and answers span {span:g} of the {width:g} points that were registered, and as a share of a "
            "scale that is too wide every effect is small"
        )


def _span(units: Sequence[Unit]) -> float:
    seen = [unit.draw.baseline for unit in units] + [unit.post for unit in units if unit.post is not None]
    return max(seen) - min(seen) if seen else 0.0
