"""How shares are written."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from holdfast.evidence import Between, Estimate, Threshold, judge
from holdfast.report._numbers import policy, read, read_between, trimmed
from report.records import AT_MOST_5, estimate


@pytest.mark.parametrize(
    ("value", "low", "high", "share", "interval"),
    [
        (0.38, 0.2847, 0.4825, "38 %", "28–48 %"),
        (0.045, 0.0208, 0.0837, "4.5 %", "2.1–8.4 %"),
        (0.0075, 0.00155, 0.0218, "0.8 %", "0.2–2.2 %"),
        (0.5, 0.4978, 0.5022, "50.00 %", "49.78–50.22 %"),
        (-0.02, -0.05, 0.01, "-2.0 %", "-5.0 to 1.0 %"),
    ],
)
def test_the_width_of_the_interval_decides_the_decimals(
    value: float, low: float, high: float, share: str, interval: str
) -> None:
    reading = read(estimate(value, low, high))
    assert (reading.value, reading.interval) == (share, interval)


def test_zero_events_of_two_hundred_read_as_at_most_1_8_percent() -> None:
    """Exact two-sided 95 % interval of 0 of 200 (Clopper and Pearson 1934): 1 - 0.025 ** (1 / 200) = 1.83 %."""
    reading = read(estimate(0.0, 0.0, 1 - 0.025 ** (1 / 200), 200))
    assert reading.sentence == "0 of 200, at most 1.8 %; 95 % interval 0.0–1.8 %; n = 200"


def test_all_of_n_reads_as_a_lower_bound() -> None:
    reading = read(estimate(1.0, 0.9817, 1.0, 200))
    assert (reading.count, reading.value) == ("200 of 200", "at least 98.2 %")


def test_a_bound_that_was_not_estimated_is_not_invented() -> None:
    assert read(estimate(0.0, 0.0, 1.0, sides="lower")).value == "no upper bound"
    assert read(estimate(1.0, 0.0, 1.0, sides="upper")).value == "no lower bound"


def test_a_bound_alone_says_that_it_is_one_sided() -> None:
    upper = read(estimate(0.01, 0.0, 0.03, sides="upper"))
    lower = read(estimate(0.97, 0.95, 1.0, sides="lower"))
    assert (upper.interval, upper.level) == ("≤ 3.0 %", "one-sided 95 %")
    assert (lower.interval, lower.level) == ("≥ 95.0 %", "one-sided 95 %")


def test_the_count_in_words_is_kept_and_n_stands_in_where_there_is_none() -> None:
    assert read(estimate(0.1, 0.07, 0.13), events="38 of 383").count == "38 of 383"
    assert read(estimate(0.1, 0.07, 0.13)).count == "n = 400"


@pytest.mark.parametrize(
    ("value", "low", "high", "sides", "said"),
    [
        (0.81, 0.74, 0.87, "two", ("81 %", "74–87 %")),
        (0.0, 0.0, 0.045, "two", ("at most 4.5 %", "0.0–4.5 %")),
        (0.2, 0.0, 0.3, "upper", ("20 %", "≤ 30 %")),
        (0.2, 0.1, 1.0, "lower", ("20 %", "≥ 10 %")),
    ],
)
def test_a_value_whose_n_stands_elsewhere_is_written_alike(
    value: float, low: float, high: float, sides: str, said: tuple[str, str]
) -> None:
    between = Between.model_validate({"value": value, "low": low, "high": high, "sides": sides})
    assert read_between(between) == said


def test_clusters_are_named_where_they_are_fewer_than_n() -> None:
    assert read(estimate(0.1, 0.07, 0.13, 400, 50)).basis == "n = 400 in 50 clusters"


@pytest.mark.parametrize(
    ("level", "text"), [(0.95, "95 %"), (0.999, "99.9 %"), (1 - 0.05 / 3, "98.3 %"), (0.99995, "99.995 %")]
)
def test_no_level_is_rounded_to_certainty(level: float, text: str) -> None:
    assert read(estimate(0.1, 0.05, 0.2).model_copy(update={"level": level})).level == text


@pytest.mark.parametrize(
    ("op", "value", "text"), [("<=", 0.05, "≤ 5 %"), (">=", 0.9, "≥ 90 %"), ("<=", 0.0025, "≤ 0.25 %")]
)
def test_a_policy_is_written_as_it_was_set(op: str, value: float, text: str) -> None:
    assert policy(Threshold.model_validate({"op": op, "value": value})) == text


def test_rounding_never_carries_a_bound_across_the_threshold() -> None:
    """5.02 % would read 5.0 % beside a policy of 5 %, and `not met` would look like a mistake."""
    over = estimate(0.08, 0.0502, 0.12)
    assert judge(over, AT_MOST_5) == "not met"
    assert read(over, threshold=AT_MOST_5).interval == "5.02–12.00 %"


def test_a_rare_event_is_never_rounded_to_none() -> None:
    assert read(estimate(0.0004, 0.00001, 0.0222, 2500)).value == "0.04 %"
    assert read(estimate(1e-12, 0.0, 0.0222, 2500)).value == "0.000000 %"


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.integers(1, 10**6))
def test_no_share_of_a_finite_sample_reads_as_plain_zero_or_certain(a: float, b: float, c: float, n: int) -> None:
    low, value, high = sorted((a, b, c))
    assume(low < high and (value in (0.0, 1.0) or 1e-7 < value < 1 - 1e-7))
    share = read(estimate(value, low, high, n)).value
    assert not re.fullmatch(r"-?0(\.0*)? %|100(\.0*)? %", share)


@given(st.floats(0, 1), st.floats(0, 1))
def test_every_estimate_can_be_read(low: float, high: float) -> None:
    assume(low < high)
    made = Estimate(value=low, low=low, high=high, level=0.95, n=1, clusters=1, method="m", unit="u")
    assert read(made, threshold=AT_MOST_5).interval.endswith("%")


@pytest.mark.parametrize(
    ("value", "low", "high", "said", "interval"),
    [
        (-0.041, -0.07, -0.012, "−4.1 points", "−7.0 to −1.2 points"),
        (0.013, -0.031, 0.057, "+1.3 points", "−3.1 to +5.7 points"),
        (0.0, -0.012, 0.012, "0.0 points", "−1.2 to +1.2 points"),
        (0.0001, -0.3, 0.3, "0 points", "−30 to +30 points"),
        (1.0, 0.2, 1.0, "+100 points", "+20 to +100 points"),
        (-1.0, -1.0, 0.0, "−100 points", "−100 to 0 points"),
    ],
)
def test_a_difference_is_written_in_signed_points(
    value: float, low: float, high: float, said: str, interval: str
) -> None:
    reading = read(estimate(value, low, high), axis="difference")
    assert (reading.count, reading.value, reading.interval) == ("n = 400", said, interval)
    assert reading.counted == f"n = 400, {said}"


def test_no_difference_is_read_as_a_share_at_its_end() -> None:
    for value in (0.0, 1.0):
        reading = read(estimate(value, 0.0, 1.0), axis="difference")
        assert not re.search(r"at most|at least|%| of ", reading.value + reading.count)


def test_a_difference_with_one_bound_has_a_sign_too() -> None:
    upper = read(estimate(0.01, -1.0, 0.03, sides="upper"), axis="difference")
    lower = read(estimate(0.01, -0.02, 1.0, sides="lower"), axis="difference")
    assert (upper.interval, upper.level) == ("≤ +3 points", "one-sided 95 %")
    assert (lower.interval, lower.level) == ("≥ −2 points", "one-sided 95 %")


def test_rounding_never_carries_a_difference_across_zero() -> None:
    """+0.02 points would read 0.0 beside a verdict that the whole interval lies above zero."""
    assert read(estimate(0.03, 0.0002, 0.06), axis="difference").interval == "+0.02 to +6.00 points"
    assert read(estimate(0.02, -0.0001, 0.06), threshold=AT_MOST_5, axis="difference").interval.startswith("−0.01 ")


def test_a_margin_is_written_in_points_as_it_was_set() -> None:
    assert policy(AT_MOST_5, "difference") == "≤ 5 points"
    assert policy(Threshold(op=">=", value=0.025), "difference") == "≥ 2.5 points"


def test_the_value_stands_beside_a_count_that_does_not_tell_it() -> None:
    assert read(estimate(0.1, 0.07, 0.13), events="38 of 383").counted == "38 of 383"
    assert read(estimate(0.0, 0.0, 0.02)).counted == "0 of 400"
    assert read(estimate(0.1, 0.07, 0.13)).counted == "n = 400, 10.0 %"


def test_zeros_at_the_end_say_nothing() -> None:
    assert [trimmed(2.5, 3), trimmed(20.0, 1), trimmed(20.4, 0)] == ["2.5", "20", "20"]


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1))
def test_the_signs_of_a_difference_are_those_of_its_bounds(a: float, b: float, c: float) -> None:
    low, value, high = sorted((a, b, c))
    assume(low < high and all(bound == 0 or abs(bound) > 1e-7 for bound in (low, high)))
    interval = read(estimate(value, low, high), axis="difference").interval
    for written, bound in zip(interval.removesuffix(" points").split(" to "), (low, high), strict=True):
        assert written[0] == ("−" if bound < 0 else "+" if bound > 0 else "0")


def test_a_margin_is_written_with_both_its_sides_and_no_bound_is_rounded_across_either() -> None:
    margin = Threshold(op="within", value=0.05)
    assert policy(margin, "difference") == "within ±5 points"
    low = read(estimate(0.0, -0.04996, 0.03), threshold=margin, axis="difference")
    assert low.interval == "−4.996 to +3.000 points"
