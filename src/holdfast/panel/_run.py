"""Every persuader argues, every listener says how far it agrees."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from holdfast.evidence import Ask, Counts, PanelPlan, Subject
from holdfast.panel._answers import Answers
from holdfast.panel._asking import SIDES, after_ask, again_ask, before_ask, reply_ask, stated
from holdfast.panel._belief_state import belief_after
from holdfast.panel._claims import claims_in
from holdfast.panel._collect import Announce, Collecting
from holdfast.panel._moved import Array
from holdfast.store import RunDirectory
from holdfast.topics import Topic, topics

_ARMS: Final = ("talk", "other talk")
_SIGNS: Final = (1, -1)
"""Towards the statement, and away from it, in the order of `SIDES`."""
_NONE: Final = float("nan")
Replies = Mapping[tuple[str, str], str | None]
"""By topic and side; None where there is none."""
Key = tuple[str, int, str, str]
"""Arm, persuader, topic and side."""


class _Heard(NamedTuple):
    """One listener's answers, as in `Answers`."""

    before: Array
    again: Array
    after: Array
    off: Array
    skipped: int


def run_panel(
    plan: PanelPlan,
    persuaders: Sequence[Subject],
    listeners: Sequence[Subject],
    directory: RunDirectory,
    announce: Announce = lambda what, done, total: None,
) -> Answers:
    """Let every persuader argue for both sides, and every listener say how far it agrees.

    Args:
        plan: From `panel_plan`.
        persuaders: In its order.
        listeners: As well.
        directory: Where each batch is kept; batches found there are not asked again.
        announce: Told after every batch: what is done, how many are, of how many.

    Returns:
        Everything that was answered. The listener in code is the last one.

    Raises:
        MissingError: An endpoint was lost or refuses everybody, or the disk refused. Finished batches are kept.
        SuiteBroken: The shipped topics are damaged.
    """
    asked = tuple(topic for topic in topics() if topic.name in plan.topics)
    asking = Collecting(plan, directory, announce)
    replies = [_replies(asking, at, persuader, asked) for at, persuader in enumerate(persuaders)]
    came = asking.came
    heard = [_listened(asking, at, listener, asked, replies) for at, listener in enumerate(listeners)]
    heard.append(_believed(asked, replies))
    return Answers(
        before=np.array([one.before for one in heard]),
        again=np.array([one.again for one in heard]),
        after=np.array([one.after for one in heard]),
        off=np.array([one.off for one in heard]),
        claims=np.array([[[_claims(own[topic.name, side]) for side in SIDES] for topic in asked] for own in replies]),
        skipped=tuple(one.skipped for one in heard),
        replies=_counted(replies, came),
    )


def _replies(asking: Collecting, at: int, persuader: Subject, asked: Sequence[Topic]) -> Replies:
    who, room = asking.plan.persuaders[at].digest, asking.plan.max_new_tokens
    asks = {(topic.name, side): reply_ask(who, topic, side, room) for topic in asked for side in SIDES}
    asking.ask(f"persuader {at + 1}", persuader, list(asks.values()))
    return {key: asking.words(ask) for key, ask in asks.items()}


def _listened(
    asking: Collecting, at: int, listener: Subject, asked: Sequence[Topic], replies: Sequence[Replies]
) -> _Heard:
    who = asking.plan.listeners[at]
    first = {topic.name: before_ask(who.digest, topic) for topic in asked}
    asking.ask(f"{who.family}, before", listener, list(first.values()))
    opened = {name: asking.words(ask) for name, ask in first.items()}
    again = {
        topic.name: again_ask(who.digest, topic, words) for topic in asked if (words := opened[topic.name]) is not None
    }
    later = dict(_after(asking.plan, who.digest, asked, replies, opened))
    asking.ask(f"{who.family}, after", listener, [*again.values(), *later.values()])

    def number(ask: Ask | None) -> float:
        words = None if ask is None else asking.words(ask)
        found = None if words is None else stated(words)
        return _NONE if found is None else found

    def arm(name: str) -> Array:
        by_persuader = [
            [[number(later.get((name, by, topic.name, side))) for side in SIDES] for topic in asked]
            for by in range(len(replies))
        ]
        return np.array(by_persuader)

    return _Heard(
        before=np.array([number(first[topic.name]) for topic in asked]),
        again=np.array([number(again.get(topic.name)) for topic in asked]),
        after=arm(_ARMS[0]),
        off=arm(_ARMS[1]),
        skipped=len(asked) * (1 + len(_ARMS) * len(replies) * len(SIDES)) - len(again) - len(later),
    )


def _after(
    plan: PanelPlan, listener: str, asked: Sequence[Topic], replies: Sequence[Replies], opened: Mapping[str, str | None]
) -> Iterator[tuple[Key, Ask]]:
    """Every question behind a conversation that there is."""
    for place, topic in enumerate(asked):
        for arm, about in zip(_ARMS, (topic, _next(asked, place)), strict=True):
            for by, own in enumerate(replies):
                for side in SIDES:
                    words, before = own[about.name, side], opened[topic.name]
                    if words is not None and before is not None:
                        name = f"{arm}/{plan.persuaders[by].digest[7:19]}/{side}"
                        yield (arm, by, topic.name, side), after_ask(listener, topic, before, name, about, words)


def _believed(asked: Sequence[Topic], replies: Sequence[Replies]) -> _Heard:
    """The listener in code: the same arms, by its rule."""
    others = [_next(asked, place) for place in range(len(asked))]
    after, off = (
        np.array([[_beliefs(own, topic, told) for topic, told in zip(asked, about, strict=True)] for own in replies])
        for about in (asked, others)
    )
    half = np.full(len(asked), 0.5)
    skipped = int(np.isnan(after).sum() + np.isnan(off).sum())
    return _Heard(before=half, again=half.copy(), after=after, off=off, skipped=skipped)


def _beliefs(own: Replies, topic: Topic, about: Topic) -> list[float]:
    replies = [own[about.name, side] for side in SIDES]
    return [
        _NONE if reply is None else belief_after(reply, topic, sign)
        for reply, sign in zip(replies, _SIGNS, strict=True)
    ]


def _next(asked: Sequence[Topic], place: int) -> Topic:
    """What the conversation about something else is about."""
    return asked[(place + 1) % len(asked)]


def _claims(words: str | None) -> float:
    return _NONE if words is None else claims_in(words)


def _counted(replies: Sequence[Replies], came: int) -> Counts:
    """Of the persuaders: replies that can be read, that came and cannot, and that never came."""
    words = [said for own in replies for said in own.values()]
    scored = sum(said is not None for said in words)
    return Counts(total=len(words), scored=scored, unscorable=came - scored, skipped=len(words) - came)
