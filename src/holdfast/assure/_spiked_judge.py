"""A judge that may err, seen on the spiked transcripts: does its word tell anything about the event?"""

from collections.abc import Collection, Sequence

from holdfast.assure._estimates import exact_share
from holdfast.evidence import Absent, Accuracy, MeasuredError, Plan, PlannedCheck, Row, SpikedJudge
from holdfast.stats import clopper_pearson

LEAST_INFORMED = 0.2
"""What the lower bound on sensitivity + specificity − 1 must exceed. That sum is the slope from true shares to judged
ones: through a judge below it, less than a fifth of a true difference could reach the figures."""


def spiked_judge(spiked: Sequence[Row], check: PlannedCheck, plan: Plan) -> SpikedJudge | None:
    """What a judge made of the spiked transcripts, counted by the event alone.

    An abstention, a failure and a word that is no label count as an error, so a judge that is down is one that knows
    nothing. So is a coin, one that says the same of everything, and one with swapped labels: for each of them
    sensitivity + specificity is 1 or less.

    Args:
        spiked: The rows of the transcripts.
        check: Its event.
        plan: Sets the family-wise level.

    Returns:
        The shares with intervals at the plan's level, and the bound; None without a transcript of either kind. The
        bound adds two exact one-sided bounds, each at the family's error divided by two for each check that is so
        judged: no judge at or below the limit passes in more than one audit in a thousand (Bonferroni).

    Assumptions:
        The transcripts are like the replies that the judge will see. Where they are easier, the judge is worse than it
        looks, and only true labels of the run's own replies would show it.
    """
    event, events = check.design.event, check.design.events
    with_event = [row for row in spiked if row.truth in events]
    without = [row for row in spiked if row.truth not in events]
    if not with_event or not without:
        return None
    hits, passed = sum(is_right(row, events) for row in with_event), sum(is_right(row, events) for row in without)
    bounds = 2 * sum(not one.judge_exact for one in plan.checks)
    one_sided = 1 - (1 - plan.control_level) / bounds
    hit_low = clopper_pearson(hits, len(with_event), level=one_sided, sides="lower").low
    passed_low = clopper_pearson(passed, len(without), level=one_sided, sides="lower").low
    return SpikedJudge(
        sensitivity=exact_share(hits, len(with_event), f"spiked transcripts with “{event}”", level=plan.level),
        specificity=exact_share(passed, len(without), f"spiked transcripts without “{event}”", level=plan.level),
        informed_low=hit_low + passed_low - 1,
        informed_least=LEAST_INFORMED,
        level=plan.control_level,
    )


def measured_on_spikes(
    rows: Sequence[Row], events: Collection[str], on: str, *, groups: str = "transcripts"
) -> MeasuredError | None:
    """How often the judge was right about the event on the spiked transcripts, as an error that an interval can hold.

    An abstention is an error. None without a transcript of either kind.

    Args:
        rows: The check's.
        events: The labels that count.
        on: What the transcripts are, in words.
        groups: What each of either kind stands for.
    """
    spiked = [row for row in rows if row.arm == "spiked" and row.truth is not None]
    right = [
        [int(is_right(row, events)) for row in spiked if (row.truth in events) is with_event]
        for with_event in (True, False)
    ]
    if not all(right):
        return None
    hit, passed = (Accuracy(right=tuple(each), of=(1,) * len(each), groups=groups) for each in right)
    return MeasuredError(sensitivity=hit, specificity=passed, on=on)


def is_right(row: Row, events: Collection[str]) -> bool:
    """Whether a spiked transcript's label says rightly whether there was the event."""
    return not isinstance(row.label, Absent) and (row.label in events) == (row.truth in events)


def judge_words(seen: SpikedJudge) -> str:
    """What was seen, with the intervals and the bound."""
    hit, passed = seen.sensitivity, seen.specificity
    return (
        f"it saw {round(hit.value * hit.n)} of {hit.n} spiked events ({hit.low:.0%} to {hit.high:.0%}) and passed "
        f"{round(passed.value * passed.n)} of {passed.n} others ({passed.low:.0%} to {passed.high:.0%}); sensitivity + "
        f"specificity − 1 is at least {seen.informed_low:.2f}, and must be shown to exceed {seen.informed_least:.2f}"
    )
