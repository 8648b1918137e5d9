"""Dot-and-interval drawings on the axis that the rows of a block share.

Positions are percentages of the drawing's own width and sizes are pixels, so a drawing fits any column without its text
or its marks being stretched. Colours and line styles are the style sheet's.
"""

from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

from holdfast.evidence import Absent, AnyIntervalRow, Estimate, JudgedRow, Threshold
from holdfast.report._numbers import limit_of, policy, read
from holdfast.report._scale import Scale
from holdfast.report._verdicts import look
from holdfast.visible import visible

_HEIGHT: Final = 36
_MIDDLE: Final = 18

_MARKS: Final = (
    ("met", Markup('<circle r="4.5"/>')),
    ("not-met", Markup('<path d="M0-6L5.5 4.5H-5.5Z"/>')),
    ("undecided", Markup('<path d="M0-6L6 0 0 6-6 0Z"/>')),
    ("invalid", Markup('<path class="stroke" d="M-4-4L4 4M-4 4L4-4"/>')),
    ("plain", Markup('<circle r="4.5"/>')),
)
"""Shapes around the origin, by the name of the verdict that they stand for."""


def axis(id_: str, scale: Scale) -> Markup:
    """The scale that the rows below it share."""
    ticks = Markup().join(
        Markup('<line x1="{0}%" x2="{0}%" y1="16" y2="22"/><text x="{0}%" y="11">{1}</text>').format(percent(at), says)
        for at, says in scale.ticks
    )
    return drawing(id_, "axis", 22, "Axis", scale.says, ticks)


def interval_row(id_: str, row: AnyIntervalRow, scale: Scale) -> Markup:
    """One row: the permitted side, the threshold, the interval and the measured value."""
    base = "base none" if isinstance(row.estimate, Absent) else "base"
    limit = limit_of(row)
    drawn = (_grid(base, scale), _permitted(limit, scale), _zero(scale), _limit(limit, scale), _measured(row, scale))
    parts = Markup().join(part for parts in drawn for part in parts)
    return drawing(id_, "row", _HEIGHT, visible(row.label), visible(_description(row, scale)), parts)


def drawing(id_: str, kind: str, height: int, title: str, description: str, parts: Markup) -> Markup:
    """An image of a fixed height and any width, with a title and a description for those who do not see it."""
    return Markup(
        '<svg class="drawing {kind}" role="img" width="100%" height="{height}" aria-labelledby="{id}_t {id}_d">'
        '<title id="{id}_t">{title}</title><desc id="{id}_d">{description}</desc>{parts}</svg>'
    ).format(kind=kind, height=height, id=id_, title=title, description=description, parts=parts)


def _description(row: AnyIntervalRow, scale: Scale) -> str:
    limit = limit_of(row)
    if isinstance(row.estimate, Absent):
        said = f"No value: {row.estimate.absent}, {row.estimate.reason}."
    else:
        said = f"Measured {read(row.estimate, events=row.events, threshold=limit, axis=scale.axis).sentence}."
    permitted = f" Permitted: {policy(limit, scale.axis)}." if limit else ""
    verdict = f" Verdict: {row.verdict}." if isinstance(row, JudgedRow) else ""
    return said + permitted + verdict


def _grid(base: str, scale: Scale) -> Iterator[Markup]:
    for at, _ in scale.ticks:
        yield Markup('<line class="tick" x1="{0}%" x2="{0}%" y1="4" y2="32"/>').format(percent(at))
    yield Markup('<line class="{0}" x1="0%" x2="100%" y1="{1}" y2="{1}"/>').format(base, _MIDDLE)


def _permitted(threshold: Threshold | None, scale: Scale) -> Iterator[Markup]:
    """The permitted side as a band."""
    if threshold is not None:
        at = scale.at(threshold.value)
        sides = {"<=": (0.0, at), ">=": (at, 1 - at)}
        low = scale.at(-threshold.value)
        start, width = sides.get(threshold.op, (low, at - low))
        band = Markup('<rect class="permitted" x="{}%" width="{}%" y="4" height="28"/>')
        yield band.format(percent(start), percent(width))


def _zero(scale: Scale) -> Iterator[Markup]:
    """The line of no difference, over the band, so that it is seen on either side."""
    if scale.zero is not None:
        yield Markup('<line class="zero" x1="{0}%" x2="{0}%" y1="2" y2="34"/>').format(percent(scale.zero))


def _limit(threshold: Threshold | None, scale: Scale) -> Iterator[Markup]:
    """The threshold as a line whose flag points into the permitted side."""
    if threshold is not None:
        into_lower, into_upper = (threshold.value, "M0 0L-7 4 0 8Z"), (threshold.value, "M0 0L7 4 0 8Z")
        both = (into_lower, (-threshold.value, into_upper[1]))
        for limit, flag in {"<=": (into_lower,), ">=": (into_upper,)}.get(threshold.op, both):
            at = percent(scale.at(limit))
            yield Markup('<line class="limit" x1="{0}%" x2="{0}%" y1="0" y2="36"/>').format(at)
            yield placed(at, 0, "flag", Markup('<path d="{}"/>').format(flag))


def _measured(row: AnyIntervalRow, scale: Scale) -> Iterator[Markup]:
    if isinstance(row.estimate, Absent):
        return
    name = look(row.verdict).name if isinstance(row, JudgedRow) else "plain"
    yield from _interval(row.estimate, name, scale)
    marks = dict(_MARKS)
    at = percent(scale.at(row.estimate.value))
    yield placed(at, _MIDDLE, f"mark v-{name}", marks.get(name, marks["plain"]))


def _interval(estimate: Estimate, name: str, scale: Scale) -> Iterator[Markup]:
    """The bar from bound to bound; a side without a bound runs to the end of the axis and has no cap."""
    low = percent(scale.at(scale.low if estimate.sides == "upper" else estimate.low))
    high = percent(scale.at(scale.high if estimate.sides == "lower" else estimate.high))
    line = Markup('<line class="{} v-{}" x1="{}%" x2="{}%" y1="{}" y2="{}"/>')
    yield line.format("bar", name, low, high, _MIDDLE, _MIDDLE)
    if estimate.sides != "upper":
        yield line.format("cap", name, low, low, _MIDDLE - 8, _MIDDLE + 8)
    if estimate.sides != "lower":
        yield line.format("cap", name, high, high, _MIDDLE - 8, _MIDDLE + 8)


def placed(x: str, y: int | str, kind: str, shape: Markup) -> Markup:
    """A shape at a percentage of the width: only a nested drawing can be placed so."""
    return Markup('<svg class="{}" x="{}%" y="{}" overflow="visible">{}</svg>').format(kind, x, y, shape)


def percent(place: float) -> str:
    """A place along the width in percent of it, at a hundredth."""
    return f"{place * 100:.2f}".rstrip("0").rstrip(".")
