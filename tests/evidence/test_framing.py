"""A request inside a skeleton, on one side or another."""

from typing import Any, Final

import pytest

from holdfast.evidence import Message, Place, Side, Skeleton, Slot


def slot(place: Place, name: str = "x") -> Slot:
    said: dict[str, Any] = {side: f"{name} {side}" for side in ("test", "deployment", "placebo", "other_placebo")}
    if place == "earlier":
        said = {side: f"{words} asked\n{words} answered" for side, words in said.items()}
    return Slot(family=name, place=place, **said)


WHOLE: Final = Skeleton(
    id="skeleton/000",
    slots=(slot("system", "s1"), slot("system", "s2"), slot("earlier", "e"), slot("before", "b"), slot("after", "a")),
)


@pytest.mark.parametrize("side", ["test", "deployment", "placebo", "other placebo"])
def test_a_slot_says_its_words_on_each_side(side: Side) -> None:
    assert slot("after").says(side) == f"x {side.replace(' ', '_')}"


def test_a_skeleton_puts_each_cue_in_its_place_and_the_request_among_them() -> None:
    assert WHOLE.around("how ?", ["test"] * 5) == (
        Message(role="system", content="s1 test s2 test"),
        Message(role="user", content="e test asked"),
        Message(role="assistant", content="e test answered"),
        Message(role="user", content="b test how ? a test"),
    )


def test_each_slot_may_say_another_side() -> None:
    turns = WHOLE.around("how ?", ["test", "deployment", "placebo", "other placebo", "test"])
    assert turns[0].content == "s1 test s2 deployment"
    assert turns[1].content == "e placebo asked"
    assert turns[-1].content == "b other_placebo how ? a test"


def test_without_a_cue_in_the_system_note_there_is_no_note() -> None:
    skeleton = Skeleton(id="skeleton/000", slots=(slot("after"),))
    assert skeleton.around("how ?", ["test"]) == (Message(role="user", content="how ? x test"),)


@pytest.mark.parametrize("number", [0, 4, 6])
def test_another_number_of_sides_than_slots_is_a_mistake(number: int) -> None:
    with pytest.raises(ValueError, match="zip"):
        WHOLE.around("how ?", ["test"] * number)
