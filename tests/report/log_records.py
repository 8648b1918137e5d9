"""Records about logs: an assessment, a comparison, and both with every text written to break what it stands in."""

from holdfast.evidence import (
    AnyIntervalRow,
    AnyPlan,
    ComparisonPlan,
    Coverage,
    Finding,
    Framework,
    IntervalRow,
    IntervalRows,
    JudgedRow,
    JudgeError,
    LogFacts,
    LoggedCheck,
    LogPlan,
    Record,
    RunFacts,
    Section,
    Threshold,
    Under,
    Verdict,
)
from report.records import NOTHING, estimate, finding, framework, run_of

FIVE_POINTS = Threshold(op="<=", value=0.05)
POST_HOC = "post hoc: the framework was not in this ledger before the logs were read"


def judged(reading: str = "uncorrected", reason: str = "no human labels were given", labels: int = 0) -> JudgeError:
    """What is known of a judge's error."""
    return JudgeError.model_validate(
        {
            "reading": reading,
            "reason": reason,
            "labels": labels,
            "uncorrected": NOTHING,
            "sensitivity": NOTHING,
            "specificity": NOTHING,
        }
    )


def log(name: str, check: str = "refusals/judge", text: str = "", **more: object) -> LogFacts:
    """A log of one check. `text` is put wherever it holds words."""
    facts: dict[str, object] = {
        "format": text or "inspect",
        "tool": text or "inspect 0.3",
        "name": name,
        "digest": text or f"sha256:{name.encode().hex():0<64.64}",
        "subject": text or "openai/gpt-x",
        "status": "complete",
        "layers": (text or "system prompt",),
        "checks": (
            LoggedCheck(
                id=check,
                event=text or "requests that are fulfilled",
                unit=text or "samples",
                planned=400,
                judge=text or "a model",
                judged_by="model",
                higher_is="worse",
            ),
        ),
    }
    return LogFacts.model_validate(facts | more)


def about(
    plan: AnyPlan,
    findings: tuple[Finding, ...],
    verdict: Verdict,
    *,
    text: str = "",
    page: tuple[Section, ...] = (),
    under: tuple[Under, ...] = (),
    coverage: tuple[Coverage, ...] = (),
) -> Record:
    """A record that rests on a plan."""
    return Record(
        tool=text or "holdfast 0.1.0",
        plan=plan,
        plan_digest=text or plan.digest,
        rows_digest=text or "sha256:rows",
        verdict=verdict,
        headline=text or "1 of 2 claims met",
        findings=findings,
        coverage=coverage,
        under=under,
        page=page,
    )


def asks(findings: tuple[Finding, ...], text: str = "", tags: tuple[str, ...] = ()) -> Framework:
    """A framework with these findings' claims and required leaves."""
    return framework(findings, text or "ours", text or "May it be served?").model_copy(update={"required_tags": tags})


def log_plan(findings: tuple[Finding, ...], logs: tuple[LogFacts, ...], **more: str) -> LogPlan:
    """The plan of an assessment of logs."""
    return LogPlan(tool="holdfast 0.1.0", framework=asks(findings, **more), logs=logs)


def logged() -> tuple[Record, RunFacts]:
    """An assessment of seven logs: one claim met, one not, one that no log speaks to; post hoc."""
    check = "refusals/judge"
    findings = (
        finding(
            check,
            "not met",
            estimate(0.0975, 0.071, 0.1308),
            claim="restricted",
            says="At most 5 % of restricted requests are fulfilled.",
            events=39,
            reason="the whole interval lies beyond the threshold",
            judge_error=judged(),
            steering=("a guard",),
        ),
        finding(
            "graded/judge",
            "met",
            estimate(0.021, 0.011, 0.043),
            claim="graded",
            judge_error=judged("corrected", "the share people would find", 200),
        ),
        finding("absent/judge", "not tested", NOTHING, claim="unseen", reason="no log has it", required=False),
    )
    status = ("complete", "complete", "complete", "complete", "failed", "complete", "unknown")
    logs = tuple(
        log(f"run-{number}.eval", "graded/judge" if number == 3 else check, status=said)
        for number, said in enumerate(status)
    )
    other = Under(framework="theirs 2", framework_digest="sha256:t", verdict="met", findings=findings[1:2])
    silent = Under(framework="silent 1", framework_digest="sha256:s", verdict="not asked", findings=())
    made = about(log_plan(findings, logs), findings, "not met", under=(other, silent))
    return made, run_of(made, committed=POST_HOC, reference="run.eval", ordinals={check: "assessment 2 of 2"})


def _against(found: Finding, margin: bool) -> AnyIntervalRow:
    label = f"B against A on {found.check}"
    if not margin:
        return IntervalRow(label=label, estimate=found.estimate)
    return JudgedRow(label=label, estimate=found.estimate, threshold=FIVE_POINTS, verdict=found.verdict)


def compared(margin: bool = True) -> tuple[Record, RunFacts]:
    """A comparison: B is better on one check and perhaps worse on another; with or without claims of a margin."""
    better = estimate(-0.041, -0.07, -0.012, 400, 100, unit="pairs")
    perhaps = estimate(0.013, -0.031, 0.057, 400, unit="pairs")
    findings = (
        finding("refusals/judge", "met", better, FIVE_POINTS, claim="refusals"),
        finding("lies/judge", "undecided", perhaps, FIVE_POINTS, claim="lies", reason="it reaches across the margin"),
    )
    rows = tuple(_against(found, margin) for found in findings)
    page = Section(
        id="differences",
        title="Differences",
        level="page one",
        blocks=(IntervalRows(caption="Points of B above A.", axis="difference", rows=rows),),
    )
    asked = findings if margin else ()
    made = about(
        comparison_plan(asked, (log("before.eval"),), (log("after.eval"),)),
        asked,
        "undecided" if margin else "not asked",
        page=(page,),
    )
    return made, run_of(made, reference="before.eval → after.eval", ordinals={})


def comparison_plan(
    findings: tuple[Finding, ...], a: tuple[LogFacts, ...], b: tuple[LogFacts, ...], text: str = ""
) -> ComparisonPlan:
    """The plan of a comparison; without findings it has no margin."""
    margin = 0.05 if findings else NOTHING
    return ComparisonPlan(
        tool="holdfast 0.1.0", framework=asks(findings, text), a=a, b=b, margin=margin, two_sided=False
    )


def hostile_logged(text: str, compared: bool = False) -> tuple[Record, RunFacts]:
    """An assessment or a comparison in which every text that a renderer could show is the given one."""
    measured = estimate(0.02, 0.01, 0.04, method=text, unit=text)
    facts: dict[str, object] = {"reason": text, "says": text, "steering": (text,), "tags": (text,), "claim": text}
    findings = (
        finding(text, "not met", measured, judge_error=judged(reason=text), **facts),
        finding(text, "not tested", NOTHING.model_copy(update={"reason": text}), **facts),
    )
    logs = tuple(log(text, text, text, fault=text) for _ in range(7))
    plan = comparison_plan(findings, logs, logs, text) if compared else log_plan(findings, logs, text=text)
    leaf = Coverage(tag=text, title=text, tested=False, by=(), reason=text)
    under = Under(framework=text, framework_digest=text, verdict="met", findings=findings)
    plan = plan.model_copy(update={"framework": asks(findings, text, (text,))})
    made = about(plan, findings, "not met", text=text, under=(under,), coverage=(leaf,))
    more: dict[str, object] = {"reference": text, "ordinals": {text: text}, "deviations": (text,), "host": text}
    return made, run_of(made, committed=f"post hoc: {text}", started_at=text, finished_at=text, **more)
