"""AUROCs within strata, in clusters: what they equal, what widens them, and how two are compared."""

from collections.abc import Callable
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from holdfast.stats import Interval, ranked_difference, ranked_share
from holdfast.stats._placements import analyse_placements, placements, ranking

QUICK = settings(max_examples=40, deadline=None, database=None)
SIZES = (4, 3)
"""Clusters of the two strata; two positives and three negatives in each."""
CLUSTERS = np.repeat(np.arange(7), 5)
STRATA = np.repeat([0, 1], [5 * size for size in SIZES])
POSITIVE = np.tile([True, True, False, False, False], 7)
SCORES = st.lists(st.integers(0, 6).map(float), min_size=35, max_size=35)
SOME = st.lists(st.one_of(st.integers(0, 6).map(float), st.just(np.nan)), min_size=35, max_size=35)


def share(scores, level: float = 0.95):  # noqa: ANN001, ANN201
    return ranked_share(scores, POSITIVE, STRATA, CLUSTERS, level=level)


def difference(first, second, level: float = 0.95):  # noqa: ANN001, ANN201
    return ranked_difference(first, second, POSITIVE, STRATA, CLUSTERS, level=level)


def ends(interval: Interval) -> tuple[float, float]:
    return interval.low, interval.high


@QUICK
@given(SCORES)
def test_it_is_the_mean_of_the_mann_whitney_statistics_of_the_strata(scores: list[float]) -> None:
    found, values = share(scores), np.array(scores)
    each = []
    for stratum in (0, 1):
        above, below = (values[(stratum == STRATA) & (side == POSITIVE)] for side in (True, False))
        each.append(mannwhitneyu(above, below).statistic / (len(above) * len(below)))
    assert found.value == pytest.approx(np.mean(each))
    assert (found.strata, found.clusters, found.n) == (2, 7, 35)
    assert 0 <= found.interval.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.interval.high <= 1
    assert found.interval.high - found.interval.low > 0.01
    assert found.standard_error > 0


@QUICK
@given(SOME)
def test_it_turns_with_the_sign_and_with_the_sides_and_only_the_order_counts(scores: list[float]) -> None:
    values = np.array(scores)
    if not _readable(values):
        return
    found, turned = share(values), share(-values)
    assert turned.value == pytest.approx(1 - found.value)
    assert ends(turned.interval) == pytest.approx((1 - found.interval.high, 1 - found.interval.low))
    sides = ranked_share(values, ~POSITIVE, STRATA, CLUSTERS)
    assert ends(sides.interval) == pytest.approx(ends(turned.interval))
    assert share(np.exp(values)) == found


def test_the_standard_error_is_obuchowskis_in_every_stratum() -> None:
    scores = np.random.default_rng(0).normal(size=35) + POSITIVE
    design = ranking(POSITIVE, STRATA, CLUSTERS)
    found = analyse_placements(placements(scores, design.sides), design, 0.95, least=0.0)
    variances = [_obuchowski(scores, stratum == STRATA) for stratum in (0, 1)]
    assert found.robust == pytest.approx(np.sqrt(sum(variances)) / 2)
    freedom = sum(variances) ** 2 / (variances[0] ** 2 / 3 + variances[1] ** 2 / 2)
    assert found.degrees_of_freedom == pytest.approx(freedom)
    assert found.standard_error >= found.robust


def _obuchowski(scores: np.ndarray, here: np.ndarray) -> float:
    """Her S10 / M + S01 / N + 2 S11 / (M N), where every cluster has both sides."""
    above, below = scores[here & POSITIVE], scores[here & ~POSITIVE]
    of = [CLUSTERS[here & side] for side in (POSITIVE, ~POSITIVE)]
    larger = (above[:, None] > below) + 0.5 * (above[:, None] == below)
    area, names = larger.mean(), np.unique(of[0])
    departs = [
        np.array([(placed[code == name] - area).sum() for name in names])
        for placed, code in ((larger.mean(axis=1), of[0]), (larger.mean(axis=0), of[1]))
    ]
    factor, m, n = len(names) / (len(names) - 1), len(above), len(below)
    s10, s01 = (factor * (each**2).sum() / size for each, size in zip(departs, (m, n), strict=True))
    return s10 / m + s01 / n + 2 * factor * (departs[0] * departs[1]).sum() / (m * n)


@pytest.mark.parametrize(
    ("scores", "value", "reach"),
    [(POSITIVE, 1.0, (1, 0)), (~POSITIVE, 0.0, (0, 1)), (np.zeros(35), 0.5, (0.5, 0.5))],
    ids=["perfect", "the wrong way", "all tie"],
)
def test_where_no_cluster_departs_the_share_that_would_is_bounded(
    scores: np.ndarray, value: float, reach: tuple[float, float]
) -> None:
    found = share(scores)
    # Of two strata with three clusters each none departed; what is left must be left on both sides.
    lost = 1 - 0.025 ** (1 / 3)
    assert found.value == value
    assert ends(found.interval) == pytest.approx((value - lost * reach[0], value + lost * reach[1]))
    assert "no cluster departs" in found.method
    assert share(scores, level=0.99).interval != found.interval


def test_one_discordant_unit_does_not_make_the_interval_collapse() -> None:
    clusters, strata, sides = np.repeat(np.arange(40), 8), np.repeat([0, 1], 160), np.tile([True, False], 160)
    scores, design = sides.astype(float), ranking(sides, strata, clusters)
    scores[0] = -1.0
    found = ranked_share(scores, sides, strata, clusters)
    robust = float(analyse_placements(placements(scores, design.sides), design, 0.95, least=0.0).robust)
    assert found.standard_error > 1.3 * robust
    assert found.interval.high == 1
    assert found.interval.low < found.value - 3 * robust


def test_a_difference_without_spread_has_the_width_of_what_may_have_been_missed() -> None:
    lost = 1 - 0.025 ** (1 / 3)
    none, half = difference(POSITIVE, POSITIVE), difference(POSITIVE, np.zeros(35))
    assert (none.value, none.p_value, none.p_above) == (0.0, 1.0, 1.0)
    assert ends(none.interval) == pytest.approx((-lost, lost))
    assert half.value == 0.5
    assert ends(half.interval) == pytest.approx((0.5 - 1.5 * lost, 0.5 + 0.5 * lost))
    assert half.p_above == pytest.approx(1.5**-3)
    assert half.p_value == pytest.approx(2 * 1.5**-3)
    whole = difference(POSITIVE, ~POSITIVE)
    assert (whole.value, whole.p_above) == (1.0, 2.0**-3)


@QUICK
@given(SOME, SOME, st.sampled_from([0.8, 0.95]))
def test_the_p_value_says_what_the_interval_says_and_a_difference_turns(
    first: list[float], second: list[float], level: float
) -> None:
    one, two = np.array(first), np.array(second)
    if not _readable(one + two):
        return
    found, turned = difference(one, two, level), difference(two, one, level)
    low, high = ends(found.interval)
    assert -1 <= low <= found.value + 1e-12
    assert found.value - 1e-12 <= high <= 1
    assert (found.p_value <= 1 - level) == (not low <= 0 <= high)
    assert ends(turned.interval) == pytest.approx((-high, -low))
    assert turned.p_value == pytest.approx(found.p_value)
    assert found.p_value == pytest.approx(min(1, 2 * min(found.p_above, turned.p_above)))
    assert (found.strata, found.clusters, found.n) == (2, 7, 35)


@QUICK
@given(SCORES, SCORES, st.integers(0, 2**31))
def test_a_missing_score_leaves_room_for_whatever_it_would_have_been(
    first: list[float], second: list[float], seed: int
) -> None:
    gone = np.random.default_rng(seed).random(35) < 0.15
    one, two = np.array(first), np.array(second)
    missing = np.where(gone, np.nan, one)
    if not _readable(missing):
        return
    found, complete = share(missing), share(one)
    assert found.interval.low <= complete.value + 1e-12
    assert found.interval.high >= complete.value - 1e-12
    either = difference(missing, two), difference(two, missing)
    assert either[0].interval.low <= difference(one, two).value + 1e-12
    assert either[1].interval.high >= difference(two, one).value - 1e-12


def test_the_value_is_that_of_units_with_scores_and_the_bounds_are_those_of_the_extremes() -> None:
    scores = np.random.default_rng(1).normal(size=35) + POSITIVE
    scores[[0, 3, 20]] = np.nan
    found, known = share(scores), ~np.isnan(scores)
    assert found.value == ranked_share(scores[known], POSITIVE[known], STRATA[known], CLUSTERS[known]).value
    against, along = (np.where(known, scores, np.where(POSITIVE, way, -way)) for way in (-9.0, 9.0))
    assert found.interval.low <= share(against).interval.low
    assert found.interval.high >= share(along).interval.high
    # A stratum whose positives have no scores is no part of the value, and of the bounds all the same.
    scores[(STRATA == 1) & POSITIVE] = np.nan
    bare = share(scores)
    assert bare.value == pytest.approx(share(np.where(STRATA == 1, np.nan, scores)).value)
    assert bare.interval.high - bare.interval.low > 0.5


def test_strata_and_clusters_may_have_names() -> None:
    scores = np.random.default_rng(2).normal(size=35) + POSITIVE
    named = ranked_share(scores, POSITIVE, [f"family {one}" for one in STRATA], [f"sentence {one}" for one in CLUSTERS])
    assert named == share(scores)


def test_strata_count_alike_whatever_their_size() -> None:
    scores = np.where(STRATA == 0, 0, POSITIVE)
    assert share(scores).value == 0.75


def test_seven_hundred_units_take_less_than_twenty_milliseconds() -> None:
    clusters, rng = np.repeat(np.arange(90), 8), np.random.default_rng(3)
    strata = np.repeat(np.arange(14), [80] * 4 + [40] * 10)
    sides, first, second = np.tile([1, 0], 360), *rng.normal(size=(2, 720))
    assert min(_seconds(lambda: ranked_difference(first, second, sides, strata, clusters)) for _ in range(5)) < 0.02


def _seconds(call: Callable[[], object]) -> float:
    begun = process_time()
    call()
    return process_time() - begun


def _readable(scores: np.ndarray) -> bool:
    known = ~np.isnan(scores)
    return any(
        (known & POSITIVE & (at == STRATA)).any() and (known & ~POSITIVE & (at == STRATA)).any() for at in (0, 1)
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"scores": np.zeros(34)}, "needs a score"),
        ({"scores": np.where(CLUSTERS == 0, np.inf, 0.0)}, "finite"),
        ({"scores": np.full(35, np.nan)}, "nothing to compare"),
        ({"positive": POSITIVE[:-1]}, "side, a stratum and a cluster"),
        ({"positive": np.full(35, 2)}, "positive or it is not"),
        ({"positive": POSITIVE | (STRATA == 1)}, "positives, negatives"),
        ({"positive": [], "strata": [], "clusters": []}, "side, a stratum and a cluster"),
        ({"clusters": STRATA}, "two clusters"),
        ({"clusters": np.tile(np.arange(7), 5)}, "within one stratum"),
        ({"level": 1.0}, "level"),
    ],
)
def test_what_cannot_be_compared_is_refused(change: dict, reason: str) -> None:
    given = {"scores": np.zeros(35), "positive": POSITIVE, "strata": STRATA, "clusters": CLUSTERS, "level": 0.95}
    with pytest.raises(ValueError, match=reason):
        ranked_share(**(given | change))
    scores = {"first": given.pop("scores"), "second": np.zeros(35)}
    scores |= {"first": change["scores"]} if "scores" in change else {}
    with pytest.raises(ValueError, match=reason):
        ranked_difference(**scores, **(given | {k: v for k, v in change.items() if k != "scores"}))


def test_scores_fitted_to_the_other_units_have_twice_the_variance() -> None:
    first, second = np.random.default_rng(4).normal(size=(2, 35)) + POSITIVE
    alone, fitted = (ranked_share(first, POSITIVE, STRATA, CLUSTERS, fitted=each, level=0.9) for each in (False, True))
    assert fitted.value == alone.value
    assert fitted.interval.low < alone.interval.low
    design = ranking(POSITIVE, STRATA, CLUSTERS)
    one, two = (placements(each, design.sides) for each in (first, second))
    both = [
        analyse_placements(one - two, design, 0.95, least=-1.0, fitted=part) for part in (None, one, two, one - two)
    ]
    own = [float(analyse_placements(each, design, 0.95, least=0.0).robust) for each in (one, two)]
    plain = float(both[0].robust)
    for found, more in zip(both[1:], (*own, plain), strict=True):
        assert float(found.robust) ** 2 == pytest.approx(plain**2 + more**2)
    for which, found in zip([(False, False), (True, False), (False, True), (True, True)], both, strict=True):
        said = ranked_difference(first, second, POSITIVE, STRATA, CLUSTERS, fitted=which)
        assert ends(said.interval) == (found.low, found.high)
    # Of two that say the same nothing is left, fitted or not.
    assert ranked_difference(first, first, POSITIVE, STRATA, CLUSTERS, fitted=(True, True)) == difference(first, first)


def test_one_missing_score_does_not_pass_for_spread() -> None:
    strata, clusters = np.repeat(np.arange(3), 20), np.repeat(np.arange(15), 4)
    positive = np.tile([1, 0], 30)
    tied = np.zeros(60)
    whole = ranked_share(tied, positive, strata, clusters).interval
    holed = ranked_share(np.where(np.arange(60) == 7, np.nan, tied), positive, strata, clusters).interval
    assert holed.low <= whole.low + 0.02
    assert holed.high >= whole.high - 0.02
    other = ranked_difference(np.where(np.arange(60) == 7, np.nan, tied), tied, positive, strata, clusters).interval
    assert other.high - other.low > 0.9 * (whole.high - whole.low)


def test_where_too_few_clusters_are_whole_the_bounds_of_all_are_what_there_is() -> None:
    strata, clusters = np.repeat(np.arange(2), 8), np.repeat(np.arange(4), 4)
    positive = np.tile([1, 0], 8)
    scores = np.where(np.arange(16) == 0, np.nan, positive * 1.0)
    assert ranked_share(scores, positive, strata, clusters).interval.low < 0.9
    assert ranked_difference(scores, scores, positive, strata, clusters).interval.low < 0
