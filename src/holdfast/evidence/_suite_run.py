"""What is decided before a published suite is run: which, on whose data, by which judge, and what will judge it."""

from typing import Literal

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen, digest
from holdfast.evidence._claim import Framework
from holdfast.evidence._sample import SubjectFacts
from holdfast.evidence._study import StudyResult

SuiteArgument = str | int | list[str] | list[int]
"""What a task of a published suite takes."""


class SuiteTask(Frozen):
    """One published suite, as it will be asked."""

    name: str
    """Its name here."""
    task: str
    """The task and the package that it comes from: `inspect_evals/xstest`."""
    args: dict[str, SuiteArgument]
    """Of the task, without judges."""
    version: str
    """Comparability and interface, as the suite's authors count them: `5-A`. Figures of another comparability, the
    number, are not compared with these."""
    samples: int = Field(ge=1)
    epochs: int = Field(default=1, ge=1, exclude_if=lambda epochs: epochs == 1)
    """How often each sample is asked."""
    data_digest: str
    """Of ids, inputs, targets, options and metadata, as the task holds them once it is loaded."""
    publisher: str
    """Whose data they are."""
    judges: tuple[str, ...] | Absent
    """The models that grade, as Inspect names them."""

    @property
    def counted(self) -> str:
        """What is asked, in words: `1,280`, or `1, 20 times`."""
        return f"{self.samples:,}" + (f", {self.epochs} times" if self.epochs > 1 else "")


class SuiteRun(Frozen):
    """The plan of a run of published suites: its digest goes into the ledger before the first sample."""

    schema_: Literal["holdfast.suite-run/1"] = Field(default="holdfast.suite-run/1", alias="schema")
    tool: str
    subject: SubjectFacts
    on: str
    """What the results are about: `toy models`, or the subject that is named."""
    framework: Framework
    suites: tuple[SuiteTask, ...] = Field(min_length=1)
    versions: dict[str, str]
    """Of what the replies and values depend on."""
    studies: tuple[StudyResult, ...] = Field(default=(), exclude_if=lambda studies: not studies)
    """Experiments with people that were handed in: what a claim about people rests on."""
    seed: int
    """Sent with every request; whether it is honoured is the provider's affair."""
    max_retries: int
    """Of one request, by Inspect's rules of what is worth trying again."""
    attempt_timeout_s: int
    """For one try."""
    max_failed: float = Field(default=0.1, ge=0, lt=1)
    """Share of samples that may end in an error before a suite's run stops, to be resumed."""

    @property
    def digest(self) -> str:
        """The plan's digest."""
        return digest(self)
