"""What the curves of a panel say in words: their axes, what befell them, and every number in a table."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from holdfast.evidence import Absent, Curve, CurvePanel, CurvePoint, Curves, Estimate
from holdfast.report._curve_scale import CurveScale, plain
from holdfast.report._numbers import read, read_between, trimmed

MARK_SHAPES: Final[Mapping[Literal["event", "lost", "limit"], str]] = {"event": "■", "lost": "✕", "limit": "▷"}
"""What befell a curve has a shape of its own, whatever its word."""

NO_POINT: Final = "–"
"""Where a curve has no point, as behind its end; a value that is missing says why instead."""


@dataclass(frozen=True)
class Cell:
    """One point, as the table beside a panel has it."""

    value: str
    """`81 %`, the word of an absence, or nothing but a dash."""
    details: tuple[str, ...]
    """Interval and what it rests on, or why there is no value; then what befell the curve here, with its shape."""


@dataclass(frozen=True)
class Befell:
    """What befell the curves of a panel in one way."""

    shape: str
    says: str


def axes(block: Curves, scale: CurveScale) -> tuple[str, str]:
    """What lies upright and what lies along, in words."""
    return f"{block.y}, from 0 to 100 %", ", ".join([along(block), *([scale.says] if scale.says else [])])


def along(block: Curves) -> str:
    """The name of the lower axis with its unit."""
    return f"{block.x.label} in {block.x.unit}"


def befell(panel: CurvePanel) -> tuple[Befell, ...]:
    """What befell a panel's curves and runs: for each kind and word, how many of them where, from left to right."""
    found: dict[tuple[int, str], Counter[float]] = {}
    for mark in (mark for curve in (*panel.curves, *panel.runs) for mark in curve.marks):
        found.setdefault((list(MARK_SHAPES).index(mark.kind), mark.word), Counter())[mark.x] += 1
    shapes = tuple(MARK_SHAPES.values())
    return tuple(Befell(shapes[kind], _where(word, found[kind, word])) for kind, word in sorted(found))


def grid_of(panel: CurvePanel) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
    """Every number of a panel: a row for each place along the cost, a cell for each curve and then for each run."""
    curves = (*panel.curves, *panel.runs)
    places = sorted({one.x for curve in curves for one in (*curve.points, *curve.marks)})
    return tuple((plain(x), tuple(_cell(curve, x) for curve in curves)) for x in places)


def told(block: Curves, panel: CurvePanel) -> str:
    """A panel for those who do not see it: each curve from its first value to its last, and what befell them."""
    curves = [f"{curve.label or 'curve'}: {_from_first_to_last(curve)}." for curve in panel.curves]
    runs = [f"Single runs behind: {len(panel.runs)}."] if panel.runs else []
    rules = [f"Line across: {rule.label}, {percent_of(rule.y)}." for rule in block.rules]
    marked = [f"Marked: {'; '.join(one.says for one in befell(panel))}."] if befell(panel) else []
    return " ".join([f"{block.y} along {along(block)}.", *curves, *runs, *rules, *marked])


def last_values(panel: CurvePanel) -> Iterator[tuple[str, str]]:
    """The label of each curve, with its last value and how many are missing."""
    return ((curve.label, _from_first_to_last(curve, ends=1)) for curve in panel.curves)


def percent_of(share: float) -> str:
    """The height of a rule, as it was set."""
    return f"{trimmed(share * 100, 4)} %"


def made(block: Curves) -> tuple[str, ...]:
    """How the intervals of a block were made, each way once."""
    estimates = [point.y for point in block.points if isinstance(point.y, Estimate)]
    ways = sorted({f"{estimate.method} (unit: {estimate.unit})" for estimate in estimates})
    return (*([block.basis] if block.basis else []), *ways)


def said(point: CurvePoint) -> tuple[str, ...]:
    """The value of a point, its interval, and what that rests on; or the word of its absence, and why."""
    if isinstance(point.y, Absent):
        return point.y.absent, point.y.reason
    if isinstance(point.y, Estimate):
        reading = read(point.y)
        return reading.value, f"{reading.level} {reading.interval}", reading.basis
    return read_between(point.y)


def _where(word: str, counts: Counter[float]) -> str:
    if counts.total() == 1:
        return f"{word} at {plain(*counts)}"
    return f"{word}: {', '.join(f'{count} at {plain(x)}' for x, count in sorted(counts.items()))}"


def _cell(curve: Curve, x: float) -> Cell:
    value, *details = next((said(point) for point in curve.points if point.x == x), (NO_POINT,))
    marks = (f"{MARK_SHAPES[mark.kind]} {mark.word}" for mark in curve.marks if mark.x == x)
    return Cell(value, (*details, *marks))


def _from_first_to_last(curve: Curve, *, ends: Literal[1, 2] = 2) -> str:
    """The last value, or the first and the last, and how many are missing."""
    values = [point for point in curve.points if not isinstance(point.y, Absent)]
    if not values:
        return "no value"
    missing = len(curve.points) - len(values)
    shown = [values[0], values[-1]][-ends:] if len(values) > 1 else values
    return ", ".join([*map(_at, shown), *([f"{missing} without a value"] if missing else [])])


def _at(point: CurvePoint) -> str:
    value, *details = said(point)
    return f"{value} ({', '.join(details)}) at {plain(point.x)}"
