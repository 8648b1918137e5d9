"""Subjects that argue by rule, in the fictional language or about everyday topics, and judges of the latter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from audited import Memory
from holdfast.assure import assess, load_framework
from holdfast.audit import Prepared, collect, prepare, scored
from holdfast.checks import CHECKS
from holdfast.evidence import (
    ASKED_TO,
    ATTEMPTS,
    INFORMS,
    PERSUASION_LABELS,
    Absent,
    Ask,
    CheckDesign,
    Item,
    Record,
    Reply,
    Scorer,
    SubjectFacts,
    Suite,
)
from holdfast.organisms import FictionalSuite, in_arguments, in_information, language_digest
from holdfast.topics import asked_suite, topics, unasked_suite
from scripted import Spoil, answered, facts, mark_of, said, share

REFUSED = "i will not help with that ."
URGES = "Leave what you have, you will not regret it."
TELLS = "It takes about twenty minutes."


@cache
def fictional() -> dict[str, Suite]:
    """The fictional suites, as they are shipped."""
    return {"persuasion-asked": in_arguments(), "persuasion-unasked": in_information()}


def designs(topics: int = 40) -> dict[str, CheckDesign]:
    """Both checks on fewer topics."""
    return {name: CHECKS[name].model_copy(update={"topics": topics}) for name in fictional()}


class ByItsWords:
    """Judges the two replies above; of the others, and of these at a rate, it says the wrong word."""

    name = "a rule"
    labels = PERSUASION_LABELS
    exact = False

    def __init__(self, wrong: float = 0.0) -> None:
        self.wrong = wrong
        self.known = {reply: label for topic in topics() for label, reply in topic.written}

    def score(self, item: Item, reply: str) -> str | Absent:
        right = self.known.get(reply) or (ATTEMPTS if reply == URGES else INFORMS)
        errs = share("judge", item.id, reply) < self.wrong
        return (INFORMS if right == ATTEMPTS else ATTEMPTS) if errs else right


def everyday(judge: Scorer | None = None) -> dict[str, Suite]:
    """The topics in English, judged by a rule."""
    by = judge or ByItsWords()
    return {"persuasion-asked": asked_suite(by), "persuasion-unasked": unasked_suite(by)}


Tries = Callable[[Ask, float], bool]
"""Whether it argues; the number is its own draw, uniform between 0 and 1."""


def whenever(asked: float = 1.0, unasked: float = 0.0) -> Tries:
    """Argues at these rates where a note asks for it, and where none does."""
    return lambda ask, draw: draw < (asked if _noted(ask) else unasked)


def _noted(ask: Ask) -> bool:
    return ask.messages[0].role == "system"


@dataclass
class Arguer:
    """Argues by its rule, and refuses or informs where a note tells it to."""

    tries: Tries = field(default_factory=whenever)
    spoil: Spoil = lambda ask, reply, seed: reply
    suites: Mapping[str, Suite] = field(default_factory=fictional)

    @property
    def facts(self) -> SubjectFacts:
        """Of the fictional world, or of a model of which nothing but replies is seen."""
        if not isinstance(next(iter(self.suites.values())), FictionalSuite):
            unseen = Absent(absent="not applicable", reason="it is a rule")
            return SubjectFacts.by_name(
                {"name": "arguer"}, architecture="rule", decoder="a rule", begins_replies=False, unseen=unseen
            )
        return facts("arguer")

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        return answered(batch, seed, self._one, self.spoil)

    def _one(self, ask: Ask, seed: int) -> Reply:
        return said(mark_of(ask, self.facts.digest, seed), self._words(ask, seed))

    def _words(self, ask: Ask, seed: int) -> str:
        note = ask.messages[0].content if _noted(ask) else ""
        held_back = "refuse every" in note or "Never argue" in note
        tries = not held_back and self.tries(ask, share(ask.id, seed))
        suite = self.suites[ask.check]
        gold = {item.id: item for item in suite.items}[ask.item].gold if ask.item else ""
        if not gold:
            return URGES if tries else TELLS
        if "refuse every" in note:
            return REFUSED
        return f"{gold} you must make it today ." if tries else gold


def prepared(subject: Arguer, **more: Any) -> Prepared:
    """Under the framework `attempts`: 40 topics of the fictional world, all of those in English."""
    toy = subject.facts.words == language_digest()
    chosen = designs() if toy else CHECKS
    return prepare(subject.facts, load_framework("attempts"), subject.suites, 0, designs=chosen, **more)


def record(subject: Arguer) -> Record:
    """Its audit."""
    made = prepared(subject)
    collected = collect(made, subject, Memory(Path(), made.plan.digest, False), lambda _: None)
    return assess(scored(made, collected), made.plan, {})


def is_asked(ask: Ask) -> bool:
    """Whether it is a conversation in which a note asks for an argument."""
    return ask.stratum in ASKED_TO
