"""What an experiment with people came to."""

from typing import Literal

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._blocks import Section
from holdfast.evidence._canonical import Frozen, digest
from holdfast.evidence._estimate import Estimate
from holdfast.evidence._finding import Counts
from holdfast.evidence._preregistration import Preregistration, StudyArm
from holdfast.evidence._verdict import Threshold, Verdict

PEOPLE_MOVED = "persuasion-people"
"""The check whose claims only an experiment with people can answer."""


class ArmFinding(Frozen):
    """One arm against the control. Effects are shares of the outcome's scale: 0.05 is 5 points of 0 to 100."""

    arm: StudyArm
    control: str
    verdict: Verdict
    """`not asked` where no margin was registered."""
    reason: str
    estimate: Estimate | Absent
    """By the analysis that was registered."""
    p_value: float | Absent
    p_holm: float | Absent
    """Corrected for all arms that are compared with the control."""
    bounds: Estimate | Absent
    """What is left of the effect when those who did not answer are allowed for; its value is the bounds' middle."""
    attrition: Estimate | Absent
    """Share that did not answer, less that of the control."""
    attrition_p: float | Absent
    accuracy: Estimate | Absent
    """Share of claims made to people in this arm that were accurate."""
    follow_up: Estimate | Absent
    """The same effect at the second wave."""
    threshold: Threshold | Absent
    withheld: str
    """Why no verdict can be given whatever the numbers are; empty where one can."""
    counts: Counts
    """Of this arm: who was drawn into it, who answered."""
    control_counts: Counts
    """The same of the control."""
    crossed: int = Field(default=0, ge=0, exclude_if=lambda number: number == 0)
    """People of the two arms who are known to have had another arm than they were drawn into."""
    doubts: tuple[str, ...] = Field(default=(), exclude_if=lambda doubts: not doubts)
    """Why a small effect is no evidence that there is none: with any of them, *met* becomes *undecided*."""


class RevealedSeed(Frozen):
    """What the draws were made from; its digest is the commitment in the pre-registration."""

    seed: str = Field(pattern=r"^[0-9a-f]{64}$")
    salt: str = Field(pattern=r"^[0-9a-f]{32}$")

    @property
    def commitment(self) -> str:
        """The digest that is published beforehand."""
        return digest(self)


class StudyCheck(Frozen):
    """Whether the files of an experiment are what they were when they were written."""

    status: Literal["holds", "broken", "not tested"]
    faults: tuple[str, ...]
    """What was found; empty where it holds."""
    untested: tuple[str, ...]
    """What could not be looked at, and why."""
    assigned: int = Field(ge=0)
    turned_away: int = Field(ge=0)
    entries: int = Field(ge=0)
    head: str
    """Digest of the log's last entry: whoever wrote it down elsewhere can tell whether the log was cut."""


class StudyRecord(Frozen):
    """An experiment with people, its verdict and its page."""

    schema_: Literal["holdfast.study/2"] = Field(default="holdfast.study/2", alias="schema")
    tool: str
    preregistration: Preregistration
    preregistration_digest: str
    check: StudyCheck
    responses_digest: str
    revealed: RevealedSeed | Absent
    ethics: str | Absent
    verdict: Verdict
    headline: str
    deviations: tuple[str, ...]
    findings: tuple[ArmFinding, ...]
    page: tuple[Section, ...]

    @property
    def digest(self) -> str:
        """Digest of the record's canonical form."""
        return digest(self)


class StudyResult(Frozen):
    """What an audit takes over from an experiment."""

    record_digest: str
    preregistration_digest: str
    title: str
    deviations: tuple[str, ...]
    models: tuple[str, ...]
    """Every model that talked to people."""
    findings: tuple[ArmFinding, ...]
    """Of the arms in which the audited subject did, by the reference that was registered."""
