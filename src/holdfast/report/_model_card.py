"""The record as a section of a model card: what was evaluated, what came of it, and what nobody looked at."""

from collections.abc import Iterator, Sequence

from holdfast.evidence import (
    Absent,
    ComparisonPlan,
    Finding,
    JudgeError,
    LogPlan,
    Plan,
    Record,
    RunFacts,
    Under,
)
from holdfast.report._facts import evidence_facts
from holdfast.report._gfm import cells, folded, inert, small, table
from holdfast.report._logs import axis_of, sides
from holdfast.report._markdown import after_the_fact
from holdfast.report._numbers import Axis, policy, read_finding
from holdfast.report._verdicts import look

_TOY = "On toy models: this shows that the instrument works, and is never evidence about real models."


def render_model_card(record: Record, run: RunFacts) -> str:
    """The record as Markdown for the README of a model, inert whatever the record holds.

    There is no `model-index` in it: that format holds one bare value for each metric and the ids of a task and a data
    set of the hub. It has no place for an interval, an n, a verdict or a claim that was not tested, and a value without
    them would be read as more than was measured. Equal arguments give equal bytes.
    """
    verdict = look(record.verdict)
    lines = [
        f"## Evaluation: {inert(record.plan.framework.question)}",
        "",
        f"{verdict.shape} **{verdict.heading}.** {inert(record.headline)}",
        "",
        *after_the_fact(run),
        *_toy(record),
        "### What was evaluated",
        "",
        *table(("", ""), tuple(_evaluated(record, run))),
        "### Claims",
        "",
        *_claims(record),
        "### Not tested",
        "",
        *_not_tested(record),
        *_under(record.under),
        "### How to reproduce",
        "",
        _again(record),
        "",
        *folded("Evidence", table(("", ""), evidence_facts(record, run))),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _toy(record: Record) -> Iterator[str]:
    plan = record.plan
    if isinstance(plan, Plan) and any(check.on == "toy models" for check in plan.checks):
        yield from (_TOY, "")


def _evaluated(record: Record, run: RunFacts) -> Iterator[tuple[str, str]]:
    framework, findings = record.plan.framework, record.findings
    if not sides(record.plan):
        yield "Subject", run.reference
    for side, logs in sides(record.plan):
        which = "" if side == "logs" else f" of {side.upper()}"
        yield f"Subject{which}, as the logs name it", ", ".join(sorted({log.subject for log in logs}))
        for log in logs:
            yield f"Log{which}", f"{log.name}: {log.tool}, {log.subject}, {log.status}, {log.digest}"
    yield "Framework", f"{framework.name}, version {framework.version}; evidence lasts {framework.valid_days} days"
    yield "Framework committed", run.committed
    yield "Attacker", ", ".join(sorted({f"tier {found.tier}, k = {found.attempts_k}" for found in findings})) or "none"
    yield "Output-steering layers", ", ".join(sorted(set(_layers(record)))) or "none stated"
    yield "Finished", run.finished_at
    for check, ordinal in sorted(run.ordinals.items()):
        yield f"Run of {check}", ordinal
    yield "Deviations", "; ".join(run.deviations) or "none declared"


def _layers(record: Record) -> Iterator[str]:
    for finding in record.findings:
        yield from finding.steering
    for _, logs in sides(record.plan):
        for log in logs:
            yield from log.layers


def _claims(record: Record) -> list[str]:
    if not record.findings:
        return ["No claim was asked.", ""]
    axes: list[Axis] = [axis_of(record.plan, finding) for finding in record.findings]
    value = "difference" if set(axes) == {"difference"} else "share" if "difference" not in axes else "value"
    columns = ("claim", "measured", value, "interval", "claimed", "verdict", "judge")
    return cells(columns, [_row(finding, axis) for finding, axis in zip(record.findings, axes, strict=True)])


def _row(finding: Finding, axis: Axis) -> tuple[str, ...]:
    label = inert(finding.says) + small(finding.claim)
    verdict = f"{look(finding.verdict).shape} **{finding.verdict}**{small(finding.reason)}"
    limit, judge = policy(finding.threshold, axis), _judge(finding)
    reading = read_finding(finding, axis)
    if isinstance(reading, Absent):
        return label, f"**{reading.absent}**{small(reading.reason)}", "", "", limit, verdict, judge
    interval = f"{reading.interval}{small(f'{reading.level}, {reading.basis}')}"
    missing = finding.counts.unscorable + finding.counts.skipped
    unlabelled = small(f"{missing} of {finding.counts.total} without a label" if missing else "")
    return label, inert(reading.count) + unlabelled, reading.value, interval, limit, verdict, judge


def _judge(finding: Finding) -> str:
    """What is known of the error of whoever gave the labels."""
    error = finding.judge_error
    if not isinstance(error, JudgeError):
        return "" if finding.verdict == "not tested" else inert(error.reason)
    labels = f"; {error.labels} human labels" if error.labels else ""
    return f"**{error.reading}**{small(error.reason + labels)}"


def _not_tested(record: Record) -> list[str]:
    claims = [
        (f"{finding.claim}{' (required)' if finding.required else ''}", finding.reason)
        for finding in record.findings
        if finding.verdict == "not tested"
    ]
    required = record.plan.framework.required_tags
    leaves = [
        (f"{leaf.tag} {leaf.title}{' (required)' if leaf.tag in required else ''}", leaf.reason)
        for leaf in record.coverage
        if not leaf.tested
    ]
    rows = [*claims, *leaves]
    return (
        table(("not tested", "why"), rows)
        if rows
        else ["Every claim was measured. What no claim is about was not judged.", ""]
    )


def _under(others: Sequence[Under]) -> list[str]:
    """What further frameworks would say, so that nobody need choose the kindest."""
    if not others:
        return []
    rows = [
        (other.framework, other.verdict, "; ".join(f"{found.claim}: {found.verdict}" for found in other.findings))
        for other in others
    ]
    return ["### Under other frameworks", "", *table(("framework", "verdict", "claims"), rows)]


def _again(record: Record) -> str:
    """What somebody else needs to come to the same record."""
    plan = record.plan
    framework = inert(f"the framework {plan.framework.name} ({plan.framework.digest})")
    if isinstance(plan, LogPlan):
        return f"Give `holdfast assess` the logs with the digests above and {framework}."
    if isinstance(plan, ComparisonPlan):
        limit = "no margin" if isinstance(plan.margin, Absent) else f"a margin of {plan.margin * 100:.6g} points"
        return f"Give `holdfast compare` the logs of A and B with the digests above, {limit} and seed {plan.seed}."
    return (
        f"Give `holdfast audit` the subject with the digest below, {framework} and seed {plan.seed}. On one machine "
        "with the same libraries the record has the digest below."
    )
