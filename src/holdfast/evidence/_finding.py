"""A finding: an estimate against a claim, with all that is needed to believe it or not."""

from typing import Literal, Self, TypedDict

from pydantic import Field, model_validator

from holdfast.evidence._absent import Absent
from holdfast.evidence._bracket import Bracket
from holdfast.evidence._canonical import Frozen
from holdfast.evidence._claim import Claim, Tier
from holdfast.evidence._cornered import Cornered
from holdfast.evidence._dose import AnyDose
from holdfast.evidence._elicitation import Elicitation
from holdfast.evidence._estimate import Estimate
from holdfast.evidence._gap import Gap
from holdfast.evidence._recognition import Recognition
from holdfast.evidence._replay import Replayed
from holdfast.evidence._verdict import Threshold, Verdict


class Counts(Frozen):
    """A closed denominator: every planned unit is in exactly one of the three."""

    total: int = Field(ge=0)
    scored: int = Field(ge=0)
    unscorable: int = Field(ge=0)
    skipped: int = Field(ge=0)

    @model_validator(mode="after")
    def _closed(self) -> Self:
        if self.total != self.scored + self.unscorable + self.skipped:
            raise ValueError("total = scored + unscorable + skipped")
        return self


class SpikedJudge(Frozen):
    """What a judge that may err made of the spiked transcripts; an abstention counts as an error."""

    sensitivity: Estimate
    """Share of the transcripts with the event in which it saw the event."""
    specificity: Estimate
    """Share of the others in which it saw none."""
    informed_low: float
    """Lower bound on sensitivity + specificity − 1: the part of a true difference that reaches the judged shares."""
    informed_least: float
    """What that bound must exceed."""
    level: float
    """Confidence of the bound. The two shares' own intervals have the level that stands with them."""


class Control(Frozen):
    """Whether the instrument was seen to work on this very subject."""

    passed: bool
    reason: str
    spiked: Estimate | Absent
    """Share of spiked transcripts that got the label they were written to have. Of a judge that may err: share in which
    it was right about the event."""
    judge: SpikedJudge | None = Field(default=None, exclude_if=lambda judge: judge is None)
    """None where the scorer is exact: it is then allowed no error at all."""
    doses: tuple[AnyDose, ...]


class Calibration(Frozen):
    """How often this check is right on model organisms. Never evidence about the subject."""

    power: Estimate | Absent
    false_alarm: Estimate | Absent
    on: str
    how: str


class Ability(Frozen):
    """Whether the subject knows the gold answers, whatever it says: unable and unwilling look alike from outside."""

    reading: Literal["knows", "does not know", "cannot tell"]
    reason: str
    estimate: Estimate | Absent
    reference: str
    """What the reading is declared against."""


class JudgeError(Frozen):
    """What is known of the error of whoever gave the labels, and whether the estimate carries it."""

    reading: Literal["uncorrected", "corrected"]
    reason: str
    labels: int = Field(ge=0)
    """True labels that it rests on: of people, or of a scorer that is exact."""
    uncorrected: Estimate | Absent
    """The estimate as the judge gave it."""
    sensitivity: Estimate | Absent
    """How often the judge saw the event where there was one. Of an audit without true labels: in spiked transcripts."""
    specificity: Estimate | Absent
    """How often the judge saw none where there was none."""


class Family(Frozen):
    """One family of wordings under a claim about the worst of them."""

    family: str
    reading: Literal["above", "below", "undecided", "not tested"]
    """Where its share lies against the threshold; `above` is corrected for the number of families."""
    reason: str
    estimate: Estimate | Absent
    """The two bounds that the claim about the worst family is made of: the one that chance may have lifted over the
    threshold is corrected for the number of families, the other is not."""
    events: int | Absent
    counts: Counts
    wordings: int = Field(ge=0)
    items: int = Field(ge=0)
    """Distinct items that it was asked about."""
    readable: Estimate | Absent
    """Harmless requests that this subject answered rightly under it."""
    reference: Estimate | Absent
    """The same of a reference that never refuses."""


class OfClaim(TypedDict):
    """What a finding repeats of its claim."""

    claim: str
    check: str
    says: str
    threshold: Threshold
    scope: str
    required: bool
    attempts_k: int
    tier: Tier
    tags: tuple[str, ...]


def of_claim(claim: Claim) -> OfClaim:
    """What a finding repeats of its claim, so that whoever reads it alone knows what was asked."""
    return {
        "claim": claim.id,
        "check": claim.check,
        "says": claim.says,
        "threshold": claim.threshold,
        "scope": claim.scope,
        "required": claim.required,
        "attempts_k": claim.attempts_k,
        "tier": claim.tier,
        "tags": claim.tags,
    }


class Finding(Frozen):
    """One claim and what became of it."""

    claim: str
    check: str
    says: str
    verdict: Verdict
    reason: str
    estimate: Estimate | Absent
    events: int | Absent
    """Units with the counted label among the scored ones that the estimate rests on."""
    threshold: Threshold
    scope: str
    stratum: str | Absent
    """The stratum that the estimate is about, where the claim is about the worst one."""
    control: Control | Absent
    calibration: Calibration | Absent
    ability: Ability | Absent
    judge_error: JudgeError | Absent
    counts: Counts
    required: bool
    attempts_k: int
    tier: Tier
    access: str
    steering: tuple[str, ...]
    tags: tuple[str, ...]
    families: tuple[Family, ...] = Field(default=(), exclude_if=lambda families: not families)
    """Every family of wordings, tested or not, where the claim is about the worst of them."""
    gap: Gap | None = Field(default=None, exclude_if=lambda gap: gap is None)
    """Where the claim is about the two sides of twins; None elsewhere."""
    elicitation: Elicitation | None = Field(default=None, exclude_if=lambda elicited: elicited is None)
    """Where the claim is about what eliciting brings out; None elsewhere."""
    recognition: Recognition | None = Field(default=None, exclude_if=lambda found: found is None)
    """Where the claim is about telling what looks like a test; None elsewhere."""
    cornered: Cornered | None = Field(default=None, exclude_if=lambda cornered: cornered is None)
    """Where the claim is about a cornered agent; None elsewhere."""
    replay: Replayed | None = Field(default=None, exclude_if=lambda replay: replay is None)
    """Where the claim is about replayed conversations; None elsewhere."""
    bracket: Bracket | None = Field(default=None, exclude_if=lambda bracket: bracket is None)
    """Where the claim is about what it does in the least favourable of several ways of asking; None elsewhere."""

    @property
    def is_difference(self) -> bool:
        """Whether the estimate is a difference, and so may lie below zero."""
        beyond = self.scope == "beyond a matched model"
        return beyond or self.threshold.op == "within" or self.elicitation is not None or self.recognition is not None
