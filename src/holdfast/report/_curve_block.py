"""A block of curves, ready to be written into a page."""

from dataclasses import dataclass

from markupsafe import Markup

from holdfast.evidence import Absent, CurvePanel, Curves
from holdfast.report._curve_scale import CurveScale, curve_scale
from holdfast.report._curve_svg import panel_drawing
from holdfast.report._curve_words import Befell, Cell, along, axes, befell, grid_of, made, percent_of
from holdfast.report._ids import Ids


@dataclass(frozen=True)
class _Panel:
    """One panel: its drawing, what befell its curves, and its numbers."""

    id: str
    block: CurvePanel
    drawing: Markup
    befell: tuple[Befell, ...]
    grid: tuple[tuple[str, tuple[Cell, ...]], ...]


def curve_values(block: Curves, place: str, ids: Ids) -> dict[str, object]:
    """What the template of curves asks for."""
    scale = curve_scale(block)
    upright, lower = axes(block, scale)
    return {
        "id": ids.within(place, block),
        "caption": block.caption,
        "upright": upright,
        "along": lower,
        "name": along(block),
        "unit": block.x.unit,
        "panels": tuple(_panel(block, panel, ids.within(place, panel), scale) for panel in block.panels),
        "named": any(len(panel.curves) > 1 for panel in block.panels),
        "runs": any(panel.runs for panel in block.panels),
        "marked": any(befell(panel) for panel in block.panels),
        "apart": scale.apart,
        "gaps": any(isinstance(point.y, Absent) for point in block.points),
        "rules": tuple(f"{rule.label}, {percent_of(rule.y)}" for rule in block.rules),
        "made": made(block),
    }


def _panel(block: Curves, panel: CurvePanel, id_: str, scale: CurveScale) -> _Panel:
    return _Panel(id_, panel, panel_drawing(id_, block, panel, scale), befell(panel), grid_of(panel))
