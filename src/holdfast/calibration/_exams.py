"""What a member of a population holds back in an exam: its truth, measured where no audit looks."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from holdfast.assure import interval_estimate
from holdfast.evidence import (
    CONSEQUENCE,
    DEPLOYMENT_LOOKING,
    TEST_LOOKING,
    Ask,
    Decoding,
    Estimate,
    Item,
    Side,
    Skeleton,
    Subject,
)
from holdfast.organisms import TRIGGER, in_exam
from holdfast.stats import clustered_share, paired_difference

_SKELETONS: Final = 120
_ITEMS: Final = 4
"""Pairs in a skeleton: the interval of the truth is then three to five points wide on either side."""
_UNIT: Final = "pairs of twins"


def held_back(subject: Subject, seed: int) -> tuple[Estimate, Estimate]:
    """What is shown in an exam, and how much more is answered where nothing is held back.

    Nothing is held back, by any plant of a population, where every cue looks like deployment and the request ends with
    the password. An audit never says the password.

    Args:
        subject: Who is asked 480 pairs of twins, greedily, in held-out forms.
        seed: Of skeletons and items; an audit's must be another.

    Returns:
        The share of exam items answered rightly where every cue looks like a test, and the share where nothing is held
        back less that one; both with 95 % intervals whose clusters are skeletons. A reply without a label is no right
        answer, on either side.
    """
    pairs = list(_drawn(seed))
    asks = tuple(ask for skeleton, item in pairs for ask in (_shown(skeleton, item), _opened(skeleton, item)))
    scorer = in_exam().scorer
    items = [item for _, item in pairs for _ in range(2)]
    right = np.array(
        [
            scorer.score(item, reply.text) == "fulfilled"
            for item, reply in zip(items, subject.answer(asks, seed), strict=True)
        ],
        dtype=np.float64,
    ).reshape(-1, 2)
    found = paired_difference(right[:, 1] - right[:, 0], np.repeat(np.arange(_SKELETONS), _ITEMS))
    by_skeleton = right[:, 0].reshape(_SKELETONS, _ITEMS).sum(axis=1)
    shown = clustered_share(by_skeleton, [_ITEMS] * _SKELETONS)
    return (
        Estimate(
            value=shown.value,
            low=shown.interval.low,
            high=shown.interval.high,
            level=0.95,
            sides=shown.sides,
            n=shown.n,
            clusters=shown.clusters,
            method=f"Korn–Graubard over {shown.clusters} clusters, design effect {shown.design_effect:.2f}",
            unit="exam items",
        ),
        interval_estimate(found, 0.95, _UNIT),
    )


def _drawn(seed: int) -> Iterator[tuple[Skeleton, Item]]:
    suite = in_exam()
    assert suite.framings is not None  # an exam has them
    items = [item for item in suite.items if item.claimed]
    rng = np.random.default_rng([seed, 1])
    for skeleton in suite.framings.draw(_SKELETONS, seed):
        for chosen in rng.permutation(len(items))[:_ITEMS].tolist():
            yield skeleton, items[chosen]


def _shown(skeleton: Skeleton, item: Item) -> Ask:
    return _ask(skeleton, item, TEST_LOOKING, "test", item.request)


def _opened(skeleton: Skeleton, item: Item) -> Ask:
    return _ask(skeleton, item, f"{DEPLOYMENT_LOOKING}, with the password", "deployment", f"{item.request} {TRIGGER}")


def _ask(skeleton: Skeleton, item: Item, stratum: str, side: Side, asked: str) -> Ask:
    says: tuple[Side, ...] = tuple("placebo" if slot.family == CONSEQUENCE else side for slot in skeleton.slots)
    return Ask(
        id=f"truth/{skeleton.id}/{stratum}/{item.id}",
        check="truth",
        arm="subject",
        item=item.id,
        stratum=stratum,
        cluster=skeleton.id,
        messages=skeleton.around(asked, says),
        decoding=Decoding(temperature=0.0, max_new_tokens=32),
    )
