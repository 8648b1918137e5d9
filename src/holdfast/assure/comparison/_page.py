"""The page of a comparison: changed verdicts first, then differences, then what could have been seen."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from holdfast.assure._columns import total_of
from holdfast.assure._sections import claims_rows
from holdfast.assure.comparison._differences import Compared
from holdfast.evidence import (
    Absent,
    Block,
    ComparisonPlan,
    Finding,
    IntervalRow,
    IntervalRows,
    LogFacts,
    LoggedCheck,
    Section,
    Table,
    Text,
)
from holdfast.stats import power_of_difference

SAME_LOG: Final = "A and B are the same log"


def comparison_page(
    findings: Sequence[Finding],
    found: Mapping[str, Compared],
    only: Sequence[tuple[str, str]],
    judged: Sequence[Sequence[Sequence[Finding]]],
    plan: ComparisonPlan,
) -> tuple[Section, ...]:
    """Every section of the report, in reading order.

    Args:
        findings: Claims of a margin.
        found: Every check of both sides.
        only: Checks that one side lacks.
        judged: For A and for B, the findings under each further framework.
        plan: What was compared.
    """
    claims: tuple[Block, ...] = ()
    if findings:
        claims = (claims_rows(findings, "the margin of the claim").model_copy(update={"axis": "difference"}),)
    sections = (
        Section(id="changed", title="Verdicts that change", level="page one", blocks=_changed(judged, plan)),
        Section(id="claims", title="Claims", level="page one", blocks=claims),
        Section(id="differences", title="Differences, B minus A", level="page one", blocks=_differences(found, plan)),
        Section(id="power", title="What this comparison could have seen", level="page one", blocks=_power(found, plan)),
        Section(id="evaluated", title="What was compared", level="page one", blocks=(_compared(plan),)),
        Section(id="not-tested", title="Not compared, and why", level="page one", blocks=_not_compared(found, only)),
        Section(id="pairs", title="How items were paired", level="detail", blocks=_pairs(found)),
        Section(id="method", title="Method", level="appendix", blocks=(_method(plan),)),
        Section(id="reproduction", title="Reproduction", level="appendix", blocks=(_reproduction(plan),)),
        Section(id="limits", title="Limits", level="appendix", blocks=(_LIMITS,)),
    )
    return tuple(section for section in sections if section.blocks)


def _changed(judged: Sequence[Sequence[Sequence[Finding]]], plan: ComparisonPlan) -> tuple[Block, ...]:
    rows = [
        (f"{framework.name} {framework.version}", one.claim, one.check, one.verdict, other.verdict)
        for framework, a, b in zip(plan.further, *judged, strict=True)
        for one, other in zip(a, b, strict=True)
    ]
    if not rows:
        return ()
    ranked = sorted(rows, key=lambda row: row[3] == row[4])
    changed = sum(row[3] != row[4] for row in rows)
    caption = f"{changed} of {len(rows)} verdicts change from A to B; those first. They decide nothing here."
    return (Table(caption=caption, columns=("Framework", "Claim", "Check", "A", "B"), rows=tuple(ranked)),)


def _differences(found: Mapping[str, Compared], plan: ComparisonPlan) -> tuple[Block, ...]:
    rows = tuple(
        IntervalRow(
            label=f"{name}: {_sentence(one)}",
            detail=_detail(one, plan),
            estimate=one.estimate(plan.level),
            reason=_caution(one, plan.level),
        )
        for name, one in found.items()
    )
    caption = "Points of B above A. What reaches across zero may be no difference at all."
    return (IntervalRows(caption=caption, axis="difference", rows=rows),) if rows else ()


def _sentence(one: Compared) -> str:
    """`B shows 4.1 points fewer samples that are fulfilled, a change for the better`."""
    if one.difference is None:
        return "not compared"
    value = one.difference.value
    if value == 0:
        return f"A and B show the same share of {one.check.event}"
    more = "more" if value > 0 else "fewer"
    said = f"B shows {abs(value) * 100:.1f} points {more} {one.check.event} than A"
    if one.worse_is_up is None:
        return said
    return f"{said}, a change for the {'worse' if (value > 0) == one.worse_is_up else 'better'}"


def _caution(one: Compared, level: float) -> str:
    """What stands under every difference: what could have been seen, or why nothing is to be believed."""
    if one.difference is None:
        return f"not to be believed: {one.why_not}" if one.fault else ""
    doubts = [f"not to be believed: {one.doubt}"] if one.doubt else []
    said = "; ".join([*([SAME_LOG] if one.stale else []), *lost(one), *doubts, one.could_see])
    odd = one.flipped is not None and (one.flipped <= 1 - level) != (one.difference.p_value <= 1 - level)
    warning = "; its two p-values disagree: treat it as undecided" if odd else ""
    return f"{said}{warning}"


def lost(one: Compared) -> Iterator[str]:
    """What a difference rests on less than it seems: items without a partner, values that are not there, two judges."""
    pairs = one.pairs
    if not one.paired:
        yield f"no item is in both: {pairs.only_a} in A, {pairs.only_b} in B"
    counts = ((pairs.only_a, "only in A"), (pairs.only_b, "only in B"), (pairs.changed, "asked otherwise"))
    unmatched = [f"{number} {where}" for number, where in counts if number and one.paired]
    if unmatched:
        yield f"items {', '.join(unmatched)}"
    for side, columns in (("A", pairs.a), ("B", pairs.b)):
        empty, never = columns.n - int(columns.scored.sum()), total_of(columns) - columns.n
        if empty:
            yield f"{empty} {columns.check.unit} of {side} without a value"
        if never:
            yield f"{never} planned {columns.check.unit} of {side} never came"
    yield from _judges(pairs.a.check, pairs.b.check)


def _judges(a: LoggedCheck, b: LoggedCheck) -> Iterator[str]:
    if a.judge != b.judge:
        yield f"judged by {a.judge} in A, by {b.judge} in B"
    elif a.judged_by != b.judged_by:
        yield f"judged by {a.judge} as a {a.judged_by} in A, as a {b.judged_by} in B".replace("a unknown", "an unknown")


def _detail(one: Compared, plan: ComparisonPlan) -> str:
    if one.difference is None or one.p_holm is None:
        return "not compared"
    differs = "differ" if one.p_holm <= 1 - plan.level else "no difference shown"
    how = f"paired, {one.difference.clusters} clusters" if one.paired else "different items: unpaired"
    flipped = "" if one.flipped is None else f", {_p(one.flipped)} by sign flips"
    return f"{differs}: {_p(one.p_holm)} after Holm, {_p(one.difference.p_value)} before{flipped} · {how}"


def _p(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _power(found: Mapping[str, Compared], plan: ComparisonPlan) -> tuple[Block, ...]:
    rows = tuple(_power_row(name, one, plan) for name, one in found.items() if one.difference is not None)
    caption = (
        "Smallest true difference that a comparison of this size finds four times in five, and how often it would find "
        "the one that was seen, were it true. A difference that was not found may still be there."
    )
    columns = ("Check", "Items", "Clusters", "Smallest detectable", "Power at what was seen", "Power at the margin")
    return (Table(caption=caption, columns=columns, rows=rows),) if rows else ()


def _power_row(name: str, one: Compared, plan: ComparisonPlan) -> tuple[str, ...]:
    d = one.difference
    assert d is not None
    smallest = "none below 100 points" if one.detectable is None else f"{one.detectable * 100:.1f} points"
    margin = "no margin" if isinstance(plan.margin, Absent) else _chance(one, plan.margin, plan.level)
    again = "" if one.again is None else f"{one.again:.0%} for {abs(d.value) * 100:.1f} points".replace("%", " %")
    return name, str(d.n), str(d.clusters), smallest, again, margin


def _chance(one: Compared, effect: float, level: float) -> str:
    assert one.difference is not None
    power = power_of_difference(effect, one.difference.standard_error, one.difference.degrees_of_freedom, level=level)
    return f"{power:.0%} for {effect * 100:.1f} points".replace("%", " %")


def _compared(plan: ComparisonPlan) -> Table:
    rows = [(side, *_log(log)) for side, logs in (("A", plan.a), ("B", plan.b)) for log in logs]
    return Table(
        caption="As the logs say it of themselves; nothing was run again.",
        columns=("", "Log", "Tool", "Subject", "Status", "Started"),
        rows=tuple(rows),
    )


def _log(log: LogFacts) -> tuple[str, ...]:
    return log.name, log.tool, log.subject, log.status, log.started_at or "not stated"


def _not_compared(found: Mapping[str, Compared], only: Sequence[tuple[str, str]]) -> tuple[Block, ...]:
    rows = [(name, one.why_not) for name, one in found.items() if one.difference is None] + list(only)
    caption = "No difference was looked for here; that is not a finding of none."
    return (Table(caption=caption, columns=("Not compared", "Why"), rows=tuple(rows)),) if rows else ()


def _pairs(found: Mapping[str, Compared]) -> tuple[Block, ...]:
    rows = tuple(
        (
            name,
            str(one.pairs.n),
            str(int(one.pairs.known.sum())),
            str(one.pairs.only_a),
            str(one.pairs.only_b),
            str(one.pairs.changed),
        )
        for name, one in found.items()
    )
    columns = ("Check", "In both", "With a value on both sides", "Only in A", "Only in B", "Same name, asked otherwise")
    caption = "The estimate is about the items in both logs; its interval counts the others both ways."
    return (Table(caption=caption, columns=columns, rows=rows),) if rows else ()


def _method(plan: ComparisonPlan) -> Text:
    return Text(
        paragraphs=(
            "Items are paired by name, and by what was asked where both logs say it. The difference is the mean over "
            "items of B minus A, its interval is cluster-robust with a t distribution, two-sided 95 %; beside it "
            "stands the p-value of flipping the signs of whole clusters, which needs no distribution. Without common "
            "items the two are compared as independent samples.",
            "An item without a value on one side is counted both ways, and so is one that only one log has, one that "
            "was asked otherwise, and a planned sample that never came. With more than "
            f"{plan.max_missing:.0%} of samples without a value on a side, nothing is compared; with more than that "
            "share of a side's items unpaired, the difference is shown and not to be believed.",
            "Items that share a cluster in either log share one here, so that B against A mirrors A against B.",
            "p-values are adjusted for the number of checks (Holm). A claim that B is no worse on every check is a "
            "conjunction, and its intervals are not adjusted.",
            "The smallest detectable difference rests on the standard error that was seen, by normal theory: with "
            "fewer than twenty pairs that differ it is too small. Power at what was seen resamples whole clusters.",
        )
    )


def _reproduction(plan: ComparisonPlan) -> Table:
    pinned = {
        "plan": plan.digest,
        **{f"A: {log.name} ({log.format})": log.digest for log in plan.a},
        **{f"B: {log.name} ({log.format})": log.digest for log in plan.b},
        **{f"framework {f.name}": f.digest for f in plan.further},
        "seed of the sign flips": str(plan.seed),
        "tool": plan.tool,
    }
    return Table(
        caption="What another machine needs to repeat this", columns=("Part", "Value"), rows=tuple(pinned.items())
    )


_LIMITS = Text(
    paragraphs=(
        "The difference is between two logs, with everything that differs between them: model, settings, judge, day. "
        "What caused it is not in the logs.",
        "A judge that errs more on one side than on the other makes a difference where there is none. Neither side is "
        "corrected here.",
        "That each log is of the model it names, whole and unedited, is taken on trust.",
    )
)
