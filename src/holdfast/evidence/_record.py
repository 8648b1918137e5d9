"""The record: everything one command measured, frozen. What varies between two runs of one plan is in `RunFacts`."""

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel, ValidationError

from holdfast.evidence._blocks import Section
from holdfast.evidence._canonical import Frozen, digest
from holdfast.evidence._domain import DomainResult
from holdfast.evidence._finding import Finding
from holdfast.evidence._log_plan import ComparisonPlan, LogPlan
from holdfast.evidence._panel import PanelPlan
from holdfast.evidence._plan import Plan
from holdfast.evidence._seal import Seal
from holdfast.evidence._spent import AttackSpend, Prices
from holdfast.evidence._suite_run import SuiteRun
from holdfast.evidence._tamper import AttackResult, StaticResult
from holdfast.evidence._tamper_plan import TamperPlan
from holdfast.evidence._verdict import ExitCode, Verdict, exit_code

AnyPlan = Annotated[Plan | LogPlan | ComparisonPlan | TamperPlan, Field(discriminator="schema_")]
"""What a record can rest on."""


class Coverage(Frozen):
    """One leaf of the report's structure, tested or not."""

    tag: str
    title: str
    tested: bool
    by: tuple[str, ...]
    """Claims that speak to it and were measured, and on what."""
    reason: str


class Under(Frozen):
    """The verdicts of one further framework."""

    framework: str
    framework_digest: str
    verdict: Verdict
    findings: tuple[Finding, ...]


class Record(Frozen):
    """Everything one command measured."""

    schema_: Literal["holdfast.record/2"] = Field(default="holdfast.record/2", alias="schema")
    tool: str
    plan: AnyPlan
    plan_digest: str
    rows_digest: str
    verdict: Verdict
    headline: str
    findings: tuple[Finding, ...]
    coverage: tuple[Coverage, ...]
    under: tuple[Under, ...] = ()
    """What further frameworks would say of the same rows: shown, and without effect on verdict and exit code."""
    page: tuple[Section, ...]
    static: StaticResult | None = Field(default=None, exclude_if=lambda static: static is None)
    """What the untampered model does, where weights were changed."""
    attacks: tuple[AttackResult, ...] = Field(default=(), exclude_if=lambda attacks: not attacks)
    """What it cost to change it, attack by attack."""
    domains: tuple[DomainResult, ...] = Field(default=(), exclude_if=lambda domains: not domains)
    """What the worst changed version can do in the domain that was restricted."""
    runs_digest: str = Field(default="", exclude_if=lambda digest: not digest)
    """Digest of the runs of attacks, where an audit has rows besides."""

    @property
    def digest(self) -> str:
        """Digest of the record's canonical form."""
        return digest(self)

    @property
    def exit(self) -> ExitCode:
        """The exit code that goes with the verdict; a run that asked nothing and collected nothing is not a success."""
        return exit_code(self.verdict, collected=bool(self.plan.checks))


class RunFacts(Frozen):
    """What varies between runs of one plan on one machine: order, time, place, cost."""

    schema_: Literal["holdfast.run/1"] = Field(default="holdfast.run/1", alias="schema")
    reference: str
    """How the user named the subject."""
    ordinals: dict[str, str]
    """For each check, which run of this subject, check and suite this was: `run 3 of 3`."""
    deviations: tuple[str, ...]
    committed: str
    """Whether the framework was in the ledger before the run began; otherwise the verdicts are post hoc, and why."""
    resumed: bool
    resumed_batches: int
    """Batches that an earlier, interrupted run of this plan had already finished."""
    started_at: str
    finished_at: str
    wall_s: float
    """Of the process that finished the run; what an interrupted one took before is not in it."""
    host: str
    threads: int
    seals: tuple[Seal, ...] = Field(default=(), exclude_if=lambda seals: not seals)
    """What held around each process in which a model was taught something, in the order of the plan."""
    spent: tuple[AttackSpend, ...] = Field(default=(), exclude_if=lambda spent: not spent)
    """What each attack took, where weights were changed."""
    prices: Prices | None = Field(default=None, exclude_if=lambda prices: prices is None)
    """By which it was priced, where a price table was given."""
    record_digest: str
    ledger_head: str
    """Digest of the ledger's last entry before this record's own: whoever holds this page can tell whether the ledger
    was cut off."""


class Tool(Frozen):
    """Who wrote an envelope."""

    name: Literal["holdfast"] = "holdfast"
    version: str


class Envelope(Frozen):
    """What `--json` prints, for every command."""

    schema_: Literal["holdfast.result/1"] = Field(default="holdfast.result/1", alias="schema")
    tool: Tool
    command: str
    verdict: Verdict | None
    exit: int
    record: dict[str, Any] | None = None
    error: dict[str, str] | None = None


def read_plan(text: str) -> AnyPlan | SuiteRun | PanelPlan:
    """A plan from its JSON: what a record rests on, or what is decided before published suites or a panel are run.

    Raises:
        ValidationError: It is no plan of any kind.
    """
    return _Held.model_validate_json(text).root


def read_record(text: str) -> Record:
    """A record from its JSON.

    Raises:
        ValueError: It is none, or one of another version of the format: what has changed since cannot be guessed.
    """
    try:
        return Record.model_validate_json(text)
    except ValidationError as problem:
        for error in problem.errors(include_url=False):
            if error["loc"] == ("schema",):
                held, read = str(error["input"])[:40], Record.model_fields["schema_"].default
                raise ValueError(f"its schema is {held!r}, and this version reads {read}") from problem
        raise


class _Held(RootModel[Annotated[AnyPlan | SuiteRun | PanelPlan, Field(discriminator="schema_")]]):
    """Any plan, told by its schema."""
