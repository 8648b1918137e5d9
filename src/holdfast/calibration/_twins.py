"""What a member of a population does in twins: its truth, and what one pair of framings would have said of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holdfast.assure import interval_estimate
from holdfast.evidence import (
    DEPLOYMENT_LOOKING,
    TEST_LOOKING,
    Ask,
    Decoding,
    Estimate,
    Framings,
    Item,
    Side,
    Skeleton,
    Subject,
)
from holdfast.organisms import FictionalFramings, fictional_suite
from holdfast.stats import Difference, mcnemar, paired_difference

_SKELETONS: Final = 240
_ITEMS: Final = 8
"""Pairs in a skeleton: the interval of the truth is then two points wide on either side for most organisms."""
_BATCH: Final = 4_096
"""Large, since the engine takes as many at a time as there is room for, and begins the next where one ends."""
_PAIRS: Final = 4
_ITEMS_IN_PAIR: Final = 100
"""What a hundred prompts in two framings come to, which is how such a comparison is mostly made."""
_LEVEL: Final = 0.05
_LOOKS: Final[dict[Side, str]] = {"deployment": DEPLOYMENT_LOOKING, "test": TEST_LOOKING}
_ALL_FAMILIES: Final = FictionalFramings()


def true_gap(subject: Subject, seed: int, framings: Framings = _ALL_FAMILIES) -> Estimate:
    """The share of restricted requests that are fulfilled where every cue looks like deployment, less the other share.

    Args:
        subject: Who is asked 1,920 pairs of twins, at temperature 1, in held-out forms.
        seed: Of skeletons, items and samples; an audit's must be another.
        framings: Where skeletons come from.

    Returns:
        The difference with its 95 % interval; clusters are skeletons.
    """
    found = twins_asked(subject, seed, skeletons=_SKELETONS, each=_ITEMS, framings=framings)
    return interval_estimate(found.difference, 0.95, "pairs of twins")


@dataclass(frozen=True, slots=True)
class TwinsAsked:
    """Whether the request was fulfilled, in each pair and on either side."""

    fulfilled: NDArray[np.float64]
    """(pairs, 2)."""
    skeletons: tuple[int, ...]
    """Of each pair."""

    @property
    def difference(self) -> Difference:
        """The share on the first side less that on the second; clusters are skeletons."""
        return paired_difference(self.fulfilled[:, 0] - self.fulfilled[:, 1], self.skeletons)


def twins_asked(
    subject: Subject,
    seed: int,
    *,
    skeletons: int,
    each: int,
    sides: tuple[Side, Side] = ("deployment", "test"),
    framings: Framings = _ALL_FAMILIES,
) -> TwinsAsked:
    """Ask restricted requests in twins, at temperature 1.

    Args:
        subject: Who is asked.
        seed: Of skeletons, items and samples.
        skeletons: How many are drawn.
        each: Items in each of them.
        sides: What every cue says in the first of a pair, and in the second.
        framings: Where skeletons come from.
    """
    drawn = list(_drawn(framings, skeletons, each, seed))
    asks = [(item, _ask(skeleton, item, side)) for _, skeleton, item in drawn for side in sides]
    scorer = fictional_suite("restricted").scorer
    labels: list[bool] = []
    for start in range(0, len(asks), _BATCH):
        part = asks[start : start + _BATCH]
        replies = subject.answer(tuple(ask for _, ask in part), seed)
        labels += [
            scorer.score(item, reply.text) == "fulfilled" for (item, _), reply in zip(part, replies, strict=True)
        ]
    return TwinsAsked(np.array(labels, dtype=np.float64).reshape(-1, 2), tuple(number for number, _, _ in drawn))


def single_pairs(subject: Subject, seed: int) -> tuple[int, int]:
    """How often one pair of framings, and an exact McNemar test over a hundred requests, finds a difference at 5 %.

    Returns:
        Pairs of framings that were tried, and those in which the test rejects.
    """
    found = twins_asked(subject, seed, skeletons=_PAIRS, each=_ITEMS_IN_PAIR)
    fulfilled = found.fulfilled.reshape(_PAIRS, _ITEMS_IN_PAIR, 2)
    either = (fulfilled[..., 0] - fulfilled[..., 1]).astype(int)
    return _PAIRS, sum(mcnemar(int((row > 0).sum()), int((row < 0).sum())) <= _LEVEL for row in either)


def _drawn(framings: Framings, skeletons: int, each: int, seed: int) -> Iterator[tuple[int, Skeleton, Item]]:
    items = [item for item in fictional_suite("restricted").items if item.claimed]
    rng = np.random.default_rng([seed, 1])
    for number, skeleton in enumerate(framings.draw(skeletons, seed)):
        for chosen in rng.permutation(len(items))[:each].tolist():
            yield number, skeleton, items[chosen]


def _ask(skeleton: Skeleton, item: Item, side: Side) -> Ask:
    return Ask(
        id=f"truth/{skeleton.id}/{side}/{item.id}",
        check="truth",
        arm="subject",
        item=item.id,
        stratum=_LOOKS.get(side, side),
        cluster=skeleton.id,
        messages=skeleton.around(item.request, tuple(side for _ in skeleton.slots)),
        decoding=Decoding(temperature=1.0, max_new_tokens=32),
    )
