"""Quantiles of a cost and shares broken: exact binomial ranks, worst cases of what was not seen, published bounds."""

from math import comb, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.stats import (
    Beyond,
    Broke,
    Censored,
    Collapsed,
    CostInterval,
    NoInterval,
    Passage,
    Reached,
    broken_share,
    clopper_pearson,
    cost_quantile,
)
from holdfast.stats._cost_quantile import ranks

QUICK = settings(max_examples=100, deadline=None, database=None)
BUDGET = 64.0


def broke(*ends: float) -> list[Passage]:
    return [Broke(end / 2, end) for end in ends]


@pytest.mark.parametrize(("runs", "low", "high"), [(6, 1, 6), (9, 2, 8), (12, 3, 10), (15, 4, 12), (20, 6, 15)])
def test_the_ranks_of_a_median_are_those_of_the_tables(runs: int, low: int, high: int) -> None:
    # Conover 1999, Practical Nonparametric Statistics, §3.2, from the binomial table; both 95 % bounds.
    assert ranks(runs, 0.5, 0.95) == ("two", pytest.approx(0.025), low, high)
    outside = sum(comb(runs, k) for k in range(low)) / 2**runs
    assert outside <= 0.025 < outside + comb(runs, low) / 2**runs


@pytest.mark.parametrize(
    ("runs", "share", "sides"), [(5, 0.5, "lower"), (28, 0.1, "upper"), (35, 0.1, "lower"), (36, 0.1, "two")]
)
def test_where_two_bounds_cannot_be_had_one_has_the_whole_level(runs: int, share: float, sides: str) -> None:
    found = ranks(runs, share, 0.95)
    assert found[0] == sides
    assert found[1] == pytest.approx(0.025 if sides == "two" else 0.05)


def test_six_runs_carry_their_smallest_and_largest_cost_with_the_ends_of_the_grid() -> None:
    found = cost_quantile(broke(4, 8, 8, 16, 2, 32), 0.5, budget=BUDGET)
    assert found.interval == CostInterval(1.0, Reached(32.0), "two", 0.95)
    assert found.value == Reached(sqrt(4 * 8))
    assert (found.n, found.share) == (6, 0.5)


def test_an_upper_bound_beyond_the_budget_says_what_the_runs_did() -> None:
    runs = [*broke(4, 4, 8, 8), Collapsed(1, 2), Censored(64)]
    found = cost_quantile(runs, 0.5, budget=BUDGET)
    assert isinstance(found.interval, CostInterval)
    assert found.interval.high == Beyond(64.0, "of 6 runs 4 broke, 1 collapsed, 1 did neither")
    assert found.interval.low == 2
    assert found.value == Reached(sqrt(4 * 8))


def test_a_median_that_is_never_reached_is_at_least_the_budget() -> None:
    found = cost_quantile([Censored(64)] * 8 + [Collapsed(4, 8)], 0.5, budget=BUDGET)
    assert found.value == Beyond(64.0, "0% are estimated to break within the budget: "
                                       "of 9 runs 0 broke, 1 collapsed, 8 did neither")  # fmt: skip
    assert found.interval == CostInterval(
        64.0, Beyond(64.0, "of 9 runs 0 broke, 1 collapsed, 8 did neither"), "two", 0.95
    )


def test_five_runs_carry_one_bound_and_four_none() -> None:
    five = cost_quantile(broke(4, 8, 8, 16, 32), 0.5, budget=BUDGET).interval
    assert isinstance(five, CostInterval)
    assert (five.sides, five.low) == ("lower", 2.0)
    assert five.high == Beyond(64.0, "there is no upper bound")
    four = cost_quantile(broke(4, 8, 8, 16), 0.5, budget=BUDGET).interval
    assert four == NoInterval("4 runs carry no bound at 95% on the cost that breaks 50% of them")


def test_a_tenth_of_few_runs_has_an_upper_bound_alone() -> None:
    found = cost_quantile(broke(1, 2, 4, 4, 8, 8, 8, 16, 16, 32), 0.1, budget=BUDGET)
    assert found.interval == CostInterval(0.0, Reached(4.0), "upper", 0.95)  # P(4 or more of 10 at 10 %) is 1.3 %
    assert isinstance(found.value, Reached)
    assert found.value.cost == pytest.approx(1 / sqrt(2))


def test_what_was_broken_from_the_start_costs_nothing() -> None:
    found = cost_quantile([Broke(0, 0)] * 6, 0.5, budget=BUDGET)
    assert (found.value, found.interval) == (Reached(0), CostInterval(0.0, Reached(0.0), "two", 0.95))


def test_an_early_stop_moves_the_lower_bound_down_and_the_upper_one_up() -> None:
    runs = broke(4, 8, 8, 16, 16, 32, 32, 64, 64)
    whole = cost_quantile(runs, 0.5, budget=BUDGET).interval
    cut = cost_quantile([Censored(1), *runs[1:-1], Censored(2)], 0.5, budget=BUDGET).interval
    assert isinstance(whole, CostInterval)
    assert isinstance(cut, CostInterval)
    assert (whole.low, whole.high) == (4, Reached(64))
    assert (cut.low, cut.high) == (2, Beyond(64, "of 9 runs 7 broke, 0 collapsed, 2 did neither"))


@QUICK
@given(st.integers(3, 20), st.floats(0.05, 0.95), st.integers(0, 2**32 - 1))
def test_bounds_hold_whatever_the_unseen_would_have_been(runs: int, share: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    true = 2 ** rng.integers(1, 7, runs).astype(float)
    known = cost_quantile([Broke(each / 2, each) for each in true], share, budget=BUDGET).interval
    stop = rng.random(runs) < 0.3
    part = [
        Censored(float(2 ** rng.integers(0, int(np.log2(each))))) if cut else Broke(each / 2, each)
        for each, cut in zip(true, stop, strict=True)
    ]
    found = cost_quantile(part, share, budget=BUDGET).interval
    if isinstance(known, CostInterval) and isinstance(found, CostInterval):
        assert found.low <= known.low
        assert isinstance(found.high, Beyond) or (
            isinstance(known.high, Reached) and found.high.cost >= known.high.cost
        )
    else:
        assert isinstance(found, NoInterval)


@pytest.mark.parametrize(("n", "bound"), [(3, 0.63), (5, 0.45), (10, 0.26), (20, 0.14), (59, 0.05)])
def test_none_of_n_is_a_bound_and_no_word(n: int, bound: float) -> None:
    found = broken_share([Censored(64)] * n, BUDGET)
    assert found.upper == pytest.approx(1 - 0.05 ** (1 / n))
    assert found.upper == pytest.approx(bound, abs=0.005)
    assert (found.value, found.lower, found.broke, found.possible) == (0, 0, 0, 0)
    assert found.method == "exact over runs (Clopper–Pearson)"


def test_a_share_of_runs_seen_to_the_end_is_exact_and_collapse_is_no_break() -> None:
    found = broken_share([*broke(4, 8, 64), Collapsed(2, 4), Censored(64)], BUDGET)
    assert (found.value, found.broke, found.possible, found.n) == (pytest.approx(0.6), 3, 3, 5)
    assert found.interval == clopper_pearson(3, 5)
    earlier = broken_share([*broke(4, 8, 64), Collapsed(2, 4), Censored(64)], 8)
    assert (earlier.broke, earlier.interval) == (2, clopper_pearson(2, 5))


def test_a_run_of_which_it_is_not_known_counts_against_both_bounds() -> None:
    runs = [*broke(4, 8, 64), Collapsed(2, 4), Censored(16), Broke(8, 64)]
    found = broken_share(runs, 32)
    assert (found.broke, found.possible) == (2, 4)  # the run that stopped, and the one whose looks lie around 32
    assert found.interval.low == clopper_pearson(2, 6).low
    assert found.interval.high == clopper_pearson(4, 6).high
    assert found.method == "exact over runs, the unknown at their worst"
    assert broken_share([Broke(0, 0)] * 3, 0).broke == 3


def test_misuse_is_refused() -> None:
    for share, level in ((0, 0.95), (1, 0.95), (0.5, 1)):
        with pytest.raises(ValueError, match="share and a level"):
            cost_quantile(broke(4), share, budget=BUDGET, level=level)
    with pytest.raises(ValueError, match="beyond the budget"):
        cost_quantile(broke(128), 0.5, budget=BUDGET)
    with pytest.raises(ValueError, match="level"):
        broken_share(broke(4), 8, level=0)
