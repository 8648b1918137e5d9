"""Curves of a page: shares along a cost, in panels that have one scale."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen
from holdfast.evidence._estimate import Estimate


class Between(Frozen):
    """A value between two bounds whose n, level and method are told once, in `Curves.basis`.

    For bands that are made as a whole, as by one bootstrap for all points; a number of its own is an `Estimate`.
    """

    value: float
    low: float
    high: float
    sides: Literal["two", "upper", "lower"] = "two"

    @model_validator(mode="after")
    def _has_width(self) -> Self:
        if not self.low <= self.value <= self.high:
            raise ValueError("a value lies between its bounds")
        if self.low == self.high:
            raise ValueError("no band has zero width: a finite sample is never certain")
        return self


class CurvePoint(Frozen):
    """What was measured at one place along the cost."""

    x: float = Field(ge=0)
    y: Estimate | Between | Absent
    """Absent is a gap: the curve stops before it and begins again after it."""


class CurveMark(Frozen):
    """Something that befell a curve, with a word for it."""

    x: float = Field(ge=0)
    """Where; it is drawn at the last value that was measured until then."""
    kind: Literal["event", "lost", "limit"]
    """What the curve is watched for; nothing more can be measured; it was left here, and might have gone on."""
    word: str = Field(min_length=1)
    """Such as `broke`, `collapsed`, `budget reached`; the place is written behind it."""


class Curve(Frozen):
    """Points from left to right."""

    label: str
    points: tuple[CurvePoint, ...]
    marks: tuple[CurveMark, ...] = ()

    @model_validator(mode="after")
    def _goes_to_the_right(self) -> Self:
        if any(before.x >= after.x for before, after in pairwise(self.points)):
            raise ValueError("the points of a curve go from left to right, each at a place of its own")
        return self


class CurvePanel(Frozen):
    """One small chart among others of the same scale."""

    label: str
    detail: str = ""
    curves: tuple[Curve, ...] = ()
    """Drawn in full, each with its band; with more than three a reader loses count."""
    runs: tuple[Curve, ...] = ()
    """Single runs behind them, drawn thin and without bands; the table has their intervals."""


class CurveAxis(Frozen):
    """What lies along the lower edge."""

    label: str
    """Such as `cost`."""
    unit: str
    """Such as `optimiser steps`."""
    scale: Literal["log", "linear"] = "log"
    """A logarithmic axis has no place for 0, which is drawn at the left edge, apart."""


class CurveRule(Frozen):
    """A height to compare with, drawn across every panel."""

    y: float
    label: str


class Curves(Frozen):
    """Curves of shares in small charts that all have one scale."""

    kind: Literal["curves"] = "curves"
    caption: str
    x: CurveAxis
    y: str
    """The share of what, from 0 to 1."""
    rules: tuple[CurveRule, ...] = ()
    panels: tuple[CurvePanel, ...]
    basis: str = ""
    """What every `Between` rests on: n, level, method. Needed where there is one."""

    @property
    def points(self) -> Iterator[CurvePoint]:
        """Every point of every curve and run."""
        for panel in self.panels:
            for curve in (*panel.curves, *panel.runs):
                yield from curve.points

    @model_validator(mode="after")
    def _says_what_bands_rest_on(self) -> Self:
        if not self.basis and any(isinstance(point.y, Between) for point in self.points):
            raise ValueError("bounds without an n of their own need the block's basis")
        return self
