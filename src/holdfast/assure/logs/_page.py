"""The page of an assessment of logs: what the tools said beside what their rows can bear."""

from collections.abc import Iterator, Mapping, Sequence

from holdfast.assure._beyond import beyond_table
from holdfast.assure._log_estimates import Bound, share_of_samples, within_attempts
from holdfast.assure._measured import BY_ITS_WORD
from holdfast.assure._people import near_people, people_blocks
from holdfast.assure._sections import about_table, claims_rows, counted, coverage_matrix, not_tested_table, others_table
from holdfast.assure.logs._cornered import error_of_grader
from holdfast.assure.logs._findings import STOPPED, Measured, counts_of, share_of
from holdfast.assure.logs._run_page import run_blocks, run_facts, run_limits
from holdfast.evidence import (
    PEOPLE_MOVED,
    Absent,
    Block,
    Coverage,
    Estimate,
    Finding,
    IntervalRow,
    IntervalRows,
    LogFacts,
    LogPlan,
    Section,
    Table,
    Text,
    Under,
)
from holdfast.stats import detectable_share

_JUDGES = {"rule": "a rule", "model": "a model", "person": "people", "unknown": "not known by whom"}


def log_page(
    findings: Sequence[Finding],
    found: Mapping[str, Measured],
    coverage: Sequence[Coverage],
    under: Sequence[Under],
    plan: LogPlan,
) -> tuple[Section, ...]:
    """Every section of the report, in reading order."""
    line = "the threshold of the claim"
    claims: tuple[Block, ...] = (claims_rows(findings, line),) if findings else ()
    others = others_table(findings, under, plan.framework)
    sections = (
        Section(
            id="evaluated",
            title="What was run" if plan.runs else "What was read",
            level="page one",
            blocks=(*run_blocks(plan), _read(plan)),
        ),
        Section(id="claims", title="Claims", level="page one", blocks=claims),
        Section(
            id="people",
            title="Measured on people",
            level="page one",
            blocks=people_blocks([study for run in plan.runs for study in run.studies]),
        ),
        Section(id="beside", title="What the logs measured", level="page one", blocks=_checks(findings, found, plan)),
        Section(id="judges", title="Is the judge right?", level="page one", blocks=(_judges(found, plan),)),
        Section(id="said", title="What the tools said of it", level="page one", blocks=_said(found)),
        Section(id="under", title="Under other frameworks", level="page one", blocks=others),
        Section(
            id="not-tested",
            title="Not tested, and why",
            level="page one",
            blocks=(not_tested_table(findings, coverage, plan.framework.required_tags),),
        ),
        Section(
            id="would-change",
            title="What would change this verdict",
            level="page one",
            blocks=_would_change(findings, found),
        ),
        Section(id="strata", title="By stratum", level="detail", blocks=_strata(found, plan)),
        Section(id="attempts", title="Within more attempts", level="detail", blocks=_attempts(found, plan)),
        Section(id="missing", title="Samples without a value", level="detail", blocks=_missing(found)),
        Section(id="about", title="What each claim is about", level="detail", blocks=_about(plan)),
        Section(id="coverage", title="Coverage", level="detail", blocks=(coverage_matrix(coverage),)),
        Section(id="method", title="Method", level="appendix", blocks=(_method(plan),)),
        Section(id="reproduction", title="Reproduction", level="appendix", blocks=(_reproduction(plan),)),
        Section(id="limits", title="Limits", level="appendix", blocks=(run_limits(plan) or _LIMITS,)),
    )
    return tuple(section for section in sections if section.blocks)


def _read(plan: LogPlan) -> Table:
    rows = tuple(
        (log.name, log.tool, log.subject, log.status, log.started_at or "not stated", _notes(log)) for log in plan.logs
    )
    return Table(
        caption=f"As the logs say it of themselves{'' if plan.runs else '; nothing was run again'}.",
        columns=("Log", "Tool", "Subject", "Status", "Started", "Notes"),
        rows=rows,
    )


def _notes(log: LogFacts) -> str:
    return "; ".join(note for note in (log.fault, *log.notes) if note)


def _checks(findings: Sequence[Finding], found: Mapping[str, Measured], plan: LogPlan) -> tuple[Block, ...]:
    shown = {finding.check for finding in findings if isinstance(finding.estimate, Estimate)}
    rows = tuple(_check_row(name, seen, plan) for name, seen in found.items() if name not in shown)
    caption = "Checks of the logs that no claim above shows."
    return (IntervalRows(caption=caption, rows=rows),) if rows else ()


def _check_row(name: str, seen: Measured, plan: LogPlan) -> IntervalRow:
    estimate, error = share_of(seen, plan.level, _bound(seen))
    if seen.not_a_share:
        estimate = Absent(absent="not applicable", reason=seen.not_a_share)
    return IntervalRow(
        label=f"{name}: the share of {seen.columns.check.event}",
        detail=_detail(seen, estimate),
        estimate=estimate,
        events="" if seen.by_people and error.reading == "corrected" else _events(seen),
        reason=_caution(seen) or (error.reason if error.reading == "corrected" else ""),
    )


def _caution(seen: Measured) -> str:
    """What stands under a number that is not to be believed, beside what the tool made of it."""
    if not seen.fault:
        return ""
    said = seen.columns.check.said
    return f"not to be believed: {seen.fault}" + (f"; the tool said: {said}" if said else "")


def _bound(seen: Measured) -> Bound:
    """Which side is the one to worry about."""
    return "lower" if seen.columns.check.higher_is == "better" else "upper"


def _detail(seen: Measured, estimate: Estimate | Absent) -> str:
    judge = f"judged by {_JUDGES[seen.columns.check.judged_by]}: {seen.columns.check.judge}"
    if isinstance(estimate, Absent) or (estimate.clusters == estimate.n and not seen.columns.anytime):
        return judge
    return f"{judge} · {estimate.method}"


def _events(seen: Measured) -> str:
    columns = seen.columns
    if not columns.binary or not columns.n:
        return ""
    return counted(int(columns.values[columns.scored].sum()), seen.counts)


def _judges(found: Mapping[str, Measured], plan: LogPlan) -> Table:
    rows = tuple(
        (name, _JUDGES[seen.columns.check.judged_by], seen.columns.check.judge, _known(seen, plan))
        for name, seen in found.items()
    )
    return Table(
        caption="A judged figure is about the model and its judge together, until people have checked the judge.",
        columns=("Check", "Judged by", "Judge", "What is known of its error"),
        rows=rows,
    )


def _known(seen: Measured, plan: LogPlan) -> str:
    """What is known of the judge, from people's labels or from elsewhere; they are about all samples at one attempt."""
    _, error = share_of(seen, plan.level, _bound(seen))
    if error.reading == "corrected":
        return f"corrected: {error.reason}"
    if seen.labels is None:
        return "never checked against people: uncorrected"
    return f"{STOPPED}: uncorrected" if seen.columns.anytime else error.reason


def _said(found: Mapping[str, Measured]) -> tuple[Block, ...]:
    rows = tuple(
        (name, seen.columns.check.said, f"invalid: {seen.fault}" if seen.fault else "as measured above")
        for name, seen in found.items()
        if seen.columns.check.said
    )
    caption = "The tool's own headline, and what its rows can bear."
    return (Table(caption=caption, columns=("Check", "The tool said", "The rows say"), rows=rows),) if rows else ()


def _would_change(findings: Sequence[Finding], found: Mapping[str, Measured]) -> tuple[Block, ...]:
    stopped = {name for name, seen in found.items() if seen.columns.anytime}
    said = tuple(_near_verdict(finding, stopped=finding.check in stopped) for finding in findings)
    return (Text(paragraphs=said),) if said else ()


def _near_verdict(f: Finding, *, stopped: bool) -> str:
    if isinstance(f.estimate, Absent) or f.verdict not in ("met", "not met"):
        return f"{f.claim}: {f.verdict}. {f.reason[0].upper()}{f.reason[1:]}."
    if f.check == PEOPLE_MOVED:
        return near_people(f)
    if f.verdict == "not met":
        return f"{f.claim}: a subject whose rate lies on the other side of {f.threshold.value:.0%}, measured anew."
    if stopped:
        return f"{f.claim}: a longer run, if the true rate is nearer to {f.threshold.value:.0%} than it looked so far."
    near = detectable_share(f.estimate.clusters, f.threshold.share_op, f.threshold.value)
    rate = "no true rate" if near is None else f"a true rate of {near:.1%}"
    return (
        f"{f.claim}: {f.estimate.clusters} independent units would show {rate} to be inside {f.threshold.value:.0%} "
        "four times in five; nearer to it they would more often leave it undecided."
    )


def _strata(found: Mapping[str, Measured], plan: LogPlan) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for name, seen in found.items():
        rows = tuple(
            IntervalRow(
                label=stratum,
                estimate=share_of_samples(part, level=plan.level, bound=_bound(seen)),
                events=counted(int(part.values[part.scored].sum()), counts_of(part)) if part.binary else "",
                reason=f"not to be believed: {seen.fault}" if seen.fault else "",
            )
            for stratum, part in seen.columns.by_stratum().items()
        )
        if len(rows) > 1 and not seen.columns.anytime:
            caption = f"{name}: the share of {seen.columns.check.event}{_by_its_word(seen)}"
            blocks.append(IntervalRows(caption=caption, rows=rows))
    return tuple(blocks)


def _by_its_word(seen: Measured) -> str:
    """What a caption says of rows that do not carry an error which the claims above them do."""
    return f"; {BY_ITS_WORD}" if error_of_grader(seen.columns.check) else ""


def _attempts(found: Mapping[str, Measured], plan: LogPlan) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for name, seen in found.items():
        rows = tuple(_attempt_rows(seen, plan))
        if rows:
            caption = f"{name}: the share of items with at least one of {seen.columns.check.event}{_by_its_word(seen)}"
            blocks.append(IntervalRows(caption=caption, rows=rows))
        if not seen.fault and seen.columns.check.higher_is != "better":
            blocks += beyond_table(name, seen.columns, plan.level)
    return tuple(blocks)


def _attempt_rows(seen: Measured, plan: LogPlan) -> Iterator[IntervalRow]:
    most = int(seen.columns.attempts.max()) if seen.columns.n and not seen.columns.anytime else 1
    for k in sorted(k for k in {1, 10, most} if k <= most) if most > 1 else ():
        within = within_attempts(seen.columns, k)
        if not isinstance(within, str):
            yield IntervalRow(
                label=f"within {k} attempt{'s' if k > 1 else ''}",
                estimate=share_of_samples(within, level=plan.level, bound=_bound(seen)),
                events=counted(int(within.values[within.scored].sum()), counts_of(within)),
                reason=f"not to be believed: {seen.fault}" if seen.fault else "",
            )


def _missing(found: Mapping[str, Measured]) -> tuple[Block, ...]:
    rows = tuple(
        (name, kind, str(times), reason)
        for name, seen in found.items()
        for (kind, reason), times in sorted(seen.columns.missing.items(), key=lambda pair: (-pair[1], pair[0]))
    )
    caption = "Each of them widens the interval: once counted as the event, once as none."
    return (Table(caption=caption, columns=("Check", "Kind", "Samples", "Why"), rows=rows),) if rows else ()


def _about(plan: LogPlan) -> tuple[Block, ...]:
    return (about_table(plan.framework),) if plan.framework.claim else ()


def _method(plan: LogPlan) -> Text:
    return Text(
        paragraphs=(
            "Where every sample stands alone, the interval is exact (Clopper–Pearson, two-sided 95 %). Where samples "
            "share an item or a cluster, the effective number is smaller: the interval is that of Korn and Graubard, "
            "with the design effect that was seen, and the cluster as the unit where too little was seen to know it. "
            f"Below {plan.fewest_clusters} clusters there is one bound and no interval.",
            "A sample without a value counts as the event for the upper bound and as none for the lower. With more "
            f"than {plan.max_missing:.0%} of samples without a value, and where the log says that the run failed or "
            "was cut off, the check is invalid, whatever its rows show.",
            "A run that was stopped early is invalid too, unless its samples were asked in random order. Then the "
            "interval is what no interval of a confidence sequence rules out that bets on each sample (or the mean of "
            "each cluster) in that order (Waudby-Smith and Ramdas 2024). It holds wherever and for whatever reason the "
            "run stopped; samples that it left out for good are not missing. It is for all samples at one attempt: not "
            "for strata, not for several attempts, and not corrected by labels.",
            "A claim is met when its whole interval lies on the permitted side of the threshold, not met when wholly "
            "on the other, else undecided. Figures of the tools' own are shown and never used.",
            "Human labels are compared with the judge inside each stratum, and what they do not settle widens the "
            "interval. Without labels a judged figure says: uncorrected; but where a log names a grader of ours whose "
            "error was measured on labelled episodes, the interval of a claim allows for that error, as in an audit.",
        )
    )


def _reproduction(plan: LogPlan) -> Table:
    pinned = {
        "plan": plan.digest,
        **{f"log {log.name} ({log.format})": log.digest for log in plan.logs},
        **{f"labels of {labels.check}": labels.digest for labels in plan.labels},
        **{f"framework {f.name}": f.digest for f in (plan.framework, *plan.further)},
        **{f"version of {check.id}": check.version for check in plan.checks if check.version},
        **run_facts(plan),
        "tool": plan.tool,
    }
    return Table(
        caption="What another machine needs to repeat this", columns=("Part", "Value"), rows=tuple(pinned.items())
    )


_LIMITS = Text(
    paragraphs=(
        "These are findings about logs that somebody else wrote. That the log is of this model, whole and unedited, is "
        "taken on trust: a file's digest says which file was read, not how it came to be.",
        "No failure was planted in this run, so it is not known whether the scorer would have caught one. A claim that "
        "is met here is met as far as this scorer can see.",
        "They say nothing about other requests, languages, tools, system prompts, or an attacker who adapts, and not "
        "whether the subject behaves otherwise when it does not look like a test.",
    )
)
