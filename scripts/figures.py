"""How measured figures are written in a table of the documentation."""

from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import Any

Figures = Mapping[str, Any]
"""An object of a committed file: an estimate, or what it stands in."""


def percent(value: float, digits: int = 1) -> str:
    """A share in percent, without its sign: `0.2209` is `22.1`, `1` is `100`."""
    text = f"{100 * value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def counted(estimate: Figures) -> str:
    """What was seen, of how many."""
    return f"{round(estimate['value'] * estimate['n']):,} of {estimate['n']:,}"


def interval(estimate: Figures) -> str:
    """From which share to which."""
    return f"{percent(estimate['low'])} to {percent(estimate['high'])} %"


def paragraph(text: str) -> list[str]:
    """The lines of a text that stands beside a table; no name is broken at its hyphen."""
    return wrap(text, 140, break_on_hyphens=False)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """The lines of a table; an empty cell is one space."""
    head = list(head)
    return [_line(head), _line(["---"] * len(head)), *map(_line, rows)]


def _line(cells: Iterable[str]) -> str:
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"
