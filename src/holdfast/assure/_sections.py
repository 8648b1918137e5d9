"""Blocks that every page has, whatever it is about: claims, what was not tested, coverage."""

from collections import defaultdict
from collections.abc import Sequence

from holdfast.evidence import (
    Absent,
    Counts,
    Coverage,
    Finding,
    Framework,
    IntervalRows,
    JudgedRow,
    Matrix,
    MatrixRow,
    Table,
    Under,
)


def claims_blocks(findings: Sequence[Finding], line: str) -> tuple[IntervalRows, ...]:
    """Every claim with its verdict: those about shares on one axis, those about differences on another."""
    apart = [finding for finding in findings if finding.is_difference]
    shares = [finding for finding in findings if not finding.is_difference]
    blocks = [(shares, claims_rows(shares, line))] if shares or not apart else []
    if apart:
        rows = claims_rows(apart, "the margin").model_copy(update={"axis": "difference"})
        blocks.append((apart, rows))
    worst = sorted(blocks, key=lambda block: min((_rank(finding) for finding in block[0]), default=0))
    return tuple(rows for _, rows in worst)


def claims_rows(findings: Sequence[Finding], line: str) -> IntervalRows:
    """Claims with their verdicts, the worst first; `line` says what the line of each row is."""
    ranked = sorted(findings, key=_rank)
    return IntervalRows(
        caption=f"Each dot is what was measured, each bar its 95 % interval, each line {line}.",
        rows=tuple(
            JudgedRow(
                label=finding.says,
                detail=_detail(finding),
                estimate=finding.estimate,
                events=_events(finding),
                threshold=finding.threshold,
                verdict=finding.verdict,
                reason=finding.reason,
            )
            for finding in ranked
        ),
    )


def _rank(finding: Finding) -> int:
    """The worst verdict first."""
    return {"not met": 0, "invalid": 1, "undecided": 2, "met": 3, "not tested": 4}.get(finding.verdict, 5)


def not_tested_table(findings: Sequence[Finding], coverage: Sequence[Coverage], required: Sequence[str]) -> Table:
    """What nobody looked at: claims and leaves, each with its reason."""
    claims = [
        (f"{f.claim}{' (required)' if f.required else ''}", f.reason) for f in findings if f.verdict == "not tested"
    ]
    leaves = [
        (f"{c.tag.removeprefix('iasr26:')} {c.title}{' (required)' if c.tag in required else ''}", c.reason)
        for c in coverage
        if not c.tested
    ]
    return Table(
        caption="No finding here is a finding of absence: nothing below was looked at.",
        columns=("Not tested", "Why"),
        rows=tuple(claims + leaves),
    )


def about_table(framework: Framework) -> Table:
    """What each claim is about, in the framework's own words."""
    rows = tuple((c.id, c.capability, c.propensity, c.environment) for c in framework.claim)
    columns = ("Claim", "Capability", "Propensity", "Environment: criticality, access, permissions")
    return Table(caption="As the framework states it; nothing here is measured.", columns=columns, rows=rows)


def coverage_matrix(coverage: Sequence[Coverage]) -> Matrix:
    """Every leaf, tested or not."""
    return Matrix(
        caption=(
            "The sixteen leaves of the International AI Safety Report 2026. Coverage is where a claim was measured."
        ),
        rows=tuple(
            MatrixRow(
                tag=leaf.tag,
                title=leaf.title,
                state="tested" if leaf.tested else "not tested",
                by=", ".join(leaf.by) if leaf.tested else leaf.reason,
            )
            for leaf in coverage
        ),
    )


def counted(events: int, counts: Counts) -> str:
    """Events among all units, with those that have no label: `2 of 400, 2 without a label`."""
    missing = counts.unscorable + counts.skipped
    return f"{events} of {counts.total}" + (f", {missing} without a label" if missing else "")


def _detail(finding: Finding) -> str:
    where = finding.stratum if isinstance(finding.stratum, str) else ""
    parts = (finding.claim, f"worst: {where}" if where else "", f"k = {finding.attempts_k}", f"tier {finding.tier}")
    return " · ".join(part for part in parts if part)


def _events(finding: Finding) -> str:
    if isinstance(finding.events, Absent) or isinstance(finding.estimate, Absent):
        return ""
    return counted(finding.events, finding.counts)


def others_table(findings: Sequence[Finding], under: Sequence[Under], framework: Framework) -> tuple[Table, ...]:
    """One row for each claim of each framework; claims about the same thing stand together, those that differ first."""
    if not under:
        return ()
    judged = [(f"{framework.name} {framework.version}", finding) for finding in findings]
    judged += [(other.framework, finding) for other in under for finding in other.findings]
    verdicts: dict[tuple[str, str, int], set[str]] = defaultdict(set)
    for _, finding in judged:
        verdicts[_about(finding)].add(finding.verdict)
    flips = {about for about, seen in verdicts.items() if len(seen) > 1}
    ranked = sorted(judged, key=lambda pair: (_about(pair[1]) not in flips, _about(pair[1])))
    rows = tuple((f.check, name, f.claim, _limit(f), f.verdict) for name, f in ranked)
    checks = sorted({check for check, _, _ in flips})
    flipped = f"verdicts differ on {', '.join(checks)}" if checks else "no check changes its verdict"
    caption = f"The same rows under every framework; only the first decides. Here {flipped}."
    return (Table(caption=caption, columns=("Check", "Framework", "Claim", "Threshold", "Verdict"), rows=rows),)


def _about(finding: Finding) -> tuple[str, str, int]:
    """What a claim is about: two frameworks may ask the same thing by other thresholds."""
    return finding.check, finding.scope, finding.attempts_k


def _limit(finding: Finding) -> str:
    sign = {"<=": "at most", ">=": "at least", "within": "within"}[finding.threshold.op]
    return f"{sign} {finding.threshold.value:.2%}".replace(".00%", "%").replace("%", " %")
