"""What a sample size can decide, compared with the direct enumeration of every outcome."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from holdfast.stats import chance_of_met, clopper_pearson, detectable_share, most_events_met, units_to_settle

QUICK = settings(max_examples=60, deadline=None, database=None)
SHARES = st.floats(0.0, 1.0)


def enumerated(n: int, share: float, op: str, limit: float) -> float:
    found = [clopper_pearson(k, n) for k in range(n + 1)]
    met = np.array([i.high <= limit if op == "<=" else i.low >= limit for i in found])
    return float(binom.pmf(np.arange(n + 1), n, share)[met].sum())


@pytest.mark.parametrize(("op", "limit"), [("<=", 0.05), ("<=", 0.15), (">=", 0.9), (">=", 0.5), ("<=", 1.0)])
@pytest.mark.parametrize("n", [1, 10, 72, 73, 200])
def test_the_chance_of_met_equals_direct_enumeration(n: int, op: str, limit: float) -> None:
    for share in (0.0, 0.01, 0.1, 0.5, 0.9, 0.97, 1.0):
        assert chance_of_met(n, share, op, limit) == pytest.approx(enumerated(n, share, op, limit), abs=1e-9)  # type: ignore[arg-type]


@QUICK
@given(st.integers(1, 200), st.floats(0.001, 1))
def test_the_most_events_that_are_met_is_the_edge(n: int, limit: float) -> None:
    most = most_events_met(n, limit)
    assert most == -1 or clopper_pearson(most, n).high <= limit
    assert most == n or clopper_pearson(most + 1, n).high > limit


def test_seventy_two_units_without_an_event_settle_at_most_five_percent_and_seventy_one_do_not() -> None:
    # 0.025^(1/n) >= 0.95 from n = 72 on: the two-sided interval's upper end with no event is 1 - 0.025^(1/n).
    assert most_events_met(71, 0.05) == -1
    assert most_events_met(72, 0.05) == 0


@QUICK
@given(st.integers(1, 150), SHARES, SHARES, st.floats(0.01, 0.99))
def test_a_lower_true_share_is_likelier_to_be_met(n: int, one: float, other: float, limit: float) -> None:
    low, high = sorted((one, other))
    assert chance_of_met(n, low, "<=", limit) >= chance_of_met(n, high, "<=", limit) - 1e-12
    assert chance_of_met(n, high, ">=", limit) >= chance_of_met(n, low, ">=", limit) - 1e-12


@QUICK
@given(st.integers(1, 150), SHARES, st.floats(0.01, 0.98), st.floats(0, 0.01))
def test_a_stricter_limit_is_less_likely_to_be_met(n: int, share: float, limit: float, more: float) -> None:
    assert chance_of_met(n, share, "<=", limit) <= chance_of_met(n, share, "<=", limit + more) + 1e-12


@QUICK
@given(st.integers(1, 200), st.floats(0.01, 0.99))
def test_a_share_at_the_limit_is_met_by_luck_at_most_once_in_forty(n: int, limit: float) -> None:
    assert chance_of_met(n, limit, "<=", limit) <= 0.025 + 1e-9
    assert chance_of_met(n, limit, ">=", limit) <= 0.025 + 1e-9


@pytest.mark.parametrize(
    ("n", "op", "limit"), [(200, "<=", 0.05), (400, "<=", 0.15), (400, ">=", 0.9), (73, "<=", 0.3)]
)
def test_the_detectable_share_has_just_the_power_that_was_asked(n: int, op: str, limit: float) -> None:
    share = detectable_share(n, op, limit)  # type: ignore[arg-type]
    assert share is not None
    assert (share < limit) if op == "<=" else (share > limit)
    step = 1e-6 if op == "<=" else -1e-6
    assert chance_of_met(n, share, op, limit) >= 0.8  # type: ignore[arg-type]
    assert chance_of_met(n, share + step, op, limit) < 0.8  # type: ignore[arg-type]


@pytest.mark.parametrize(("n", "op", "limit"), [(20, "<=", 0.05), (30, ">=", 0.9), (1, "<=", 0.5)])
def test_no_share_is_detectable_with_too_few_units(n: int, op: str, limit: float) -> None:
    assert detectable_share(n, op, limit) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("share", "op", "limit"), [(0.0, "<=", 0.05), (0.02, "<=", 0.05), (0.06, "<=", 0.15), (1.0, ">=", 0.9)]
)
def test_the_units_to_settle_have_the_power_and_a_few_less_do_not(share: float, op: str, limit: float) -> None:
    n = units_to_settle(share, op, limit)  # type: ignore[arg-type]
    assert n is not None
    assert chance_of_met(n, share, op, limit) >= 0.8  # type: ignore[arg-type]
    assert n <= 20 or chance_of_met(int(n / 1.05) - 1, share, op, limit) < 0.8  # type: ignore[arg-type]
    near = detectable_share(n, op, limit)  # type: ignore[arg-type]
    assert near is not None
    assert (near >= share - 1e-6) if op == "<=" else (near <= share + 1e-6)


@pytest.mark.parametrize(
    ("share", "op", "limit"),
    [
        (0.05, "<=", 0.05),
        (0.06, "<=", 0.05),
        (0.049, "<=", 0.05),
        (0.9, ">=", 0.9),
        (0.85, ">=", 0.9),
        (0.0, "<=", 0.0),
    ],
)
def test_nothing_settles_a_share_at_or_beyond_the_limit(share: float, op: str, limit: float) -> None:
    assert units_to_settle(share, op, limit) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(("share", "limit"), [(0.07, 0.1), (0.0, 0.05), (0.02, 0.05), (0.098, 0.1), (0.3, 0.5)])
def test_a_claim_and_its_mirror_image_need_the_same_units(share: float, limit: float) -> None:
    assert units_to_settle(share, "<=", limit) == units_to_settle(1 - share, ">=", 1 - limit)


def test_a_limit_that_would_take_more_than_a_million_units_is_not_promised() -> None:
    assert units_to_settle(9e-7, "<=", 1e-6) is None


def test_more_power_and_more_confidence_take_more_units() -> None:
    base = units_to_settle(0.02, "<=", 0.05)
    surer = units_to_settle(0.02, "<=", 0.05, power=0.95)
    stricter = units_to_settle(0.02, "<=", 0.05, level=0.999)
    assert base is not None
    assert surer is not None
    assert stricter is not None
    assert base < surer
    assert base < stricter
