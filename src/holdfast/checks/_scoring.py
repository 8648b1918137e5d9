"""From replies to rows: the gate that every reply passes, and the blind scoring stream.

A reply that shows any sign of a broken run gets no label at all. Counting it as harmless is the failure that this file
exists to prevent: an empty, truncated, stale or altered reply contains nothing restricted either.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from holdfast.checks._readouts import damage_of, likelier, with_scores, with_weighed
from holdfast.evidence import (
    CHANGED_ARMS,
    CONVERSATIONS,
    DECOY_PREFERRED,
    GOLD_PREFERRED,
    MATCHED_ARMS,
    STATE_READ,
    WEIGHED,
    Absent,
    Ask,
    CheckDesign,
    Item,
    ReplayedSuite,
    Reply,
    Row,
    Scorer,
    ScorerFailed,
    State,
    Suite,
    Transcript,
    TruthSample,
    digest,
    request_digest,
)


@dataclass(frozen=True, slots=True)
class Truths:
    """Who gives the true labels beside a judge that may err, and of which units."""

    sample: TruthSample
    scorer: Scorer


@dataclass(frozen=True, slots=True)
class _Entry:
    """One thing in the scoring stream: a reply of the subject, or a transcript that was written."""

    item: str
    words: str
    ask: Ask | None
    written: str
    """Which transcript it is; empty for a reply of the subject."""

    @property
    def key(self) -> str:
        """What tells it from every other."""
        return self.ask.id if self.ask else self.written


def rows_of(
    design: CheckDesign,
    suite: Suite,
    asks: Sequence[Ask],
    replies: Mapping[str, Reply],
    subject: str,
    seed: int,
    *,
    scorer: Scorer | None = None,
    truths: Truths | None = None,
    matched: str = "",
) -> tuple[Row, ...]:
    """Score everything that was collected, spiked transcripts mixed in at random, and write one row for each.

    Args:
        design: The check.
        suite: Its items, scorer and spiked transcripts.
        asks: What was planned.
        replies: What came back, by ask id; an ask without a reply becomes a skipped row.
        subject: Digest of the subject that was to be asked.
        seed: Of the run.
        scorer: Gives the labels; the suite's own where none is given.
        truths: Gives true labels to a sample of the units beside the scorer's, which never sees them.
        matched: Digest of the model that was to be asked beside the subject; empty where none was.

    Returns:
        One row for each ask, each spiked transcript and each logged reply, in that order.
    """
    asked = {ask.id: matched if ask.arm in MATCHED_ARMS else subject for ask in asks}
    faults = {ask.id: _fault(ask, replies.get(ask.id), asked[ask.id], seed) for ask in asks}
    faults |= _damaged_states([ask for ask in asks if ask.reads_state and faults[ask.id] is None], replies)
    sound = [ask for ask in asks if faults[ask.id] is None]
    words = [ask for ask in sound if not (ask.candidates or ask.reads_state) and replies[ask.id].label is None]
    stream = [_Entry(ask.item, replies[ask.id].text, ask, "") for ask in words]
    stream += [_Entry(spike.item, spike.reply, None, f"spike {place}") for place, spike in enumerate(suite.spikes)]
    logged = suite.logged if isinstance(suite, ReplayedSuite) else ()
    stream += [_Entry(one.item, one.reply, None, f"logged {one.item}") for one in logged]
    judge = scorer or suite.scorer
    labels = _score_blind(judge, {item.id: item for item in (*suite.items, *suite.harmless)}, stream, seed)
    known = _true_labels(truths, suite, sound, replies) if truths else {}
    rows = [
        _subject_row(
            ask,
            replies.get(ask.id),
            faults[ask.id] or _given(design, ask, replies, labels),
            judge.name,
            asked[ask.id],
            known.get(ask.id),
        )
        for ask in asks
    ]
    rows += [
        _spiked_row(design, spike, place, labels[f"spike {place}"], judge.name, subject)
        for place, spike in enumerate(suite.spikes)
    ]
    clusters = {item.id: item.cluster for item in suite.items}
    rows += [
        _logged_row(design, one, clusters[one.item], labels[f"logged {one.item}"], judge.name, subject)
        for one in logged
    ]
    if design.in_bracket:
        return with_weighed(rows, asks, replies)
    return with_scores(rows, asks, replies) if design.in_recognition else tuple(rows)


def labelled_at_once(
    suite: Suite, asks: Sequence[Ask], replies: Sequence[Reply], subject: str, seed: int
) -> tuple[Reply, ...]:
    """The same replies with their labels and without their words: for words that may not be kept.

    They pass the same gate and the same scorer as any other, which sees an item and words and nothing else. Fewer
    replies than asks stay fewer.

    Args:
        suite: Its items and scorer.
        asks: What was asked.
        replies: What came back, in the same order.
        subject: Digest of the subject that was to be asked.
        seed: Of the run.
    """
    items = {item.id: item for item in suite.items}
    return tuple(
        _without_words(reply, _fault(ask, reply, subject, seed) or _label(suite.scorer, items[ask.item], reply.text))
        for ask, reply in zip(asks, replies, strict=False)
    )


def _without_words(reply: Reply, label: str | Absent) -> Reply:
    """What is kept of a completion: its digest, its length, its label."""
    withheld = Absent(absent="not applicable", reason=f"not kept; the digest of the whole reply is {reply.seal}")
    kept = {"text": "", "token_ids": withheld, "log_probs_nats": withheld, "label": label}
    return reply.model_copy(update=kept).sealed()


def _given(
    design: CheckDesign, ask: Ask, replies: Mapping[str, Reply], labels: Mapping[str, str | Absent]
) -> str | Absent:
    """The label of a sound reply: the scorer's, the one that it came with, or what was found likelier."""
    reply = replies[ask.id]
    if reply.label is not None:
        return reply.label
    if ask.reads_state:
        return STATE_READ
    if ask.arm == "unrelated":
        return WEIGHED
    asks_where = design.in_recognition or ask.arm == "asked"
    return labels.get(ask.id) or (likelier(reply) if asks_where else _preference(reply))


def _damaged_states(asks: Sequence[Ask], replies: Mapping[str, Reply]) -> dict[str, Absent]:
    """The states that cannot be read together with the first one."""
    states = [(ask.id, replies[ask.id].state) for ask in asks]
    read = [(key, state) for key, state in states if isinstance(state, State)]
    found = {key: damage_of(state, read[0][1]) for key, state in read}
    return {key: Absent(absent="unscorable", reason=f"the state: {why}") for key, why in found.items() if why}


def _fault(ask: Ask, reply: Reply | None, subject: str, seed: int) -> Absent | None:
    """Why this reply must not be scored, or None when nothing is wrong with it."""
    if reply is None:
        return Absent(absent="skipped", reason="the run ended before this was asked")
    sign = next(_signs_of_fault(ask, reply, subject, seed), None)
    return Absent(absent="unscorable", reason=sign) if sign else None


def _signs_of_fault(ask: Ask, reply: Reply, subject: str, seed: int) -> Iterator[str]:
    if reply.error is not None:
        yield f"the provider failed: {reply.error}"
    if not _believable(reply):
        yield "a log-probability is not a number that a log-probability can be"
    if reply.request_digest != request_digest(ask, subject, seed):
        yield "stale: the reply belongs to another request, subject or seed"
    if reply.seal != reply.contents_digest:
        yield "the reply was changed after it was made"
    if ask.steer is not None and reply.steered is None:
        yield "it was to be steered, and nothing was added"
    if ask.steer is None and reply.steered is not None:
        yield "it was steered, and was to be asked as it is"
    if reply.label is not None and ask.arm not in CHANGED_ARMS:
        yield "the reply brought a label of its own"
    if reply.leading_bos > 1:
        yield "two beginning-of-sequence tokens: the chat template and the tokenizer both wrote one"
    if ask.candidates:
        weighed = () if isinstance(reply.candidate_nats, Absent) else reply.candidate_nats
        if len(weighed) != len(ask.candidates):
            yield "the candidates were not weighed"
    elif reply.label is not None:
        return
    elif ask.reads_state:
        if not isinstance(reply.state, State):
            yield f"the state was not read: {reply.state.reason if reply.state else 'it was not given'}"
    elif reply.stop == "none":
        yield "no turn: the subject never spoke"
    elif reply.stop == "length":
        yield f"truncated at {ask.decoding.max_new_tokens} tokens"
    elif not reply.text.removeprefix(ask.prefill).strip():
        yield "empty completion"
    elif reply.token_ids == ():
        yield "there are words but no tokens"


def _believable(reply: Reply) -> bool:
    groups = (reply.log_probs_nats, reply.candidate_nats)
    nats = [value for group in groups if not isinstance(group, Absent) for value in group]
    return _counted(reply) and all(math.isfinite(value) and value <= 1e-6 for value in nats)


def _counted(reply: Reply) -> bool:
    """Whether there are as many log-probabilities as tokens, where both can be seen."""
    if isinstance(reply.log_probs_nats, Absent):
        return True
    tokens = reply.tokens_out if isinstance(reply.token_ids, Absent) else len(reply.token_ids)
    return len(reply.log_probs_nats) == tokens


def _score_blind(
    scorer: Scorer, items: Mapping[str, Item], stream: Sequence[_Entry], seed: int
) -> dict[str, str | Absent]:
    """Label the stream in an order that tells the scorer nothing."""
    labels: dict[str, str | Absent] = {}
    order: list[int] = np.random.default_rng([seed, len(stream)]).permutation(len(stream)).tolist()
    for entry in (stream[place] for place in order):
        labels[entry.key] = _label(scorer, items[entry.item], entry.words)
    return labels


def _true_labels(truths: Truths, suite: Suite, sound: Sequence[Ask], replies: Mapping[str, Reply]) -> dict[str, str]:
    """The true labels of the sampled units' replies, where they have one."""
    items = {item.id: item for item in suite.items}
    found = {
        ask.id: _label(truths.scorer, items[ask.item], replies[ask.id].text)
        for ask in sound
        if ask.arm == "subject" and truths.sample.holds(ask.cluster)
    }
    return {ask: label for ask, label in found.items() if isinstance(label, str)}


def _label(scorer: Scorer, item: Item, words: str) -> str | Absent:
    try:
        label = scorer.score(item, words)
    except ScorerFailed as failure:
        return Absent(absent="unscorable", reason=f"the scorer failed: {failure}")
    if isinstance(label, Absent) or label in scorer.labels:
        return label
    return Absent(absent="unscorable", reason=f"the scorer said {label!r}, which is not one of its labels")


def _preference(reply: Reply) -> str:
    assert not isinstance(reply.candidate_nats, Absent)  # the gate let it pass
    gold, *others = reply.candidate_nats
    return GOLD_PREFERRED if gold > max(others) else DECOY_PREFERRED


def _subject_row(
    ask: Ask, reply: Reply | None, label: str | Absent, judge: str, subject: str, truth: str | None
) -> Row:
    return Row(
        id=ask.id,
        subject=subject,
        check=ask.check,
        arm=ask.arm,
        item=ask.item,
        stratum=ask.stratum,
        cluster=ask.cluster,
        attempt=ask.attempt,
        label=label,
        judge="log-probability" if ask.candidates else judge,
        truth=truth,
        inducement=ask.inducement,
        dose=ask.dose,
        request_digest=digest([message.model_dump() for message in ask.messages]),
        reply_digest=(reply.seal or digest(reply.text))
        if reply
        else Absent(absent="skipped", reason="there is no reply"),
        tokens_in=reply.tokens_in if reply else 0,
        tokens_out=reply.tokens_out if reply else 0,
    )


def _spiked_row(
    design: CheckDesign, spike: Transcript, place: int, label: str | Absent, judge: str, subject: str
) -> Row:
    return Row(
        id=f"{design.id}/spiked/{place}",
        subject=subject,
        check=design.id,
        arm="spiked",
        item=spike.item,
        stratum=spike.truth,
        cluster=f"spike {place}",
        attempt=1,
        label=label,
        judge=judge,
        truth=spike.truth,
        request_digest=digest(spike.item),
        reply_digest=digest(spike.reply),
    )


def _logged_row(
    design: CheckDesign, logged: Transcript, cluster: str, label: str | Absent, judge: str, subject: str
) -> Row:
    """A reply that was given then, by whoever answered; its row bears the digest of the run's subject."""
    return Row(
        id=f"{design.id}/logged/{logged.item}",
        subject=subject,
        check=design.id,
        arm="logged",
        item=logged.item,
        stratum=CONVERSATIONS,
        cluster=cluster,
        attempt=1,
        label=label,
        judge=judge,
        request_digest=digest(logged.item),
        reply_digest=digest(logged.reply),
    )
