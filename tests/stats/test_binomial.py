"""Exact intervals: published values, an independent implementation, and coverage that is computed, not simulated."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from holdfast.stats import at_most, clopper_pearson, coverage, probability_mass, with_missing

SIZES = (*range(1, 61), 100, 250)
QUICK = settings(max_examples=150, deadline=None, database=None)
COUNTS = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def ends(n: int, level: float = 0.95, sides: str = "two") -> tuple[np.ndarray, np.ndarray]:
    found = [clopper_pearson(k, n, level=level, sides=sides) for k in range(n + 1)]  # type: ignore[arg-type]
    return np.array([i.low for i in found]), np.array([i.high for i in found])


def worst_coverage(n: int, level: float, sides: str) -> float:
    """The smallest coverage over a fine grid of shares and both sides of every interval end, where it jumps."""
    low, high = ends(n, level, sides)
    jumps = np.concatenate([low, high])
    shares = np.concatenate([np.linspace(0, 1, 201), jumps - 1e-10, jumps + 1e-10]).clip(0, 1)
    inside = (low <= shares[:, None]) & (shares[:, None] <= high)
    mass = binom.pmf(np.arange(n + 1), n, shares[:, None])
    return float((mass * inside).sum(axis=1).min())


@pytest.mark.parametrize(
    ("events", "n", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0000, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_it_gives_newcombes_worked_examples(events: int, n: int, low: float, high: float) -> None:
    # Newcombe 1998, Statist. Med. 17:857-872, table I, method 5 (Clopper-Pearson), 95 %.
    found = clopper_pearson(events, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_with_no_event_the_upper_bound_is_the_known_closed_form() -> None:
    # Hanley & Lippman-Hand 1983, JAMA 249:1743: the one-sided 95 % bound is 1 - 0.05^(1/n), near 3/n.
    found = clopper_pearson(0, 400, sides="upper")
    assert found.low == 0
    assert found.high == pytest.approx(1 - 0.05 ** (1 / 400), abs=1e-12)
    assert found.high < 3 / 400


@pytest.mark.parametrize("level", [0.9, 0.95, 0.999])
@pytest.mark.parametrize("n", [1, 2, 7, 40, 250])
def test_it_agrees_with_scipys_own_implementation(n: int, level: float) -> None:
    for events in sorted({0, 1, n // 3, n // 2, n - 1, n}):
        theirs = binomtest(events, n).proportion_ci(level, method="exact")
        ours = clopper_pearson(events, n, level=level)
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@pytest.mark.parametrize(("sides", "alternative"), [("upper", "less"), ("lower", "greater")])
def test_one_sided_bounds_agree_with_scipy_and_leave_the_other_side_open(sides: str, alternative: str) -> None:
    for events in (0, 1, 10, 39, 40):
        theirs = binomtest(events, 40, alternative=alternative).proportion_ci(0.95, method="exact")
        ours = clopper_pearson(events, 40, sides=sides)  # type: ignore[arg-type]
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@pytest.mark.parametrize("sides", ["two", "upper", "lower"])
@pytest.mark.parametrize("level", [0.95, 0.999])
def test_coverage_is_at_least_the_level_at_every_share_and_size(level: float, sides: str) -> None:
    assert {n: worst for n in SIZES if (worst := worst_coverage(n, level, sides)) < level - 1e-9} == {}


def test_coverage_is_worst_right_beside_an_interval_end_and_still_at_least_the_level() -> None:
    # Brown, Cai & DasGupta 2001, Statist. Sci. 16:101, section 4.2.1: conservative, and never far below 1 for small n.
    assert 0.95 <= worst_coverage(10, 0.95, "two") < 0.97


@pytest.mark.parametrize(("n", "share"), [(1, 0.5), (10, 0.05), (29, 0.001), (60, 0.5), (60, 0.0), (60, 1.0)])
def test_the_coverage_function_agrees_with_summing_an_independent_mass(n: int, share: float) -> None:
    low, high = ends(n)
    summed = binom.pmf(np.arange(n + 1), n, share)[(low <= share) & (share <= high)].sum()
    assert coverage(n, share) == pytest.approx(summed, abs=1e-12)


@QUICK
@given(COUNTS, st.floats(0.6, 0.999))
def test_the_observed_share_lies_inside_an_interval_of_some_width(counts: tuple[int, int], level: float) -> None:
    events, n = counts
    found = clopper_pearson(events, n, level=level)
    assert 0 <= found.low <= events / n <= found.high <= 1
    assert found.low < found.high


@QUICK
@given(COUNTS)
def test_counting_the_others_mirrors_the_interval(counts: tuple[int, int]) -> None:
    events, n = counts
    found, mirrored = clopper_pearson(events, n), clopper_pearson(n - events, n)
    assert (found.low, found.high) == pytest.approx((1 - mirrored.high, 1 - mirrored.low), abs=1e-12)


@QUICK
@given(COUNTS)
def test_one_more_event_never_lowers_a_bound(counts: tuple[int, int]) -> None:
    events, n = counts
    fewer, more = clopper_pearson(events, n + 1), clopper_pearson(events + 1, n + 1)
    assert fewer.low <= more.low
    assert fewer.high <= more.high


@QUICK
@given(COUNTS, st.floats(0.6, 0.99))
def test_more_confidence_is_a_wider_interval(counts: tuple[int, int], level: float) -> None:
    sure, surer = clopper_pearson(*counts, level=level), clopper_pearson(*counts, level=(1 + level) / 2)
    assert surer.low <= sure.low
    assert sure.high <= surer.high


@pytest.mark.parametrize(("events", "n"), [(0, 0), (1, 0), (-1, 5), (6, 5), (0, -1)])
def test_counts_that_cannot_be_are_refused(events: int, n: int) -> None:
    with pytest.raises(ValueError, match="events must lie in 0"):
        clopper_pearson(events, n)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.5, 2.0, float("nan")])
def test_a_level_that_is_none_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="a level lies between 0 and 1"):
        clopper_pearson(1, 5, level=level)


@QUICK
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 40))
def test_with_missing_contains_the_interval_of_every_completion(events: int, others: int, missing: int) -> None:
    scored = events + others
    if scored + missing == 0:
        return
    found = with_missing(events, scored, missing)
    for shown in {0, missing // 2, missing}:
        completed = clopper_pearson(events + shown, scored + missing)
        assert found.low <= completed.low
        assert completed.high <= found.high
    assert (found.low, found.high) == (
        clopper_pearson(events, scored + missing).low,
        clopper_pearson(events + missing, scored + missing).high,
    )


@QUICK
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 40))
def test_losing_a_label_never_narrows_either_bound(events: int, others: int, missing: int) -> None:
    if events + others == 0:
        return
    before = with_missing(events, events + others, missing)
    for lost in {1 if events else 0, 0} if others else {1}:
        after = with_missing(events - lost, events + others - 1, missing + 1)
        assert after.low <= before.low
        assert before.high <= after.high


def test_with_nothing_missing_it_is_the_plain_interval_and_with_all_missing_says_nothing() -> None:
    assert with_missing(3, 40, 0) == clopper_pearson(3, 40)
    assert (with_missing(0, 0, 40).low, with_missing(0, 0, 40).high) == (0, 1)


@pytest.mark.parametrize(("events", "scored", "missing"), [(1, 5, -1), (6, 5, 3), (0, 0, 0), (-1, 5, 2)])
def test_denominators_that_are_not_closed_are_refused(events: int, scored: int, missing: int) -> None:
    with pytest.raises(ValueError, match="must"):
        with_missing(events, scored, missing)


@pytest.mark.parametrize(("n", "share"), [(0, 0.3), (1, 0.0), (9, 1.0), (9, 0.0), (40, 0.37), (400, 0.001)])
def test_the_probability_mass_is_binomial_at_every_share_the_certain_ones_too(n: int, share: float) -> None:
    assert probability_mass(n, share) == pytest.approx(binom.pmf(np.arange(n + 1), n, share), abs=1e-12)


@QUICK
@given(st.integers(-2, 80), st.integers(1, 60), st.floats(0, 1))
def test_at_most_is_the_cumulated_mass(events: int, n: int, share: float) -> None:
    assert at_most(events, n, share) == pytest.approx(probability_mass(n, share)[: max(events + 1, 0)].sum(), abs=1e-9)
