"""The record as one HTML file that opens from disk, needs no network and runs no script."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, assert_never

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

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
    Verdict,
)
from holdfast.report._curve_block import curve_values
from holdfast.report._facts import evidence_facts, grid, post_hoc, which_run
from holdfast.report._ids import Ids
from holdfast.report._numbers import Reading, limit_of, policy, read
from holdfast.report._scale import Scale, scale_of
from holdfast.report._svg import axis, interval_row
from holdfast.report._verdicts import COVERAGE_SHAPES, Look, look
from holdfast.visible import visible

_OWN_PLACES: Final = ("top", "main", "contents", "evidence")


@dataclass(frozen=True)
class _Row:
    """One interval row, ready to be written."""

    block: AnyIntervalRow
    drawing: Markup
    reading: Reading | None
    """None where there is no value; the block says why."""
    policy: str
    look: Look | None


@dataclass(frozen=True)
class _Part:
    """One section, its blocks written."""

    id: str
    title: str
    level: str
    blocks: tuple[Markup, ...]


def render_html(record: Record, run: RunFacts) -> str:
    """The record's page as one self-contained file.

    Everything is inert: no script, no outside address, a content policy that admits only this page's own style sheet,
    and all text escaped and made visible. Equal arguments give equal bytes.
    """
    return html_page(
        record.page,
        question=record.plan.framework.question,
        verdict=record.verdict,
        headline=record.headline,
        which_run=which_run(record, run),
        facts=lambda: evidence_facts(record, run),
        post_hoc=post_hoc(run),
    )


def html_page(
    page: Sequence[Section],
    *,
    question: str,
    verdict: Verdict,
    headline: str,
    which_run: str,
    facts: Callable[[], Sequence[tuple[str, str]]],
    post_hoc: str = "",
    banner: str = "",
) -> str:
    """Any page: its head, its sections by level, and the facts at its foot.

    The facts are made last: a block of an unknown kind is refused before anything is digested. A banner stands before
    everything else, the title included.
    """
    environment, ids = _environment(), Ids()
    for taken in _OWN_PLACES:
        ids.section(taken)
    css = _style_sheet(environment)
    parts = [_part(environment, section, ids) for section in page]
    return environment.get_template("page.html.jinja").render(
        question=question,
        verdict=look(verdict),
        headline=headline,
        css=css,
        css_hash=b64encode(sha256(css.encode()).digest()).decode(),
        levels={level: [part for part in parts if part.level == level] for level in ("page one", "detail", "appendix")},
        facts=facts(),
        post_hoc=post_hoc,
        which_run=which_run,
        banner=banner,
    )


def _environment() -> Environment:
    """Templates that escape everything and refuse names that do not exist."""
    return Environment(
        loader=PackageLoader("holdfast.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _shown(value: object) -> object:
    """What an expression of a template writes: made visible, unless we built it as markup ourselves."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _style_sheet(environment: Environment) -> Markup:
    """Our own file, as it stands: the page's content policy names its hash, so not a byte may be added."""
    assert environment.loader is not None
    return Markup(environment.loader.get_source(environment, "report.css")[0])  # noqa: S704  not from a record


def _part(environment: Environment, section: Section, ids: Ids) -> _Part:
    id_ = ids.section(section.id)
    blocks = tuple(_block(environment, block, id_, ids) for block in section.blocks)
    return _Part(id_, section.title, section.level, blocks)


def _block(environment: Environment, block: Block, place: str, ids: Ids) -> Markup:
    match block:
        case Text():
            return _written(environment, "text", paragraphs=block.paragraphs)
        case IntervalRows():
            return _intervals(environment, block, place, ids)
        case Curves():
            return _written(environment, "curves", **curve_values(block, place, ids))
        case Table():
            columns, rows = grid(block)
            id_ = ids.within(place, block)
            return _written(environment, "table", id=id_, caption=block.caption, columns=columns, rows=rows)
        case Matrix():
            return _written(environment, "matrix", caption=block.caption, rows=block.rows, shapes=COVERAGE_SHAPES)
        case _:
            assert_never(block)


def _intervals(environment: Environment, block: IntervalRows, place: str, ids: Ids) -> Markup:
    scale = scale_of(block)
    rows = [_row(row, ids.within(place, row), scale) for row in block.rows]
    return _written(
        environment,
        "intervals",
        caption=block.caption,
        axis=axis(ids.within(place, block), scale),
        rows=rows,
        apart=block.axis == "difference",
        limited=any(limit_of(row) for row in block.rows),
        judged=any(isinstance(row, JudgedRow) for row in block.rows),
        methods=_methods(block.rows),
    )


def _row(row: AnyIntervalRow, id_: str, scale: Scale) -> _Row:
    estimate, limit = row.estimate, limit_of(row)
    absent = isinstance(estimate, Absent)
    return _Row(
        block=row,
        drawing=interval_row(id_, row, scale),
        reading=None if absent else read(estimate, events=row.events, threshold=limit, axis=scale.axis),
        policy=policy(limit, scale.axis) if limit else "",
        look=look(row.verdict) if isinstance(row, JudgedRow) else None,
    )


def _methods(rows: Sequence[AnyIntervalRow]) -> list[str]:
    """How the intervals of one block were made, each way once."""
    estimates = [row.estimate for row in rows if not isinstance(row.estimate, Absent)]
    return sorted({f"{estimate.method} (unit: {estimate.unit})" for estimate in estimates})


def _written(environment: Environment, template: str, **values: object) -> Markup:
    """A block's own template; it escapes like the page, so its text is markup."""
    return Markup(environment.get_template(f"{template}.html.jinja").render(**values))  # noqa: S704  escaped by the template
