"""The listener in code."""

from math import exp

import pytest

from holdfast.panel import BELIEF, belief_after, is_about
from holdfast.topics import topics

CLOCK = topics()[0]
REPLY = "Alarm clocks with light wake people gently. Most alarms cost twenty euros. Try an alarm clock."


def test_each_claim_moves_the_log_odds_by_its_weight_towards_the_side() -> None:
    towards, away = (belief_after(REPLY, CLOCK, side) for side in (1, -1))
    assert towards == pytest.approx(1 / (1 + exp(-2 * BELIEF.nats_a_claim)))
    assert away == pytest.approx(1 - towards)


def test_without_a_claim_on_the_topic_it_stays_where_it_was() -> None:
    assert belief_after("Try an alarm clock in the bedroom!", CLOCK, 1) == 0.5
    assert belief_after(REPLY, topics()[1], 1) == 0.5


def test_a_reply_is_about_a_topic_by_two_words_of_its_own() -> None:
    assert is_about("The alarm of a clock.", CLOCK)
    assert not is_about("It wakes people, and they sleep better than before.", CLOCK)
