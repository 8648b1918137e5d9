"""The page of a panel: ranks first, then how much each listener can be trusted to tell anything, and what it is not."""

from collections.abc import Iterator, Sequence
from typing import Final

from holdfast.evidence import (
    BELIEF_STATE,
    PANEL_BANNER,
    Absent,
    Block,
    ClaimCounter,
    ClaimsOf,
    Counts,
    Estimate,
    IntervalRow,
    IntervalRows,
    PanelPair,
    PanelPlan,
    PanelRank,
    Section,
    Susceptibility,
    Table,
    Text,
)
from holdfast.panel._plan import related

_BANNER: Final = (
    f"{PANEL_BANNER.capitalize()}. Models that play somebody said how far they agree. What moves them may leave people "
    "cold, and the other way round: where both were measured, they did not go together. A rank holds among these "
    "persuaders, in this panel, on these topics."
)
_LIMITS: Final = (
    "How far a persuader moves listeners is not given, not even here: it would be read as a statement about people.",
    "Listeners of one make like what is written as they write. A reply that tells a listener what to answer moves "
    "listeners alone, and is not filtered out.",
    "One reply, and no talk: who persuades in a later turn ranks too low. Other topics may rank otherwise.",
    "The listener in code takes every claim for one on the side that was asked for, and long replies for persuasive "
    "ones. Its weight is a convention.",
)
_SAYS: Final = {"first": "{first}", "second": "{second}", "level": "not told apart", "undecided": "undecided"}


def headline_of(ranks: Sequence[PanelRank] | Absent, pairs: Sequence[PanelPair], models: int) -> str:
    """Every rank in one line, or why there is none."""
    if isinstance(ranks, Absent):
        return f"no ranks: {ranks.reason}"
    said = ", ".join(f"{one.persuader} {_rank(one)}" for one in ranks)
    turned = sum(pair.order == "undecided" for pair in pairs)
    rest = f"; listeners disagree about {turned} of {len(pairs)} pairs" if turned else ""
    return f"in this panel of {models} simulated listeners and one in code: {said}{rest}"


def page_of(
    plan: PanelPlan,
    ranks: Sequence[PanelRank] | Absent,
    pairs: Sequence[PanelPair],
    listeners: Sequence[Susceptibility],
    claims: Sequence[ClaimsOf],
    replies: Counts,
    wrong: Sequence[str],
) -> tuple[Section, ...]:
    """Every section."""
    kin = "; ".join(_kin(plan))
    beside = (f"May rank too high, being of one family with a listener by name: {kin}.",) if kin else ()
    first = (Text(paragraphs=(_BANNER, *beside)), *_ranks(ranks, pairs, plan.level, wrong))
    return (
        Section(id="ranks", title="Who moves this panel further", level="page one", blocks=first),
        Section(id="listeners", title="Who listens", level="page one", blocks=tuple(_listeners(listeners))),
        Section(id="claims", title="Claims in a reply", level="page one", blocks=tuple(_claims(claims, plan.counter))),
        Section(id="panel", title="Who was asked what", level="detail", blocks=tuple(_panel(plan, replies, listeners))),
        Section(id="limits", title="What this does not say", level="detail", blocks=(Text(paragraphs=_LIMITS),)),
    )


def _ranks(
    ranks: Sequence[PanelRank] | Absent, pairs: Sequence[PanelPair], level: float, wrong: Sequence[str]
) -> Iterator[Block]:
    if isinstance(ranks, Absent):
        yield Text(paragraphs=("Invalid, so nobody is ranked.", *wrong))
        return
    yield Table(
        caption=f"Ranks, 1 moves it furthest; all hold at once with {level:.0%}".replace("%", " %"),
        columns=("persuader", "rank"),
        rows=tuple((one.persuader, _rank(one)) for one in ranks),
    )
    yield Table(
        caption="Pair by pair: who moves it further",
        columns=("pair", "further", "why", "listener by listener"),
        rows=tuple(
            (f"{pair.first} · {pair.second}", _further(pair, pair.order), pair.reason, _each(pair)) for pair in pairs
        ),
    )


def _each(pair: PanelPair) -> str:
    return "; ".join(f"{one.listener}: {_further(pair, one.order)}" for one in pair.listeners)


def _further(pair: PanelPair, order: str) -> str:
    return _SAYS[order].format(first=pair.first, second=pair.second)


def _listeners(listeners: Sequence[Susceptibility]) -> Iterator[Block]:
    yield Text(
        paragraphs=(
            "How far each listener's own answers move, over all persuaders together: a fact about the listener. "
            "Conversations have to move it further than every control does, or it tells nobody apart.",
        )
    )
    yield IntervalRows(
        caption="Of its own scale, towards the side that is argued for, and in its control arms",
        axis="difference",
        rows=tuple(row for one in listeners for row in _arms(one)),
    )


def _arms(one: Susceptibility) -> Iterator[IntervalRow]:
    counts = one.counts
    detail = f"{one.model}; {counts.scored} of {counts.total} answers have a number"
    said = "follows" if one.follows else f"does not follow: {one.reason}"
    yield IntervalRow(label=f"{one.listener}: conversation", detail=detail, estimate=one.conversation, reason=said)
    yield IntervalRow(label=f"{one.listener}: about something else", estimate=one.off_topic)
    yield IntervalRow(label=f"{one.listener}: about something else, whichever side", estimate=one.off_topic_drift)
    yield IntervalRow(label=f"{one.listener}: no conversation, asked twice", estimate=one.asked_again)


def _claims(claims: Sequence[ClaimsOf], counter: ClaimCounter) -> Iterator[Block]:
    yield Table(
        caption="Sentences that could be looked up, true or not",
        columns=("persuader", "claims a reply"),
        rows=tuple((one.persuader, _per_reply(one.per_reply)) for one in claims),
    )
    yield Text(
        paragraphs=(
            f"Counted by rules ({counter.name}). On labelled replies they count {counter.sensitivity.value:.0%} of the "
            f"claims, leave out {counter.specificity.value:.0%} of the other sentences, and come to "
            f"{counter.ratio:.2f} for each claim that there is. Labelled by {counter.labelled_by}.".replace("%", " %"),
            "Whether claims are true: not tested.",
        )
    )


def _per_reply(found: Estimate | Absent) -> str:
    if isinstance(found, Absent):
        return f"{found.absent}: {found.reason}"
    level = f"{100 * found.level:g} %"
    return f"{found.value:.1f} ({level} {max(found.low, 0):.1f} to {found.high:.1f}, {found.n} topics)"


def _kin(plan: PanelPlan) -> list[str]:
    return [
        f"{one.reference} and {other.family}"
        for one in plan.persuaders
        for other in plan.listeners
        if related(one.reference, other.reference)
    ]


def _panel(plan: PanelPlan, replies: Counts, listeners: Sequence[Susceptibility]) -> Iterator[Block]:
    rows = (
        *(("persuader", f"{one.reference}  {one.digest[:19]}") for one in plan.persuaders),
        *(("listener", f"{one.family}: {one.reference}  {one.digest[:19]}") for one in plan.listeners),
        ("listener in code", f"{BELIEF_STATE}: {plan.belief_state.nats_a_claim:g} nats a claim"),
        ("topics", f"{len(plan.topics)}, both sides of each"),
        (
            "replies",
            f"{replies.scored} of {replies.total}; {replies.unscorable} empty or cut, {replies.skipped} not given",
        ),
        ("answers", "; ".join(f"{one.listener} {one.counts.scored} of {one.counts.total}" for one in listeners)),
        ("seed", str(plan.seed)),
        ("of one family by name", "; ".join(_kin(plan)) or "none"),
    )
    yield Table(caption="As planned, and committed to before anything was asked", columns=("what", "which"), rows=rows)


def _rank(one: PanelRank) -> str:
    return f"{one.low} of {one.of}" if one.low == one.high else f"{one.low} to {one.high} of {one.of}"
