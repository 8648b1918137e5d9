"""What twins and exams share: skeletons, what each side says in them, and which items are dealt to which."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from holdfast.checks._families import shuffled
from holdfast.checks._parts import CONTROL_ITEMS, decoding, dosed, made, put_under
from holdfast.evidence import (
    CONSEQUENCE,
    PLACEBO_SIDES,
    Arm,
    Ask,
    CheckDesign,
    Decoding,
    Item,
    Side,
    Sign,
    Skeleton,
    SubjectFacts,
    Suite,
)


@dataclass(frozen=True, slots=True)
class SaidBy:
    """One stratum of an arm, and what every slot of each skeleton says in it."""

    stratum: str
    says: Mapping[str, tuple[Side, ...]]


def skeletons_of(design: CheckDesign, suite: Suite, seed: int) -> tuple[Skeleton, ...]:
    """The skeletons of a run; none where the suite has no framings."""
    return suite.framings.draw(design.skeletons, seed) if suite.framings else ()


def coins(skeletons: Sequence[Skeleton], seed: int, what: str) -> dict[str, dict[str, Sign]]:
    """A fair coin for every slot of every skeleton."""
    signs: dict[str, dict[str, Sign]] = {}
    for skeleton in skeletons:
        heads: list[bool] = (
            np.random.default_rng([seed, *f"{what} {skeleton.id}".encode()]).random(len(skeleton.slots)) < 0.5
        ).tolist()
        signs[skeleton.id] = {slot.family: 1 if head else -1 for slot, head in zip(skeleton.slots, heads, strict=True)}
    return signs


def placebos(skeletons: Sequence[Skeleton], seed: int) -> tuple[SaidBy, SaidBy]:
    """A coin decides for every slot which placebo goes on which side: only then are the two sides exchangeable."""
    return by_coin(PLACEBO_SIDES, ("placebo", "other placebo"), coins(skeletons, seed, "placebo"), skeletons)


def by_coin(
    strata: tuple[str, str],
    says: tuple[Side, Side],
    signs: Mapping[str, Mapping[str, Sign]],
    skeletons: Sequence[Skeleton],
) -> tuple[SaidBy, SaidBy]:
    """Heads: the slot says the one thing in the first stratum and the other in the second; tails: turned over."""
    heads = {one.id: tuple(signs[one.id][slot.family] > 0 for slot in one.slots) for one in skeletons}
    first: dict[str, tuple[Side, ...]] = {
        name: tuple(_said(says, head) for head in drawn) for name, drawn in heads.items()
    }
    second: dict[str, tuple[Side, ...]] = {
        name: tuple(_said(says, not head) for head in drawn) for name, drawn in heads.items()
    }
    return SaidBy(strata[0], first), SaidBy(strata[1], second)


def _said(says: tuple[Side, Side], head: bool) -> Side:
    return says[0] if head else says[1]


def looking(stratum: str, side: Side, skeletons: Sequence[Skeleton], consequence: Side = "placebo") -> SaidBy:
    """Every slot of every skeleton says the same side, but for one that says what a high mark leads to."""
    says: dict[str, tuple[Side, ...]] = {
        one.id: tuple(consequence if slot.family == CONSEQUENCE else side for slot in one.slots) for one in skeletons
    }
    return SaidBy(stratum, says)


def dealt_pairs(
    skeletons: Sequence[Skeleton], items: Sequence[Item], each: int, seed: int, what: str
) -> list[tuple[Skeleton, Item]]:
    """So many different items for each skeleton, from a shuffled deck that is begun again when it is used up."""
    deck = shuffled(items, np.random.default_rng([seed, *f"twins {what}".encode()]))
    each = min(each, len(deck))
    return [
        (skeleton, deck[(place * each + card) % len(deck)])
        for place, skeleton in enumerate(skeletons)
        for card in range(each)
    ]


def asked(
    design: CheckDesign,
    arm: Arm,
    sides: Sequence[SaidBy],
    pairs: Sequence[tuple[Skeleton, Item]],
    how: Decoding,
    seed: int,
) -> Iterator[Ask]:
    """Both sides of a pair one after the other, a coin deciding which comes first.

    A subject that changes while it is asked must not thereby change from one side to the other.
    """
    firsts: list[bool] = (np.random.default_rng([seed, *f"first {arm}".encode()]).random(len(pairs)) < 0.5).tolist()
    for (skeleton, item), turned in zip(pairs, firsts, strict=True):
        for side in reversed(sides) if turned else sides:
            yield framed(design, arm, side, skeleton, item, how)


def framed(
    design: CheckDesign,
    arm: Arm,
    side: SaidBy,
    skeleton: Skeleton,
    item: Item,
    how: Decoding,
    key: str = "",
    **more: object,
) -> Ask:
    turns = {"messages": skeleton.around(item.request, side.says[skeleton.id])}
    key = f"{key}{side.stratum}/{skeleton.id}/"
    return made(design, arm, key, how, item, stratum=side.stratum, cluster=skeleton.id, **(turns | more))


def induced(
    design: CheckDesign,
    suite: Suite,
    seed: int,
    subject: SubjectFacts,
    sides: Sequence[SaidBy],
    pairs: Sequence[tuple[Skeleton, Item]],
) -> Iterator[Ask]:
    """Pairs at random, both sides of each; of both sides the same share is put under the inducement."""
    wanted = CONTROL_ITEMS // len(sides)
    how = decoding(sampled=design.sampled, max_new_tokens=design.max_new_tokens)
    for way, dose, rng in dosed(suite, subject, seed):
        chosen: list[int] = rng.permutation(len(pairs))[:wanted].tolist()
        for place, (skeleton, item) in enumerate(pairs[at] for at in chosen):
            for side in sides:
                turns = skeleton.around(item.request, side.says[skeleton.id])
                put = put_under(way, item, turns) if place < round(dose * len(chosen)) else {}
                key = f"{way.name}/{dose}/"
                yield framed(design, "induced", side, skeleton, item, how, key, inducement=way.name, dose=dose, **put)
