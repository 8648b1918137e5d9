"""More often than by chance: exact where samples are alone, no more than its clusters where they are alike."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from holdfast.stats import Pairs, beyond_chance, pair_share

QUICK = settings(max_examples=8, deadline=None, database=None)


def pairs(values: np.ndarray, each: int, items: int | None = None) -> Pairs:
    """So many pairs in each cluster; every pair an item of its own, or so many items that repeat."""
    at = np.arange(len(values))
    return Pairs(values.astype(float), at // each, at if items is None else at % items)


@pytest.mark.parametrize(("events", "n"), [(8, 20), (25, 60), (12, 60), (60, 60)])
def test_samples_that_share_nothing_give_the_exact_binomial_test(events: int, n: int) -> None:
    found = beyond_chance(pairs(np.arange(n) < events, 1), 0.25)
    exact = binomtest(events, n, 0.25, alternative="greater").pvalue
    assert found.p_value == pytest.approx(max(exact, 1e-9) if events / n > 0.25 else 1.0, rel=1e-6)
    assert found.excess == pytest.approx(events / n - 0.25)
    assert found.chance == 0.25
    assert found.share == pair_share(pairs(np.arange(n) < events, 1), bound="lower")


@pytest.mark.parametrize("clusters", [2, 5, 12])
def test_clusters_that_are_all_alike_count_as_one_sample_each(clusters: int) -> None:
    found = beyond_chance(pairs(np.ones(20 * clusters), 20), 0.25)
    assert found.p_value == pytest.approx(0.25**clusters, rel=1e-6)


def test_items_that_repeat_over_clusters_count_as_well_as_clusters() -> None:
    values = np.tile(np.arange(8) < 4, 30)
    alone, crossed = beyond_chance(pairs(values, 8), 0.25), beyond_chance(pairs(values, 8, items=8), 0.25)
    assert alone.p_value < 1e-6
    assert crossed.share.sides == "lower"
    assert 0.05 < crossed.p_value < 0.5


def test_a_share_at_or_below_chance_has_a_p_value_of_one() -> None:
    assert beyond_chance(pairs(np.arange(40) % 4 == 0, 4), 0.25).p_value == 1
    assert beyond_chance(pairs(np.zeros(40), 4), 0.25).p_value == 1


def test_a_share_above_chance_that_hardly_any_tail_excludes_has_a_p_value_of_one() -> None:
    values = np.r_[np.ones(40), np.zeros(80)]
    assert beyond_chance(pairs(values, 40), 0.3).p_value == 1


def test_unknown_outcomes_speak_for_chance() -> None:
    values = (np.arange(60) % 2).astype(float)
    lacking = np.where(np.arange(60) % 7 == 0, np.nan, values)
    whole, found = beyond_chance(pairs(values, 3), 0.25), beyond_chance(pairs(lacking, 3), 0.25)
    assert found.p_value > whole.p_value
    assert found.share.n == 60


@QUICK
@given(st.integers(0, 10_000), st.sampled_from([(6, 5), (30, 3)]), st.sampled_from([0.9, 0.95, 0.999]), st.booleans())
def test_p_value_and_lower_bound_say_the_same(seed: int, shape: tuple[int, int], level: float, repeated: bool) -> None:
    rng = np.random.default_rng(seed)
    rates = rng.beta(1.2, 1.8, shape[0])
    made = pairs(rng.random(shape[0] * shape[1]) < np.repeat(rates, shape[1]), shape[1], 12 if repeated else None)
    found = beyond_chance(made, 0.25, level=level)
    tail = (1 - level) / 2 if found.share.sides == "two" else 1 - level
    assert (found.share.interval.low > 0.25) == (found.p_value <= tail)


@pytest.mark.parametrize("chance", [0.0, 1.0, -0.1, float("nan")])
def test_chance_is_neither_never_nor_always(chance: float) -> None:
    with pytest.raises(ValueError, match="by chance"):
        beyond_chance(pairs(np.ones(20), 2), chance)
