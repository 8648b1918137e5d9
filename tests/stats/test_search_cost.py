"""A search: means over every order of trial, its cost until something breaks, and the winner asked again."""

from itertools import combinations, permutations

import numpy as np
import pytest

from holdfast.stats import (
    Beyond,
    Broke,
    Censored,
    Collapsed,
    Passage,
    Reached,
    best_so_far,
    clopper_pearson,
    re_estimated,
    search_cost,
    worst_configuration,
)

MIXED: list[Passage] = [Broke(2, 4), Broke(8, 16), Collapsed(4, 8), Censored(64), Censored(16)]


def test_best_so_far_is_the_mean_over_all_choices() -> None:
    values = [0.3, 0.9, 0.1, 0.3, 0.7]
    found = best_so_far(values)
    for k in range(1, 6):
        assert found[k - 1] == pytest.approx(np.mean([max(some) for some in combinations(values, k)]))
    assert best_so_far([0.4]) == pytest.approx([0.4])


def test_best_so_far_of_many_stays_a_weighted_mean() -> None:
    rng = np.random.default_rng(0)
    found = best_so_far(rng.random(400))
    assert (np.diff(found) >= -1e-12).all()
    assert found[9] == pytest.approx(10 / 11, abs=0.02)  # the largest of ten uniform numbers


def test_the_cost_of_a_search_is_the_mean_over_all_orders() -> None:
    costs = [4, 16, 8, 64, 16]
    paid = [
        sum(costs[i] for i in order[: next(at for at, i in enumerate(order) if i < 2) + 1])
        for order in permutations(range(5))
    ]
    found = search_cost(MIXED, budget=64)
    assert isinstance(found.value, Reached)
    assert found.value.cost == pytest.approx(np.mean(paid))
    assert found.failures == pytest.approx(np.mean(paid) - 10)
    assert (found.broke, found.n, found.share) == (2, 5, clopper_pearson(2, 5))


def test_a_search_in_which_none_broke_was_paid_for_and_is_beyond_that() -> None:
    found = search_cost([Censored(64)] * 19 + [Collapsed(1, 2)], budget=64)
    assert found.value == Beyond(19 * 64 + 2, "none of 20 configurations broke it")
    assert (found.share.low, found.share.high) == (0, pytest.approx(1 - 0.05 ** (1 / 20)))
    assert (found.failures, found.broke) == (19 * 64 + 2, 0)


def test_a_winner_that_won_by_luck_shows_its_gap() -> None:
    first = np.array([[0.2, 0.4], [0.9, 0.7], [0.5, 0.5]])
    assert worst_configuration(first) == 1
    found = re_estimated(first, [0.5, 0.3, 0.4])
    assert (found.winner, found.n) == (1, 3)
    assert (found.chosen_at, found.value, found.gap) == (pytest.approx(0.8), pytest.approx(0.4), pytest.approx(0.4))
    assert found.standard_error >= np.sqrt(0.02 / 2 + 0.01 / 3) - 1e-12
    assert found.interval.low < 0.4 < found.interval.high


def test_events_afresh_have_the_exact_interval() -> None:
    found = re_estimated(np.array([[1.0, 1], [0, 1]]), [1, 0, 0, 1, 1])
    assert (found.interval.low, found.interval.high) == pytest.approx(
        (clopper_pearson(3, 5).low, clopper_pearson(3, 5).high)
    )


def test_misuse_is_refused() -> None:
    for values in ([], [[0.1]], [0.1, np.nan]):
        with pytest.raises(ValueError, match="finite numbers"):
            best_so_far(values)
    with pytest.raises(ValueError, match="configuration"):
        search_cost([], budget=1)
    for outcomes in ([0.1, 0.2], [[1.1]], [[np.nan]], np.empty((0, 2))):
        with pytest.raises(ValueError, match=r"lie in \[0, 1\]"):
            worst_configuration(outcomes)
    good = np.array([[0.1, 0.2]])
    with pytest.raises(ValueError, match="level"):
        re_estimated(good, [0.1, 0.2], level=1.0)
    with pytest.raises(ValueError, match="two clusters"):
        re_estimated(good, [0.1])
