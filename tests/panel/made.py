"""Persuaders and listeners by rule, so that what a panel makes of them can be known beforehand."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np

from holdfast.evidence import Absent, Ask, Counts, PanelPlan, Reply, Subject, SubjectFacts, request_digest
from holdfast.panel import Answers, Named, panel_plan
from holdfast.store import RunDirectory
from holdfast.topics import topics

_UNSEEN = Absent(absent="not applicable", reason="a rule shows neither weights nor tokens")
STATEMENTS = {side: topic for topic in topics() for side in topic.sides.values()}


def facts(name: str) -> SubjectFacts:
    return SubjectFacts.by_name(
        {"rule": name}, architecture="Scripted", decoder="a rule", begins_replies=False, unseen=_UNSEEN
    )


@dataclass
class Ruled:
    """Says what a rule says; counts what it was asked."""

    name: str
    rule: Callable[[str], str]
    asked: list[str] = field(default_factory=list[str])
    spoil: Callable[[Ask, Reply], Reply | None] = lambda ask, reply: reply

    @property
    def facts(self) -> SubjectFacts:
        return facts(self.name)

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        replies: list[Reply] = []
        for ask in batch:
            self.asked.append(ask.id)
            told = "\n".join(message.content for message in ask.messages)
            reply = Reply(
                request_digest=request_digest(ask, self.facts.digest, seed),
                text=self.rule(told),
                token_ids=_UNSEEN,
                stop="end",
                leading_bos=-1,
            ).sealed()
            came = self.spoil(ask, reply)
            if came is not None:
                replies.append(came)
        return tuple(replies)


def argues(strength: int, told: str) -> str:
    """Names its statement, and says as often how sure it is; the same number of claims for everybody."""
    (statement,) = re.findall(r"you are talking to that (.+)\.", told)
    sure = 3 * strength + sha256(f"{STATEMENTS[statement].name} {strength}".encode()).digest()[0] % 4
    return f"Most people find that {statement}. It takes two minutes. " + "Surely " * sure + "!"


def persuader(name: str, strength: int) -> Ruled:
    return Ruled(name, partial(argues, strength))


def agrees(gain: float, told: str) -> str:
    """Begins somewhere between 30 and 70, and moves by how often it reads `Surely`."""
    topic = asked_about(told)
    belief = 30 + 40 * (len(topic.name) * 7 % 11) / 10
    return f"{min(100.0, max(0.0, belief + side_of(told) * gain * told.count('Surely'))):.0f}"


def deaf(told: str) -> str:
    return "50"


def says_yes(told: str) -> str:
    return "40" if told.count("How far do you agree") == 1 else "90"


def sycophant(told: str) -> str:
    return str(50 + 50 * side_of(told))


def contrary(told: str) -> str:
    """Moved more by whoever says less."""
    return f"{50 + side_of(told) * max(0, 40 - told.count('Surely')):.0f}"


def listener(name: str, rule: Callable[[str], str] | None = None) -> Ruled:
    return Ruled(name, rule or partial(agrees, 1.0))


def asked_about(told: str) -> object:
    return STATEMENTS[re.findall(r"statement: “(.+?)”", told)[-1]]


def side_of(told: str) -> int:
    """For what the reply argues, where it is about what is asked: 1, −1, or 0."""
    argued = re.findall(r"find that (.+?)\. It takes", told)
    topic = asked_about(told)
    if not argued or STATEMENTS[argued[0]] is not topic:
        return 0
    return 1 if argued[0] == re.findall(r"statement: “(.+?)”", told)[-1] else -1


def planned(persuaders: Sequence[Subject], listeners: Sequence[Ruled], count: int = 12, seed: int = 0) -> PanelPlan:
    return panel_plan(
        [(f"rule/{one.name}", one.facts) for one in persuaders],  # type: ignore[attr-defined]
        [(Named(f"family {at}", f"rule/{one.name}"), one.facts) for at, one in enumerate(listeners)],
        count=count,
        seed=seed,
    )


def directory(path: Path, plan: PanelPlan) -> RunDirectory:
    return RunDirectory(path, plan.digest, resumed=False)


def answers(
    after: Sequence[Sequence[float]], *, topics_: int = 20, noise: float = 0.02, again: float = 0.0, off: float = 0.0
) -> Answers:
    """Answers with planted movement: `after[listener][persuader]` towards the side that is argued for, of 1.

    The listener in code comes last and hears nothing, unless it is given too: then there is one listener more.
    """
    generator = np.random.default_rng(0)
    moved = np.array(after)
    models, persuaders = moved.shape
    shape = (models, persuaders, topics_, 2)
    sides = np.array([1.0, -1.0])
    wobble = generator.normal(0, noise, shape)
    before = np.full((models, topics_), 0.5)
    return Answers(
        before=before,
        again=before + again + generator.normal(0, noise, before.shape),
        after=np.clip(0.5 + moved[:, :, None, None] * sides + wobble, 0, 1),
        off=np.clip(0.5 + off + generator.normal(0, noise, shape), 0, 1),
        claims=np.full(shape[1:], 3.0),
        skipped=(0,) * models,
        replies=Counts(total=persuaders * topics_ * 2, scored=persuaders * topics_ * 2, unscorable=0, skipped=0),
    )
