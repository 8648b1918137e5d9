"""The record in a few plain lines for a terminal or a log."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from holdfast.evidence import (
    VERDICT_MEANS,
    Ability,
    Absent,
    Curves,
    Finding,
    IntervalRow,
    IntervalRows,
    JudgedRow,
    LogFacts,
    Record,
    RunFacts,
)
from holdfast.report._curve_words import befell, last_values
from holdfast.report._cut import cut
from holdfast.report._facts import post_hoc
from holdfast.report._logs import axis_of, judge_errors, sides
from holdfast.report._numbers import Axis, Reading, policy, read, read_finding

_WIDEST: Final = 32
"""A column wider than this would push the verdict off the screen."""

_LONGEST_REASON: Final = 160

_LONGEST_NAME: Final = 64

_MOST_LOGS: Final = 5
"""Lines for the logs of one side; what comes after them is counted."""


def terminal_lines(record: Record, run: RunFacts) -> tuple[str, ...]:
    """Subject, framework, one line for each claim, and the verdict with its exit code.

    The lines hold no colours and no control characters. What is too long for a line is cut with an ellipsis; the report
    has it whole.
    """
    framework, plan = record.plan.framework, record.plan
    claims = f"{len(framework.claim)} {'claim' if len(framework.claim) == 1 else 'claims'}"
    measured = [
        _measured(finding, axis_of(plan, finding)) for finding in record.findings if finding.verdict != "not tested"
    ]
    absent = [(_cut(finding.claim), finding) for finding in record.findings if finding.verdict == "not tested"]
    name = max((len(cell) for cell in [*(row[0] for row in measured), *(row[0] for row in absent)]), default=0)
    return (
        f"subject     {_cut(run.reference)}  {_cut(record.plan.subject_digest, 19)}",
        f"framework   {_cut(framework.name)} {_cut(framework.version)}  {claims}",
        *(f"post hoc    {_cut(why, _LONGEST_REASON)}" for why in [post_hoc(run)] if why),
        *(f"{side:<10}  {line}" for side, logs in sides(record.plan) for line in _logs(logs)),
        *(f"measured    {line}" for line in _aligned(measured, name)),
        *(f"families    {line}" for line in _families(record)),
        *(f"twins       {line}" for line in _twins(record)),
        *(f"cornered    {line}" for line in _cornered(record)),
        *(f"own         {line}" for line in _own(record)),
        *(f"beside      {line}" for line in _beside(record)),
        *(f"curve       {line}" for line in _curves(record)),
        *(f"ability     {line}" for line in _abilities(record)),
        *(f"judge       {line}" for line in _judges(record)),
        *(f"not tested  {check:<{name}}  {_cut(finding.reason, _LONGEST_REASON)}" for check, finding in absent),
        *_uncovered(record),
        *(f"under       {line}" for line in _under(record)),
        *(f"deviation   {_cut(deviation, _LONGEST_REASON)}" for deviation in run.deviations),
        f"verdict     {_verdict(record)}",
    )


def _logs(logs: Sequence[LogFacts]) -> Iterator[str]:
    """The first logs by name, and the others counted by how their runs ended."""
    for log in logs[:_MOST_LOGS]:
        yield f"{_cut(log.name, _LONGEST_NAME)} ({_cut(log.tool)}, {_cut(log.subject, _LONGEST_NAME)}, {log.status})"
    others = Counter(log.status for log in logs[_MOST_LOGS:])
    if others:
        yield f"and {others.total()} more ({', '.join(f'{number} {status}' for status, number in others.items())})"


def _beside(record: Record) -> Iterator[str]:
    """What page one shows that no claim is about; of twins and scenarios the sentence alone has a line of its own."""
    sections = [
        section for section in record.page if section.level == "page one" and section.id not in ("twins", "cornered")
    ]
    first = [block for section in sections for block in section.blocks]
    for block in (block for block in first if isinstance(block, IntervalRows)):
        for row in block.rows:
            if isinstance(row, JudgedRow):
                continue
            if not isinstance(row.estimate, Absent):
                yield _row(row, read(row.estimate, events=_cut(row.events, _LONGEST_NAME), axis=block.axis))
            elif row.reason:
                yield f"{_cut(row.label, _LONGEST_REASON)}  no value  ({_cut(row.reason, _LONGEST_REASON)})"


def _curves(record: Record) -> Iterator[str]:
    """Of the panels of page one the last value of each curve, and what befell them."""
    first = [block for section in record.page if section.level == "page one" for block in section.blocks]
    for panel in (panel for block in first if isinstance(block, Curves) for panel in block.panels):
        name = _cut(panel.label, _LONGEST_NAME)
        yield from (f"{name}  {_cut(label)}  {value}" for label, value in last_values(panel))
        yield from (f"{name}  {_cut(one.says, _LONGEST_REASON)}" for one in befell(panel))


def _families(record: Record) -> Iterator[str]:
    """For each claim about families of wordings, which lie where; the untested ones have lines of their own."""
    for finding in record.findings:
        named = {
            word: [_cut(family.family) for family in finding.families if family.reading == word]
            for word in ("above", "undecided", "below")
        }
        if any(named.values()):
            said = "; ".join(f"{word}: {', '.join(families)}" for word, families in named.items() if families)
            yield f"{_cut(finding.claim)}  {said}"


def _twins(record: Record) -> Iterator[str]:
    """For each claim about a gap, a bracket, recognition or an exam, its sentence."""
    for finding in record.findings:
        if finding.gap or finding.bracket or finding.recognition or finding.elicitation:
            yield f"{_cut(finding.claim)}  {_cut(finding.reason, _LONGEST_REASON)}"


def _cornered(record: Record) -> Iterator[str]:
    """For each claim about a cornered agent its sentence."""
    for finding in record.findings:
        if finding.cornered:
            yield f"{_cut(finding.claim)}  {_cut(finding.reason, _LONGEST_REASON)}"


def _own(record: Record) -> Iterator[str]:
    """For each claim about own conversations its sentence."""
    for finding in record.findings:
        if finding.replay:
            yield f"{_cut(finding.claim)}  {_cut(finding.reason, _LONGEST_REASON)}"


def _row(row: IntervalRow, reading: Reading) -> str:
    caution = f"  ({_cut(row.reason, _LONGEST_REASON)})" if row.reason else ""
    return f"{_cut(row.label, _LONGEST_REASON)}  {reading.counted}  {reading.level} {reading.interval}{caution}"


def _abilities(record: Record) -> Iterator[str]:
    """For each check that reads it, whether the subject knows what it withholds."""
    seen = {finding.check: finding.ability for finding in record.findings if isinstance(finding.ability, Ability)}
    for check, ability in seen.items():
        yield f"{_cut(check)}: {ability.reading}; {_cut(ability.reason, _LONGEST_REASON)}"


def _judges(record: Record) -> Iterator[str]:
    """For each check that somebody judged, whether the judge's error is carried, and by what."""
    for check, words in judge_errors(record.findings):
        yield f"{_cut(check)}: {_cut(words, _LONGEST_REASON)}"


def _uncovered(record: Record) -> Iterator[str]:
    missing = sum(not leaf.tested for leaf in record.coverage)
    if missing:
        yield f"not tested  {missing} of {len(record.coverage)} leaves of the report's structure; page one lists them"


def _under(record: Record) -> Iterator[str]:
    """The verdicts of further frameworks, which decide nothing here."""
    for other in record.under:
        yield f"{_cut(other.framework)}: {other.verdict} ({_tally(other.findings) or 'no claim'}); shown, not counted"


def _measured(finding: Finding, axis: Axis) -> tuple[str, ...]:
    """Check, count, level and interval, limit, verdict."""
    limit = f"claim {policy(finding.threshold, axis)}"
    reason = f" ({_cut(finding.reason, _LONGEST_REASON)})" if finding.verdict in ("undecided", "invalid") else ""
    verdict = finding.verdict + reason
    reading = read_finding(finding, axis)
    if isinstance(reading, Absent):
        return _cut(finding.claim), f"no value: {_cut(reading.reason)}", "", limit, verdict
    return _cut(finding.claim), _count(finding, reading.counted), f"{reading.level} {reading.interval}", limit, verdict


def _count(finding: Finding, count: str) -> str:
    """The count, with the samples that have no label: they are in n and widen the interval."""
    missing = finding.counts.unscorable + finding.counts.skipped
    return f"{count} ({missing} of {finding.counts.total} unlabelled)" if missing else count


def _aligned(rows: Sequence[tuple[str, ...]], name: int) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) for cell, width in zip(row, [max(name, widths[0]), *widths[1:]], strict=True)
        ).rstrip()
        for row in rows
    ]


def _verdict(record: Record) -> str:
    if record.verdict == "not asked":
        return f"NOT ASKED   no claim was asked   exit {int(record.exit)}"
    unasked = "" if record.plan.framework.claim else "no claim was asked"
    came_to = _tally(record.findings) or _cut(record.headline, _LONGEST_REASON)
    said = ": ".join(part for part in (unasked, came_to) if part)
    return f"{record.verdict.upper()}   {said}   exit {int(record.exit)}"


def _tally(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.verdict for finding in findings)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICT_MEANS if counts[verdict])


def _cut(text: str, longest: int = _WIDEST) -> str:
    return cut(text, longest)
