"""A block of curves in Markdown: the numbers of each panel as a table, because a forge draws nothing."""

from collections.abc import Iterator

from holdfast.evidence import CurvePanel, Curves
from holdfast.report._curve_scale import curve_scale
from holdfast.report._curve_words import Cell, along, axes, grid_of, made, percent_of
from holdfast.report._gfm import cells, inert, small


def curve_lines(block: Curves) -> Iterator[str]:
    """Axes and rules in a sentence, a table for each panel, and how the intervals were made."""
    upright, lower = axes(block, curve_scale(block))
    rules = [f"to compare with: {rule.label}, {percent_of(rule.y)}" for rule in block.rules]
    yield from (inert("; ".join((f"Upright: {upright}", f"along: {lower}", *rules)) + "."), "")
    for panel in block.panels:
        yield from _panel(block, panel)
    if ways := made(block):
        yield from (inert(f"Intervals: {'; '.join(ways)}."), "")


def _panel(block: Curves, panel: CurvePanel) -> Iterator[str]:
    yield from (f"**{inert(panel.label)}**{small(panel.detail)}", "")
    columns = (along(block), *(curve.label for curve in (*panel.curves, *panel.runs)))
    rows = [(x, *(_cell(cell) for cell in found)) for x, found in grid_of(panel)]
    yield from cells([inert(column) for column in columns], rows)


def _cell(cell: Cell) -> str:
    return cell.value + "".join(map(small, cell.details))
