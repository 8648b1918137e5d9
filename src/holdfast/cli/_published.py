"""`holdfast audit --suite NAME`: published suites, run through Inspect and judged by their logs."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import click

from holdfast.cli._boundary import Outcome
from holdfast.cli._progress import drawn
from holdfast.errors import JudgeUnclear, MatchedUnfit, StudyInput, UnknownSuite
from holdfast.visible import visible

if TYPE_CHECKING:
    from holdfast.audit import PreparedSuites, SuitesForecast
    from holdfast.evidence import Framework, StudyResult

_OURS: Final = ("auto", "fictional")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for."""

    model: str
    framework: str | None
    """None where the user named none."""
    suites: tuple[str, ...]
    judges: tuple[str, ...]
    frozen: Path | None
    matched: str | None
    """Who is tuned beside the subject; None where nobody is."""
    study: Path | None
    """An experiment with people that is handed in."""
    seed: int
    out: Path | None
    deviation: tuple[str, ...]
    dry_run: bool
    device: str | None
    dtype: str | None
    eval_logs: bool
    display: str
    rubric: Path | None = None
    """What a judge of own conversations looks for; None for the shipped rubric."""
    labelled: Path | None = None
    """Transcripts that people labelled, by which that judge's error is seen."""
    temperature: float | None = None
    """At which own conversations are answered; None for the log's."""
    redact_names: Path | None = None
    """Names to take out of the labelled transcripts; None for none."""
    requests: Path | None = None
    """Own restricted requests, to be asked in twins; None for none."""
    benchmarks: tuple[Path, ...] = ()
    """What any model should answer, beside them."""
    scorer: str | None = None
    """A function that labels the replies, in the place of a judge."""
    max_new_tokens: int | None = None
    """Of such a reply; None for what is usual."""
    weight_noise: bool = False
    """Whether an exam is also asked under noise on the weights."""

    @property
    def fictional_suite(self) -> Literal["auto", "fictional"] | None:
        """Which suite of our own; None where published ones are asked for.

        Raises:
            UnknownSuite: One of our own beside another.
            JudgeUnclear: Frozen data for one of our own, which has no use for them.
        """
        own = [name for name in self.suites if name in _OURS]
        if not own:
            return None
        if len(self.suites) > 1:
            raise UnknownSuite(
                f"{own[0]} stands alone, and {', '.join(self.suites)} were given",
                why="it is asked with controls on the subject itself, in a run of its own",
                fix="give it a run of its own, or leave it out",
            )
        if self.frozen:
            raise JudgeUnclear(
                f"the suite {own[0]} has no use for --frozen",
                why="its answers are known word for word, and it ships with Holdfast",
                fix="leave it out, or name a published suite: holdfast suite list",
            )
        return "fictional" if own == ["fictional"] else "auto"


def audit_published(asked: Asked) -> Outcome:
    """Prepare, run and judge; with `--dry-run` only prepare."""
    from holdfast.assure import NO_FRAMEWORK, load_framework
    from holdfast.audit import audit_suites, forecast_suites, pin_reference, prepare_suites, require_inspect
    from holdfast.report import terminal_lines

    if asked.matched is not None:
        raise MatchedUnfit(
            f"a published suite has no use for --matched {asked.matched}",
            why="only an exam tunes a model beside its subject",
            fix="leave it out, or leave --suite out and add --framework sandbagging",
        )
    framework = load_framework(asked.framework) if asked.framework else NO_FRAMEWORK
    require_inspect("published suites are run through Inspect AI")
    model = pin_reference(asked.model, announce=say)
    prepared = prepare_suites(
        model,
        asked.suites,
        framework,
        judges=asked.judges,
        frozen=asked.frozen,
        seed=asked.seed,
        device=asked.device,
        dtype=asked.dtype,
        studies=studies_for(asked.study, framework, (asked.model, model)),
        announce=say,
    )
    if asked.dry_run:
        return _forecast(prepared, forecast_suites(prepared))
    with drawn(asked.display, sys.stderr, "samples") as draw:
        audited = audit_suites(
            prepared,
            reference=model,
            out=asked.out,
            deviations=asked.deviation,
            announce=lambda now: draw(now.check, now.samples_done, now.samples),
        )
    record = audited.record
    where = (f"report      {audited.report}", f"record      {audited.directory / 'record.json'}")
    return Outcome(
        record.exit,
        record.verdict,
        record.model_dump(mode="json"),
        (*terminal_lines(record, audited.run), *where),
    )


def say(note: str) -> None:
    """Write a note to stderr."""
    click.echo(visible(f"note        {note}"), err=True)


def _forecast(prepared: "PreparedSuites", expected: "SuitesForecast") -> Outcome:
    """What a dry run prints; the data were loaded, nobody was asked, and the exit code is 0."""
    record = {
        "plan": prepared.plan.model_dump(mode="json"),
        "samples": dict(expected.samples),
        "judged": expected.judged,
        "claims": [
            {
                "claim": claim.claim,
                "units": claim.units,
                "detectable": claim.detectable
                if claim.detectable is not None
                else {"absent": "undetermined", "reason": "too few units for this threshold"},
            }
            for claim in expected.claims
        ],
        "cost": {"absent": "undetermined", "reason": "a provider does not say beforehand what it charges"},
    }
    return Outcome(0, None, record, tuple(_lines(prepared, expected)))


def _lines(prepared: "PreparedSuites", expected: "SuitesForecast") -> Iterator[str]:
    yield f"plan        {prepared.plan.digest[:19]}…  (nothing was run, nothing was written)"
    for suite in prepared.plan.suites:
        yield f"samples     {suite.name} {suite.version}: {suite.counted}, data {suite.data_digest[:19]}…"
    for claim in expected.claims:
        near = "no true rate at all" if claim.detectable is None else f"a true rate of {claim.detectable:.1%}"
        limit = f"{claim.threshold.op} {claim.threshold.value:.0%}"
        units = f"{claim.units} {claim.unit}"
        yield f"can tell    {claim.claim}: {units}; {near} would be met against {limit}, 4 times in 5"
    asked = sum(expected.samples.values())
    yield f"cost        {asked:,} conversations, {expected.judged:,} of them graded; in USD: unknown"


def studies_for(directory: Path | None, framework: "Framework", references: Sequence[str]) -> tuple["StudyResult", ...]:
    """What an experiment with people says of this subject, where one was handed in.

    Raises:
        StudyInput: No claim of the framework is about people.
        StudyMissing: There is no experiment, or no analysis of it.
        StudyBroken: Its log does not hold or lacks what this machine's ledger knows of it, or its last record is gone.
    """
    if directory is None:
        return ()
    from holdfast.cli._study_lines import known_heads
    from holdfast.evidence import PEOPLE_MOVED
    from holdfast.study import latest_record, load_plan, result_of

    if not any(claim.check == PEOPLE_MOVED for claim in framework.claim):
        raise StudyInput(
            f"nothing in framework {framework.name} would use --study {directory}",
            why=f"none of its claims has the check {PEOPLE_MOVED}",
            fix="add --framework persuasion, or leave --study out",
        )
    record = latest_record(directory, heads=known_heads(load_plan(directory)))
    return (result_of(record, references),)
