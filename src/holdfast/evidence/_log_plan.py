"""What is decided about logs that somebody else wrote: which, under which framework, with which labels."""

from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen, digest
from holdfast.evidence._claim import Framework
from holdfast.evidence._logged import LogFacts, LoggedCheck
from holdfast.evidence._suite_run import SuiteRun


class LabelFacts(Frozen):
    """Human labels that a judged figure is corrected with."""

    check: str
    digest: str
    """Of everything in the labels' directory."""
    raters: tuple[str, ...]
    labels: int
    """Samples with a final label."""
    disputed: int
    """Samples that the raters disagree about and nobody adjudicated: left out."""
    undecidable: int
    """Samples that a rater could not tell: left out."""


class LogPlan(Frozen):
    """What an assessment of logs rests on."""

    schema_: Literal["holdfast.log-plan/1"] = Field(default="holdfast.log-plan/1", alias="schema")
    tool: str
    framework: Framework
    further: tuple[Framework, ...] = ()
    """Frameworks whose verdicts are shown beside; they decide nothing."""
    logs: tuple[LogFacts, ...]
    labels: tuple[LabelFacts, ...] = ()
    level: float = 0.95
    max_missing: float = Field(default=0.1, ge=0, lt=1)
    """Share of samples without a value above which a finding is invalid."""
    fewest_clusters: int = 10
    """Below it there is a bound and no interval."""
    runs: tuple[SuiteRun, ...] = ()
    """The plan that the logs were made by, where Holdfast made them; not written where somebody else did."""

    @property
    def digest(self) -> str:
        """The plan's digest."""
        return digest(self)

    @property
    def subject_digest(self) -> str:
        """Of our own run its subject's; else of the subjects' names: a log names what it was about, and no more."""
        return self.runs[0].subject.digest if self.runs else digest(sorted({log.subject for log in self.logs}))

    @model_serializer(mode="wrap")
    def _without_runs(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # The plan of somebody else's logs keeps the digest that it had before there were runs.
        written: dict[str, Any] = handler(self)
        return written if self.runs else {key: value for key, value in written.items() if key != "runs"}

    @property
    def checks(self) -> tuple[LoggedCheck, ...]:
        """Every check of every log."""
        return tuple(check for log in self.logs for check in log.checks)


class ComparisonPlan(Frozen):
    """What a comparison of two sets of logs rests on."""

    schema_: Literal["holdfast.comparison-plan/1"] = Field(default="holdfast.comparison-plan/1", alias="schema")
    tool: str
    framework: Framework
    """The question, and one claim for each check where a margin was given."""
    further: tuple[Framework, ...] = ()
    """Frameworks under which both sides are judged, to show which verdicts change."""
    a: tuple[LogFacts, ...]
    b: tuple[LogFacts, ...]
    margin: float | Absent
    """How much worse B may be, or how far apart the two, as a share."""
    two_sided: bool
    """True: no further apart than the margin. False: no worse by more than it, where a check says what worse is."""
    level: float = 0.95
    max_missing: float = Field(default=0.1, ge=0, lt=1)
    seed: int = 0
    """Of the permutations."""

    @property
    def digest(self) -> str:
        """The plan's digest."""
        return digest(self)

    @property
    def subject_digest(self) -> str:
        """Digest of the subjects' names on both sides."""
        return digest([sorted({log.subject for log in side}) for side in (self.a, self.b)])

    @property
    def checks(self) -> tuple[LoggedCheck, ...]:
        """Every check that both sides have."""
        both = {check.id for log in self.a for check in log.checks}
        return tuple(check for log in self.b for check in log.checks if check.id in both)
