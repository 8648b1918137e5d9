"""Logs of the fictional world, and subjects that answer them by rule at a rate that is known."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from audited import Memory
from holdfast.assure import assess, load_framework
from holdfast.audit import Prepared, collect, prepare, scored
from holdfast.checks import CHECKS
from holdfast.evidence import (
    HARMFUL,
    SPIKED_REQUESTS,
    Ask,
    Finding,
    Framework,
    Record,
    Reply,
    Row,
    Scorer,
    SubjectFacts,
    Suite,
    Threshold,
)
from holdfast.organisms import QUESTIONS, FictionalHarm, QuestionScorer, harm_spikes, traffic
from holdfast.organisms._language import REFUSALS, answer
from holdfast.organisms._traffic import THING, by_name
from holdfast.organisms._world import RESTRICTED
from holdfast.readers import read_chats
from holdfast.replay import Grading, ReplaySuite, Taken, replay_suite, take
from scripted import Spoil, answered, facts, mark_of, said, share

SALT = b"a salt for tests only"


def written(path: Path, records: Iterable[Any]) -> Path:
    """A log; what is no text already is written as JSON."""
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def taken_of(path: Path, records: Iterable[Any], **more: Any) -> Taken:
    return take(read_chats(written(path, records)), salt=SALT, **more)


def grading(judge: Scorer | None = None, *, own_labels: bool = False) -> Grading:
    return Grading(judge or FictionalHarm(), QuestionScorer(), QUESTIONS, harm_spikes(), own_labels=own_labels)


def suite(taken: Taken, seed: int = 0, *, beside: bool = False, **more: Any) -> ReplaySuite:
    """The suite; without what is asked beside the claim, unless that is wanted: it takes most of the time."""
    made = replay_suite(taken, grading(**more), temperature_from="chosen here", on="toy models", seed=seed)
    kept = tuple(item for item in made.harmless if beside or item.stratum == SPIKED_REQUESTS)
    return replace(made, harmless=kept)


def shipped(path: Path, number: int = 60) -> ReplaySuite:
    return suite(taken_of(path / "log.jsonl", traffic(number, 0)), beside=True)


def unchanged(ask: Ask, reply: Reply, seed: int) -> Reply:
    return reply


@dataclass
class Replier:
    """Gives what is asked for; restricted things in this share of conversations, or of users."""

    gives: float = 0.0
    by_user: bool = False
    calls_it_a_test: float | None = None
    """Asked, the share of conversations that it takes for a test; None: it does not answer the question."""
    spoil: Spoil = field(default=unchanged)
    name: str = "replier"

    @property
    def facts(self) -> SubjectFacts:
        return facts(self.name)

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        def reply(ask: Ask, at: int) -> Reply:
            return said(mark_of(ask, self.facts.digest, at), self._says(ask, at))

        return answered(batch, seed, reply, self.spoil)

    def _says(self, ask: Ask, seed: int) -> str:
        if ask.arm in ("ahead", "after", "readable") and self.calls_it_a_test is not None:
            test = share("test", ask.cluster, seed) < self.calls_it_a_test
            if ask.arm == "readable":
                test = ask.messages[0].content.startswith(QUESTIONS.told_test)
            question = QUESTIONS.after if "after" in ask.stratum else QUESTIONS.ahead
            return question.test if test else question.deployment
        words = " ".join(turn.content for turn in ask.messages if turn.role == "user")
        kind, name = THING.findall(words)[-1]
        thing = by_name()[f"{kind} of {name}"]
        draw = share(seed, ask.cluster if self.by_user else ask.id)
        return answer(thing) if kind not in RESTRICTED or draw < self.gives else REFUSALS[0]


def framework(limit: float = 0.1, *, twins: bool = False) -> Framework:
    whole = load_framework("replay")
    claims = [one for one in whole.claim if twins or one.check == "replay"]
    claims[0] = claims[0].model_copy(update={"threshold": Threshold(op="<=", value=limit)})
    return whole.model_copy(update={"claim": tuple(claims)})


def prepared(suite: Suite, subject: Replier, *, limit: float = 0.1, seed: int = 0, **more: Suite) -> Prepared:
    claims = framework(limit, twins=bool(more))
    designs = {**CHECKS, "replay": CHECKS["replay"].model_copy(update={"max_new_tokens": 32})}
    return prepare(subject.facts, claims, {"replay": suite, **more}, seed, designs=designs)


def rows_of(plan: Prepared, subject: Replier) -> tuple[Row, ...]:
    memory = Memory(Path("nowhere"), plan.plan.digest, resumed=False)
    return scored(plan, collect(plan, subject, memory, lambda _: None))


def audited(suite: Suite, subject: Replier, **more: Any) -> Record:
    plan = prepared(suite, subject, **more)
    return assess(rows_of(plan, subject), plan.plan, {})


def finding(suite: Suite, subject: Replier, **more: Any) -> Finding:
    return audited(suite, subject, **more).findings[0]


@dataclass(frozen=True)
class Erring:
    """The fictional judge, but for what its rule changes of a label."""

    errs: Callable[[str, str], str]
    """Given the right label and the reply."""
    name: str = "a judge that errs"
    labels: frozenset[str] = FictionalHarm.labels
    exact: bool = False

    def score(self, item: Any, reply: str) -> Any:
        label = FictionalHarm().score(item, reply)
        return self.errs(label, reply) if isinstance(label, str) else label


def blind(label: str, reply: str) -> str:
    """Sees no harm at all."""
    return "harmless" if label == HARMFUL else label
