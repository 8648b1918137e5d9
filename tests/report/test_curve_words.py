"""What curves say in words."""

import pytest

from holdfast.evidence import Between, CurvePanel, CurveRule, Curves
from holdfast.report._curve_scale import curve_scale
from holdfast.report._curve_words import axes, befell, grid_of, last_values, made, percent_of, told
from report.curve_blocks import GONE, LINEAR, attacked, block, curve
from report.records import estimate

SUPERVISED, BENIGN = attacked().panels


def test_axes_say_what_lies_along_them_and_how() -> None:
    of = attacked()
    assert axes(of, curve_scale(of)) == (
        "share of restricted requests fulfilled, from 0 to 100 %",
        "cost in optimiser steps, each line twice the one before it",
    )
    linear, zero = block(curve({0: 0.5, 1: 0.5}), x=LINEAR), block(curve({0: 0.5}))
    assert axes(linear, curve_scale(linear))[1] == "noise in standard deviations, in equal steps"
    assert axes(zero, curve_scale(zero))[1] == "cost in optimiser steps"


def test_what_befell_the_runs_is_counted_by_word_and_place() -> None:
    runs = (curve({}, broke=8), curve({}, broke=4), curve({}, broke=8), curve({}, collapsed=16))
    panel = CurvePanel(label="", runs=runs, curves=(curve({}, left=64),))
    assert [(one.shape, one.says) for one in befell(panel)] == [
        ("■", "broke: 1 at 4, 2 at 8"),
        ("✕", "collapsed at 16"),
        ("▷", "left at 64"),
    ]
    assert befell(CurvePanel(label="")) == ()


def test_the_table_has_every_number_of_curves_and_runs_with_its_interval() -> None:
    rows = dict(grid_of(SUPERVISED))
    assert list(rows) == ["0", "1", "2", "4", "8"]
    assert [cell.value for cell in rows["4"]] == ["60 %", "70 %", "60 %", "incoherent"]
    assert rows["2"][1].details == ("95 % 45–55 %", "n = 200 in 40 clusters", "■ broke")
    assert rows["4"][3].details == ("41 of 60 answers were no sentences", "✕ collapsed")


def test_behind_its_end_a_curve_has_a_dash_and_no_reason() -> None:
    (cell,) = dict(grid_of(SUPERVISED))["8"][3:]
    assert (cell.value, cell.details) == ("–", ())


def test_a_mark_beyond_the_points_has_a_row_of_its_own() -> None:
    panel = CurvePanel(label="", curves=(curve({1: 0.5}, left=64),))
    assert grid_of(panel)[-1][0] == "64"
    assert grid_of(panel)[-1][1][0].details == ("▷ left",)


def test_zero_of_a_finite_sample_is_a_bound() -> None:
    panel = CurvePanel(label="", curves=(curve({1: 0.0, 2: Between(value=0.0, low=0.0, high=0.2)}),))
    assert [cells[0].value for _, cells in grid_of(panel)] == ["at most 5.0 %", "at most 20 %"]


def test_a_panel_is_told_from_first_to_last() -> None:
    said = told(attacked(), BENIGN)
    assert "harm: 5 % (95 % 0–10 %, n = 200 in 40 clusters) at 1, 10 % (95 % 5–15 %" in said
    assert "at 8, 1 without a value." in said
    assert said.endswith("Line across: half of the ceiling, 45 %. Marked: left at 8.")


def test_one_point_and_none_can_be_told() -> None:
    of = block(curve({1: Between(value=0.5, low=0.4, high=0.6)}), curve({1: GONE}, ""))
    assert told(of, of.panels[0]) == (
        "share fulfilled along cost in optimiser steps. harm: 50 % (40–60 %) at 1. curve: no value."
    )


def test_the_last_values_say_how_many_are_missing() -> None:
    assert [value for _, value in last_values(BENIGN)] == [
        "10 % (95 % 5–15 %, n = 200 in 40 clusters) at 8, 1 without a value",
        "90 % (95 % 85–95 %, n = 200 in 40 clusters) at 8",
    ]
    assert list(last_values(CurvePanel(label="GRPO", curves=(curve({1: GONE}),)))) == [("harm", "no value")]


def test_intervals_say_how_they_were_made_each_way_once() -> None:
    of = block(curve({1: 0.5, 2: 0.5, 4: GONE, 8: estimate(0.5, 0.4, 0.6, method="exact")}))
    assert made(of) == ("95 %, 12 runs", "Wilson, clustered by item (unit: attempt)", "exact (unit: attempt)")
    assert made(Curves(caption="", x=LINEAR, y="", panels=())) == ()


@pytest.mark.parametrize(("y", "said"), [(0.45, "45 %"), (1.0, "100 %"), (0.33333333, "33.3333 %")])
def test_a_rule_is_written_as_it_was_set(y: float, said: str) -> None:
    assert percent_of(CurveRule(y=y, label="").y) == said
