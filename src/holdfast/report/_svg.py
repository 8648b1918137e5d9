"""Dot-and-interval drawings on one axis from 0 to 100 %.

Positions are percentages of the drawing's own width and sizes are pixels, so a drawing fits any column without its text
or its marks being stretched. Colours and line styles are the style sheet's.
"""

from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

from holdfast.evidence import Absent, Estimate, IntervalRow, Threshold
from holdfast.report._numbers import policy, read
from holdfast.report._verdicts import look
from holdfast.visible import visible

_HEIGHT: Final = 36
_MIDDLE: Final = 18
_TICKS: Final = (0, 25, 50, 75, 100)

_MARKS: Final = (
    ("met", Markup('<circle r="4.5"/>')),
    ("not-met", Markup('<path d="M0-6L5.5 4.5H-5.5Z"/>')),
    ("undecided", Markup('<path d="M0-6L6 0 0 6-6 0Z"/>')),
    ("invalid", Markup('<path class="stroke" d="M-4-4L4 4M-4 4L4-4"/>')),
    ("plain", Markup('<circle r="4.5"/>')),
)
"""Shapes around the origin, by the name of the verdict that they stand for."""


def axis(id_: str) -> Markup:
    """The scale that the rows below it share."""
    ticks = Markup().join(
        Markup('<line x1="{0}%" x2="{0}%" y1="16" y2="22"/><text x="{0}%" y="11">{0} %</text>').format(tick)
        for tick in _TICKS
    )
    return _drawing(id_, "axis", 22, "Axis", "From 0 to 100 %, in steps of 25.", ticks)


def interval_row(id_: str, row: IntervalRow) -> Markup:
    """One row: the permitted side, the threshold, the interval and the measured value."""
    base = "base none" if isinstance(row.estimate, Absent) else "base"
    parts = Markup().join((*_grid(base), *_permitted(row.threshold), *_measured(row)))
    return _drawing(id_, "row", _HEIGHT, visible(row.label), visible(_description(row)), parts)


def _drawing(id_: str, kind: str, height: int, title: str, description: str, parts: Markup) -> Markup:
    return Markup(
        '<svg class="drawing {kind}" role="img" width="100%" height="{height}" aria-labelledby="{id}_t {id}_d">'
        '<title id="{id}_t">{title}</title><desc id="{id}_d">{description}</desc>{parts}</svg>'
    ).format(kind=kind, height=height, id=id_, title=title, description=description, parts=parts)


def _description(row: IntervalRow) -> str:
    if isinstance(row.estimate, Absent):
        said = f"No value: {row.estimate.absent}, {row.estimate.reason}."
    else:
        said = f"Measured {read(row.estimate, events=row.events, threshold=row.threshold).sentence}."
    permitted = f" Permitted: {policy(row.threshold)}." if row.threshold else ""
    verdict = f" Verdict: {row.verdict}." if row.verdict else ""
    return said + permitted + verdict


def _grid(base: str) -> Iterator[Markup]:
    for tick in _TICKS:
        yield Markup('<line class="tick" x1="{0}%" x2="{0}%" y1="4" y2="32"/>').format(tick)
    yield Markup('<line class="{0}" x1="0%" x2="100%" y1="{1}" y2="{1}"/>').format(base, _MIDDLE)


def _permitted(threshold: Threshold | None) -> Iterator[Markup]:
    """The permitted side as a band, and the threshold as a line whose flag points into it."""
    if threshold is None:
        return
    at = _x(threshold.value)
    if threshold.op == "<=":
        start, width, flag = "0", at, "M0 0L-7 4 0 8Z"
    else:
        start, width, flag = at, _x(1 - threshold.value), "M0 0L7 4 0 8Z"
    yield Markup('<rect class="permitted" x="{}%" width="{}%" y="4" height="28"/>').format(start, width)
    yield Markup('<line class="limit" x1="{0}%" x2="{0}%" y1="0" y2="36"/>').format(at)
    yield _placed(at, 0, "flag", Markup('<path d="{}"/>').format(flag))


def _measured(row: IntervalRow) -> Iterator[Markup]:
    if isinstance(row.estimate, Absent):
        return
    name = look(row.verdict).name if row.verdict else "plain"
    yield from _interval(row.estimate, name)
    marks = dict(_MARKS)
    yield _placed(_x(row.estimate.value), _MIDDLE, f"mark v-{name}", marks.get(name, marks["plain"]))


def _interval(estimate: Estimate, name: str) -> Iterator[Markup]:
    """The bar from bound to bound; a side without a bound runs to the end of the axis and has no cap."""
    low = _x(0 if estimate.sides == "upper" else estimate.low)
    high = _x(1 if estimate.sides == "lower" else estimate.high)
    line = Markup('<line class="{} v-{}" x1="{}%" x2="{}%" y1="{}" y2="{}"/>')
    yield line.format("bar", name, low, high, _MIDDLE, _MIDDLE)
    if estimate.sides != "upper":
        yield line.format("cap", name, low, low, _MIDDLE - 8, _MIDDLE + 8)
    if estimate.sides != "lower":
        yield line.format("cap", name, high, high, _MIDDLE - 8, _MIDDLE + 8)


def _placed(x: str, y: int, kind: str, shape: Markup) -> Markup:
    """A shape at a percentage of the width: only a nested drawing can be placed so."""
    return Markup('<svg class="{}" x="{}%" y="{}" overflow="visible">{}</svg>').format(kind, x, y, shape)


def _x(share: float) -> str:
    """The share in percent of the width, at a hundredth; what lies beyond the axis is drawn at its end."""
    return f"{min(max(share, 0.0), 1.0) * 100:.2f}".rstrip("0").rstrip(".")
