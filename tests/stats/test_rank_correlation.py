"""Rank correlation: against scipy, exact permutations, ties at the end of a budget, and perfect orders."""

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import spearmanr

from holdfast.stats import RankCorrelation, rank_correlation


def asked(x: object, y: object, **more: object) -> RankCorrelation:
    return rank_correlation(x, y, generator=np.random.default_rng(0), **more)  # type: ignore[arg-type]


def test_it_is_spearmans_with_ties_at_their_mean() -> None:
    rng = np.random.default_rng(1)
    for n in (6, 9, 30):
        x, y = rng.integers(0, 5, n), rng.integers(0, 5, n)
        assert asked(x, y).value == pytest.approx(spearmanr(x, y).statistic)


def test_costs_beyond_the_budget_share_the_last_rank() -> None:
    refusal = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    found = asked(refusal, [1, 2, 4, 8, np.inf, np.inf, np.inf])
    assert found == asked(refusal, [1, 2, 4, 8, 99, 99, 99])
    assert 0.9 < found.value < 1


def test_the_p_value_is_that_of_all_permutations() -> None:
    x, y = np.arange(7.0), np.array([1.0, 0, 3, 2, 6, 4, 5])
    rank = np.corrcoef(x, y)[0, 1]
    every = [np.corrcoef(x, order)[0, 1] for order in permutations(range(7))]
    exact = np.mean([abs(each) >= abs(rank) - 1e-9 for each in every])
    assert asked(x, y, permutations=40_000).p_value == pytest.approx(exact, rel=0.15)


def test_the_interval_is_that_of_bonett_and_wright() -> None:
    rng = np.random.default_rng(4)
    x = rng.random(40)
    found = asked(x, x + rng.random(40))
    z, error = np.arctanh(found.value), np.sqrt((1 + found.value**2 / 2) / 37)
    assert (found.interval.low, found.interval.high) == pytest.approx(
        (np.tanh(z - 1.959964 * error), np.tanh(z + 1.959964 * error)), abs=1e-6
    )
    assert found.n == 40


@pytest.mark.parametrize("sign", [1, -1])
def test_a_perfect_order_of_few_is_no_certainty(sign: int) -> None:
    found = asked(range(6), [sign * each for each in range(6)])
    assert found.value == pytest.approx(sign)
    inner = found.interval.low if sign > 0 else -found.interval.high
    assert 0.2 < inner < 0.6
    assert found.p_value > 0.001  # 2 of 720 orders


def test_misuse_is_refused() -> None:
    for x, y in ((range(5), range(5)), (range(6), range(7))):
        with pytest.raises(ValueError, match="at least 6"):
            asked(x, y)
    with pytest.raises(ValueError, match="at least 6"):
        asked(range(6), range(6), permutations=0)
    for x in ([np.nan, *range(5)], [[1] * 6]):
        with pytest.raises(ValueError, match="row of numbers"):
            asked(x, range(6))
    with pytest.raises(ValueError, match="same for all"):
        asked([1] * 6, range(6))
    with pytest.raises(ValueError, match="level"):
        asked(range(6), range(6), level=1)
