"""How even choices are, and within which bounds."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.stats import Interval, evenness, evenness_bounds


def test_even_shares_are_even_and_one_place_alone_is_not() -> None:
    assert evenness([0.25] * 4) == pytest.approx(1.0)
    assert evenness([0.0, 1.0, 0.0]) == 0.0


def test_the_entropy_is_shannons_as_a_part_of_the_largest() -> None:
    shares = (0.7, 0.1, 0.1, 0.1)
    assert evenness(shares) == pytest.approx(-sum(one * log(one) for one in shares) / log(4))


@pytest.mark.parametrize("shares", [[1.0], [0.5, 0.6], [-0.1, 1.1], [[0.5, 0.5]]])
def test_what_are_no_shares_is_refused(shares: list[float]) -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        evenness(shares)


def test_bounds_that_allow_everything_are_zero_and_one() -> None:
    found = evenness_bounds([Interval(0.0, 1.0)] * 4)
    assert (found.low, found.high) == (0.0, pytest.approx(1.0))


def test_exact_shares_give_the_value_itself() -> None:
    shares = (0.4, 0.3, 0.2, 0.1)
    found = evenness_bounds([Interval(one, one) for one in shares])
    assert found.low == pytest.approx(evenness(shares))
    assert found.high == pytest.approx(evenness(shares))


def test_two_places_by_hand() -> None:
    found = evenness_bounds([Interval(0.6, 0.8), Interval(0.1, 0.5)])
    assert found.low == pytest.approx(evenness([0.8, 0.2]))
    assert found.high == pytest.approx(evenness([0.6, 0.4]))


@pytest.mark.parametrize(
    "bounds",
    [
        [Interval(0.0, 1.0)],
        [Interval(-0.1, 0.5), Interval(0.0, 1.0)],
        [Interval(0.0, 0.5), Interval(0.5, 1.1)],
        [Interval(0.6, 0.5), Interval(0.0, 1.0)],
    ],
)
def test_what_are_no_bounds_of_shares_is_refused(bounds: list[Interval]) -> None:
    with pytest.raises(ValueError, match="lie between 0 and 1"):
        evenness_bounds(bounds)


@pytest.mark.parametrize("bounds", [[Interval(0.6, 0.7)] * 2, [Interval(0.0, 0.4)] * 2])
def test_bounds_within_which_nothing_sums_to_one_are_refused(bounds: list[Interval]) -> None:
    with pytest.raises(ValueError, match="no shares"):
        evenness_bounds(bounds)


@given(
    raw=st.lists(st.floats(0.01, 1.0), min_size=2, max_size=5),
    around=st.lists(st.tuples(st.floats(0.0, 0.3), st.floats(0.0, 0.3)), min_size=5, max_size=5),
    seed=st.integers(0, 2**16),
)
def test_no_shares_within_their_bounds_lie_outside(
    raw: list[float], around: list[tuple[float, float]], seed: int
) -> None:
    shares = np.array(raw) / sum(raw)
    bounds = [
        Interval(max(0.0, float(one) - below), min(1.0, float(one) + above))
        for one, (below, above) in zip(shares, around, strict=False)
    ]
    found = evenness_bounds(bounds)
    generator = np.random.default_rng(seed)
    for other in generator.dirichlet(np.ones(len(shares)) * 3, 50):
        # Towards the shares inside until every bound holds.
        mixed = next(
            mixed
            for part in (1.0, 0.5, 0.25, 0.1, 0.02, 0.0)
            for mixed in [part * other + (1 - part) * shares]
            if all(one.low - 1e-12 <= value <= one.high + 1e-12 for one, value in zip(bounds, mixed, strict=True))
        )
        assert found.low - 1e-9 <= evenness(mixed / mixed.sum()) <= found.high + 1e-9
