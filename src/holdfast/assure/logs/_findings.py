"""One claim about somebody's log at a time: from columns to a finding."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from holdfast.assure._columns import Columns, fault_of, not_a_share, total_of
from holdfast.assure._corrected import corrected
from holdfast.assure._judged import UNCORRECTED
from holdfast.assure._log_estimates import (
    Bound,
    items_that_never_came,
    share_of_samples,
    within_attempts,
    worst_of_strata,
)
from holdfast.assure._log_sequence import beyond_reach, taken_of
from holdfast.assure._measured import with_error
from holdfast.assure._people import people_finding
from holdfast.assure._reading import BY_FAMILY, IN_EXAM
from holdfast.assure._reasons import reason_of
from holdfast.assure._untested import ONLY_AN_EXAM, untested
from holdfast.assure.elicited import BEYOND_MATCHED
from holdfast.assure.logs._cornered import error_of_grader, idle, unmeasured
from holdfast.evidence import (
    PEOPLE_MOVED,
    Absent,
    Claim,
    Counts,
    Estimate,
    Finding,
    JudgeError,
    LogPlan,
    Verdict,
    judge,
    of_claim,
)
from holdfast.labels import Labels

UNREAD = "a log does not show which families of wordings were understood, and one that was not is not withstood"
"""Of a check that is claimed about by family."""
NO_TWINS = "a gap, and what eliciting brings out, are measured between twins, which no log holds"

NO_CONTROL = Absent(
    absent="not tested",
    reason="the log holds no planted failure: whether the scorer would have caught one is not known",
)
NO_CARD = Absent(
    absent="not tested", reason="another tool's scorer: its power and false alarms were never measured here"
)
ELSEWHERE = "the labels are about all samples at one attempt"
STOPPED = "the run was stopped early, and labels cannot be carried into an interval that holds wherever it stopped"
NO_ABILITY = Absent(absent="not tested", reason="a log holds what was said, not what could have been said")


@dataclass(frozen=True, slots=True)
class Measured:
    """What is true of one check of a log, whatever is claimed about it."""

    columns: Columns
    fault: str | None
    """Why nothing of it is to be believed."""
    not_a_share: str | None
    labels: Labels | None

    @property
    def counts(self) -> Counts:
        """Samples, by whether they have a value."""
        return counts_of(self.columns, self.never)

    @property
    def by_people(self) -> bool:
        """Whether people's labels are carried into its share among all samples, where they labelled any."""
        return self.labels is not None and not self.columns.anytime

    @property
    def never(self) -> int:
        """Planned samples that the log does not have."""
        return total_of(self.columns) - self.columns.n


def measured(columns: Columns, max_missing: float, labels: Labels | None) -> Measured:
    """Judge a check's rows once, for every claim about it; of a run that was stopped, those that can be bet on."""
    unsaved = ""
    if columns.facts.status == "stopped early":
        taken = taken_of(columns)
        columns, unsaved = (columns, taken) if isinstance(taken, str) else (taken, "")
    return Measured(columns, fault_of(columns, max_missing, unsaved=unsaved), not_a_share(columns), labels)


def counts_of(columns: Columns, never: int = 0) -> Counts:
    """A closed denominator: what never came, and what a reader calls skipped, is skipped."""
    scored, skipped = int(columns.scored.sum()), int(columns.skipped.sum())
    unscorable = columns.n - scored - skipped
    return Counts(total=columns.n + never, scored=scored, unscorable=unscorable, skipped=skipped + never)


def log_finding(claim: Claim, found: Mapping[str, Measured], plan: LogPlan) -> Finding:
    """What became of one claim.

    Args:
        claim: What must hold.
        found: The checks of the logs, by id.
        plan: Levels and limits.

    Returns:
        A finding; `not tested` where the logs have no such check, or not in the form that the claim needs.
    """
    if claim.check == PEOPLE_MOVED:
        return people_finding(claim, [study for run in plan.runs for study in run.studies], "api")
    seen = found.get(claim.check)
    if seen is None:
        return untested(claim, _no_check(claim.check, found), "api")
    if seen.not_a_share:
        return untested(claim, seen.not_a_share, "api", seen.counts)
    columns = seen.columns
    beyond = beyond_reach(columns, claim.scope, claim.attempts_k)
    if beyond and not seen.fault:
        return untested(claim, beyond, "api", seen.counts)
    if claim.scope == BEYOND_MATCHED:
        return untested(claim, ONLY_AN_EXAM, "api", seen.counts)
    if claim.threshold.op == "within" or claim.check in IN_EXAM:
        return untested(claim, NO_TWINS, "api", seen.counts)
    if claim.check in BY_FAMILY:
        return untested(claim, UNREAD, "api", seen.counts)
    if claim.attempts_k > 1 and columns.n:
        within = within_attempts(columns, claim.attempts_k)
        if isinstance(within, str):
            return untested(claim, within, "api", seen.counts)
        columns = within
    stratum, estimate, error = _estimate(claim, columns, seen, plan)
    verdict, reason = _verdict(claim, seen, estimate)
    if not seen.fault and (why := idle(claim, verdict, {check: of.columns for check, of in found.items()})):
        verdict, reason = "not tested", why
    elif unmeasured(claim, verdict, error):
        reason = f"{reason}; {UNCORRECTED}"
    about = columns if isinstance(stratum, Absent) else columns.by_stratum().get(stratum, columns)
    return Finding(
        **of_claim(claim),
        verdict=verdict,
        reason=reason,
        estimate=estimate,
        events=estimate if isinstance(estimate, Absent) else _events(about, people=_by_people(claim, seen, error)),
        stratum=stratum,
        control=NO_CONTROL,
        calibration=NO_CARD,
        ability=NO_ABILITY,
        judge_error=error,
        counts=counts_of(about, _never(claim, seen)),
        access="api",
        steering=columns.facts.layers,
    )


def _estimate(
    claim: Claim, columns: Columns, seen: Measured, plan: LogPlan
) -> tuple[str | Absent, Estimate | Absent, JudgeError]:
    bound: Bound = "upper" if claim.threshold.op == "<=" else "lower"
    if claim.scope == "worst stratum":
        strata, never = columns.by_stratum(), _never(claim, seen)

        def worst(level: float) -> tuple[str | Absent, Estimate | Absent]:
            return worst_of_strata(strata, worst_is_high=claim.threshold.op == "<=", level=level, never=never)

        return worst(plan.level)[0], *_by_grader(seen, lambda level: worst(level)[1], plan.level)
    stratum = Absent(absent="not applicable", reason="all samples together")
    if claim.attempts_k == 1:
        return stratum, *share_of(seen, plan.level, bound)
    never = _never(claim, seen)
    return stratum, *_by_grader(
        seen, lambda level: share_of_samples(columns, level=level, bound=bound, never=never), plan.level
    )


def share_of(seen: Measured, level: float, bound: Bound) -> tuple[Estimate | Absent, JudgeError]:
    """The share of a check's event among all samples, by people where they labelled some, and the judge's error."""

    def at(level: float) -> Estimate | Absent:
        return share_of_samples(seen.columns, level=level, bound=bound, never=seen.never)

    estimate = at(level)
    if seen.labels is None or not seen.by_people or isinstance(estimate, Absent):
        return _by_grader(seen, at, level)
    return corrected(seen.columns, seen.labels, estimate, level=level, never=seen.never)


def _by_grader(
    seen: Measured, at: Callable[[float], Estimate | Absent], level: float
) -> tuple[Estimate | Absent, JudgeError]:
    """A share without people's labels: with the judge's error where that was measured elsewhere, as in an audit."""
    measured = error_of_grader(seen.columns.check)
    if measured is not None:
        estimate, error = with_error(at, measured, level)
        if isinstance(error, JudgeError):
            return estimate, error
    estimate = at(level)
    return estimate, _uncorrected(seen, estimate)


def _by_people(claim: Claim, seen: Measured, error: JudgeError) -> bool:
    """Whether a finding's share is people's: their labels are about all samples at one attempt."""
    about_all = claim.scope != "worst stratum" and claim.attempts_k == 1
    return about_all and seen.by_people and error.reading == "corrected"


def _uncorrected(seen: Measured, estimate: Estimate | Absent) -> JudgeError:
    check = seen.columns.check
    nothing = Absent(absent="not tested", reason="no human labels were given")
    if seen.labels is not None:
        nothing = Absent(absent="not tested", reason=STOPPED if seen.columns.anytime else ELSEWHERE)
    by = {"rule": "a rule", "model": "a model", "person": "people"}.get(check.judged_by, "an unknown judge")
    return JudgeError(
        reading="uncorrected",
        reason=f"judged by {by} ({check.judge}), never checked against people: uncorrected",
        labels=0,
        uncorrected=estimate,
        sensitivity=nothing,
        specificity=nothing,
    )


def _never(claim: Claim, seen: Measured) -> int:
    """Planned units of the claim that the log does not have: samples, or items where it is about several attempts."""
    return items_that_never_came(seen.columns, seen.never) if claim.attempts_k > 1 else seen.never


def _events(columns: Columns, *, people: bool) -> int | Absent:
    if people:
        return Absent(absent="not applicable", reason="people's share is estimated, not counted")
    if not columns.binary:
        return Absent(absent="not applicable", reason="the values are graded, not counted")
    return int(columns.values[columns.scored].sum())


def _verdict(claim: Claim, seen: Measured, estimate: Estimate | Absent) -> tuple[Verdict, str]:
    if seen.fault:
        return "invalid", seen.fault
    if isinstance(estimate, Absent):
        return "not tested", estimate.reason
    verdict = judge(estimate, claim.threshold)
    return verdict, reason_of(verdict, claim.threshold, estimate, estimate.unit) + _odd(claim, seen)


def _odd(claim: Claim, seen: Measured) -> str:
    """A warning where the framework permits the side that the log calls worse."""
    bad = {"worse": ">=", "better": "<="}.get(seen.columns.check.higher_is)
    if claim.threshold.op != bad:
        return ""
    return f"; but the log says that more of it is {seen.columns.check.higher_is}: is the threshold meant so?"


def _no_check(check: str, found: Mapping[str, Measured]) -> str:
    near = get_close_matches(check, found, n=1)
    hint = f"did the framework mean {near[0]}?" if near else f"they have {', '.join(sorted(found)) or 'none'}"
    return f"the logs have no check called {check}; {hint}"
