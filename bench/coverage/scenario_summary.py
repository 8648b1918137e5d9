"""What the simulation of scenario families comes to, in lines that are printed and kept."""

from collections.abc import Sequence
from typing import Any

import numpy as np

GOAL = (0.93, 0.97)
SEEN = 20
"""So many scenarios that show it, on average, are enough for the data to say how alike episodes of one scenario are."""
BESIDE = 0.1
OTHERS = ("naive", "one", "wald", "plain")
Cell = dict[str, Any]


def summary(found: list[Cell]) -> dict[str, str]:
    """First what the shipped interval does, then the others, then claims and contrasts."""
    rate, claim, contrast = ([c for c in found if c["what"] == what] for what in ("rate", "claim", "contrast"))
    lines = _goal("all", rate)
    lines["all: coverage, least at"] = _worst(rate, "coverage", least=True)
    for name, cells in _kinds(rate).items():
        lines |= _goal(name, cells)
    lines |= _goal(f"{SEEN} scenarios or more show it", [c for c in rate if c["showing"] >= SEEN])
    lines |= _goal(f"fewer than {SEEN} show it", [c for c in rate if c["showing"] < SEEN])
    lines["misses: the interval lies above the rate, most"] = _worst(rate, "low_above")
    lines["misses: the interval lies below the rate, most"] = _worst(rate, "high_below")
    lines |= _others([c for c in rate if c["cells"] > 1])
    lines |= _sixty([c for c in rate if _is_main(c)])
    return lines | _claims(claim) | _contrasts(contrast)


def _kinds(rate: Sequence[Cell]) -> dict[str, list[Cell]]:
    """One cell a scenario has no clusters, whatever the shape."""
    several = [c for c in rate if c["cells"] > 1]
    plain = [c for c in several if c["shifts"] == "none"]
    return {
        "one cell a scenario": [c for c in rate if c["cells"] == 1],
        **{f"beta, ICC {icc}": [c for c in plain if (c["shape"], c["icc"]) == ("beta", icc)] for icc in _iccs(plain)},
        "hidden": [c for c in plain if c["shape"] == "hidden" and c["icc"] < 1],
        "always or never": [c for c in plain if c["shape"] == "hidden" and c["icc"] == 1],
        "immune": [c for c in plain if c["shape"] == "immune"],
        "cells differ mildly": [c for c in several if c["shifts"] == "mild"],
        "cells differ strongly": [c for c in several if c["shifts"] == "strong"],
    }


def _goal(name: str, cells: Sequence[Cell]) -> dict[str, str]:
    """Coverage, and where it lies against the goal: outside only if its 99 % interval is."""
    if not cells:
        return {}
    low, high = GOAL
    below, above = (
        sum(c["coverage_high"] < low for c in cells),
        sum(c["coverage_low"] > high for c in cells),
    )
    values = np.array([c["coverage"] for c in cells])
    return {
        f"{name}: coverage, least, mean, most": f"{values.min():.4f}, {values.mean():.4f}, {values.max():.4f}",
        f"{name}: cells below 93 %, within the goal, above 97 %": (
            f"{below}, {len(cells) - below - above}, {above} of {len(cells)}"
        ),
    }


def _others(rate: Sequence[Cell]) -> dict[str, str]:
    """The same of what is not shipped, without the Monte Carlo interval."""
    lines: dict[str, str] = {}
    for name in OTHERS:
        values = np.array([c[f"{name}_coverage"] for c in rate])
        ratio = np.median([c["width"] / c[f"{name}_width"] for c in rate if c[f"{name}_width"] > 0])
        below, above = (values < GOAL[0]).sum(), (values > GOAL[1]).sum()
        lines[f"{name}: coverage, least, mean, most"] = f"{values.min():.4f}, {values.mean():.4f}, {values.max():.4f}"
        lines[f"{name}: cells below 93 %, within the goal, above 97 %"] = (
            f"{below}, {len(values) - below - above}, {above} of {len(values)}"
        )
        lines[f"{name}: the interval lies below the rate, most"] = f"{max(c[f'{name}_high_below'] for c in rate):.4f}"
        lines[f"{name}: the shipped width over its width, median"] = f"{ratio:.2f}"
    return lines


def _sixty(rate: Sequence[Cell]) -> dict[str, str]:
    """The design that is asked for at each rate; at one of them, beside the others."""
    lines: dict[str, str] = {}
    for icc in _iccs(rate):
        some = [c for c in rate if c["icc"] == icc]
        lines[f"60 × 4, ICC {icc}: covers"] = _by(some, "rate", "coverage")
        lines[f"60 × 4, ICC {icc}: median width"] = _by(some, "rate", "width")
        for cell in (c for c in some if c["rate"] == BESIDE):
            for key in ("coverage", "width"):
                each = ", ".join(f"{cell[f'{name}_{key}']:.3f} {name}" for name in OTHERS)
                lines[f"60 × 4, ICC {icc}, rate {BESIDE}: {key}"] = f"{cell[key]:.3f} shipped, {each}"
    return lines


def _claims(claim: Sequence[Cell]) -> dict[str, str]:
    lines: dict[str, str] = {}
    for icc in _iccs(claim):
        some = [c for c in claim if (c["shape"], c["icc"]) == ("beta", icc)]
        for key in ("met", "undecided", "not_met"):
            lines[f"claim of at most 10 %, ICC {icc}: {key.replace('_', ' ')}"] = _by(some, "rate", key)
    for name, cells in (
        ("at exactly 10 %", [c for c in claim if c["rate"] == 0.1]),
        ("beyond 10 %", [c for c in claim if c["rate"] > 0.1]),
    ):
        if cells:
            lines[f"claim met {name}, most"] = _worst(cells, "met")
            lines[f"claim met {name} by naive, by plain, most"] = ", ".join(
                f"{max(c[key] for c in cells):.4f}" for key in ("naive_met", "plain_met")
            )
    not_met = [c for c in claim if c["rate"] <= 0.1]
    return lines | ({"claim not met at 10 % or less, most": _worst(not_met, "not_met")} if not_met else {})


def _contrasts(contrast: Sequence[Cell]) -> dict[str, str]:
    """The least power over correlations and rates without a threat; what is found where there is no difference."""
    lines: dict[str, str] = {}
    for points in sorted({c["difference"] for c in contrast}):
        some = [c for c in contrast if c["difference"] == points]
        for key, words in (("found", ""), ("few_items_found", ", few items")):
            least = {
                v: min(c[key] for c in some if c["scenarios"] == v) for v in sorted({c["scenarios"] for c in some})
            }
            most = {v: max(c[key] for c in some if c["scenarios"] == v) for v in least}
            pick, name = (least, "found, least") if points else (most, "found though there is none, most")
            lines[f"contrast of {round(100 * points)} points{words}: {name}"] = ", ".join(
                f"{value:.4f} with {v} scenarios" for v, value in pick.items()
            )
    if contrast:
        lines["contrast: coverage, least"] = _worst(contrast, "coverage", least=True)
        lines["contrast: found the wrong way, most"] = _worst(contrast, "wrong_way")
    return lines


def _is_main(cell: Cell) -> bool:
    return (cell["shape"], cell["shifts"], cell["scenarios"], cell["cells"]) == ("beta", "none", 60, 4)


def _iccs(cells: Sequence[Cell]) -> list[float]:
    return sorted({c["icc"] for c in cells if c["shape"] == "beta"})


def _by(cells: Sequence[Cell], at: str, key: str) -> str:
    return ", ".join(f"{c[key]:.3f} at {c[at]}" for c in cells)


def _worst(cells: Sequence[Cell], key: str, *, least: bool = False) -> str:
    cell = (min if least else max)(cells, key=lambda c: c[key])
    return f"{_with(cell, key)}: {_named(cell)}"


def _with(cell: Cell, key: str) -> str:
    between = f" (99 % {cell[f'{key}_low']:.4f} to {cell[f'{key}_high']:.4f})" if f"{key}_low" in cell else ""
    return f"{cell[key]:.4f}{between}"


def _named(cell: Cell) -> str:
    keys = ("shape", "icc", "shifts", "scenarios", "cells", "rate", "base", "difference")
    return ", ".join(f"{key} {cell[key]}" for key in keys if key in cell)
