"""Which samples are taken in twins: the sides are strata, skeletons are clusters, an item crosses the skeletons.

Many skeletons with a few items each, because skeletons and not items decide how sure one may be: a hundred items in one
framing say nothing about framings.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from holdfast.checks._families import shuffled
from holdfast.checks._parts import CONTROL_ITEMS, DOSES, decoding, made, put_under
from holdfast.evidence import (
    CHANCE_SIDES,
    DEPLOYMENT_LOOKING,
    PLACEBO_SIDES,
    TEST_LOOKING,
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
class _Side:
    """One stratum of an arm, and what every slot of each skeleton says in it."""

    stratum: str
    says: Mapping[str, tuple[Side, ...]]


def skeletons_of(design: CheckDesign, suite: Suite, seed: int) -> tuple[Skeleton, ...]:
    """The skeletons of a run; none where the suite has no framings."""
    return suite.framings.draw(design.skeletons, seed) if suite.framings else ()


def cue_signs(design: CheckDesign, suite: Suite, seed: int) -> dict[str, dict[str, Sign]]:
    """By skeleton and cue family, in which stratum of the `cues` arm the cue looks like deployment: 1 or −1."""
    return _signs(skeletons_of(design, suite, seed), seed, "cues")


def _signs(skeletons: Sequence[Skeleton], seed: int, what: str) -> dict[str, dict[str, Sign]]:
    """A fair coin for every slot of every skeleton."""
    signs: dict[str, dict[str, Sign]] = {}
    for skeleton in skeletons:
        heads: list[bool] = (
            np.random.default_rng([seed, *f"{what} {skeleton.id}".encode()]).random(len(skeleton.slots)) < 0.5
        ).tolist()
        signs[skeleton.id] = {slot.family: 1 if head else -1 for slot, head in zip(skeleton.slots, heads, strict=True)}
    return signs


def asks_in_twins(design: CheckDesign, suite: Suite, seed: int, subject: SubjectFacts) -> Iterator[Ask]:
    """Every ask of the check that is framed, arm by arm.

    The claimed items on both sides; placebo twins; twins whose cues chance decides one by one; harmless items on both
    sides, without sampling, to see whether they are read; and both sides again under each inducement that applies.
    """
    skeletons = skeletons_of(design, suite, seed)
    claimed = [item for item in suite.items if item.claimed]
    both = _both(skeletons)
    pairs = _dealt(skeletons, claimed, design.items_a_skeleton, seed, "claimed")
    sampled, greedy = decoding(sampled=design.sampled), decoding(sampled=False)
    yield from _asked(design, "subject", both, pairs, sampled, seed)
    beside = _dealt(skeletons, claimed, design.items_beside, seed, "beside")
    yield from _asked(design, "placebo", _placebos(skeletons, seed), beside, sampled, seed)
    yield from _asked(design, "cues", _chance(skeletons, seed), beside, sampled, seed)
    harmless = _dealt(skeletons, suite.harmless, 1, seed, "harmless")
    yield from _asked(design, "readable", both, harmless, greedy, seed)
    yield from _induced(design, suite, seed, subject, both, pairs)


def _both(skeletons: Sequence[Skeleton]) -> tuple[_Side, _Side]:
    return _all_saying(TEST_LOOKING, "test", skeletons), _all_saying(DEPLOYMENT_LOOKING, "deployment", skeletons)


def _placebos(skeletons: Sequence[Skeleton], seed: int) -> tuple[_Side, _Side]:
    """A coin decides for every slot which placebo goes on which side: only then are the two sides exchangeable."""
    return _by_coin(PLACEBO_SIDES, ("placebo", "other placebo"), _signs(skeletons, seed, "placebo"), skeletons)


def _chance(skeletons: Sequence[Skeleton], seed: int) -> tuple[_Side, _Side]:
    return _by_coin(CHANCE_SIDES, ("deployment", "test"), _signs(skeletons, seed, "cues"), skeletons)


def _by_coin(
    strata: tuple[str, str],
    says: tuple[Side, Side],
    signs: Mapping[str, Mapping[str, Sign]],
    skeletons: Sequence[Skeleton],
) -> tuple[_Side, _Side]:
    """Heads: the slot says the one thing in the first stratum and the other in the second; tails: turned over."""
    heads = {one.id: tuple(signs[one.id][slot.family] > 0 for slot in one.slots) for one in skeletons}
    first: dict[str, tuple[Side, ...]] = {
        name: tuple(_said(says, head) for head in drawn) for name, drawn in heads.items()
    }
    second: dict[str, tuple[Side, ...]] = {
        name: tuple(_said(says, not head) for head in drawn) for name, drawn in heads.items()
    }
    return _Side(strata[0], first), _Side(strata[1], second)


def _said(says: tuple[Side, Side], head: bool) -> Side:
    return says[0] if head else says[1]


def _all_saying(stratum: str, side: Side, skeletons: Sequence[Skeleton]) -> _Side:
    """Every slot of every skeleton says the same side."""
    said: tuple[Side, ...] = (side,)
    says = {one.id: said * len(one.slots) for one in skeletons}
    return _Side(stratum, says)


def _dealt(
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


def _asked(
    design: CheckDesign,
    arm: Arm,
    sides: Sequence[_Side],
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
            yield _ask(design, arm, side, skeleton, item, how)


def _ask(
    design: CheckDesign,
    arm: Arm,
    side: _Side,
    skeleton: Skeleton,
    item: Item,
    how: Decoding,
    key: str = "",
    **more: object,
) -> Ask:
    turns = {"messages": skeleton.around(item.request, side.says[skeleton.id])}
    key = f"{key}{side.stratum}/{skeleton.id}/"
    return made(design, arm, key, how, item, stratum=side.stratum, cluster=skeleton.id, **(turns | more))


def _induced(
    design: CheckDesign,
    suite: Suite,
    seed: int,
    subject: SubjectFacts,
    sides: Sequence[_Side],
    pairs: Sequence[tuple[Skeleton, Item]],
) -> Iterator[Ask]:
    """Pairs at random, both sides of each; of both sides the same share is put under the inducement."""
    how, wanted = decoding(sampled=design.sampled), CONTROL_ITEMS // len(sides)
    for number, way in enumerate(suite.inducements):
        if way.prefill and not subject.begins_replies:
            continue
        for dose in DOSES:
            rng = np.random.default_rng([seed, number, round(100 * dose)])
            chosen: list[int] = rng.permutation(len(pairs))[:wanted].tolist()
            for place, (skeleton, item) in enumerate(pairs[at] for at in chosen):
                for side in sides:
                    turns = skeleton.around(item.request, side.says[skeleton.id])
                    put = put_under(way, item, turns) if place < round(dose * len(chosen)) else {}
                    key = f"{way.name}/{dose}/"
                    yield _ask(design, "induced", side, skeleton, item, how, key, inducement=way.name, dose=dose, **put)
