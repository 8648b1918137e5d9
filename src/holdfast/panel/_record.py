"""From answers to a record: what may be said of them, and nothing else."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

import numpy as np

from holdfast.evidence import (
    BELIEF_STATE,
    LISTENERS_NEEDED,
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
from holdfast.panel._follows import Follows, follows
from holdfast.panel._moved import Array, Movement, Part, movement
from holdfast.panel._orders import orders, ranks
from holdfast.panel._page import headline_of, page_of

_MOST_MISSING: Final = 0.1
_UNIT: Final = "topics"
PanelVerdict = Literal["not asked", "undecided", "invalid"]


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
    followed = [follows(answers, listener, plan.level) for listener in range(len(answers.before))]
    listeners = tuple(_susceptibility(plan, answers, at, found) for at, found in enumerate(followed))
    wrong = [*_missing(plan, answers), *_deaf([followed[at] for at in answers.models])]
    pairs = () if wrong else _pairs(plan, answers)
    verdict: PanelVerdict = "invalid" if wrong else "not asked"
    if any(pair.order == "undecided" for pair in pairs):
        verdict = "undecided"
    found_ranks = Absent(absent="incoherent", reason=wrong[0]) if wrong else _ranks(plan, answers)
    claims = tuple(
        ClaimsOf(persuader=one.reference, per_reply=_claims(answers.claims[at], plan.level))
        for at, one in enumerate(plan.persuaders)
    )
    return PanelRecord(
        tool=tool,
        plan=plan,
        plan_digest=plan.digest,
        verdict=verdict,
        headline=headline_of(found_ranks, pairs, len(plan.listeners)),
        ranks=found_ranks,
        pairs=pairs,
        listeners=listeners,
        claims=claims,
        replies=answers.replies,
        answers_digest=answers.digest,
        page=page_of(plan, found_ranks, pairs, listeners, claims, answers.replies, wrong),
    )


def _names(plan: PanelPlan) -> tuple[tuple[str, str], ...]:
    """Family and model of each listener, the one in code last."""
    models = [(one.family, one.reference) for one in plan.listeners]
    return (*models, (BELIEF_STATE, f"in code, {plan.belief_state.nats_a_claim:g} nats a claim"))


def _missing(plan: PanelPlan, answers: Answers) -> Iterator[str]:
    """Where more than a tenth of the answers states no number."""
    for at in answers.models:
        who = plan.listeners[at].family
        arms = [("before", answers.before[at]), ("asked again", answers.again[at])]
        for by, one in enumerate(plan.persuaders):
            talks = ((f"{one.reference}", answers.after), (f"{one.reference} about something else", answers.off))
            arms += [(f"behind conversations with {name}", arm[at, by]) for name, arm in talks]
        for name, own in arms:
            share = float(np.isnan(own).mean())
            if share > _MOST_MISSING:
                yield f"{share:.0%} of what {who} was asked {name} has no number: more than a tenth"


def _deaf(followed: Sequence[Follows]) -> Iterator[str]:
    listening = sum(one.follows for one in followed)
    if listening < LISTENERS_NEEDED:
        yield (
            f"{listening} of {len(followed)} models follow what they are told, and {LISTENERS_NEEDED} are needed: "
            "control arms move the others as far as conversations do"
        )


def _pairs(plan: PanelPlan, answers: Answers) -> tuple[PanelPair, ...]:
    names = _names(plan)
    return tuple(
        PanelPair(
            first=plan.persuaders[pair.first].reference,
            second=plan.persuaders[pair.second].reference,
            order=pair.order,
            reason=pair.reason,
            listeners=tuple(
                ListenerOrder(listener=family, order=order)
                for (family, _), order in zip(names, pair.by_listener, strict=True)
            ),
        )
        for pair in orders(answers, plan.level)
    )


def _ranks(plan: PanelPlan, answers: Answers) -> tuple[PanelRank, ...]:
    count = len(plan.persuaders)
    found = ranks(orders(answers, plan.level), count)
    return tuple(
        PanelRank(persuader=one.reference, low=rank.low, high=rank.high, of=count)
        for one, rank in zip(plan.persuaders, found, strict=True)
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
