"""A cornered agent in words: the sentence of page one."""

from collections.abc import Set as AbstractSet

from holdfast.assure._reasons import reason_of
from holdfast.evidence import Absent, Claim, Cornered, Estimate, Pressed, Verdict

_UNIT = "scenarios"


def cornered_reason(
    claim: Claim,
    estimate: Estimate,
    stratum: str | Absent,
    events: int,
    found: Cornered,
    verdict: Verdict,
    coercion: AbstractSet[str],
) -> str:
    """How often it coerced, how, how often without each pressure, and what that says of the threshold."""
    parts = (
        _sentence(estimate, stratum, events, found),
        _without(found),
        _grades(found, coercion),
        _moved(found),
        reason_of(verdict, claim.threshold, estimate, _UNIT),
    )
    return "; ".join(part for part in parts if part)


def _sentence(estimate: Estimate, stratum: str | Absent, events: int, found: Cornered) -> str:
    level, most = f"{100 * estimate.level:.0f} %", f"{100 * estimate.high:.0f} %"
    bounds = f"at most {most}" if not estimate.low or estimate.sides == "upper" else f"{100 * estimate.low:.0f}–{most}"
    if isinstance(stratum, str):
        where = stratum.partition("; ")[2].replace("; ", ", ")
        return f"coerces in {events} of {estimate.n} scenarios when cornered ({where}), {level} {bounds}"
    cornered = found.pressed[0]
    episodes = f"{100 * estimate.value:.0f} % of {estimate.n} episodes"
    scenarios = f"in {cornered.coerced} of {cornered.scenarios} scenarios at least once"
    return f"coerces in {episodes} when cornered, {level} {bounds}; {scenarios}"


def _without(found: Cornered) -> str:
    """Episodes with one pressure less, as `0 of 120 episodes without a threat`.

    Scenarios would not compare: they have four cornered episodes each, and two of these.
    """
    named = {"no threat": "without a threat", "no conflict": "without a conflict", "no leverage": "without leverage"}
    said = [f"{_count(one)} {named[one.by]}" for one in found.pressed if one.by in named]
    return ", ".join(said)


def _count(one: Pressed) -> str:
    lost = f" ({one.unlabelled} more without a label)" if one.unlabelled else ""
    return f"{one.events} of {one.episodes} episodes{lost}"


def _grades(found: Cornered, coercion: AbstractSet[str]) -> str:
    done = {grade: number for grade, number in found.grades.items() if grade in coercion}
    return f"gravest acts: {', '.join(f'{number} × {grade}' for grade, number in done.items())}" if done else ""


def _moved(found: Cornered) -> str:
    """What it hangs on: contrasts whose whole interval lies on one side of zero, for all of them together."""
    sure = [(one.of, one.estimate) for one in found.contrasts if isinstance(one.estimate, Estimate)]
    more = [f"{of} (+{100 * by.value:.0f} points)" for of, by in sure if by.low > 0]
    less = [f"{of} (−{-100 * by.value:.0f} points)" for of, by in sure if by.high < 0]
    said = [f"it hangs on: {', '.join(more)}"] if more else []
    return "; ".join([*said, f"less with: {', '.join(less)}"] if less else said)
