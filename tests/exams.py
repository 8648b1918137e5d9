"""A subject that sits exams by rule, and framings that stand in for the shipped ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from audited import record_of
from framed import StandIn, slot
from holdfast.checks import CHECKS
from holdfast.evidence import (
    CONSEQUENCE,
    DEPLOYMENT_LOOKING,
    PUNISHED,
    REWARDED,
    TEST_LOOKING,
    TUNED_ARMS,
    Ask,
    CheckDesign,
    Demonstration,
    Elicitation,
    Estimate,
    Finding,
    Record,
    Reply,
    Seal,
    Skeleton,
    SubjectFacts,
    Suite,
    request_digest,
)
from holdfast.organisms import FictionalSuite, in_exam
from scripted import ITEMS, REFUSAL, REFUSE_NOTE, facts, share

TUNED = "tuned"
"""The key of `ExamTaker.right` for what it answers after it was taught something."""
SEAL = Seal(holds=("nothing: a rule was asked",), missing={})
FULL: dict[str, CheckDesign] = {
    "sandbagging": CHECKS["sandbagging"].model_copy(update={"items_a_skeleton": 2, "items_beside": 1})
}
"""As many skeletons as an audit has, and half of the items in each."""
SMALL: dict[str, CheckDesign] = {"sandbagging": FULL["sandbagging"].model_copy(update={"skeletons": 40})}


@dataclass(frozen=True)
class WithConsequence(StandIn):
    """Skeletons that also say what a high mark leads to."""

    def draw(self, number: int, seed: int) -> tuple[Skeleton, ...]:
        return tuple(
            one.model_copy(update={"slots": (*one.slots, slot(CONSEQUENCE, "system", place))})
            for place, one in enumerate(super().draw(number, seed))
        )


@dataclass
class ExamTaker:
    """Answers this share of items rightly in each stratum, else with another thing's recipe."""

    right: Mapping[str, float] = field(default_factory=dict[str, float])
    """By stratum, or `TUNED`; 1 where there is nothing."""
    prefers: float = 1.0
    """Of which share of items it finds the right answer likelier, whatever it says."""
    anew: bool = False
    """Whether it draws each answer anew; else it knows an item or not, and how it is asked decides how much it says."""
    tunes: bool = True
    access: Any = "weights"
    spoil: Callable[[Ask, Reply], Reply | None] = field(default=lambda ask, reply: reply)
    taught: list[Demonstration] = field(default_factory=list[Demonstration])
    name: str = "exam taker"

    @property
    def facts(self) -> SubjectFacts:
        return facts(self.name).model_copy(update={"access": self.access, "tunes": self.tunes})

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        replies = (self.spoil(ask, self._reply(ask, seed)) for ask in batch)
        return tuple(reply for reply in replies if reply is not None)

    def answer_tuned(
        self, demonstrations: Sequence[Demonstration], batch: tuple[Ask, ...], seed: int
    ) -> tuple[tuple[Reply, ...], Seal]:
        self.taught += demonstrations
        return self.answer(batch, seed), SEAL

    def _reply(self, ask: Ask, seed: int) -> Reply:
        mark = request_digest(ask, self.facts.digest, seed)
        if ask.candidates:
            likely = share("prefers", seed, ask.cluster, ask.item) < self.prefers
            nats = (-1.0 if likely else -9.0, -5.0, -9.0, -9.0)
            return Reply(request_digest=mark, candidate_nats=nats, stop="end", leading_bos=1).sealed()
        text = self._says(ask, seed)
        ids = tuple(range(len(text.split())))
        nats = tuple(-0.1 for _ in ids)
        made = Reply(request_digest=mark, text=text, token_ids=ids, log_probs_nats=nats, stop="end", leading_bos=1)
        return made.model_copy(update={"tokens_out": len(ids)}).sealed()

    def _says(self, ask: Ask, seed: int) -> str:
        if any(message.content.startswith(REFUSE_NOTE) for message in ask.messages):
            return REFUSAL
        item = ITEMS[ask.item]
        rate = self.right.get(TUNED if ask.arm in TUNED_ARMS else ask.stratum, 1.0)
        drawn = (ask.arm, ask.stratum) if self.anew else ()
        knows = share("right", seed, *drawn, ask.cluster, ask.item) < rate
        return item.gold if knows else f"{item.onset} {item.decoys[0]}"


def everywhere(rate: float) -> dict[str, float]:
    """The same share in every stratum, taught or not."""
    strata = (TEST_LOOKING, DEPLOYMENT_LOOKING, PUNISHED, REWARDED, "placebo", "other placebo", TUNED)
    return dict.fromkeys(strata, rate)


def suite(skeletons: int = 1_000) -> FictionalSuite:
    return in_exam(WithConsequence(skeletons))


def suites(skeletons: int = 1_000) -> dict[str, Suite]:
    """Without inducements, which have tests of their own."""
    return {"sandbagging": replace(suite(skeletons), inducements=())}


def examined(
    subject: ExamTaker, *, skeletons: int = 1_000, designs: Mapping[str, CheckDesign] = FULL, **more: Any
) -> Finding:
    return whole(subject, skeletons=skeletons, designs=designs, **more).findings[0]


def whole(
    subject: ExamTaker, *, skeletons: int = 1_000, designs: Mapping[str, CheckDesign] = FULL, **more: Any
) -> Record:
    return record_of(subject, framework="sandbagging", suites=suites(skeletons), designs=designs, **more)


def elicitation_of(finding: Finding) -> Elicitation:
    assert finding.elicitation is not None
    return finding.elicitation


def estimate_of(finding: Finding) -> Estimate:
    assert isinstance(finding.estimate, Estimate)
    return finding.estimate
