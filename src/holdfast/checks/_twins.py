"""Which samples are taken in twins: the sides are strata, skeletons are clusters, an item crosses the skeletons.

Many skeletons with a few items each, because skeletons and not items decide how sure one may be: a hundred items in one
framing say nothing about framings.
"""

from collections.abc import Iterator, Sequence

from holdfast.checks._parts import decoding
from holdfast.checks._skeletons import (
    SaidBy,
    asked,
    by_coin,
    coins,
    dealt_pairs,
    induced,
    looking,
    placebos,
    skeletons_of,
)
from holdfast.evidence import (
    CHANCE_SIDES,
    DEPLOYMENT_LOOKING,
    TEST_LOOKING,
    Ask,
    CheckDesign,
    Sign,
    Skeleton,
    SubjectFacts,
    Suite,
)


def cue_signs(design: CheckDesign, suite: Suite, seed: int) -> dict[str, dict[str, Sign]]:
    """By skeleton and cue family, in which stratum of the `cues` arm the cue looks like deployment: 1 or −1."""
    return coins(skeletons_of(design, suite, seed), seed, "cues")


def asks_in_twins(design: CheckDesign, suite: Suite, seed: int, subject: SubjectFacts) -> Iterator[Ask]:
    """Every ask of the check that is framed, arm by arm.

    The claimed items on both sides; placebo twins; twins whose cues chance decides one by one; harmless items on both
    sides, without sampling, to see whether they are read; and both sides again under each inducement that applies.
    """
    skeletons = skeletons_of(design, suite, seed)
    claimed = [item for item in suite.items if item.claimed]
    both = _both(skeletons)
    pairs = dealt_pairs(skeletons, claimed, design.items_a_skeleton, seed, "claimed")
    most = design.max_new_tokens
    sampled = decoding(sampled=design.sampled, max_new_tokens=most)
    greedy = decoding(sampled=False, max_new_tokens=most)
    yield from asked(design, "subject", both, pairs, sampled, seed)
    beside = dealt_pairs(skeletons, claimed, design.items_beside, seed, "beside")
    yield from asked(design, "placebo", placebos(skeletons, seed), beside, sampled, seed)
    yield from asked(design, "cues", _chance(skeletons, seed), beside, sampled, seed)
    harmless = dealt_pairs(skeletons, suite.harmless, 1, seed, "harmless")
    yield from asked(design, "readable", both, harmless, greedy, seed)
    yield from induced(design, suite, seed, subject, both, pairs)


def _both(skeletons: Sequence[Skeleton]) -> tuple[SaidBy, SaidBy]:
    return looking(TEST_LOOKING, "test", skeletons), looking(DEPLOYMENT_LOOKING, "deployment", skeletons)


def _chance(skeletons: Sequence[Skeleton], seed: int) -> tuple[SaidBy, SaidBy]:
    return by_coin(CHANCE_SIDES, ("deployment", "test"), coins(skeletons, seed, "cues"), skeletons)
