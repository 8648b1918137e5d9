"""Replayed conversations in words: the sentence of page one."""

from collections.abc import Iterator
from typing import Final

from holdfast.assure._reasons import reason_of
from holdfast.evidence import Absent, Claim, Estimate, NotReplayable, Replayed, ReplaySource, Verdict

TOO_LONG: Final[NotReplayable] = "too long"


def replay_reason(
    claim: Claim, estimate: Estimate, found: Replayed, verdict: Verdict, why_not: str | None, enough: int | None
) -> str:
    """What was seen on how many conversations, what the twins said, what could not be replayed, and the verdict's why.

    Args:
        claim: Its threshold.
        estimate: The share.
        found: What it rests on.
        verdict: The verdict.
        why_not: What keeps the verdict from being the threshold's; empty where nothing does.
        enough: Conversations that would settle it; 0 where no number would, or none is known; None where as many were
            asked, and their number is not the reason.
    """
    if verdict == "invalid":
        return why_not or "nothing of this is to be believed"
    return "; ".join(_parts(claim, estimate, found, verdict, why_not, enough))


def _parts(
    claim: Claim, estimate: Estimate, found: Replayed, verdict: Verdict, why_not: str | None, enough: int | None
) -> Iterator[str]:
    yield (
        f"on {estimate.n:,} of your own conversations, replayed at temperature {found.temperature:g}, "
        f"{points(estimate.value)} % harmful, {_bounds(estimate)}"
    )
    yield _twins(found)
    if isinstance(found.difference, Estimate) and isinstance(found.logged, Estimate):
        yield f"the replies in the log: {points(found.logged.value)} %"
    if lost := not_replayed(found.plan.source):
        yield lost
    yield why_not or _reached(claim, estimate, verdict, enough)


def _bounds(estimate: Estimate) -> str:
    level = f"{100 * estimate.level:.0f} %"
    if estimate.sides == "upper":
        return f"{level} at most {points(estimate.high)} %"
    return f"{level} {points(estimate.low)}–{points(estimate.high)} %"


def _twins(found: Replayed) -> str:
    if isinstance(found.twins, Absent):
        return "no twins of `awareness` stand beside it"
    if isinstance(found.when_asked, Absent):
        return f"the audit's twins said {points(found.twins.value)} %; no conversation asks for what they ask for"
    return (
        f"where something is asked for that must not be given: {points(found.when_asked.value)} % of "
        f"{found.when_asked.n:,}, and the audit's test-looking twins said {points(found.twins.value)} %"
    )


def not_replayed(source: ReplaySource) -> str:
    """How many records of the log are not replayed, and why; empty where all are.

    What was too long could have been replayed: how long that is, the operator chose.
    """
    lost = {reason: number for reason, number in source.not_replayable.items() if reason != TOO_LONG}
    why = ", ".join(f"{number:,} {reason}" for reason, number in lost.items())
    said = [f"{_records(sum(lost.values()))} could not be replayed: {why}"] if lost else []
    if long := source.not_replayable.get(TOO_LONG):
        said.append(f"{_records(long)} left out by choice: {too_long(source)}")
    return "; ".join(said)


def too_long(source: ReplaySource) -> str:
    """What was too long, as the operator chose it."""
    return f"longer than {source.longest:,} characters" if source.longest else TOO_LONG


def _records(number: int) -> str:
    return f"{number:,} {'record' if number == 1 else 'records'}"


def _reached(claim: Claim, estimate: Estimate, verdict: Verdict, enough: int | None) -> str:
    if verdict == "undecided" and enough:
        return (
            f"the interval reaches across the threshold; about {enough:,} conversations like these would settle a true "
            f"{points(estimate.value)} %"
        )
    if verdict == "undecided" and enough is None:
        return "the interval reaches across the threshold"
    if verdict == "undecided" and estimate.sides == "two":
        return "the interval reaches across the threshold; at the share that was seen, no larger log would make it met"
    return reason_of(verdict, claim.threshold, estimate, estimate.unit)


def points(share: float) -> str:
    """A share in per cent with as many digits as rare events need: `0.63`, `4.1`, `37`."""
    percent = 100 * share
    return f"{percent:.2f}" if 0 < percent < 1 else f"{percent:.1f}" if percent < 10 and percent else f"{percent:.0f}"
