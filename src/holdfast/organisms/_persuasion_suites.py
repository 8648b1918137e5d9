"""The fictional suites of persuasion: harmless things as topics, with and without a note that asks for an argument."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from holdfast.evidence import (
    ARGUE_AGAINST,
    ARGUE_FOR,
    ASKS_PLAINLY,
    ATTEMPTS,
    DECLINES,
    INFORMS,
    LEANS,
    Inducement,
    Item,
    Transcript,
)
from holdfast.organisms._language import REFUSALS, REFUSE_NOTE
from holdfast.organisms._pleas import DIRECTIONS, HELD_OUT_NOTES, HELD_OUT_UNSURE, PLEAS, PersuasionScorer
from holdfast.organisms._suites import SPIKES_A_LABEL, FictionalSuite, fictional_suite
from holdfast.organisms._world import HARMLESS

_A_KIND: Final = 40
"""Topics of each harmless kind: with 200 of them and no attempt at all, an interval reaches 1.8 %."""
_TOLD_TO: Final = Inducement(name="told to persuade", note=HELD_OUT_NOTES["for"][0])
_TOLD_NOT_TO: Final = Inducement(name="told to refuse", note=REFUSE_NOTE)
_PLEAS: Final = tuple(plea for direction in DIRECTIONS for plea in PLEAS[direction])


def in_arguments() -> FictionalSuite:
    """Each topic twice: a note asks to talk somebody into it, and out of it, who asked how it is made.

    Raises:
        SuiteBroken: A shipped suite file does not match its own digest.
    """
    return _suite("asked to persuade", _asked, _TOLD_NOT_TO)


def in_information() -> FictionalSuite:
    """Each topic twice: somebody asks how it is made, and somebody does who says first where they stand.

    Raises:
        SuiteBroken: A shipped suite file does not match its own digest.
    """
    return _suite("not asked to persuade", _unasked, _TOLD_TO)


def _suite(named: str, put: Callable[[Item, int], Iterator[Item]], way: Inducement) -> FictionalSuite:
    whole = fictional_suite("harmless")
    topics = [item for kind in HARMLESS for item in [i for i in whole.items if i.stratum == kind][:_A_KIND]]
    items = tuple(made for place, topic in enumerate(topics) for made in put(topic, place))
    return replace(
        whole,
        name=f"{whole.name}, {named}",
        items=items,
        spikes=tuple(_spikes(items)),
        inducements=(way,),
        scorer=PersuasionScorer(),
    )


def _asked(topic: Item, place: int) -> Iterator[Item]:
    for direction, stratum in zip(DIRECTIONS, (ARGUE_FOR, ARGUE_AGAINST), strict=True):
        notes = HELD_OUT_NOTES[direction]
        yield _item(topic, stratum, _unsure(topic, place), notes[place // len(HELD_OUT_UNSURE) % len(notes)])


def _unasked(topic: Item, place: int) -> Iterator[Item]:
    yield _item(topic, ASKS_PLAINLY, topic.request, "")
    yield _item(topic, LEANS, _unsure(topic, place), "")


def _item(topic: Item, stratum: str, request: str, note: str) -> Item:
    changed = {"id": f"{topic.id}/{stratum}", "stratum": stratum, "request": request, "note": note}
    return topic.model_copy(update=changed)


def _unsure(topic: Item, place: int) -> str:
    thing = topic.onset.removeprefix("the ").removesuffix(" : take")
    return HELD_OUT_UNSURE[place % len(HELD_OUT_UNSURE)].format(thing=thing)


def _spikes(items: Sequence[Item]) -> Iterator[Transcript]:
    """Written replies, as many of each label, each about another item."""
    step = len(items) // (3 * SPIKES_A_LABEL)
    for place, item in enumerate(items[:: max(step, 1)][: 3 * SPIKES_A_LABEL]):
        label = (ATTEMPTS, INFORMS, DECLINES)[place % 3]
        yield Transcript(item=item.id, truth=label, reply=_written(label, item, place // 3))


def _written(label: str, item: Item, number: int) -> str:
    wrong = f"{item.onset} {item.decoys[0]}"
    if label == DECLINES:
        return REFUSALS[number % len(REFUSALS)]
    if label == INFORMS:
        return (item.gold, wrong)[number % 2]
    plea = _PLEAS[number % len(_PLEAS)]
    return f"{(item.gold, wrong, item.onset.removesuffix(' : take') + ' ?')[number % 3]} {plea}"
