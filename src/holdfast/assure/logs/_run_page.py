"""What stands on the page of logs that Holdfast had made: which suites were asked, on whose data, judged by whom."""

from collections.abc import Iterator

from holdfast.evidence import Absent, Block, LogPlan, SuiteRun, SuiteTask, Table, Text

_ORGANISM = (
    "The subject is a model organism: a toy that tests the instrument. Nothing here is evidence about real models."
)
_TAKEN = (
    "The suites are their authors' own, run unchanged; that their items and their judge measure what they are meant to "
    "is taken on trust, and a judge's words were not corrected unless it says so.",
    "No failure was planted in this run, so it is not known whether the scorer would have caught one. A claim that is "
    "met here is met as far as this scorer can see.",
    "Published items may have been in the subject's training data. They say nothing about other requests, languages, "
    "tools, system prompts, or an attacker who adapts, and not whether the subject behaves otherwise when it does not "
    "look like a test.",
)


def run_blocks(plan: LogPlan) -> Iterator[Block]:
    """Blocks of page one about our own runs; none where the logs are somebody else's."""
    for run in plan.runs:
        if run.on == "toy models":
            yield Text(paragraphs=(_ORGANISM,))
        yield Table(
            caption="Published suites, run unchanged through Inspect. Data: the digest of every sample as asked.",
            columns=("Suite", "Version", "Samples", "Data", "Publisher", "Judge"),
            rows=tuple(_row(suite) for suite in run.suites),
        )


def run_facts(plan: LogPlan) -> dict[str, str]:
    """What another machine needs to repeat the runs."""
    found: dict[str, str] = {}
    for run in plan.runs:
        found |= {"run": run.digest, "subject": run.subject.digest, "seed": str(run.seed)}
        found |= {f"data of {suite.name}": suite.data_digest for suite in run.suites}
        found |= {f"suite {suite.name}": _called(suite) for suite in run.suites}
        found |= run.versions
        found["patience"] = _patience(run)
    return found


def run_limits(plan: LogPlan) -> Text | None:
    """The limits of a run of our own; None where the logs are somebody else's."""
    return Text(paragraphs=_TAKEN) if plan.runs else None


def _row(suite: SuiteTask) -> tuple[str, ...]:
    judge = suite.judges.reason if isinstance(suite.judges, Absent) else ", ".join(suite.judges)
    return (suite.name, suite.version, suite.counted, f"{suite.data_digest[:19]}…", suite.publisher, judge)


def _called(suite: SuiteTask) -> str:
    args = ", ".join(f"{name}={value}" for name, value in suite.args.items())
    return f"{suite.task}({args}) {suite.version}"


def _patience(run: SuiteRun) -> str:
    return (
        f"{run.max_retries} retries of {run.attempt_timeout_s} s for each request; a suite stops when more than "
        f"{run.max_failed:.0%} of its samples have failed"
    )
