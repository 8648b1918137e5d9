"""Panels of curves: bands, lines and marks over a light grid.

As in the drawings of rows, places along the width are percentages and heights are pixels, so that a panel fits any
column without its text or its marks being stretched. Lines and bands lie in a drawing of their own that is stretched,
while their strokes are not.
"""

from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

from holdfast.evidence import Curve, CurvePanel, Curves
from holdfast.report._curve_marks import BEFELL, dot_of, kind_of
from holdfast.report._curve_names import names
from holdfast.report._curve_places import PLOT, TOP, Dot, height, last_until, px, stretches
from holdfast.report._curve_scale import CurveScale
from holdfast.report._curve_words import percent_of, told
from holdfast.report._svg import drawing, percent, placed
from holdfast.visible import visible

_FOOT: Final = 22
_BOTTOM: Final = TOP + PLOT

_RULE_TEXT: Final = 14
"""Room for the words at a rule, in pixels."""


def panel_drawing(id_: str, block: Curves, panel: CurvePanel, scale: CurveScale) -> Markup:
    """One panel: the grid, bands, single runs, rules, curves, what befell them, and the names of the curves."""
    stretched = Markup(
        '<svg class="stretched" x="0" y="{0}" width="100%" height="{1}" viewBox="0 0 100 {1}" '
        'preserveAspectRatio="none">{2}</svg>'
    ).format(TOP, PLOT, Markup().join((*_bands(panel, scale), *_lines(panel, scale))))
    parts = (
        *_grid(scale),
        stretched,
        *(part for run in panel.runs for part in _specks(run, scale)),
        *(part for run in panel.runs for part in _befell(run, scale)),
        *(part for number, curve in enumerate(panel.curves) for part in _values(number, curve, scale)),
        *(part for curve in panel.curves for part in _befell(curve, scale)),
        *_rules(block),
        *names(panel, scale),
        *_nothing(panel, scale),
    )
    said = visible(told(block, panel))
    return drawing(id_, "panel", _BOTTOM + _FOOT, visible(panel.label), said, Markup().join(parts))


def _grid(scale: CurveScale) -> Iterator[Markup]:
    for place, _ in scale.ticks:
        yield Markup('<line class="tick" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>').format(percent(place), TOP, _BOTTOM)
    named = [(place, says) for place, says in scale.ticks if says]
    for number, (place, says) in enumerate(named, start=-1 if scale.apart else 0):
        # Every second name gives way on a narrow screen.
        name = "foot between" if number % 2 and place else "foot"
        yield Markup('<text class="{}" x="{}%" y="{}">{}</text>').format(name, percent(place), _BOTTOM + 17, says)
    for quarter in range(5):
        y, name = px(TOP + height(quarter / 4)), "tick" if quarter else "ground"
        yield Markup('<line class="{0}" x1="0%" x2="100%" y1="{1}" y2="{1}"/>').format(name, y)
        if quarter % 2 == 0:
            yield Markup('<text class="side" x="0%" y="{}" dx="-8" dy="4">{} %</text>').format(y, 25 * quarter)
    if scale.apart:
        yield placed(percent(scale.start / 2), _BOTTOM, "torn", Markup('<path d="M-5 5L-1-5M1 5L5-5"/>'))


def _rules(block: Curves) -> Iterator[Markup]:
    """Each rule with its height at the left edge; its words stand in the key, where no curve crosses them."""
    for rule in block.rules:
        y = TOP + height(rule.y)
        yield Markup('<line class="rule" x1="0%" x2="100%" y1="{0}" y2="{0}"/>').format(px(y))
        beside = y - 4 if y > TOP + _RULE_TEXT else y + _RULE_TEXT - 1
        yield Markup('<text class="ruled" x="0%" y="{}" dx="6">{}</text>').format(px(beside), percent_of(rule.y))


def _bands(panel: CurvePanel, scale: CurveScale) -> Iterator[Markup]:
    for number, curve in enumerate(panel.curves):
        for dots in _joined(curve, scale):
            there = [f"{percent(dot.place)} {px(dot.high)}" for dot in dots]
            back = [f"{percent(dot.place)} {px(dot.low)}" for dot in reversed(dots)]
            yield Markup('<path class="band {}" d="M{}Z"/>').format(kind_of(number), "L".join((*there, *back)))


def _lines(panel: CurvePanel, scale: CurveScale) -> Iterator[Markup]:
    """Single runs first, so that the curves lie over them."""
    runs = [("thread", run) for run in panel.runs]
    for name, curve in (*runs, *((f"line {kind_of(number)}", curve) for number, curve in enumerate(panel.curves))):
        for dots in _joined(curve, scale):
            at = "L".join(f"{percent(dot.place)} {px(dot.y)}" for dot in dots)
            yield Markup('<path class="{}" d="M{}"/>').format(name, at)


def _values(number: int, curve: Curve, scale: CurveScale) -> Iterator[Markup]:
    """A mark at every value; where no neighbour makes it part of a band, a bar from bound to bound."""
    bar = Markup('<line class="whisker {}" x1="{}%" x2="{}%" y1="{}" y2="{}"/>')
    for dots in stretches(curve, scale):
        for dot in dots:
            at = percent(dot.place)
            if len(dots) == 1:
                yield bar.format(kind_of(number), at, at, px(TOP + dot.high), px(TOP + dot.low))
            yield _at(dot, f"dot {kind_of(number)}", dot_of(number))


def _specks(run: Curve, scale: CurveScale) -> Iterator[Markup]:
    """Values of a run that no line shows, because they have no neighbours."""
    alone = [dots[0] for dots in stretches(run, scale) if len(dots) == 1]
    return (_at(dot, "speck", Markup('<circle r="2"/>')) for dot in alone)


def _befell(curve: Curve, scale: CurveScale) -> Iterator[Markup]:
    """Each mark at the last value that was measured until then; nothing where there was none."""
    for mark in curve.marks:
        dot = last_until(curve, scale, mark.x)
        if dot:
            yield _at(dot, "befell", BEFELL[mark.kind])


def _nothing(panel: CurvePanel, scale: CurveScale) -> Iterator[Markup]:
    """The word for an empty plot: an empty grid would look like a drawing that went wrong."""
    if not any(stretches(curve, scale) for curve in (*panel.curves, *panel.runs)):
        yield Markup('<text class="foot" x="50%" y="{}">no value</text>').format(TOP + PLOT // 2 + 4)


def _joined(curve: Curve, scale: CurveScale) -> Iterator[tuple[Dot, ...]]:
    return (dots for dots in stretches(curve, scale) if len(dots) > 1)


def _at(dot: Dot, kind: str, shape: Markup) -> Markup:
    return placed(percent(dot.place), px(TOP + dot.y), kind, shape)
