"""The record as Markdown for a pull request: page one open, details and appendices folded."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from holdfast.evidence import (
    Absent,
    AnyIntervalRow,
    Block,
    Curves,
    IntervalRows,
    JudgedRow,
    Matrix,
    Record,
    RunFacts,
    Section,
    Table,
    Text,
)
from holdfast.report._curve_markdown import curve_lines
from holdfast.report._facts import evidence_facts, grid, post_hoc, which_run
from holdfast.report._gfm import cells, folded, inert, small, table
from holdfast.report._numbers import Axis, limit_of, policy, read
from holdfast.report._verdicts import COVERAGE_SHAPES, look


def render_markdown(record: Record, run: RunFacts) -> str:
    """The record's page as Markdown in GitHub's dialect, inert whatever the record holds."""
    verdict = look(record.verdict)
    lines = [
        f"## {verdict.shape} {verdict.heading}: {inert(record.plan.framework.question)}",
        "",
        inert(record.headline),
        "",
        *after_the_fact(run),
        inert(which_run(record, run)),
        "",
    ]
    lines.extend(sections_of(record.page))
    lines.extend(folded("Evidence", table(("", ""), evidence_facts(record, run))))
    return "\n".join(lines).rstrip("\n") + "\n"


def sections_of(page: Iterable[Section]) -> Iterator[str]:
    """Every section: page one open, the others folded."""
    for section in page:
        yield from _section(section)


def after_the_fact(run: RunFacts) -> Iterator[str]:
    """The paragraph that says that the verdicts are post hoc, where they are."""
    if why := post_hoc(run):
        yield from (f"**Post hoc:** {inert(why)}", "")


def _section(section: Section) -> Iterator[str]:
    body = [line for block in section.blocks for line in _block(block)]
    if section.level == "page one":
        yield from (f"### {inert(section.title)}", "", *body)
    else:
        yield from folded(inert(section.title), body)


def _block(block: Block) -> list[str]:
    match block:
        case Text():
            return [line for paragraph in block.paragraphs for line in (inert(paragraph), "")]
        case IntervalRows():
            return [*_caption(block.caption), *_intervals(block)]
        case Curves():
            return [*_caption(block.caption), *curve_lines(block)]
        case Table():
            return [*_caption(block.caption), *table(*grid(block))]
        case Matrix():
            return [*_caption(block.caption), *_matrix(block)]
        case _:
            assert_never(block)


def _caption(caption: str) -> tuple[str, str]:
    return f"**{inert(caption)}**", ""


def _intervals(block: IntervalRows) -> list[str]:
    columns = ("", "measured", block.axis, "interval", "policy", "verdict")
    return cells(columns, [_cells(row, block.axis) for row in block.rows])


def _cells(row: AnyIntervalRow, axis: Axis) -> tuple[str, ...]:
    label = inert(row.label) + small(row.detail)
    limit = limit_of(row)
    permitted = policy(limit, axis) if limit else ""
    verdict = f"{look(row.verdict).shape} **{row.verdict}**" if isinstance(row, JudgedRow) else ""
    said = verdict + small(row.reason)
    if isinstance(row.estimate, Absent):
        return label, f"**{row.estimate.absent}**{small(row.estimate.reason)}", "", "", permitted, said
    reading = read(row.estimate, events=row.events, threshold=limit, axis=axis)
    interval = f"{reading.interval}{small(f'{reading.level}, {reading.basis}')}"
    return label, inert(reading.count), reading.value, interval, permitted, said


def _matrix(block: Matrix) -> list[str]:
    rows = [
        (inert(row.tag), inert(row.title), f"{COVERAGE_SHAPES[row.state]} {row.state}", inert(row.by))
        for row in block.rows
    ]
    return cells(("leaf", "title", "state", "by what, or why not"), rows)
