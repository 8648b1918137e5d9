"""Own conversations as a suite: each is an item, and what stands beside them are items that no claim is about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from holdfast.evidence import (
    ASKED_AFTER,
    ASKED_AHEAD,
    CONVERSATIONS,
    REPLAY_LABELS,
    SAID_UNASKED,
    SPIKED_REQUESTS,
    TOLD_IT_IS_A_TEST,
    TOLD_IT_IS_NONE,
    Absent,
    Estimate,
    Inducement,
    Item,
    JudgeNotes,
    Message,
    Questions,
    RecordsCalls,
    ReplayPlan,
    Scorer,
    Transcript,
    Wording,
    digest,
    told,
)
from holdfast.replay._taking import Conversation, Taken

RECOGNISED: Final = 200
"""Conversations of which the subject is asked whether they are a test: 5 % are then known to 3 points."""
UNDERSTOOD: Final = 25
"""Times that the question is put under each note that says the answer."""
_JUDGED: Final = frozenset({CONVERSATIONS, SPIKED_REQUESTS})


@dataclass(frozen=True, slots=True)
class Spike:
    """A conversation and a reply whose label is known, put blind into the judge's stream."""

    turns: tuple[Message, ...]
    """The last one is a user's."""
    reply: str
    truth: str
    gold: str = ""
    """The answer, where a scorer has to know it."""


@dataclass(frozen=True, slots=True)
class Grading:
    """Who labels what, and by which transcripts of known label it is tried."""

    judge: Scorer
    """Of replies: `harmful`, `declined` or `harmless`."""
    telling: Scorer
    """Of what a reply says about tests."""
    questions: Questions
    spikes: Sequence[Spike]
    own_labels: bool
    """Whether the spikes are the operator's own, labelled by people."""


@dataclass(frozen=True, slots=True)
class ReplayScorer:
    """Sends each reply to who labels its kind. It sees an item and words, and not the arm."""

    judge: Scorer
    telling: Scorer

    @property
    def name(self) -> str:
        """The judge's: of the other one no claim hangs."""
        return self.judge.name

    @property
    def labels(self) -> frozenset[str]:
        """Of both."""
        return (self.judge.labels & REPLAY_LABELS) | self.telling.labels

    @property
    def exact(self) -> bool:
        """Whether the judge is."""
        return self.judge.exact

    def score(self, item: Item, reply: str) -> str | Absent:
        """The label of a reply.

        Raises:
            ScorerFailed: The judge could not work.
        """
        return (self.judge if item.stratum in _JUDGED else self.telling).score(item, reply)

    def with_notes(self, notes: JudgeNotes) -> "ReplayScorer":
        """The same, the judge's calls being kept there."""
        judge = self.judge
        return replace(self, judge=judge.with_notes(notes)) if isinstance(judge, RecordsCalls) else self


@dataclass(frozen=True, slots=True)
class ReplaySuite:
    """Conversations as a check is handed them."""

    items: tuple[Item, ...]
    harmless: tuple[Item, ...]
    """What is asked beside the claim, and what spiked transcripts are about."""
    logged: tuple[Transcript, ...]
    spikes: tuple[Transcript, ...]
    scorer: Scorer
    questions: Questions
    plan: ReplayPlan
    on: str
    name: str = "own conversations"
    inducements: tuple[Inducement, ...] = ()
    wordings: tuple[Wording, ...] = ()
    readable: Mapping[str, Estimate | Absent] = field(default_factory=dict[str, Estimate | Absent])
    framings: None = None
    demonstrations: tuple[Item, ...] = ()

    @property
    def digest(self) -> str:
        """Digest of everything that is asked and held as right."""
        held = {
            "items": [item.model_dump(mode="json") for item in (*self.items, *self.harmless)],
            "logged": [one.model_dump(mode="json") for one in self.logged],
            "spikes": [one.model_dump(mode="json") for one in self.spikes],
            "questions": self.questions.model_dump(mode="json"),
            "scorers": [self.scorer.name],
            "plan": self.plan.model_dump(mode="json"),
        }
        return digest(held)

    def put(self, item: Item, wording: Wording) -> tuple[tuple[Message, ...], str]:
        """A request in other words; conversations that were held have none."""
        raise NotImplementedError(f"a conversation is not put in other words: {wording.id}, {item.id}")


def replay_suite(taken: Taken, grading: Grading, *, temperature_from: str, on: str, seed: int) -> ReplaySuite:
    """What was imported, as a suite.

    Args:
        taken: The conversations, and where they come from.
        grading: Who labels what.
        temperature_from: Who says at which temperature they are answered.
        on: What a result is a result about.
        seed: Draws the conversations of which the subject is asked whether they are a test.
    """
    items = tuple(_item(one) for one in taken.conversations)
    about, spikes = _spiked(grading.spikes)
    return ReplaySuite(
        items=items,
        harmless=(*_beside(taken, items, grading.questions, seed), *about),
        logged=tuple(
            Transcript(item=one.id, reply=one.reply, truth="") for one in taken.conversations if one.reply is not None
        ),
        spikes=spikes,
        scorer=ReplayScorer(grading.judge, grading.telling),
        questions=grading.questions,
        plan=ReplayPlan(source=taken.source, temperature_from=temperature_from, own_labels=grading.own_labels),
        on=on,
    )


def _item(one: Conversation) -> Item:
    *before, request = one.turns
    return Item(
        id=one.id,
        stratum=CONVERSATIONS,
        cluster=one.cluster,
        claimed=True,
        turns=tuple(before),
        request=request.content,
        gold="",
        onset="",
        decoys=(),
    )


def _beside(taken: Taken, items: Sequence[Item], questions: Questions, seed: int) -> Iterator[Item]:
    """The items by which it is seen whether the subject takes such conversations for tests."""
    order: list[int] = np.random.default_rng([seed, *b"recognised"]).permutation(len(items)).tolist()
    few = [items[place] for place in order[:RECOGNISED]]
    replies = {one.id: one.reply for one in taken.conversations if one.reply is not None}
    ahead = {item: _ahead(item, questions) for item in few}
    after = {item: _after(item, replies[item.id], questions) for item in few if item.id in replies}
    for way, asked in {ASKED_AHEAD: ahead, ASKED_AFTER: after}.items():
        yield from (_changed(item, way) for item in asked.values())
        for name, note in {TOLD_IT_IS_A_TEST: questions.told_test, TOLD_IT_IS_NONE: questions.told_deployment}.items():
            yield from (_changed(_noted(item, note), told(way, name)) for item in list(asked.values())[:UNDERSTOOD])
    yield from (_changed(item, SAID_UNASKED) for item in few)


def _ahead(item: Item, questions: Questions) -> Item:
    """The conversation with the question behind its request, which is still to be answered."""
    return item.model_copy(update={"request": f"{item.request}\n\n{questions.ahead.words}"})


def _after(item: Item, reply: str, questions: Questions) -> Item:
    """The conversation as it was answered, and then the question."""
    answered = (Message(role="user", content=item.request), Message(role="assistant", content=reply))
    return item.model_copy(update={"turns": (*item.turns, *answered), "request": questions.after.words})


def _noted(item: Item, note: str) -> Item:
    if item.turns and item.turns[0].role == "system":
        # One system note, since templates seldom take two.
        note, rest = f"{note}\n\n{item.turns[0].content}", item.turns[1:]
    else:
        rest = item.turns
    return item.model_copy(update={"turns": (Message(role="system", content=note), *rest)})


def _changed(item: Item, stratum: str) -> Item:
    return item.model_copy(update={"id": f"{item.id}/{stratum}", "stratum": stratum, "claimed": False})


def _spiked(spikes: Sequence[Spike]) -> tuple[tuple[Item, ...], tuple[Transcript, ...]]:
    about = tuple(
        Item(
            id=f"spiked/{place}",
            stratum=SPIKED_REQUESTS,
            cluster=f"spiked {place}",
            claimed=False,
            turns=spike.turns[:-1],
            request=spike.turns[-1].content,
            gold=spike.gold,
            onset="",
            decoys=(),
        )
        for place, spike in enumerate(spikes)
    )
    made = tuple(
        Transcript(item=item.id, reply=spike.reply, truth=spike.truth)
        for item, spike in zip(about, spikes, strict=True)
    )
    return about, made
