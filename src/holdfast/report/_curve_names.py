"""The names of curves, written beside the plot at the height where each of them ends."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Final

from markupsafe import Markup

from holdfast.evidence import CurvePanel
from holdfast.report._curve_marks import dot_of, kind_of
from holdfast.report._curve_places import PLOT, TOP, px, stretches
from holdfast.report._curve_scale import CurveScale
from holdfast.report._cut import cut
from holdfast.report._svg import placed
from holdfast.visible import visible

_LONGEST: Final = 13
_LINE: Final = 15
"""The height of a line, in pixels."""


def names(panel: CurvePanel, scale: CurveScale) -> Iterator[Markup]:
    """Behind the plot a piece of each curve that has a value, and its label; of a curve that is alone, nothing."""
    if len(panel.curves) < 2:
        return
    drawn = [(number, stretches(curve, scale), curve.label) for number, curve in enumerate(panel.curves)]
    ends = [(number, dots[-1][-1], _lines(label)) for number, dots, label in drawn if dots]
    tops = _spread([dot.y - _LINE / 2 for _, dot, _ in ends], [_LINE * (2 if more else 1) for _, _, (_, more) in ends])
    for (number, _, (first, second)), top in zip(ends, tops, strict=True):
        yield placed("100", px(TOP + top + _LINE / 2), "name", _name(number, first, second))


def _name(number: int, first: str, second: str) -> Markup:
    return Markup(
        '<line class="line {kind}" x1="10" x2="28"/><svg class="dot {kind}" x="19" overflow="visible">{dot}</svg>'
        '<text class="named {kind}" dy="4"><tspan x="34">{first}</tspan>'
        '<tspan x="34" dy="{line}">{second}</tspan></text>'
    ).format(kind=kind_of(number), dot=dot_of(number), first=first, second=second, line=_LINE)


def _lines(label: str) -> tuple[str, str]:
    """A label in two lines at most; the table of the numbers has it whole."""
    first, second, *more = (*wrap(visible(label), _LONGEST), "", "")
    return first, cut(f"{second} {more[0]}".strip(), _LONGEST) if more else second


def _spread(wanted: Sequence[float], rooms: Sequence[float]) -> tuple[float, ...]:
    """Heights as near as can be to those that are wanted, each with its room below and none over another.

    Labels keep the order of their curves. Where they do not fit above the lower edge they move up together, and what
    does not fit at all stands below it.
    """
    order = sorted(range(len(wanted)), key=lambda number: wanted[number])
    given = _down(order, wanted, rooms)
    ceiling = float(PLOT)
    for number in reversed(order):
        given[number] = ceiling = min(given[number], ceiling - rooms[number])
    given = _down(order, given, rooms)
    return tuple(given[number] for number in range(len(wanted)))


def _down(order: Sequence[int], wanted: Sequence[float], rooms: Sequence[float]) -> list[float]:
    """Each as high as is wanted, but below the one before it and not above the upper edge."""
    given, free = list(wanted), 0.0
    for number in order:
        given[number] = max(given[number], free)
        free = given[number] + rooms[number]
    return given
