"""Where the samples of a record came from: our own run, somebody's logs, or two sets of them."""

from collections.abc import Sequence

from holdfast.evidence import AnyPlan, ComparisonPlan, Finding, JudgeError, LogFacts, LogPlan
from holdfast.report._numbers import Axis


def axis_of(plan: AnyPlan, finding: Finding) -> Axis:
    """What a finding is: of a comparison, of twins or of an exam, a signed difference; else a share."""
    apart = isinstance(plan, ComparisonPlan) or finding.is_difference
    return "difference" if apart else "share"


def sides(plan: AnyPlan) -> tuple[tuple[str, tuple[LogFacts, ...]], ...]:
    """The logs under the name of their side; none where Holdfast took the samples itself."""
    if isinstance(plan, LogPlan):
        return (("logs", plan.logs),)
    return (("a", plan.a), ("b", plan.b)) if isinstance(plan, ComparisonPlan) else ()


def logs_of(plan: AnyPlan, check: str) -> tuple[LogFacts, ...]:
    """The logs that a check was read from; of a comparison those of B first, because B is what is judged."""
    logs = [log for _, side in reversed(sides(plan)) for log in side]
    return tuple(log for log in logs if any(found.id == check for found in log.checks))


def judge_errors(findings: Sequence[Finding]) -> tuple[tuple[str, str], ...]:
    """Check and words: what is known of the judges behind the measured findings, each thing once for each check."""
    measured = [finding for finding in findings if finding.verdict != "not tested"]
    known = {
        (finding.check, judge_words(finding.judge_error)): None
        for finding in measured
        if isinstance(finding.judge_error, JudgeError)
    }
    return tuple(known)


def judge_words(error: JudgeError) -> str:
    """Whether the judge's error is carried, and why or with what."""
    return error.reason if error.reading in error.reason else f"{error.reading}: {error.reason}"
