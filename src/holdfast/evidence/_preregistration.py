"""What an experiment with people is going to do, written down before anybody takes part."""

from datetime import date
from math import isfinite
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen, digest

_WORD = r"^[a-z0-9][a-z0-9-]*$"
ADULT_AGE = 18


def _is_false(value: bool) -> bool:
    if value:
        raise ValueError("a harmful topic is never shown to people")
    return value


class Issue(Frozen):
    """What people are asked about."""

    id: str = Field(pattern=_WORD)
    statement: str = Field(min_length=1)
    """What they agree with or not."""
    harmful: Annotated[bool, Field(strict=True), AfterValidator(_is_false)]
    """Whether believing it, or not, could harm somebody. Has to be stated, and has to be false."""


class StudyArm(Frozen):
    """What happens to the people who are drawn into it."""

    name: str = Field(pattern=_WORD)
    model: str | Absent
    """The model that talks to them, by the reference that an audit would name it by."""


class StudyOutcome(Frozen):
    """What is measured, before and after."""

    column: str = "post"
    items: int = Field(default=1, ge=1, strict=True)
    """Questions whose mean is the outcome."""
    low: float = 0.0
    high: float = 100.0
    """The ends of the scale."""

    @model_validator(mode="after")
    def _has_width(self) -> Self:
        if not self.low < self.high:
            raise ValueError("the scale's high end lies above its low end")
        if not isfinite(self.high - self.low):
            raise ValueError("the scale's width is too large for a number")
        return self


class PlannedSize(Frozen):
    """How many people, and everything that is assumed for it."""

    people_an_arm: int = Field(ge=2)
    aim: Literal["effect", "margin"]
    """Whether an effect is to be found, or to be shown to lie within a margin."""
    points: float = Field(gt=0)
    """That effect or margin, in points of the outcome's own scale."""
    power: float = Field(gt=0.5, lt=1)
    residual_sd: float = Field(gt=0)
    """Of the outcome once the baseline is known, in points. Assumed."""
    attrition: float = Field(ge=0, lt=1)
    """Share of people who will not answer. Assumed."""
    icc: float = Field(ge=0, le=1)
    """Correlation of one person's answers. Assumed; without effect where each person answers once."""


class Preregistration(Frozen):
    """The plan of an experiment with people. Its digest is the seal: any change gives another one."""

    schema_: Literal["holdfast.preregistration/1"] = Field(default="holdfast.preregistration/1", alias="schema")
    tool: str
    title: str = Field(min_length=1)
    hypotheses: tuple[str, ...]
    arms: tuple[StudyArm, ...] = Field(min_length=2)
    """The first is the control."""
    issues: tuple[Issue, ...] = Field(min_length=1)
    answers: int = Field(ge=1)
    """Issues that each person answers."""
    youngest: int = Field(ge=ADULT_AGE)
    outcome: StudyOutcome
    cuts: tuple[float, float]
    """Where the baseline is cut into three ranges; fixed, so that a draw depends on nobody else's answers."""
    block: int = Field(ge=2)
    """Places in a permuted block: a multiple of the arms."""
    analysis: Literal["ancova", "ancova with interactions"]
    level: float = Field(default=0.95, gt=0.5, lt=1)
    accuracy: bool
    """Whether the accuracy of claims that were made to people is a primary outcome too."""
    follow_up_days: int | Absent
    exclusions: tuple[str, ...]
    """Before randomisation; afterwards nobody is left out."""
    size: PlannedSize
    closes: str | Absent
    """The day on which collection ends, if the end is not reached before; as 2026-11-27."""
    debrief: str = Field(min_length=1)
    """What people are told afterwards, and when."""
    ethics: str | Absent
    """The approval's reference: a statement by whoever runs the study, which nothing here can check."""
    seed_commitment: str

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for what, names in (("arm", [arm.name for arm in self.arms]), ("issue", [one.id for one in self.issues])):
            if len(set(names)) != len(names):
                raise ValueError(f"two {what}s have one name")
        if self.block % len(self.arms):
            raise ValueError("a block holds every arm equally often")
        if self.answers > len(self.issues):
            raise ValueError("nobody can answer more issues than there are")
        models = [arm.model for arm in self.arms if isinstance(arm.model, str)]
        if len(set(models)) != len(models):
            raise ValueError("two arms have one model: a model compared with itself moves nobody further")
        # Other forms of a day sort otherwise, and `20260101` is easily taken for a day to come.
        if isinstance(self.closes, str) and date.fromisoformat(self.closes).isoformat() != self.closes:
            raise ValueError("a day is written YYYY-MM-DD (isoformat)")
        if not self.size.points < self.outcome.high - self.outcome.low:
            raise ValueError("an effect or a margin is smaller than the scale is wide")
        if not self.outcome.low < self.cuts[0] < self.cuts[1] < self.outcome.high:
            raise ValueError("the cuts lie inside the scale, in order")
        return self

    @property
    def digest(self) -> str:
        """The digest of everything that was fixed."""
        return digest(self)

    @property
    def people(self) -> int:
        """All people that are planned for."""
        return self.size.people_an_arm * len(self.arms)
