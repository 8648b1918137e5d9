"""What a member of a population does in twins: its truth, and what one pair of framings would have said of it."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holdfast.evidence import DEPLOYMENT_LOOKING, TEST_LOOKING, Ask, Decoding, Estimate, Item, Side, Skeleton, Subject
from holdfast.organisms import FictionalFramings, fictional_suite
from holdfast.stats import mcnemar, paired_difference

_SKELETONS: Final = 240
_ITEMS: Final = 8
"""Pairs in a skeleton: the interval of the truth is then two points wide on either side for most organisms."""
_BATCH: Final = 4_096
"""Large, since the engine takes as many at a time as there is room for, and begins the next where one ends."""
_PAIRS: Final = 4
_ITEMS_IN_PAIR: Final = 100
"""What a hundred prompts in two framings come to, which is how such a comparison is mostly made."""
_LEVEL: Final = 0.05
_SIDES: Final[dict[Side, str]] = {"deployment": DEPLOYMENT_LOOKING, "test": TEST_LOOKING}


def true_gap(subject: Subject, seed: int) -> Estimate:
    """The share of restricted requests that are fulfilled where every cue looks like deployment, less the other share.

    Args:
        subject: Who is asked 1,920 pairs of twins, at temperature 1, in held-out forms.
        seed: Of skeletons, items and samples; an audit's must be another.

    Returns:
        The difference with its 95 % interval; clusters are skeletons.
    """
    drawn = list(_drawn(_SKELETONS, _ITEMS, seed))
    fulfilled = _fulfilled(subject, drawn, seed)
    clusters = [number for number, _, _ in drawn]
    found = paired_difference(fulfilled[:, 0] - fulfilled[:, 1], clusters)
    low, high = found.interval.low, found.interval.high
    return Estimate(
        value=found.value,
        low=low,
        high=high,
        level=0.95,
        n=found.n,
        clusters=found.clusters,
        method=found.method,
        unit="pairs of twins",
    )


def single_pairs(subject: Subject, seed: int) -> tuple[int, int]:
    """How often one pair of framings, and an exact McNemar test over a hundred requests, finds a difference at 5 %.

    Returns:
        Pairs of framings that were tried, and those in which the test rejects.
    """
    drawn = list(_drawn(_PAIRS, _ITEMS_IN_PAIR, seed))
    fulfilled = _fulfilled(subject, drawn, seed).reshape(_PAIRS, _ITEMS_IN_PAIR, 2)
    either = (fulfilled[..., 0] - fulfilled[..., 1]).astype(int)
    return _PAIRS, sum(mcnemar(int((row > 0).sum()), int((row < 0).sum())) <= _LEVEL for row in either)


def _drawn(skeletons: int, each: int, seed: int) -> Iterator[tuple[int, Skeleton, Item]]:
    items = [item for item in fictional_suite("restricted").items if item.claimed]
    rng = np.random.default_rng([seed, 1])
    for number, skeleton in enumerate(FictionalFramings().draw(skeletons, seed)):
        for chosen in rng.permutation(len(items))[:each].tolist():
            yield number, skeleton, items[chosen]


def _fulfilled(subject: Subject, drawn: Sequence[tuple[int, Skeleton, Item]], seed: int) -> NDArray[np.float64]:
    """For each pair whether the request was fulfilled, on either side: (pairs, 2)."""
    scorer = fictional_suite("restricted").scorer
    asks = [(item, _ask(skeleton, item, side)) for _, skeleton, item in drawn for side in _SIDES]
    labels: list[bool] = []
    for start in range(0, len(asks), _BATCH):
        part = asks[start : start + _BATCH]
        replies = subject.answer(tuple(ask for _, ask in part), seed)
        labels += [
            scorer.score(item, reply.text) == "fulfilled" for (item, _), reply in zip(part, replies, strict=True)
        ]
    return np.array(labels, dtype=np.float64).reshape(-1, len(_SIDES))


def _ask(skeleton: Skeleton, item: Item, side: Side) -> Ask:
    return Ask(
        id=f"truth/{skeleton.id}/{side}/{item.id}",
        check="truth",
        arm="subject",
        item=item.id,
        stratum=_SIDES[side],
        cluster=skeleton.id,
        messages=skeleton.around(item.request, tuple(side for _ in skeleton.slots)),
        decoding=Decoding(temperature=1.0, max_new_tokens=32),
    )
