"""Assessments of logs in the ledger: which framework was there before the run, and how often a log was judged."""

from collections.abc import Sequence
from datetime import UTC, datetime

from holdfast.evidence import AnyPlan, Framework, LogPlan, Plan, TamperPlan
from holdfast.store._ledger import Ledger


def commit_framework(ledger: Ledger, framework: Framework, at: str) -> None:
    """Write down a framework before anything is run that it will judge."""
    ledger.append("framework", {"framework": framework.digest, "name": framework.name, "at": at})


def commit_assessment(ledger: Ledger, plan: AnyPlan, at: str) -> None:
    """Write down that logs were judged, by which framework; the same plan twice is one assessment."""
    known = any(entry.kind == "assessment" and entry.body["plan"] == plan.digest for entry in ledger.entries())
    if not known:
        body = {"plan": plan.digest, "framework": plan.framework.digest, "runs": _runs(plan), "at": at}
        ledger.append("assessment", body)


def assessment_ordinals(ledger: Ledger, plan: AnyPlan) -> dict[str, str]:
    """For each check, which assessment of its log this one was: `assessment 2 of 2`.

    Thresholds, labels and frameworks make no difference: judging again is judging again.
    """
    entries = [entry.body for entry in ledger.entries() if entry.kind == "assessment"]
    found: dict[str, str] = {}
    for run in _runs(plan):
        same = [body["plan"] for body in entries if run in body["runs"]]
        place = same.index(plan.digest) + 1 if plan.digest in same else 0
        found[run.split(" ", 1)[1]] = f"assessment {place} of {len(same)}"
    return found


def began(ledger: Ledger, plan: Plan | TamperPlan) -> str:
    """When a plan was last written down before it was run, ISO 8601; empty where this ledger does not know of it."""
    return max(_times(ledger, plan), default="")


def committed_with(ledger: Ledger, plan: Plan | TamperPlan, started: str) -> bool:
    """Whether the run that began then began with this very plan, and so under its framework."""
    return started in _times(ledger, plan)


def _times(ledger: Ledger, plan: Plan | TamperPlan) -> list[str]:
    own = (entry.body for entry in ledger.entries() if entry.kind == "plan")
    return [str(body["at"]) for body in own if body["plan"] == plan.digest]


def commitment(ledger: Ledger, framework: Framework, started: Sequence[str], *, now: datetime) -> str:
    """Whether a framework was in the ledger before the runs began, in words that begin with `post hoc` if it was not.

    Args:
        ledger: Where frameworks are written down.
        framework: The one that judges.
        started: The times at which the runs began, ISO 8601; empty where a log does not say.
        now: The present time, with its zone: no run that can be judged began after it.

    Assumptions:
        Both times are trusted as far as their clocks are: the ledger's machine, and the log's.
    """
    times = [entry.body["at"] for entry in ledger.entries() if entry.body.get("framework") == framework.digest]
    if not times:
        return "post hoc: the framework was not in this ledger before the logs were read"
    since = _time(min(times))
    began = [time for time in map(_time, started) if time is not None]
    if since is None or not began or len(began) < len(started):
        return "post hoc: a log does not say when its run began, so the framework cannot have come before it"
    if max(began) > now:
        return "post hoc: the log says that its run began in the future, so its clock cannot be believed"
    if min(began) <= since:
        return f"post hoc: the framework was committed at {since:%Y-%m-%d %H:%M} UTC, the run began before that"
    return f"committed at {since:%Y-%m-%d %H:%M} UTC, before the run began by the log's own clock"


def _runs(plan: AnyPlan) -> list[str]:
    if isinstance(plan, Plan):
        attacks = _runs(plan.tamper) if plan.tamper else []
        return sorted([*(f"{plan.subject.digest} {check.design.id}" for check in plan.checks), *attacks])
    if isinstance(plan, TamperPlan):
        return sorted(f"{plan.subject.digest} tamper/{attack.name}" for attack in plan.attacks)
    logs = plan.logs if isinstance(plan, LogPlan) else (*plan.a, *plan.b)
    return sorted({f"{log.digest} {check.id}" for log in logs for check in log.checks})


def _time(written: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(written)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
