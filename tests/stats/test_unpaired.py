"""Differences of arms without pairs: Newcombe's examples, R's Welch test, and what must hold of every run."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from holdfast.stats import Interval, difference_apart, newcombe, unpaired_difference, wilson

QUICK = settings(max_examples=25, deadline=None, database=None)
# Student 1908 (R's data set `sleep`): extra hours under two drugs, moved into [0, 1] by (hours + 2)/8.
FIRST = [(hours + 2) / 8 for hours in (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)]
SECOND = [(hours + 2) / 8 for hours in (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)]
ARMS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from([0.0, 0.0, 0.0, 1.0, 1.0, 0.5])), min_size=2, max_size=25
).filter(lambda arm: len({cluster for cluster, _ in arm}) > 1)

Arm = list[tuple[int, float]]


def split(arm: Arm) -> tuple[list[float], list[int]]:
    return [value for _, value in arm], [cluster for cluster, _ in arm]


@pytest.mark.parametrize(
    ("events_b", "n_b", "events_a", "n_a", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090), (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926), (0, 10, 0, 20, -0.1611, 0.2775), (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0000), (10, 10, 0, 10, 0.6075, 1.0000),
    ],
)  # fmt: skip
def test_it_gives_newcombes_eight_worked_examples(
    events_b: int, n_b: int, events_a: int, n_a: int, low: float, high: float
) -> None:
    # Newcombe 1998, Statist. Med. 17:873-890, table II, method 10, contrasts (a) to (h).
    found = newcombe(events_a, n_a, events_b, n_b)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_the_first_example_agrees_with_statsmodels_to_many_digits() -> None:
    # statsmodels 0.15.0: confint_proportions_2indep(56, 70, 48, 80, method="newcomb").
    found = newcombe(48, 80, 56, 70)
    assert (found.low, found.high) == pytest.approx((0.05243147240236498, 0.33387265403690614), abs=1e-12)


@QUICK
@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.floats(0.6, 0.999))
def test_newcombes_interval_has_width_holds_the_difference_and_mirrors(
    a: int, rest_a: int, b: int, rest_b: int, level: float
) -> None:
    n_a, n_b = a + rest_a, b + rest_b
    assume(n_a and n_b)
    found, mirrored = newcombe(a, n_a, b, n_b, level=level), newcombe(b, n_b, a, n_a, level=level)
    assert -1 <= found.low <= b / n_b - a / n_a <= found.high <= 1
    assert found.low < found.high
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low), abs=1e-12)


def test_with_one_item_a_cluster_it_is_welchs_t_test_of_students_sleep_data() -> None:
    # R 4: t.test(extra ~ group, data = sleep): t = -1.8608, df = 17.776, p = 0.07939, -3.3654832 to 0.2054832.
    found = unpaired_difference(SECOND, range(10), FIRST, range(10))
    assert found.value / found.standard_error == pytest.approx(-1.8608134674869, abs=1e-10)
    assert found.degrees_of_freedom == pytest.approx(17.7764735161785, abs=1e-10)
    assert found.p_value == pytest.approx(0.0793941401874, abs=1e-10)
    assert (8 * found.interval.low, 8 * found.interval.high) == pytest.approx(
        (-3.3654832307117, 0.2054832307117), abs=1e-10
    )
    assert (found.n, found.clusters) == (20, 20)
    assert found.method.endswith("Welch's t")


def test_where_events_are_few_each_arm_has_agresti_and_caffos_standard_error() -> None:
    # Agresti & Caffo 2000, Am. Statist. 54:280: one success and one failure more in each arm. 2 of 40 and 5 of 50.
    found = unpaired_difference([1.0] * 2 + [0.0] * 38, range(40), [0.0] * 45 + [1.0] * 5, range(50))
    shares = (3 / 42, 6 / 52)
    error = np.sqrt(sum(share * (1 - share) / n for share, n in zip(shares, (42, 52), strict=True)))
    assert found.standard_error == pytest.approx(error, abs=1e-12)
    assert found.value == pytest.approx(5 / 50 - 2 / 40)
    assert "widened" in found.method


def test_where_harm_is_the_rule_the_few_others_are_the_events() -> None:
    few = unpaired_difference([1.0] * 2 + [0.0] * 38, range(40), [0.0] * 45 + [1.0] * 5, range(50))
    many = unpaired_difference([0.0] * 2 + [1.0] * 38, range(40), [1.0] * 45 + [0.0] * 5, range(50))
    assert many.standard_error == pytest.approx(few.standard_error, abs=1e-12)
    assert many.value == pytest.approx(-few.value, abs=1e-12)


def test_where_neither_arm_shows_an_event_it_is_newcombes_interval_with_clusters_for_units() -> None:
    found = unpaired_difference([0.0] * 60, np.repeat(range(20), 3), [0.0] * 40, np.repeat(range(10), 4))
    theirs = newcombe(0, 20, 0, 10)
    assert (found.interval.low, found.interval.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert found.p_value == pytest.approx(1)
    assert "Newcombe" in found.method


def test_all_against_none_is_newcombes_interval_and_surely_a_difference() -> None:
    found = unpaired_difference([0.0] * 20, range(20), [1.0] * 10, range(10))
    assert (round(found.interval.low, 4), found.interval.high) == (0.6791, 1)
    assert found.p_value < 1e-4
    assert found.value == 1


@QUICK
@given(ARMS, ARMS, st.floats(0.3, 0.99))
def test_the_interval_has_width_holds_the_value_and_leaves_0_out_exactly_when_the_p_value_is_small(
    a: Arm, b: Arm, level: float
) -> None:
    found = unpaired_difference(*split(a), *split(b), level=level)
    low, high = found.interval.low, found.interval.high
    assert -1 <= low <= found.value + 1e-12
    assert found.value - 1e-12 <= high <= 1
    assert low < high
    assert found.standard_error > 0
    assume(abs(found.p_value - (1 - level)) > 1e-6)
    assert (low > 0 or high < 0) == (found.p_value < 1 - level)


@QUICK
@given(ARMS, ARMS)
def test_swapping_the_arms_mirrors_everything(a: Arm, b: Arm) -> None:
    found, mirrored = unpaired_difference(*split(a), *split(b)), unpaired_difference(*split(b), *split(a))
    assert mirrored.value == pytest.approx(-found.value, abs=1e-12)
    assert (mirrored.interval.low, mirrored.interval.high) == pytest.approx(
        (-found.interval.high, -found.interval.low), abs=1e-9
    )
    assert mirrored.p_value == pytest.approx(found.p_value, abs=1e-9)
    assert mirrored.skewness == pytest.approx(-found.skewness, abs=1e-9)


def test_the_interval_holds_in_a_small_simulation_with_clusters_and_few_events() -> None:
    chance = np.random.default_rng(6)
    clusters, held, runs = np.repeat(range(25), 4), 0, 1200
    for _ in range(runs):
        tilts = [chance.beta(share * 5, (1 - share) * 5, size=25)[clusters] for share in (0.04, 0.12)]
        a, b = ((chance.random(100) < tilt).astype(float) for tilt in tilts)
        found = unpaired_difference(a, clusters, b, clusters)
        held += found.interval.low <= 0.08 <= found.interval.high
    assert held / runs > 0.925


@pytest.mark.parametrize(
    ("values", "clusters", "words"),
    [
        ([0.5, 1.1], [0, 1], "a value lies between 0 and 1"),
        ([0.5, float("nan")], [0, 1], "a value lies between 0 and 1"),
        ([0.5], [0, 1], "every item needs"),
        ([0.5, 0.1], [3, 3], "at least two clusters"),
    ],
)
def test_arms_that_cannot_be_compared_are_refused(values: list, clusters: list, words: str) -> None:
    for arms in ((values, clusters, [0.1, 0.2], [0, 1]), ([0.1, 0.2], [0, 1], values, clusters)):
        with pytest.raises(ValueError, match=words):
            unpaired_difference(*arms)


@pytest.mark.parametrize("level", [0.0, 1.0, float("nan")])
def test_a_level_that_is_none_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="a level lies between 0 and 1"):
        newcombe(1, 5, 2, 5, level=level)
    with pytest.raises(ValueError, match="a level lies between 0 and 1"):
        unpaired_difference([0.0, 0.0], [0, 1], [0.0, 1.0], [0, 1], level=level)


@pytest.mark.parametrize("counts", [(0, 0, 1, 2), (1, 2, 0, 0), (3, 2, 1, 2), (1, 2, -1, 2)])
def test_counts_that_cannot_be_are_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="events must lie in 0"):
        newcombe(*counts)


def test_a_difference_from_two_intervals_is_newcombes_where_those_are_score_intervals() -> None:
    found = difference_apart(48 / 80, wilson(48, 80), 56 / 70, wilson(56, 70))
    expected = newcombe(48, 80, 56, 70)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    widest = difference_apart(0.5, Interval(0.0, 1.0), 0.5, Interval(0.0, 1.0))
    assert (widest.low, widest.high) == pytest.approx((-(0.5**0.5), 0.5**0.5))
    assert difference_apart(0.0, Interval(0.0, 1.0), 1.0, Interval(0.0, 1.0)).high == 1.0
