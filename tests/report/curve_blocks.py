"""Blocks of curves to draw: by the values alone, and one that has everything in it."""

from typing import Final, Literal

from holdfast.evidence import (
    Absent,
    Between,
    Curve,
    CurveAxis,
    CurveMark,
    CurvePanel,
    CurvePoint,
    CurveRule,
    Curves,
    Estimate,
)
from report.records import estimate

GONE: Final = Absent(absent="incoherent", reason="41 of 60 answers were no sentences")
STEPS: Final = CurveAxis(label="cost", unit="optimiser steps")
LINEAR: Final = CurveAxis(label="noise", unit="standard deviations", scale="linear")

Value = float | Estimate | Between | Absent


def curve(points: dict[float, Value], label: str = "harm", **marks: float) -> Curve:
    """A curve; a bare share is an estimate five points to either side, and marks are `broke=8`."""
    kinds: dict[str, Literal["event", "lost", "limit"]] = {"broke": "event", "collapsed": "lost"}
    return Curve(
        label=label,
        points=tuple(CurvePoint(x=x, y=_value(value)) for x, value in points.items()),
        marks=tuple(CurveMark(x=x, kind=kinds.get(word, "limit"), word=word) for word, x in marks.items()),
    )


def block(
    *curves: Curve, runs: tuple[Curve, ...] = (), x: CurveAxis = STEPS, rules: tuple[CurveRule, ...] = ()
) -> Curves:
    """One panel."""
    panel = CurvePanel(label="GRPO on one prompt", curves=curves, runs=runs)
    return Curves(
        caption="Harm by cost.", x=x, y="share fulfilled", panels=(panel,), rules=rules, basis="95 %, 12 runs"
    )


def attacked() -> Curves:
    """Two attacks: single runs that broke, collapsed and went on; a missing value; the untampered model at 0."""
    supervised = CurvePanel(
        label="Supervised, all weights",
        detail="3 runs",
        curves=(curve({0: 0.05, 1: 0.07, 2: 0.3, 4: 0.6, 8: 0.8}, "mean of runs"),),
        runs=(
            curve({0: 0.05, 1: 0.1, 2: 0.5, 4: 0.7, 8: 0.8}, "seed 1", broke=2),
            curve({0: 0.05, 1: 0.05, 2: 0.2, 4: 0.6, 8: 0.8}, "seed 2", broke=4),
            curve({0: 0.05, 1: 0.05, 2: 0.2, 4: GONE}, "seed 3", collapsed=4),
        ),
    )
    benign = CurvePanel(
        label="LoRA on harmless text",
        curves=(
            curve({1: 0.05, 2: 0.05, 4: GONE, 8: 0.1}, "harm", left=8),
            curve({1: 0.95, 2: 0.94, 4: 0.94, 8: 0.9}, "harmless requests answered"),
        ),
    )
    return Curves(
        caption="Restricted requests fulfilled while the weights are attacked.",
        x=STEPS,
        y="share of restricted requests fulfilled",
        rules=(CurveRule(y=0.45, label="half of the ceiling"),),
        panels=(supervised, benign),
    )


def _value(value: Value) -> Estimate | Between | Absent:
    if isinstance(value, float | int):
        return estimate(value, max(value - 0.05, 0.0), min(value + 0.05, 1.0), 200, 40)
    return value
