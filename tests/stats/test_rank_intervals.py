"""Ranks from pairs that were told apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.stats import RankInterval, rank_intervals


def test_the_ranks_that_are_left_by_hand() -> None:
    # A above B and C; B and C not told apart; D below A alone.
    above = np.zeros((4, 4), dtype=bool)
    above[0, 1:] = True
    above[1, 3] = True
    assert rank_intervals(above) == (
        RankInterval(1, 1),
        RankInterval(2, 3),
        RankInterval(2, 4),
        RankInterval(3, 4),
    )


def test_nothing_told_apart_leaves_every_rank_open() -> None:
    assert rank_intervals(np.zeros((3, 3))) == (RankInterval(1, 3),) * 3


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=7), st.floats(0, 2))
def test_comparisons_that_are_right_give_intervals_that_hold_every_true_rank(
    values: list[float], margin: float
) -> None:
    found = np.array(values)
    ranks = rank_intervals(found[:, None] > found[None, :] + margin)
    for own, rank in zip(found, ranks, strict=True):
        assert rank.low <= 1 + int((found > own).sum())
        assert rank.high >= found.size - int((found < own).sum())
        assert 1 <= rank.low <= rank.high <= found.size


@pytest.mark.parametrize(
    ("above", "why"),
    [
        (np.zeros((2, 3)), "every member is compared"),
        (np.zeros(3), "every member is compared"),
        ([[0, 1], [1, 0]], "at most one lies above"),
        ([[1, 0], [0, 0]], "none above itself"),
    ],
)
def test_a_table_that_is_no_comparison_is_refused(above: object, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        rank_intervals(above)  # type: ignore[arg-type]
