"""Curves of a page."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from holdfast.evidence import (
    Absent,
    Between,
    Block,
    Curve,
    CurveAxis,
    CurveMark,
    CurvePanel,
    CurvePoint,
    CurveRule,
    Curves,
    Estimate,
    canonical_json,
)

MEASURED = Estimate(value=0.4, low=0.3, high=0.5, level=0.95, n=40, clusters=20, method="m", unit="u")
BAND = Between(value=0.4, low=0.3, high=0.5)
GONE = Absent(absent="incoherent", reason="no sentence came")
AXIS = CurveAxis(label="cost", unit="optimiser steps")


def curve(*points: tuple[float, Estimate | Between | Absent]) -> Curve:
    return Curve(label="harm", points=tuple(CurvePoint(x=x, y=y) for x, y in points))


def block(*curves: Curve, runs: tuple[Curve, ...] = (), **more: Any) -> Curves:
    panel = CurvePanel(label="one attack", curves=curves, runs=runs)
    return Curves(caption="harm", x=AXIS, y="share fulfilled", panels=(panel,), **more)


def test_a_block_of_curves_comes_back_from_json_as_it_was() -> None:
    mark, rule = CurveMark(x=8, kind="event", word="broke"), CurveRule(y=0.45, label="half of the ceiling")
    whole = curve((0, MEASURED), (1, BAND), (2, GONE)).model_copy(update={"marks": (mark,)})
    made = block(whole, runs=(curve((4, BAND)),), rules=(rule,), basis="95 %, 12 runs")
    adapter: TypeAdapter[Block] = TypeAdapter(Block)
    assert adapter.validate_json(canonical_json(made)) == made
    assert [type(point.y) for point in made.points] == [Estimate, Between, Absent, Between]


@pytest.mark.parametrize("places", [(1, 1), (2, 1), (0, 4, 2)])
def test_points_that_do_not_go_to_the_right_are_refused(places: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError, match="from left to right"):
        curve(*((x, MEASURED) for x in places))


@pytest.mark.parametrize("x", [-1, float("nan"), float("inf")])
def test_a_cost_is_a_finite_number_from_zero_on(x: float) -> None:
    with pytest.raises(ValidationError):
        CurvePoint(x=x, y=MEASURED)
    with pytest.raises(ValidationError):
        CurveMark(x=x, kind="lost", word="collapsed")


def test_bounds_without_an_n_need_to_say_what_they_rest_on() -> None:
    assert block(curve((1, MEASURED), (2, GONE))).basis == ""
    assert block(curve((1, BAND)), basis="95 %, 12 runs").basis
    with pytest.raises(ValidationError, match="basis"):
        block(curve((1, MEASURED), (2, BAND)))
    with pytest.raises(ValidationError, match="basis"):
        block(runs=(curve((1, BAND)),))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"low": 0.4, "high": 0.4}, "zero width"),
        ({"value": 0.2}, "between its bounds"),
        ({"value": 0.6}, "between its bounds"),
        ({"low": 0.6, "high": 0.2}, "between its bounds"),
        ({"high": float("inf")}, "finite"),
        ({"sides": "both"}, "Input should be"),
        ({"n": 12}, "Extra inputs"),
    ],
)
def test_a_band_has_width_and_holds_its_value(more: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Between.model_validate({"value": 0.4, "low": 0.3, "high": 0.5} | more)


def test_a_mark_has_a_word_of_its_own_and_a_known_kind() -> None:
    with pytest.raises(ValidationError, match="at least 1 character"):
        CurveMark(x=8, kind="event", word="")
    with pytest.raises(ValidationError, match="Input should be"):
        CurveMark.model_validate({"x": 8, "kind": "break", "word": "broke"})


def test_a_block_may_hold_no_panel_and_a_panel_no_curve() -> None:
    empty = Curves(caption="nothing", x=AXIS, y="share", panels=())
    assert list(empty.points) == []
    assert list(block().points) == []
