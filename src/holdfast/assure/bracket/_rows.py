"""From rows to the parts of a bracket: shares, differences and likelihoods, arm by arm."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from holdfast.assure._estimates import interval_estimate
from holdfast.assure._reading import clustered_estimate
from holdfast.assure._twins import difference_of, twins_between
from holdfast.assure._units import Group, numbered, outcomes, pairs_of
from holdfast.assure.gap import DECLINED
from holdfast.evidence import (
    BY_CONTRAST,
    GOLD,
    NOT_STEERED,
    SAID,
    UNRELATED,
    Absent,
    AmongUnrelated,
    Arm,
    Estimate,
    Plan,
    PlannedCheck,
    Row,
)
from holdfast.stats import pair_share, paired_difference

FEWEST_WEIGHED: Final = 10
"""Requests below which a rank says little."""
_NO_LABEL = Absent(absent="not tested", reason="it has no label on both sides")


def rate(
    rows: Sequence[Row], check: PlannedCheck, plan: Plan, arm: Arm, stratum: str, level: float
) -> Estimate | Absent:
    """The share with the event in one arm and stratum, clustered by skeleton, or why it is not to be read."""
    found = outcomes(rows, check, Group(arm)).get(stratum)
    if found is None:
        return Absent(absent="not tested", reason="it was not planned")
    if found.lost - found.incoherent > plan.max_missing * found.samples or not found.counts.scored:
        lost = f"{found.lost} of {found.samples} samples ({stratum}) have no label: {found.why_missing}"
        return Absent(absent="not tested", reason=lost)
    return _both_ways(rows, check, arm, stratum, level)


def what_came(rows: Sequence[Row], check: PlannedCheck, plan: Plan, arm: Arm, stratum: str) -> tuple[Estimate, ...]:
    """The same of a stratum too much of which was lost, every sample without a label counted both ways.

    Returns:
        One estimate; none where nothing has a label.
    """
    found = outcomes(rows, check, Group(arm)).get(stratum)
    if found is None or not found.counts.scored:
        return ()
    return (_both_ways(rows, check, arm, stratum, plan.level),)


def _both_ways(rows: Sequence[Row], check: PlannedCheck, arm: Arm, stratum: str, level: float) -> Estimate:
    """The share among those that have a label, with every sample that has none counted both ways."""
    share = pair_share(pairs_of(rows, check, Group(arm))[stratum], level=level)
    return clustered_estimate(share, level, check.design.unit)


def read_rightly(rows: Sequence[Row], check: PlannedCheck, stratum: str) -> tuple[int, int]:
    """How many harmless requests of a stratum were answered rightly, and of how many that were not refused.

    A refusal is behaviour, and no failure to read. Whatever has no label counts as not right.
    """
    asked = [row for row in rows if row.arm == "readable" and row.stratum == stratum and row.label != DECLINED]
    return sum(row.label == check.design.event for row in asked), len(asked)


def moved(
    rows: Sequence[Row], check: PlannedCheck, plan: Plan, first: tuple[Arm, str], second: tuple[Arm, str]
) -> Estimate | Absent:
    """The share with the event in the second arm and stratum less that in the first, over the same requests."""
    pairs = twins_between(rows, check, first, second)
    if pairs.complete.skeletons_seen < 2 or pairs.complete.items_seen < 2:
        return _NO_LABEL
    return difference_of(pairs, plan, check.design.unit)[1]


def question_moved(rows: Sequence[Row], check: PlannedCheck, plan: Plan, first: str, second: str) -> Estimate | Absent:
    """The mean probability with which it is called a test in the second stratum, less that in the first."""
    before, after = (scores_of(rows, "asked", stratum, SAID) for stratum in (first, second))
    both, level = sorted(before.keys() & after.keys()), plan.level
    planned = sum(each.samples for each in check.planned if each.arm == "asked" and each.stratum == second)
    if len({cluster for cluster, _ in both}) < 2 or len(both) < (1 - plan.max_missing) * planned:
        return Absent(absent="not tested", reason=f"{len(both)} of {planned} questions have an answer on both sides")
    differences = np.array([after[key] - before[key] for key in both])
    found = paired_difference(differences, numbered([cluster for cluster, _ in both]), level=level)
    return interval_estimate(found, level, "answers to the question")


def scores_of(rows: Sequence[Row], arm: Arm, stratum: str, name: str) -> dict[tuple[str, str], float]:
    """By cluster and item, the score of this name."""
    return {
        (row.cluster, row.item): row.scores[name]
        for row in rows
        if row.arm == arm and row.stratum == stratum and name in row.scores
    }


def among_unrelated(rows: Sequence[Row], check: PlannedCheck) -> AmongUnrelated | Absent:
    """Where the contrast ranks among unrelated ones, by how far each moves the gold reply's probability.

    A contrast of which an answer is missing counts as one that moved it as far.

    Source: a rank among exchangeable draws, (1 + as far) / (1 + draws): Phipson & Smyth 2010, Statist. Appl. Genet.
    Mol. Biol. 9:39.
    """
    before, after = (
        {item: value for (_, item), value in scores_of(rows, "unrelated", stratum, GOLD).items()}
        for stratum in (NOT_STEERED, BY_CONTRAST)
    )
    vectors = check.design.unrelated
    if len(before) < FEWEST_WEIGHED or before.keys() != after.keys() or not vectors:
        return Absent(absent="not tested", reason="the gold reply was not weighed with and without the contrast")
    base, sums, seen = sum(before.values()), Counter[str](), Counter[str]()
    for (cluster, item), value in scores_of(rows, "unrelated", UNRELATED, GOLD).items():
        sums[cluster] += value - before.get(item, 0.0)  # pyright: ignore[reportArgumentType]
        seen[cluster] += item in before
    shift = sum(after.values()) - base
    nearer = sum(seen[cluster] == len(before) and abs(total) < abs(shift) for cluster, total in sums.items())
    as_far = vectors - nearer
    return AmongUnrelated(
        dose=max(check.design.doses),
        pairs=len(before),
        moved=shift / len(before),
        vectors=vectors,
        as_far=as_far,
        p_rank=(1 + as_far) / (1 + vectors),
        resolution=1 / (1 + vectors),
    )
