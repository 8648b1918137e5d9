"""The axis that the rows of a block share."""

import pytest

from holdfast.evidence import Absent, Estimate, IntervalRow, IntervalRows, JudgedRow
from holdfast.report._scale import Scale, scale_of
from report.records import AT_MOST_5, estimate

GONE = Absent(absent="skipped", reason="too few")


def apart(*estimates: Estimate | Absent) -> Scale:
    rows = tuple(IntervalRow(label="", estimate=value) for value in estimates)
    return scale_of(IntervalRows(caption="", axis="difference", rows=rows))


def test_shares_lie_between_nothing_and_everything_whatever_the_rows() -> None:
    scale = scale_of(IntervalRows(caption="", rows=(IntervalRow(label="", estimate=estimate(0.01, 0.0, 0.02)),)))
    assert (scale.low, scale.high, scale.zero) == (0, 1, None)
    assert [scale.at(share) for share in (0, 0.25, 1)] == [0, 0.25, 1]


def test_differences_have_zero_in_the_middle_and_room_for_every_row() -> None:
    scale = apart(estimate(0.01, -0.02, 0.03), estimate(-0.1, -0.19, 0.0))
    assert (scale.low, scale.high, scale.zero) == (-0.2, 0.2, 0.5)
    assert [says for _, says in scale.ticks] == ["−20", "−10", "0 points", "+10", "+20"]
    assert scale.says == "From −20 to +20 percentage points, in steps of 10."


def test_the_margin_has_its_place_on_the_axis() -> None:
    assert apart(estimate(0.001, -0.002, 0.003)).high == 0.004
    row = JudgedRow(label="", estimate=estimate(0.001, -0.002, 0.003), threshold=AT_MOST_5, verdict="met")
    assert scale_of(IntervalRows(caption="", axis="difference", rows=(row,))).high == 0.1


def test_half_steps_of_a_narrow_axis_are_written_out() -> None:
    assert [says for _, says in apart(estimate(0.001, -0.009, 0.003)).ticks][1] == "−0.5"


@pytest.mark.parametrize(("sides", "high"), [("upper", 0.04), ("lower", 0.04)])
def test_a_side_without_a_bound_needs_no_room(sides: str, high: float) -> None:
    low, top = (-1.0, 0.03) if sides == "upper" else (-0.03, 1.0)
    assert apart(estimate(0.01, low, top, sides=sides)).high == high


def test_with_no_number_to_draw_the_axis_reaches_as_far_as_a_difference_can() -> None:
    assert (apart().high, apart(GONE).high) == (1, 1)


def test_a_number_beyond_every_axis_is_drawn_at_the_end() -> None:
    scale = apart(estimate(0.5, -1.2, 1.3))
    assert (scale.high, scale.at(-1.2), scale.at(1.3)) == (1, 0, 1)
