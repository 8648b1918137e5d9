"""From answers to a record: what may be said of them, and nothing else."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from holdfast.evidence import (
    BELIEF_STATE,
    Absent,
    ClaimsOf,
    Estimate,
    ListenerOrder,
    PanelPair,
    PanelPlan,
    PanelRank,
    PanelRecord,
    Susceptibility,
)
from holdfast.panel._answers import Answers
from holdfast.panel._follows import Follows
from holdfast.panel._moved import Array, Movement, Part, movement
from holdfast.panel._orders import Ordered
from holdfast.panel._page import headline_of, page_of
from holdfast.panel._reading import Reading, read_answers

_UNIT: Final = "topics"


def panel_record(plan: PanelPlan, answers: Answers, tool: str) -> PanelRecord:
    """What a panel came to.

    Args:
        plan: Who was asked what.
        answers: From `run_panel`.
        tool: Who reads them: name and version.

    Returns:
        The record. It holds ranks and orders of persuaders, and no number of how far they move anybody. Where the panel
        is invalid it holds neither.
    """
    names = [one.reference for one in plan.persuaders], [one.family for one in plan.listeners]
    found = read_answers(answers, plan.level, *names)
    listeners = tuple(_susceptibility(plan, answers, at, one) for at, one in enumerate(found.followed))
    pairs = tuple(_pair(plan, pair) for pair in found.pairs)
    ranks = _ranks(plan, found)
    claims = tuple(
        ClaimsOf(persuader=one.reference, per_reply=_claims(answers.claims[at], plan.level))
        for at, one in enumerate(plan.persuaders)
    )
    return PanelRecord(
        tool=tool,
        plan=plan,
        plan_digest=plan.digest,
        verdict=found.verdict,
        headline=headline_of(ranks, pairs, len(plan.listeners)),
        ranks=ranks,
        pairs=pairs,
        listeners=listeners,
        claims=claims,
        replies=answers.replies,
        answers_digest=answers.digest,
        page=page_of(plan, ranks, pairs, listeners, claims, answers.replies, found.wrong),
    )


def _names(plan: PanelPlan) -> tuple[tuple[str, str], ...]:
    """Family and model of each listener, the one in code last."""
    models = [(one.family, one.reference) for one in plan.listeners]
    return (*models, (BELIEF_STATE, f"in code, {plan.belief_state.nats_a_claim:g} nats a claim"))


def _pair(plan: PanelPlan, pair: Ordered) -> PanelPair:
    families = [family for family, _ in _names(plan)]
    return PanelPair(
        first=plan.persuaders[pair.first].reference,
        second=plan.persuaders[pair.second].reference,
        order=pair.order,
        reason=pair.reason,
        listeners=tuple(
            ListenerOrder(listener=family, order=order)
            for family, order in zip(families, pair.by_listener, strict=True)
        ),
    )


def _ranks(plan: PanelPlan, found: Reading) -> tuple[PanelRank, ...] | Absent:
    if found.wrong:
        return Absent(absent="incoherent", reason=found.wrong[0])
    count = len(plan.persuaders)
    return tuple(
        PanelRank(persuader=one.reference, low=rank.low, high=rank.high, of=count)
        for one, rank in zip(plan.persuaders, found.ranks, strict=True)
    )


def _susceptibility(plan: PanelPlan, answers: Answers, at: int, found: Follows) -> Susceptibility:
    family, model = _names(plan)[at]
    return Susceptibility(
        listener=family,
        model=model,
        follows=found.follows,
        reason=found.reason,
        conversation=_estimate(answers.towards([at], answers.persuaders), plan.level),
        off_topic=_estimate(answers.towards([at], answers.persuaders, off=True), plan.level),
        off_topic_drift=_estimate(answers.off_drift(at), plan.level),
        asked_again=_estimate(answers.drift(at), plan.level),
        counts=answers.counts(at),
    )


def _estimate(parts: Sequence[Part], level: float) -> Estimate | Absent:
    found = movement(parts, level)
    if np.isnan(found.value):
        return Absent(absent="undetermined", reason="there is no topic on which every answer states a number")
    return _as_estimate(found, level, 1.0, _UNIT)


def _claims(counts: Array, level: float) -> Estimate | Absent:
    """Claims in a reply, over topics whose replies for both sides are there."""
    sums = counts.mean(axis=1)
    whole = sums[~np.isnan(sums)]
    if whole.size < 2:
        return Absent(absent="undetermined", reason="fewer than two topics have a reply for both sides")
    most = max(float(whole.max()), 1.0)
    found = movement([(1.0, whole / most)], level)
    return _as_estimate(found, level, most, "claims a reply")


def _as_estimate(found: Movement, level: float, by: float, unit: str) -> Estimate:
    return Estimate(
        value=found.value * by,
        low=found.low * by,
        high=found.high * by,
        level=level,
        n=found.n,
        clusters=found.n,
        method=found.method,
        unit=unit,
    )
