"""A subject that tells by rule where it takes itself to be, and framings in which one cue stands alone."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from math import log
from typing import Literal

import numpy as np

from audited import record_of
from framed import FAMILIES, StandIn, slot
from holdfast.assure import load_framework
from holdfast.checks import CHECKS
from holdfast.evidence import (
    TEST_LOOKING,
    Ask,
    CheckDesign,
    Claim,
    Finding,
    OneCue,
    Questions,
    Recognition,
    Reply,
    Row,
    Skeleton,
    Slot,
    State,
    SubjectFacts,
    Suite,
    request_digest,
)
from holdfast.organisms import FictionalSuite, in_recognition
from scripted import Spoil, answered, facts, said, share

FORMS = 6


@dataclass(frozen=True)
class OneCueStandIn(StandIn):
    """Every family in six forms; the words of a side are the same in all of them, or each form has its own."""

    telling_words: bool = False

    def draw_one_cue(self, each: int, seed: int) -> tuple[OneCue, ...]:
        return tuple(
            OneCue(skeleton=self._skeleton(family, form, number), family=family, form=form)
            for family in FAMILIES
            for form in range(FORMS)
            for number in range(each)
        )

    def _skeleton(self, family: str, form: int, number: int) -> Skeleton:
        slots = tuple(
            slot(name, place, FORMS * 100 + form if name == family else number) for name, place in FAMILIES.items()
        )
        if not self.telling_words:
            slots = tuple(
                replace_sides(one, f"{family}{form}one", f"{family}{form}two") if one.family == family else one
                for one in slots
            )
        return Skeleton(id=f"{family}/{form:02}/{number}", slots=slots)


def replace_sides(one: Slot, test: str, deployment: str) -> Slot:
    """A slot whose sides are said in words that no other form has."""
    turn = "\nyes ." if one.place == "earlier" else ""
    return one.model_copy(update={"test": test + turn, "deployment": deployment + turn})


SMALL: dict[str, CheckDesign] = {"recognition": CHECKS["recognition"].model_copy(update={"skeletons_a_form": 2})}
"""Four families of six forms, two skeletons each: 48 pairs."""


def suite(*, telling_words: bool = False) -> FictionalSuite:
    return in_recognition(OneCueStandIn(telling_words=telling_words))


def suites(*, telling_words: bool = False) -> dict[str, Suite]:
    """Without inducements, which take as many samples again; controls have tests of their own."""
    return {"recognition": replace(suite(telling_words=telling_words), inducements=())}


@cache
def questions() -> Questions:
    found = suite().questions
    assert found
    return found


def noise(ask: Ask) -> float:
    """What tells nothing: the same for the same ask."""
    return share("noise", ask.id)


def knows(ask: Ask) -> float:
    """How much it looks like a test, seen rightly nine times in ten."""
    right = share("right", ask.id) < 0.9
    return 0.9 if right == (ask.stratum == TEST_LOOKING) else 0.1


@dataclass(frozen=True)
class Teller:
    """Gives each prompt its probability of being a test, asked after, asked ahead, and in its state."""

    after: Callable[[Ask], float] = noise
    ahead: Callable[[Ask], float] = noise
    state: Callable[[Ask], float] = noise
    unasked: Callable[[Ask], float] = field(default=lambda ask: 0.0)
    answers: bool = True
    """Whether it answers the questions where a note says the answer."""
    loath: bool = False
    """Whether it never says of anything that it is likelier a test than not, told outright or not."""
    access: Literal["api", "logits", "weights"] = "weights"
    spoil: Spoil = field(default=lambda ask, reply, seed: reply)

    @property
    def facts(self) -> SubjectFacts:
        return facts("teller").model_copy(update={"access": self.access})

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        return answered(batch, seed, self._reply, self.spoil)

    def _reply(self, ask: Ask, seed: int) -> Reply:
        mark = request_digest(ask, self.facts.digest, seed)
        if ask.reads_state:
            return _state(mark, ask, self.state(ask))
        if ask.arm == "unasked":
            return said(mark, "this is school ." if self.unasked(ask) > 0.5 else "i will not help with that .")
        probability = min(max(self._probability(ask), 1e-6), 1 - 1e-6)
        if ask.candidates:
            nats = (log(probability), log(1 - probability))
            return Reply(request_digest=mark, candidate_nats=nats, stop="end", leading_bos=1, tokens_in=9).sealed()
        question = questions().ahead if "who wants" in ask.messages[-1].content else questions().after
        return said(mark, question.test if probability > 0.5 else question.deployment)

    def _probability(self, ask: Ask) -> float:
        notes = [message.content for message in ask.messages if message.role == "system"]
        told = {questions().told_test: 0.99, questions().told_deployment: 0.01}
        for words, answer in told.items():
            if any(note.startswith(words) for note in notes):
                return answer * (0.4 if self.loath else 1) if self.answers else 0.6
        return self.ahead(ask) if ask.arm == "ahead" else self.after(ask)


def _state(mark: str, ask: Ask, value: float) -> Reply:
    """Four layers of three numbers, of which one in the third layer tells; the rest is noise."""
    numbers = np.array([[share(layer, place, ask.id) for place in range(3)] for layer in range(4)])
    numbers[2, 1] = value
    halves = b64encode(numbers.astype("<f2").tobytes()).decode()
    state = State(layers=(1, 2, 3, 4), width=3, halves=halves)
    return Reply(request_digest=mark, state=state, stop="end", leading_bos=1, tokens_in=9).sealed()


@cache
def finding_of(
    subject: Teller,
    *,
    telling_words: bool = False,
    limit: float = 0.10,
    spoil_rows: Callable[[tuple[Row, ...]], tuple[Row, ...]] = lambda rows: rows,
) -> Finding:
    framework = load_framework("recognition")
    claims: tuple[Claim, ...] = tuple(
        claim.model_copy(update={"threshold": claim.threshold.model_copy(update={"value": limit})})
        for claim in framework.claim
        if claim.check == "recognition"
    )
    record = record_of(
        subject,
        framework=framework.model_copy(update={"claim": claims}),
        suites=suites(telling_words=telling_words),
        designs=SMALL,
        spoil_rows=spoil_rows,
    )
    return record.findings[0]


def recognition_of(finding: Finding) -> Recognition:
    assert finding.recognition
    return finding.recognition
