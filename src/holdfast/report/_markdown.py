"""The record as Markdown for a pull request: page one open, details and appendices folded."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, assert_never

from holdfast.evidence import Absent, Block, IntervalRow, IntervalRows, Matrix, Record, RunFacts, Section, Table, Text
from holdfast.report._facts import evidence_facts, grid, which_run
from holdfast.report._numbers import policy, read
from holdfast.report._verdicts import COVERAGE_SHAPES, look
from holdfast.visible import visible

_MEANS_SOMETHING: Final = re.compile(r"[\\`*_{}\[\]<>#!|~&$@]|:(?=//)|(?<=www)\.")
"""What Markdown, HTML, a site generator or the forge (mentions, issue numbers, links, mathematics) would act on."""

_STARTS_A_BLOCK: Final = re.compile(r"^(\d+(?=[.)])|)([-+=.)])")


def render_markdown(record: Record, run: RunFacts) -> str:
    """The record's page as Markdown in GitHub's dialect, inert whatever the record holds."""
    verdict = look(record.verdict)
    lines = [
        f"## {verdict.shape} {verdict.heading}: {_inert(record.plan.framework.question)}",
        "",
        _inert(record.headline),
        "",
        _inert(which_run(run)),
        "",
    ]
    for section in record.page:
        lines.extend(_section(section))
    lines.extend(_folded("Evidence", _table(("", ""), evidence_facts(record, run))))
    return "\n".join(lines).rstrip("\n") + "\n"


def _inert(text: str) -> str:
    """The text with nothing left that Markdown or the forge would act on, in a table, a paragraph or an HTML tag.

    Character references are used throughout: unlike backslashes they hold inside HTML blocks as well.
    """
    escaped = _MEANS_SOMETHING.sub(_reference, visible(text).strip())
    return _STARTS_A_BLOCK.sub(lambda start: start[1] + f"&#{ord(start[2])};", escaped)


def _reference(match: re.Match[str]) -> str:
    # The empty comment keeps the forge from joining the character with its neighbours into a mention or an issue link.
    apart = "<!-- -->" if match[0] in "@#" else ""
    return f"&#{ord(match[0])};{apart}"


def _section(section: Section) -> Iterator[str]:
    body = [line for block in section.blocks for line in _block(block)]
    if section.level == "page one":
        yield from (f"### {_inert(section.title)}", "", *body)
    else:
        yield from _folded(_inert(section.title), body)


def _folded(title: str, body: Sequence[str]) -> Iterator[str]:
    yield from (f"<details><summary>{title}</summary>", "", *body, "</details>", "")


def _block(block: Block) -> list[str]:
    match block:
        case Text():
            return [line for paragraph in block.paragraphs for line in (_inert(paragraph), "")]
        case IntervalRows():
            return [*_caption(block.caption), *_intervals(block)]
        case Table():
            return [*_caption(block.caption), *_table(*grid(block))]
        case Matrix():
            return [*_caption(block.caption), *_matrix(block)]
        case _:
            assert_never(block)


def _caption(caption: str) -> tuple[str, str]:
    return f"**{_inert(caption)}**", ""


def _intervals(block: IntervalRows) -> list[str]:
    columns = ("", "measured", "share", "interval", "policy", "verdict")
    return _lines(columns, [_cells(row) for row in block.rows])


def _cells(row: IntervalRow) -> tuple[str, ...]:
    label = _inert(row.label) + _small(row.detail)
    limit = policy(row.threshold) if row.threshold else ""
    verdict = f"{look(row.verdict).shape} **{row.verdict}**" if row.verdict else ""
    said = verdict + _small(row.reason)
    if isinstance(row.estimate, Absent):
        return label, f"**{row.estimate.absent}**{_small(row.estimate.reason)}", "", "", limit, said
    reading = read(row.estimate, events=row.events, threshold=row.threshold)
    interval = f"{reading.interval}{_small(f'{reading.level}, {reading.basis}')}"
    return label, _inert(reading.count), reading.share, interval, limit, said


def _small(text: str) -> str:
    return f"<br><sub>{_inert(text)}</sub>" if text else ""


def _matrix(block: Matrix) -> list[str]:
    rows = [
        (_inert(row.tag), _inert(row.title), f"{COVERAGE_SHAPES[row.state]} {row.state}", _inert(row.by))
        for row in block.rows
    ]
    return _lines(("leaf", "title", "state", "by what, or why not"), rows)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return _lines([_inert(column) for column in columns], [[_inert(cell) for cell in row] for row in rows])


def _lines(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table in lines; its cells are Markdown already."""
    rule = "|" + " --- |" * len(columns)
    return ["| " + " | ".join(columns) + " |", rule, *("| " + " | ".join(row) + " |" for row in rows), ""]
