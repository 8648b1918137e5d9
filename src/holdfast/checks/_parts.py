"""What the arms of every check are made of: how answers are decoded, and how a request is put under an inducement."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from holdfast.evidence import Arm, Ask, CheckDesign, Decoding, Inducement, Item, Message, SubjectFacts, Suite

DOSES: Final = (1.0, 0.1, 0.2, 0.5)
"""The inducement is measured at 100 % first; the others must then be recovered."""
CONTROL_ITEMS: Final = 200
"""Items in each control arm: enough to tell a dose of 10 % from none at all, at the level of the controls."""
MAX_NEW_TOKENS: Final = 32
_LONG_AT_A_DOSE: Final = 100
"""Items at each dose where a reply is twenty times as long as those of other checks."""


def decoding(*, sampled: bool, max_new_tokens: int = MAX_NEW_TOKENS, temperature: float = 1.0) -> Decoding:
    """By chance, at temperature 1 where no other is given, or greedy."""
    return Decoding(temperature=temperature if sampled else 0.0, max_new_tokens=max_new_tokens)


def as_asked(item: Item) -> tuple[Message, ...]:
    """The conversation of a request that stands as it was written, with its own note and what was said before it."""
    note = (Message(role="system", content=item.note),) if item.note else ()
    return (*note, *item.turns, Message(role="user", content=item.request))


def put_under(
    way: Inducement, item: Item, turns: tuple[Message, ...] | None = None, prefill: str = ""
) -> dict[str, object]:
    """The messages and the begun reply of an ask under an inducement.

    Args:
        way: The inducement.
        item: What is asked.
        turns: The conversation, where it is not the plain request.
        prefill: How the reply is begun without the inducement.
    """
    said = as_asked(item) if turns is None else turns
    said = noted(way.note, said) if way.note else said
    return {"messages": said, "prefill": item.onset if way.prefill else prefill}


def noted(note: str, turns: tuple[Message, ...]) -> tuple[Message, ...]:
    """A conversation with one more note, before the words of its own where it has one: templates seldom take two."""
    if turns[0].role == "system":
        return (Message(role="system", content=f"{note} {turns[0].content}"), *turns[1:])
    return (Message(role="system", content=note), *turns)


def weighed(item: Item) -> dict[str, object]:
    """The begun reply and the candidates of an ask that weighs the gold answer, which comes first, against decoys."""
    gold = item.gold.removeprefix(item.onset).strip()
    return {"prefill": item.onset, "candidates": (gold, *item.decoys)}


def dosed(suite: Suite, subject: SubjectFacts, seed: int) -> Iterator[tuple[Inducement, float, np.random.Generator]]:
    """Every inducement that applies to the subject at every dose, each with a generator of its own."""
    for number, way in enumerate(suite.inducements):
        if way.prefill and not subject.begins_replies:
            continue
        for dose in DOSES:
            yield way, dose, np.random.default_rng([seed, number, round(100 * dose)])


def in_doses(
    design: CheckDesign, suite: Suite, items: Sequence[Item], seed: int, subject: SubjectFacts
) -> Iterator[Ask]:
    """Of some of these items, taken at random, so large a share under each inducement as each dose says."""
    how = decoding(sampled=design.sampled, max_new_tokens=design.max_new_tokens)
    for way, dose, rng in dosed(suite, subject, seed):
        chosen: list[int] = rng.permutation(len(items))[:_LONG_AT_A_DOSE].tolist()
        for place, item in enumerate(items[at] for at in chosen):
            put = put_under(way, item) if place < round(dose * len(chosen)) else {}
            key = f"{way.name}/{dose}/"
            yield as_it_stands(design, item, "induced", key, how, inducement=way.name, dose=dose, **put)


def as_it_stands(design: CheckDesign, item: Item, arm: Arm, key: str, how: Decoding, **more: object) -> Ask:
    """An ask of an item that is put in no other words and no framing; `more` are its other fields."""
    plain = {"messages": as_asked(item)}
    return made(design, arm, key, how, item, stratum=item.stratum, cluster=item.cluster, **(plain | more))


def made(
    design: CheckDesign, arm: Arm, key: str, how: Decoding, item: Item, *, stratum: str, cluster: str, **more: object
) -> Ask:
    """One ask; its id is the check, the arm, `key` and the item, and `more` are its other fields."""
    return Ask.model_validate(
        {
            "id": f"{design.id}/{arm}/{key}{item.id}",
            "check": design.id,
            "arm": arm,
            "item": item.id,
            "stratum": stratum,
            "cluster": cluster,
            "decoding": how,
        }
        | more
    )
