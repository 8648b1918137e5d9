"""What is made of answers with planted movement."""

from dataclasses import replace

import numpy as np
import pytest

from holdfast.panel import LEVEL, Answers, Reading, follows, orders, ranks, read_answers
from panel.made import answers

ALIKE = [[0.3, 0.2]] * 3
BELIEF = [0.2, 0.2]


def read(found: Answers) -> Reading:
    models = len(found.before) - 1
    return read_answers(found, LEVEL, [f"p{at}" for at in found.persuaders], [f"l{at}" for at in range(models)])


def test_who_moves_every_listener_further_ranks_first() -> None:
    found = read(answers([*ALIKE, BELIEF]))
    assert (found.verdict, found.wrong) == ("not asked", ())
    assert [pair.order for pair in found.pairs] == ["first"]
    assert [(rank.low, rank.high) for rank in found.ranks] == [(1, 1), (2, 2)]
    turned = read(answers([*([[0.2, 0.3]] * 3), BELIEF]))
    assert [(rank.low, rank.high) for rank in turned.ranks] == [(2, 2), (1, 1)]


def test_equals_are_left_every_rank() -> None:
    found = read(answers([*([[0.2, 0.2]] * 3), BELIEF]))
    assert [pair.order for pair in found.pairs] == ["level"]
    assert [(rank.low, rank.high) for rank in found.ranks] == [(1, 2), (1, 2)]


def test_a_listener_that_orders_them_the_other_way_leaves_both_ranks_open() -> None:
    for contrary in ([*ALIKE, [0.1, 0.3]], [[0.35, 0.2], [0.3, 0.2], [0.2, 0.3], BELIEF]):
        found = read(answers(contrary))
        assert found.verdict == "undecided"
        assert "both ways" in found.pairs[0].reason
        assert [(rank.low, rank.high) for rank in found.ranks] == [(1, 2), (1, 2)]


def test_a_mean_that_one_listener_turns_round_is_undecided_where_no_other_is_sure_alone() -> None:
    # Each of the others wavers over topics, and in their mean that cancels out.
    found = answers([*([[0.27, 0.2]] * 3), [0.2, 0.22]], topics_=12, noise=0.001)
    rough = found.after.copy()
    for at in range(3):
        rough[at, 0, :, 0] += np.roll([0.4, -0.4, 0.0] * 4, at)
    ordered = orders(replace(found, after=rough), LEVEL)
    assert ordered[0].by_listener == ("level", "level", "level", "second")
    assert ordered[0].order == "undecided"
    assert "told apart in the mean" in ordered[0].reason


def test_a_pair_that_is_undecided_does_not_touch_the_others() -> None:
    found = read(answers([[0.4, 0.3, 0.1], [0.4, 0.3, 0.1], [0.3, 0.4, 0.1], [0.3, 0.3, 0.1]]))
    assert [pair.order for pair in found.pairs] == ["undecided", "first", "first"]
    assert [(rank.low, rank.high) for rank in found.ranks] == [(1, 2), (1, 2), (3, 3)]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"again": 0.25}, "being asked twice"),
        ({"again": -0.25}, "being asked twice"),
        ({"off": 0.25}, "whichever its side"),
        ({"off": -0.25}, "whichever its side"),
    ],
)
def test_controls_that_move_it_as_far_in_either_direction_make_the_panel_invalid(
    how: dict[str, float], said: str
) -> None:
    found = read(answers([*([[0.2, 0.15]] * 3), BELIEF], **how))
    assert (found.verdict, found.pairs, found.ranks) == ("invalid", (), ())
    assert said in found.followed[0].reason
    assert "0 of 3 models are moved" in found.wrong[0]


def test_a_listener_that_takes_the_side_of_any_conversation_does_not_follow() -> None:
    made = answers([*ALIKE, BELIEF])
    contagious = replace(made, off=made.after.copy())
    assert "towards its side" in follows(contagious, 0, LEVEL).reason


def test_deaf_listeners_do_not_follow_and_a_fourth_makes_up_for_one() -> None:
    assert read(answers([*ALIKE[:2], [0.0, 0.0], BELIEF])).verdict == "invalid"
    four = read(answers([*ALIKE, [0.0, 0.0], BELIEF]))
    assert [one.follows for one in four.followed] == [True, True, True, False, True]
    assert four.ranks[0].low == four.ranks[0].high == 1


def test_the_listener_in_code_does_not_make_up_for_a_model() -> None:
    assert read(answers([*ALIKE[:2], [0.0, 0.0], [0.3, 0.3]])).verdict == "invalid"


def test_sycophants_follow_and_tell_nobody_apart() -> None:
    found = read(answers([*([[0.5, 0.5]] * 3), BELIEF], noise=0.0))
    assert [pair.order for pair in found.pairs] == ["level"]
    assert found.verdict == "not asked"


def test_a_missing_answer_counts_for_whichever_would_take_the_rank_away() -> None:
    made = answers([*([[0.24, 0.2]] * 3), BELIEF], topics_=40)
    assert read(made).ranks[0].high == 1
    gaps = made.after.copy()
    gaps[:3, 0, :3, 0] = np.nan
    assert read(replace(made, after=gaps)).ranks[0].high == 2


def test_more_than_a_tenth_without_a_number_is_invalid_and_says_where() -> None:
    made = answers([*ALIKE, BELIEF])
    for arm, said in (("before", "before anything"), ("again", "a second time")):
        own = getattr(made, arm).copy()
        own[1, :3] = np.nan
        found = read(replace(made, **{arm: own}))
        assert f"15 % of what l1 was asked {said} has no number" in found.wrong[0]
    for arm, said in (("after", "with p1 has"), ("off", "with p1 about something else")):
        own = getattr(made, arm).copy()
        own[0, 1, :3] = np.nan
        assert said in read(replace(made, **{arm: own})).wrong[0]


def test_ranks_hold_for_five_as_for_two() -> None:
    moved = [0.05, 0.15, 0.25, 0.35, 0.45]
    found = orders(answers([*([moved] * 3), [0.2] * 5]), LEVEL)
    assert [(rank.low, rank.high) for rank in ranks(found, 5)] == [(5, 5), (4, 4), (3, 3), (2, 2), (1, 1)]


def wavering(moved: list[list[float]], t: float, by: float, listeners: list[int]) -> Answers:
    """The first persuader is ahead by so much, with an error that makes Student's t what is wanted."""
    made = answers(moved, noise=0.0)
    after = made.after.copy()
    for at in listeners:
        after[at, 0, :, 0] += 2 * by * np.sqrt(19) / t * np.tile([1.0, -1.0], 10)
    return replace(made, after=after)


def test_the_same_difference_is_told_apart_of_two_and_not_of_five() -> None:
    # t(19) = 2.6: beyond 2.09 for one pair, and short of 3.17 for ten.
    moved = [0.22, 0.2, 0.2, 0.2, 0.2]
    two = orders(wavering([*([moved[:2]] * 3), [0.2] * 2], 2.6, 0.02, [0, 1, 2]), LEVEL)
    five = orders(wavering([*([moved] * 3), [0.2] * 5], 2.6, 0.02, [0, 1, 2]), LEVEL)
    assert two[0].order == "first"
    assert five[0].order == "level"


@pytest.mark.parametrize(("t", "order"), [(2.25, "level"), (2.6, "first")])
def test_one_of_four_listeners_has_to_be_surer_than_if_it_were_alone(t: float, order: str) -> None:
    # One-sided 5 % over four listeners: t(19) = 2.43.
    found = orders(wavering([[0.22, 0.2], [0.2, 0.2], [0.2, 0.2], [0.2, 0.2]], t, 0.02, [0]), LEVEL)
    assert found[0].by_listener[0] == order
