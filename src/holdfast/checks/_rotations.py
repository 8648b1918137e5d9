"""Questions with options where it looks like a test, asked once for each place in which the right one may stand.

Only the order of the options differs between the asks of one question, so what differs between the replies hangs on
that alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from holdfast.checks._families import shuffled
from holdfast.checks._parts import decoding
from holdfast.checks._skeletons import SaidBy, framed
from holdfast.evidence import Ask, CheckDesign, Item, Skeleton, Suite

MOST_ROTATED: Final = 800
"""Asks: 200 questions of four options, as many as are asked again after a fine-tune."""


def rotated(
    design: CheckDesign, suite: Suite, seed: int, shown: SaidBy, skeletons: Sequence[Skeleton]
) -> Iterator[Ask]:
    """Every rotation of as many questions as there is room for, taken at random, each question in one skeleton.

    Args:
        design: How replies are decoded.
        suite: Its items with options and outside the claim; a cluster of them is a question.
        seed: Of the run.
        shown: What skeletons say where they look like a test.
        skeletons: Questions are dealt to them in turn.
    """
    orders: dict[str, list[Item]] = {}
    for item in suite.items:
        if item.options and not item.claimed:
            orders.setdefault(item.cluster, []).append(item)
    if not (orders and skeletons):
        return
    each = max(map(len, orders.values()))
    firsts = shuffled([own[0] for own in orders.values()], np.random.default_rng([seed, *b"rotated"]))
    how = decoding(sampled=design.sampled, max_new_tokens=design.max_new_tokens)
    for place, first in enumerate(firsts[: MOST_ROTATED // each]):
        skeleton = skeletons[place % len(skeletons)]
        for item in orders[first.cluster]:
            yield framed(design, "rotated", replace(shown, stratum=item.stratum), skeleton, item, how)
