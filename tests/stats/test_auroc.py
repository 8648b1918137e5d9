"""How well a number tells two populations apart: what it equals, and its width at 1."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from holdfast.stats import auroc
from holdfast.stats._auroc import logit_bounds, score_bounds

QUICK = settings(max_examples=40, deadline=None, database=None)
NUMBERS = st.lists(st.integers(0, 6), min_size=2, max_size=20)


@QUICK
@given(NUMBERS, NUMBERS)
def test_it_is_the_mann_whitney_statistic_with_ties_counting_half(planted: list[int], clean: list[int]) -> None:
    found = auroc(planted, clean)
    pairs = len(planted) * len(clean)
    assert found.value == pytest.approx(mannwhitneyu(planted, clean).statistic / pairs)
    assert (found.planted, found.clean) == (len(planted), len(clean))
    assert 0 <= found.interval.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.interval.high <= 1


@QUICK
@given(NUMBERS, NUMBERS)
def test_it_turns_with_the_sides_and_with_the_sign(planted: list[int], clean: list[int]) -> None:
    found, turned = auroc(planted, clean), auroc(clean, planted)
    assert turned.value == pytest.approx(1 - found.value)
    assert turned.interval.low == pytest.approx(1 - found.interval.high)
    assert turned.interval.high == pytest.approx(1 - found.interval.low)
    signed = auroc([-x for x in clean], [-x for x in planted])
    assert signed.interval.low == pytest.approx(found.interval.low)


@pytest.mark.parametrize("side", [8, 16, 50])
def test_complete_separation_leaves_an_interval_that_narrows_with_the_number(side: int) -> None:
    found = auroc(np.arange(side) + side, np.arange(side))
    assert (found.value, found.interval.high) == (1.0, 1.0)
    assert found.interval.low > auroc(np.arange(2, side), [0, 1]).interval.low
    # The bound is where Newcombe's score statistic is z: the area is 1.96 of its own standard errors below 1.
    area, more = found.interval.low, side - 1
    variance = area * (1 - area) * (1 + more * ((1 - area) / (2 - area) + area / (1 + area))) / side**2
    assert (1 - area) ** 2 == pytest.approx(1.959964**2 * variance, rel=1e-5)
    assert "score" in found.method


def test_the_interval_is_the_hull_of_two() -> None:
    rng = np.random.default_rng(0)
    planted, clean = 3 * rng.standard_normal(30) + 3, rng.standard_normal(20)
    found = auroc(planted, clean, level=0.9)
    above = planted[:, None] > clean
    variance = above.mean(axis=1).var(ddof=1) / 30 + above.mean(axis=0).var(ddof=1) / 20
    value = np.array([found.value])
    score, logit = score_bounds(value, 30, 20, 0.9), logit_bounds(value, np.array([variance]), 0.9)
    assert found.interval.low == pytest.approx(float(min(score[0], logit[0])[0]))
    assert found.interval.high == pytest.approx(float(max(score[1], logit[1])[0]))
    assert auroc(planted, clean, level=0.99).interval.low < found.interval.low


@pytest.mark.parametrize(
    ("planted", "clean", "level"),
    [([1], [0, 0], 0.95), ([1, 2], [0, np.nan], 0.95), ([[1, 2]], [0, 0], 0.95), ([1, 2], [0, 0], 1.0)],
)
def test_two_subjects_on_a_side_and_a_level_are_needed(planted: list, clean: list, level: float) -> None:
    with pytest.raises(ValueError, match=r"two subjects|level"):
        auroc(planted, clean, level=level)
