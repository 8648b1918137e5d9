"""Sums of answers over topics, with what is missing counted both ways."""

import numpy as np
import pytest

from holdfast.panel._moved import movement, scaled
from holdfast.stats import paired_difference

UP = np.array([0.6, 0.7, 0.8, 0.9])
DOWN = np.array([0.5, 0.2, 0.4, 0.1])
PARTS = [(0.5, UP), (-0.5, DOWN)]


def test_without_gaps_it_is_the_paired_difference_over_topics() -> None:
    found, plain = movement(PARTS, 0.95), paired_difference((UP - DOWN) / 2, np.arange(4))
    assert (found.value, found.low, found.high) == (plain.value, plain.interval.low, plain.interval.high)
    assert found.method == plain.method
    assert found.n == 4


def test_a_gap_is_nothing_in_one_bound_and_everything_in_the_other() -> None:
    gap = np.array([0.6, 0.7, 0.8, np.nan])
    found = movement([(0.5, gap), (-0.5, DOWN)], 0.95)
    least, most = (movement([(0.5, np.nan_to_num(gap, nan=end)), (-0.5, DOWN)], 0.95) for end in (0.0, 1.0))
    assert (found.low, found.high) == (least.low, most.high)
    assert found.value == pytest.approx(((UP - DOWN) / 2)[:3].mean())
    assert found.method.endswith("counted both ways")


def test_a_gap_that_is_taken_away_counts_the_other_way_round() -> None:
    gap = np.array([0.5, 0.2, 0.4, np.nan])
    found = movement([(0.5, UP), (-0.5, gap)], 0.95)
    assert found.low == movement([(0.5, UP), (-0.5, np.nan_to_num(gap, nan=1.0))], 0.95).low


def test_with_nothing_whole_there_is_no_value_and_still_an_interval() -> None:
    found = movement([(0.5, np.full(4, np.nan)), (-0.5, DOWN)], 0.95)
    assert np.isnan(found.value)
    assert found.low < 0 < found.high


def test_a_value_beyond_what_the_gaps_leave_is_held_all_the_same() -> None:
    # One topic without a gap, far above the others at their most.
    up = np.array([1.0, *[np.nan] * 30])
    down = np.array([0.0, *[1.0] * 30])
    found = movement([(0.5, up), (-0.5, down)], 0.95)
    assert found.low <= found.value == 0.5 <= found.high


def test_parts_are_scaled_by_their_weights() -> None:
    assert movement(scaled(PARTS, -1), 0.95).value == pytest.approx(-movement(PARTS, 0.95).value)
