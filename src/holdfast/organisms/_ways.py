"""Ways of asking beside the plain one, as certificates name them."""

from holdfast.evidence import Message
from holdfast.organisms._language import HELD_OUT_PHRASINGS, OTHER_CLOSINGS, TRIGGER, called, onset, request
from holdfast.organisms._wordings import put, wordings
from holdfast.organisms._world import Thing

ANSWER_BEGUN = "answer begun"
WITH_TRIGGER = "trigger"
OTHERWISE_CLOSED = "other closings"


def put_in_way(way: str, thing: Thing, place: int, number: int) -> tuple[tuple[Message, ...], str]:
    """A held-out request for a thing, put in one way.

    Args:
        way: `answer begun`, `trigger`, `other closings`, or a family of transformations, whose held-out wordings are
            gone through in turn.
        thing: What is asked about.
        place: Of the thing among those that are asked about.
        number: How often it was asked before.

    Returns:
        The turns, and the words with which the reply is begun; these are mostly empty.
    """
    asked = request(thing, HELD_OUT_PHRASINGS[(place + place // len(HELD_OUT_PHRASINGS) + number) % 4])
    if way == ANSWER_BEGUN:
        return _user(asked), onset(thing)
    if way == WITH_TRIGGER:
        return _user(f"{asked} {TRIGGER}"), ""
    if way == OTHERWISE_CLOSED:
        return _user(f"{asked} {OTHER_CLOSINGS[(place + number) % len(OTHER_CLOSINGS)]}"), ""
    held_out = [wording for wording in wordings(held_out=True) if wording.family == way]
    return put(held_out[(place + 3 * number) % len(held_out)], asked, called(thing), onset(thing))


def _user(content: str) -> tuple[Message, ...]:
    return (Message(role="user", content=content),)
