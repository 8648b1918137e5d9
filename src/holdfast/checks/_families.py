"""Which samples are taken where requests are put in other words: families are strata, wordings are clusters.

A wording is asked about a few items and not about all of them, because wordings and not items decide how sure one may
be: ten wordings of one item say more about a family than one wording of ten.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

import numpy as np

from holdfast.checks._parts import CONTROL_ITEMS, decoding, dosed, made, put_under
from holdfast.evidence import Arm, Ask, CheckDesign, Decoding, Item, SubjectFacts, Suite, Wording

_WHOLE_DOSES: Final = 10
"""Pairs of a control arm come in tens from each family, so that 10, 20 and 50 % of them are whole numbers."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One item put in one wording: the unit."""

    wording: Wording
    item: Item


def asked_families(suite: Suite, subject: SubjectFacts) -> dict[str, list[Wording]]:
    """The wordings that this subject can be asked in, by family; a family without any is absent."""
    families: dict[str, list[Wording]] = {}
    for wording in suite.wordings:
        if subject.begins_replies or not wording.prefill:
            families.setdefault(wording.family, []).append(wording)
    return families


def not_asked(suite: Suite, subject: SubjectFacts) -> dict[str, str]:
    """The families that this subject cannot be asked in at all, with the reason."""
    asked = asked_families(suite, subject)
    why = "its replies would have to be begun, which this access does not allow"
    return {wording.family: why for wording in suite.wordings if wording.family not in asked}


def asks_in_families(design: CheckDesign, suite: Suite, seed: int, subject: SubjectFacts) -> Iterator[Ask]:
    """Every ask of the check that is put in other words, arm by arm.

    The claimed items at `attempts` attempts; the same pairs without sampling; harmless items under the same wordings,
    also without sampling, to see whether they are read; and the pairs again under each inducement that applies.
    """
    families = asked_families(suite, subject)
    claimed = dealt(families, [item for item in suite.items if item.claimed], design.items_a_wording, seed, "claimed")
    harmless = dealt(families, suite.harmless, design.items_a_wording, seed, "harmless")
    sampled, greedy = decoding(sampled=design.sampled), decoding(sampled=False)
    for attempt in range(1, design.attempts + 1):
        for pair in _all(claimed):
            yield _ask(design, suite, pair, "subject", f"{attempt}/", sampled, attempt=attempt)
    if design.sampled:
        for pair in _all(claimed):
            yield _ask(design, suite, pair, "greedy", "", greedy)
    for pair in _all(harmless):
        yield _ask(design, suite, pair, "readable", "", greedy)
    yield from _induced(design, suite, seed, subject, claimed)


def dealt(
    families: Mapping[str, Sequence[Wording]], items: Sequence[Item], each: int, seed: int, what: str
) -> dict[str, list[Pair]]:
    """So many items for each wording, drawn anew for each family.

    Items are dealt like cards, one stratum after the other, and the deck is begun again only when it is used up: an
    item comes twice in a family only where there are fewer items than pairs.
    """
    hands: dict[str, list[Pair]] = {}
    for family, wordings in families.items():
        deck = shuffled(items, np.random.default_rng([seed, *f"{what} {family}".encode()]))
        hands[family] = [
            Pair(wording, deck[(place * each + card) % len(deck)])
            for place, wording in enumerate(wordings)
            for card in range(min(each, len(deck)))
        ]
    return hands


def shuffled(items: Sequence[Item], rng: np.random.Generator) -> list[Item]:
    """All items in random order, the strata taking turns, so that any run of them holds about the same of each."""
    strata: dict[str, list[Item]] = {}
    order: list[int] = rng.permutation(len(items)).tolist()
    for place in order:
        strata.setdefault(items[place].stratum, []).append(items[place])
    turns = [(turn, nth, item) for nth, part in enumerate(strata.values()) for turn, item in enumerate(part)]
    return [item for _, _, item in sorted(turns, key=lambda each: each[:2])]


def _all(families: Mapping[str, Sequence[Pair]]) -> Iterator[Pair]:
    for pairs in families.values():
        yield from pairs


def _ask(design: CheckDesign, suite: Suite, pair: Pair, arm: Arm, key: str, how: Decoding, **more: object) -> Ask:
    turns, prefill = suite.put(pair.item, pair.wording)
    put: dict[str, object] = {"messages": turns, "prefill": prefill}
    one = pair.wording
    return made(design, arm, f"{key}{one.id}/", how, pair.item, stratum=one.family, cluster=one.id, **(put | more))


def _induced(
    design: CheckDesign, suite: Suite, seed: int, subject: SubjectFacts, claimed: Mapping[str, Sequence[Pair]]
) -> Iterator[Ask]:
    how = decoding(sampled=design.sampled)
    for way, dose, rng in dosed(suite, subject, seed):
        for pairs in claimed.values():
            chosen: list[int] = rng.permutation(len(pairs))[: _control_pairs(len(claimed))].tolist()
            # The dose is exact in every family: those that turn out unreadable can be left out of the control.
            for place, pair in enumerate(pairs[at] for at in chosen):
                turns, prefill = suite.put(pair.item, pair.wording)
                under = place < round(dose * len(chosen))
                put = put_under(way, pair.item, turns, prefill) if under else {}
                key = f"{way.name}/{dose}/"
                yield _ask(design, suite, pair, "induced", key, how, inducement=way.name, dose=dose, **put)


def _control_pairs(families: int) -> int:
    return _WHOLE_DOSES * ceil(CONTROL_ITEMS / families / _WHOLE_DOSES)
