"""A sample's budget: what is tried again, for how long, and what is not."""

from datetime import UTC, datetime

import numpy as np
import pytest

from holdfast.subjects._budget import Budget, GivenUp, Lasting, Malformed, Passing, persist, retry_after_s
from upstream import Hurried

BUDGET = Budget(attempts=4, seconds=100.0, first_wait_s=1.0, most_wait_s=3.0)


class Calls:
    """Raises what it is told to, in order, then answers."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.made = 0

    def __call__(self) -> str:
        self.made += 1
        if self.failures:
            raise self.failures.pop(0)
        return "answer"


def spent(call: Calls, clock: Hurried, budget: Budget = BUDGET, seed: int = 0) -> str:
    return persist(call, budget, np.random.default_rng(seed), clock)


def test_what_may_pass_is_tried_again_until_it_is_answered() -> None:
    call, clock = Calls(Passing("busy"), Malformed("cut")), Hurried()
    assert spent(call, clock) == "answer"
    assert call.made == 3


def test_waits_double_up_to_their_most_and_are_drawn_from_the_upper_half() -> None:
    clock = Hurried()
    with pytest.raises(Passing):
        spent(
            Calls(*[Passing("busy")] * 9), clock, Budget(attempts=6, seconds=999.0, first_wait_s=1.0, most_wait_s=3.0)
        )
    for waited, whole in zip(clock.waits, (1.0, 2.0, 3.0, 3.0, 3.0), strict=True):
        assert whole / 2 <= waited <= whole


def test_the_waits_are_those_of_their_generator_alone() -> None:
    clocks = [Hurried(), Hurried(), Hurried()]
    for clock, seed in zip(clocks, (7, 7, 8), strict=True):
        spent(Calls(Passing("busy")), clock, seed=seed)
    assert clocks[0].waits == clocks[1].waits != clocks[2].waits


def test_no_more_attempts_are_made_than_the_budget_has() -> None:
    call = Calls(*[Passing(f"busy {n}") for n in range(9)])
    with pytest.raises(Passing, match="busy 3"):
        spent(call, Hurried())
    assert call.made == 4


def test_no_attempt_begins_after_the_seconds_are_over() -> None:
    call, clock = Calls(*[Passing("busy")] * 9), Hurried()
    with pytest.raises(Passing):
        spent(call, clock, Budget(attempts=99, seconds=10.0, first_wait_s=4.0, most_wait_s=4.0))
    assert clock.at <= 10.0
    assert 3 <= call.made <= 6


def test_what_will_not_pass_is_not_tried_again() -> None:
    call = Calls(Lasting("no such model", status=404))
    with pytest.raises(Lasting):
        spent(call, Hurried())
    assert call.made == 1


def test_a_bug_is_not_tried_again() -> None:
    call = Calls(KeyError("bug"))
    with pytest.raises(KeyError):
        spent(call, Hurried())
    assert call.made == 1


def test_the_wait_that_the_endpoint_asks_for_is_kept() -> None:
    clock = Hurried()
    spent(Calls(Passing("busy", after_s=17.0)), clock)
    assert clock.waits == [17.0]


def test_a_wait_beyond_the_budget_is_not_begun() -> None:
    clock = Hurried()
    with pytest.raises(Passing):
        spent(Calls(Passing("busy", after_s=3600.0)), clock)
    assert clock.waits == []


def test_who_waits_when_the_endpoint_is_given_up_does_not_ask_again() -> None:
    clock, call = Hurried(), Calls(Passing("busy"))
    clock.end()
    with pytest.raises(GivenUp):
        spent(call, clock)
    assert call.made == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("17", 17.0),
        (" 0 ", 0.0),
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30.0),
        ("Wed, 21 Oct 2026 07:28:30 -0000", 30.0),
        ("Wed, 21 Oct 2026 07:27:00 GMT", 0.0),
        ("soon", 0.0),
        ("-5", 0.0),
        ("٣", 0.0),
        (None, 0.0),
    ],
)
def test_a_retry_after_header_is_seconds_or_a_date(header: str | None, seconds: float) -> None:
    assert retry_after_s(header, datetime(2026, 10, 21, 7, 28, 0, tzinfo=UTC)) == seconds


def test_the_budget_is_said_in_words() -> None:
    assert Budget(attempts=2, seconds=1.5).said == "at most 2 attempts and 1.5 s a sample"
