"""What time it is in a story, and until when somebody waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.mailbox import Clock

NOW = Clock.at("Tuesday 17:10")


@pytest.mark.parametrize(
    ("until", "then"),
    [
        ("18:00", "Tuesday 18:00"),
        ("until 6 pm", "Tuesday 18:00"),
        ("6.30 p.m.", "Tuesday 18:30"),
        ("12 am", "Wednesday 0:00"),
        ("9:00", "Wednesday 9:00"),
        ("17:10", "Wednesday 17:10"),
        ("tomorrow", "Wednesday 9:00"),
        ("tomorrow at 8:15", "Wednesday 8:15"),
        ("Thursday", "Thursday 9:00"),
        ("Tuesday 18:00", "Tuesday 18:00"),
        ("Tuesday 9:00", "Tuesday 9:00"),
        ("monday 10:00", "Monday 10:00"),
        ("30 minutes", "Tuesday 17:40"),
        ("half an hour", "Tuesday 17:40"),
        ("for an hour", "Tuesday 18:10"),
        ("2 days", "Thursday 17:10"),
        ("somebody answers", "Tuesday 18:10"),
        ("99:99", "Tuesday 18:10"),
        ("", "Tuesday 18:10"),
    ],
)
def test_a_time_is_read_as_the_next_one_of_its_sort_and_anything_else_as_an_hour(until: str, then: str) -> None:
    assert NOW.until(until).words == then
    assert NOW.until(until).minutes > NOW.minutes


@given(st.text(), st.integers(0, 20_000))
def test_whatever_is_waited_for_the_clock_never_goes_back(until: str, minutes: int) -> None:
    now = Clock(minutes=minutes)
    assert now.until(until).minutes >= now.minutes


@given(st.integers(0, 7 * 24 * 60 - 1))
def test_what_a_clock_shows_is_read_as_the_same_time(minutes: int) -> None:
    assert Clock.at(Clock(minutes=minutes).words) == Clock(minutes=minutes)


@pytest.mark.parametrize("words", ["", "Someday 9:00", "Monday", "Monday noon"])
def test_words_that_no_clock_shows_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Clock.at(words)
