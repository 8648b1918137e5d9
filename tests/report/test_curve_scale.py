"""The scale of costs that the panels of a block share."""

from itertools import pairwise
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.evidence import Curves
from holdfast.report._curve_scale import CurveScale, curve_scale, plain
from report.curve_blocks import GONE, LINEAR, STEPS, block, curve


def scale(*costs: float, linear: bool = False) -> CurveScale:
    return curve_scale(block(curve(dict.fromkeys(sorted(costs), 0.5)), x=LINEAR if linear else STEPS))


def names(of: CurveScale) -> list[str]:
    return [says for _, says in of.ticks if says]


def test_a_doubling_grid_has_a_tick_at_every_power_of_two() -> None:
    steps = scale(1, 2, 4, 8, 16, 32, 64)
    assert names(steps) == ["1", "2", "4", "8", "16", "32", "64"]
    assert [place for place, _ in steps.ticks] == pytest.approx([number / 6 for number in range(7)])
    assert [steps.at(cost) for cost in (1, 8, 64)] == pytest.approx([0, 0.5, 1])
    assert steps.says == "each line twice the one before it"


def test_costs_between_the_ticks_have_room_on_both_sides() -> None:
    steps = scale(5, 10, 60)
    assert names(steps) == ["4", "8", "16", "32", "64"]
    assert 0 < steps.at(5) < steps.at(10) < steps.at(60) < 1


def test_zero_has_a_place_of_its_own_before_a_logarithmic_axis() -> None:
    steps = scale(0, 1, 64)
    assert steps.apart
    assert names(steps) == ["0", "1", "2", "4", "8", "16", "32", "64"]
    assert (steps.at(0), steps.at(1), steps.at(64)) == (0, 0.13, 1)
    assert not scale(1, 64).apart


def test_of_many_doublings_some_are_named_and_all_are_drawn() -> None:
    steps = scale(1, 512)
    assert names(steps) == ["1", "4", "16", "64", "256"]
    assert len(steps.ticks) == 10


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        ((0.125, 0.5), ["0.125", "0.25", "0.5"]),
        ((1000, 8192), ["512", "1,024", "2,048", "4,096", "8,192"]),
        ((0.001, 0.5), ["0.001", "0.01", "0.1", "1"]),
        ((100, 20_000), ["100", "1,000", "10,000", "10⁵"]),
        ((2e12, 3e16), ["10¹²", "10¹³", "10¹⁴", "10¹⁵", "10¹⁶", "10¹⁷"]),
        ((1e-7, 1e-5), ["10⁻⁷", "10⁻⁶", "10⁻⁵"]),
        ((1e3, 1e15), ["1,000", "10⁶", "10⁹", "10¹²", "10¹⁵"]),
    ],
)
def test_what_goes_beyond_doublings_has_decades(costs: tuple[float, float], said: list[str]) -> None:
    assert names(scale(*costs)) == said


@pytest.mark.parametrize("cost", [1, 8, 1e6])
def test_one_cost_has_an_axis_as_well(cost: float) -> None:
    one = scale(cost)
    assert len(one.ticks) == 2
    assert one.at(cost) == 0


def test_where_only_zero_was_looked_at_there_is_no_other_tick() -> None:
    assert scale(0).ticks == ((0.0, "0"),)
    assert scale(0).at(0) == 0


@pytest.mark.parametrize("linear", [False, True])
def test_a_block_without_points_has_a_scale(linear: bool) -> None:
    empty = Curves(caption="", x=LINEAR if linear else STEPS, y="share", panels=())
    assert isfinite(curve_scale(empty).at(1))
    assert not curve_scale(empty).apart


def test_absent_values_have_their_place_too() -> None:
    assert names(curve_scale(block(curve({1: 0.5, 4: GONE})))) == ["1", "2", "4"]


@pytest.mark.parametrize(
    ("highest", "said"),
    [
        (0.3, ["0", "0.1", "0.2", "0.3"]),
        (1, ["0", "0.25", "0.5", "0.75", "1"]),
        (7, ["0", "2", "4", "6", "8"]),
        (60, ["0", "20", "40", "60"]),
        (3500, ["0", "1,000", "2,000", "3,000", "4,000"]),
    ],
)
def test_equal_steps_are_round_and_begin_at_zero(highest: float, said: list[str]) -> None:
    linear = scale(highest / 2, highest, linear=True)
    assert names(linear) == said
    assert not linear.apart
    assert linear.at(0) == 0


@given(st.lists(st.floats(0, allow_infinity=False), min_size=1, max_size=6, unique=True), st.booleans())
def test_every_cost_has_a_place_and_their_order_is_kept(costs: list[float], linear: bool) -> None:
    made = scale(*costs, linear=linear)
    places = [made.at(cost) for cost in sorted(costs)]
    assert all(0 <= place <= 1 for place in places)
    assert all(before <= after for before, after in pairwise(places))


@given(st.floats(0, allow_infinity=False), st.floats(0, allow_infinity=False), st.booleans())
def test_ticks_go_from_left_to_right_and_are_neither_too_few_nor_too_many(a: float, b: float, linear: bool) -> None:
    made = scale(*{a, b}, linear=linear)
    places = [place for place, _ in made.ticks]
    assert all(before < after for before, after in pairwise(places))
    assert 0 <= places[0] <= places[-1] <= 1
    assert 2 <= len(names(made)) <= 9 or max(a, b) == 0
    assert not any(word in name for name in names(made) for word in ("nan", "inf"))


def test_a_cost_is_written_whole() -> None:
    assert [plain(cost) for cost in (0, 0.1, 8, 1234.5, 1e6, 2.5e16)] == [
        "0",
        "0.1",
        "8",
        "1,234.5",
        "1,000,000",
        "2.5e+16",
    ]
