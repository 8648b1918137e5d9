"""The worst stratum and mixtures: coverage by enumeration of every outcome."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from holdfast.stats import Tally, clopper_pearson, mixture, with_missing, worst_stratum

QUICK = settings(max_examples=100, deadline=None, database=None)
TALLIES = st.builds(
    lambda events, others, missing: Tally(events, events + others, missing),
    st.integers(0, 30),
    st.integers(1, 30),
    st.integers(0, 10),
)
MANY = st.dictionaries(st.sampled_from("abcdef"), TALLIES, min_size=1)


def misses(sizes: tuple[int, ...], *, worst_is_high: bool) -> tuple[float, float]:
    """The largest chance, over many true shares, that the worst true share lies above or below the interval."""
    outcomes = list(product(*(range(n + 1) for n in sizes)))
    found = [
        worst_stratum(
            {str(i): Tally(k, n, 0) for i, (k, n) in enumerate(zip(counts, sizes, strict=True))},
            worst_is_high=worst_is_high,
        ).interval
        for counts in outcomes
    ]
    low, high = np.array([i.low for i in found]), np.array([i.high for i in found])
    # Coverage jumps at the ends of single strata's intervals; it is worst beside them or where all shares are equal.
    jumps = {round(end, 12) for i in found for end in (i.low, i.high)}
    spread = sorted(jumps)[:: max(1, len(jumps) // 12)]
    equal = [(p,) * len(sizes) for end in jumps for p in (max(end - 1e-9, 0), min(end + 1e-9, 1))]
    mixed = [(min(end + 1e-9, 1), *(rest,) * (len(sizes) - 1)) for end in spread for rest in (0.0, 0.1, 0.5, 0.9, 1.0)]
    above, below = 0.0, 0.0
    counts = np.array(outcomes)
    for shares in equal + mixed:
        chance = np.prod([binom.pmf(counts[:, i], n, shares[i]) for i, n in enumerate(sizes)], axis=0)
        worst = max(shares) if worst_is_high else min(shares)
        above = max(above, float(chance[high < worst].sum()))
        below = max(below, float(chance[low > worst].sum()))
    return above, below


@pytest.mark.parametrize("worst_is_high", [True, False])
@pytest.mark.parametrize("sizes", [(7,), (6, 11), (9, 9), (3, 3, 4, 5)])
def test_the_true_worst_share_is_held_at_every_share_on_both_sides(sizes: tuple[int, ...], worst_is_high: bool) -> None:
    above, below = misses(sizes, worst_is_high=worst_is_high)
    assert above <= 0.025 + 1e-9
    assert below <= 0.025 + 1e-9


def test_the_lower_bound_would_fail_without_its_correction() -> None:
    # With ten strata at one share, the largest of ten uncorrected lower bounds lies above it far too often.
    share, n, strata = 0.1, 40, 10
    lifted = [clopper_pearson(k, n).low > share for k in range(n + 1)]
    one = float(binom.pmf(np.arange(n + 1), n, share)[lifted].sum())
    assert 1 - (1 - one) ** strata > 0.05
    corrected = [
        worst_stratum({str(i): Tally(k, n, 0) for i in range(strata)}, worst_is_high=True).interval.low > share
        for k in range(n + 1)
    ]
    one = float(binom.pmf(np.arange(n + 1), n, share)[corrected].sum())
    assert 1 - (1 - one) ** strata <= 0.025


def test_one_stratum_is_the_plain_interval() -> None:
    found = worst_stratum({"only": Tally(3, 40, 2)}, worst_is_high=True)
    assert (found.stratum, found.interval) == ("only", with_missing(3, 40, 2))


def test_the_worst_is_the_largest_share_or_the_smallest_as_asked() -> None:
    tallies = {"calm": Tally(1, 40, 0), "wild": Tally(9, 40, 0)}
    assert worst_stratum(tallies, worst_is_high=True).stratum == "wild"
    assert worst_stratum(tallies, worst_is_high=False).stratum == "calm"


def test_a_tie_goes_to_the_first_name_whatever_the_order() -> None:
    names = ("b", "a", "c")
    for order in (names, names[::-1]):
        for high in (True, False):
            assert worst_stratum({n: Tally(2, 9, 0) for n in order}, worst_is_high=high).stratum == "a"


def test_a_small_unsure_stratum_raises_the_upper_bound_though_it_looks_best() -> None:
    found = worst_stratum({"large": Tally(10, 200, 0), "small": Tally(0, 5, 0)}, worst_is_high=True)
    assert found.stratum == "large"
    assert found.interval.high == clopper_pearson(0, 5).high


@QUICK
@given(MANY)
def test_counting_the_others_mirrors_the_worst_stratum(tallies: dict[str, Tally]) -> None:
    high = worst_stratum(tallies, worst_is_high=True)
    others = {name: Tally(t.scored - t.events, t.scored, t.missing) for name, t in tallies.items()}
    low = worst_stratum(others, worst_is_high=False)
    assert (high.interval.low, high.interval.high) == pytest.approx(
        (1 - low.interval.high, 1 - low.interval.low), abs=1e-9
    )


@QUICK
@given(MANY, st.booleans())
def test_the_worst_observed_share_lies_inside_the_interval(tallies: dict[str, Tally], worst_is_high: bool) -> None:
    found = worst_stratum(tallies, worst_is_high=worst_is_high)
    worst = tallies[found.stratum]
    assert found.interval.low <= worst.events / worst.scored <= found.interval.high


@QUICK
@given(MANY, TALLIES)
def test_another_stratum_never_lowers_the_upper_bound_of_the_worst(tallies: dict[str, Tally], more: Tally) -> None:
    before = worst_stratum(tallies, worst_is_high=True).interval.high
    assert worst_stratum(tallies | {"z": more}, worst_is_high=True).interval.high >= before


@pytest.mark.parametrize("tallies", [{}, {"a": Tally(0, 0, 3)}, {"a": Tally(1, 5, 0), "b": Tally(0, 0, 0)}])
def test_a_stratum_without_labels_is_refused(tallies: dict[str, Tally]) -> None:
    with pytest.raises(ValueError, match="every stratum needs scored units"):
        worst_stratum(tallies, worst_is_high=True)


def test_a_tally_counts_the_missing_among_its_units() -> None:
    assert Tally(1, 5, 2).n == 7


def test_a_mixture_at_the_ends_is_one_of_its_parts() -> None:
    base, moved = Tally(2, 50, 0), Tally(45, 50, 0)
    for dose, part in ((0.0, base), (1.0, moved)):
        alone = clopper_pearson(part.events, part.scored, level=0.99)
        mixed = mixture(base, moved, dose, level=0.99)
        assert (mixed.low, mixed.high) == pytest.approx((alone.low, alone.high), abs=1e-12)


def test_a_mixture_of_known_shares_lies_where_the_doses_say() -> None:
    found = mixture(Tally(0, 100_000, 0), Tally(80_000, 100_000, 0), 0.25, level=0.95)
    assert (found.low, found.high) == pytest.approx((0.2, 0.2), abs=0.002)


@pytest.mark.parametrize("dose", [0.1, 0.5])
@pytest.mark.parametrize(("base", "moved"), [(0.0, 1.0), (0.05, 0.9), (0.6, 0.2), (0.31, 0.33)])
def test_a_mixtures_expected_share_is_held_as_often_as_both_parts_are(base: float, moved: float, dose: float) -> None:
    n = 25
    truth = (1 - dose) * base + dose * moved
    k = np.arange(n + 1)
    chance = np.outer(binom.pmf(k, n, base), binom.pmf(k, n, moved))
    inside = np.array(
        [
            [
                (i := mixture(Tally(a, n, 0), Tally(b, n, 0), dose, level=0.975)).low - 1e-12 <= truth <= i.high + 1e-12
                for b in range(n + 1)
            ]
            for a in range(n + 1)
        ]
    )
    assert chance[inside].sum() >= 0.95
