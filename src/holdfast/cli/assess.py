"""`holdfast assess`: which claims hold, by logs that another tool wrote."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from holdfast.cli import EXIT_CODES
from holdfast.cli._asked import REMOVED_FIRST, Asked, carefully, clear, writable
from holdfast.cli._boundary import Outcome, run
from holdfast.visible import visible

if TYPE_CHECKING:
    from holdfast.evidence import Framework, Log, LogPlan
    from holdfast.labels import Labels
    from holdfast.store import TamperedRun

_LONGEST: Final = 160


@click.command(
    "assess",
    context_settings={"help_option_names": ["-h", "--help"], "show_default": True},
    epilog=EXIT_CODES,
)
@click.argument("logs", nargs=-1, required=True, metavar="LOG...", type=click.Path(path_type=Path))
@click.option(
    "--framework",
    "-f",
    multiple=True,
    metavar="F",
    help="A shipped framework or a TOML file. The first decides; each further one shows which verdicts flip.",
)
@click.option("--format", "form", metavar="NAME", help="The reader, where the file's beginning does not tell.")
@click.option("--subject", multiple=True, metavar="NAME", help="Of several in the logs. Twice: both mean one model.")
@click.option(
    "--labels",
    multiple=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Human labels from `holdfast label`: they correct the judge.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="Where to write.  [default: holdfast-runs/<plan>-<n>]"
)
@click.option(
    "--sarif", type=click.Path(path_type=Path), help=f"Also write the findings as SARIF 2.1.0; {REMOVED_FIRST}."
)
@click.option(
    "--junit", type=click.Path(path_type=Path), help=f"Also write the findings as JUnit XML; {REMOVED_FIRST}."
)
@click.option(
    "--model-card",
    type=click.Path(path_type=Path),
    help=f"Also write a Markdown section for a model card; {REMOVED_FIRST}.",
)
@click.option("--deviation", multiple=True, metavar="TEXT", help="Declare what was done otherwise than planned.")
@click.option("--json", "as_json", is_flag=True, help="Print exactly one JSON envelope on stdout.")
def command(
    logs: tuple[Path, ...],
    framework: tuple[str, ...],
    form: str | None,
    subject: tuple[str, ...],
    labels: tuple[Path, ...],
    out: Path | None,
    sarif: Path | None,
    junit: Path | None,
    model_card: Path | None,
    deviation: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say which claims hold by LOG: a log of Inspect, garak, promptfoo, lm-eval, PyRIT, ControlArena, or a plain table.

    Nothing is run again. Every sample counts: one without a value widens the interval both ways, and a run that failed,
    was cut off or never graded is invalid, whatever its own summary says. Repeated attempts and clustered items do not
    pass for independent evidence.

    Without --framework everything is measured and nothing is judged. A framework that was not in the ledger before the
    run began gives verdicts that say post hoc. A directory or record of an earlier `holdfast audit` is judged anew by
    its rows, or by its logs if published suites were run; the directory of a `holdfast tamper` by its runs, also where
    it was stopped before all had ended.
    """
    reference, declared = writable(" ".join(map(str, logs))), tuple(map(writable, deviation))
    asked = Asked(reference, logs, framework, labels, out, declared, sarif, junit, model_card)
    removed = clear(asked)
    run("assess", lambda: carefully(asked, removed, lambda: _assess(form, subject, asked)), as_json=as_json)


def _assess(form: str | None, subjects: tuple[str, ...], asked: Asked) -> Outcome:
    from holdfast.assure import assess_logs, load_framework, log_plan, of_one_subject
    from holdfast.cli._kept import keep
    from holdfast.readers import read_log
    from holdfast.report import terminal_lines
    from holdfast.store import is_run, is_tampered, suite_logs

    claims = tuple(load_framework(name) for name in asked.frameworks)
    # A run of published suites is judged by its logs, as any log is.
    paths = [log for path in asked.logs for log in suite_logs(path) or (path,)]
    if is_tampered(paths[0]):
        return _reassess_tampered(paths, claims, asked)
    if is_run(paths[0]):
        return _reassess(paths, claims, asked)
    read = [log for path in paths for log in read_log(path, format=form)]
    logs = of_one_subject(read, subjects)
    given = _given(asked.labels)
    plan = log_plan(logs, claims, given)
    record, kept = keep(plan, lambda: assess_logs(logs, plan, given), asked)
    return Outcome(
        record.exit,
        record.verdict,
        record.model_dump(mode="json"),
        (*terminal_lines(record, kept.run), *_left_out(read, logs), *_labelled(plan), *kept.lines),
    )


def _given(directories: Sequence[Path]) -> dict[str, "Labels"]:
    """The labels by check; of two sets for one check, neither is the one that counts."""
    from holdfast.errors import CheckTwice
    from holdfast.labels import load_labels

    found: dict[str, Labels] = {}
    for own in map(load_labels, directories):
        if own.check in found:
            raise CheckTwice(
                f"two sets of labels are about the same check, {own.check}; give one",
                why="each is a sample of its own, and neither is the one that counts",
                fix="give one --labels for each check",
            )
        found[own.check] = own
    return found


def _left_out(read: Sequence["Log"], chosen: Sequence["Log"]) -> Iterator[str]:
    """The subjects of the logs that nothing here is about."""
    others = sorted({log.facts.subject for log in read} - {log.facts.subject for log in chosen})
    if others:
        names = visible(", ".join(others))
        shown = names if len(names) <= _LONGEST else names[: _LONGEST - 1] + "…"
        yield f"left out    {len(others)} other subject{'s' * (len(others) > 1)} in the logs: {shown}"


def _labelled(plan: "LogPlan") -> Iterator[str]:
    """By how many people, and how many labels of theirs are final."""
    for own in plan.labels:
        raters, check = len(own.raters), visible(own.check)
        open_ = f"; {own.disputed} disputed, {own.undecidable} undecidable"
        yield f"labels      {check}: {raters} rater{'s' * (raters != 1)}, {own.labels} samples labelled{open_}"


def _reassess(paths: Sequence[Path], frameworks: Sequence["Framework"], asked: Asked) -> Outcome:
    """Judge a finished audit anew; its rows are about one plan, so it stands alone."""
    from holdfast.assure import reassess, replanned
    from holdfast.cli._kept import keep
    from holdfast.report import terminal_lines
    from holdfast.store import load_attacked, load_run

    _refuse_others(paths, "audit", "its rows belong to one plan, with its own controls")
    found = load_run(paths[0])
    attacked = load_attacked(found)
    plan = replanned(found.record, frameworks)
    record, kept = keep(
        plan,
        lambda: reassess(found.record, found.rows, plan, frameworks, attacked),
        asked,
        started_at=found.run.started_at,
    )
    return Outcome(
        record.exit,
        record.verdict,
        record.model_dump(mode="json"),
        (*terminal_lines(record, kept.run), *kept.lines),
    )


def _reassess_tampered(paths: Sequence[Path], frameworks: Sequence["Framework"], asked: Asked) -> Outcome:
    """Judge a tamper run anew, finished or stopped, by the numbers that it kept."""
    from holdfast.assure import reassess_tamper, replanned_tamper
    from holdfast.cli._kept import keep
    from holdfast.cli._tamper_lines import tamper_lines
    from holdfast.store import load_tampered

    _refuse_others(paths, "tamper", "its runs belong to one plan")
    found = load_tampered(paths[0])
    record, kept = keep(
        replanned_tamper(found.plan, frameworks[0] if frameworks else found.plan.framework),
        lambda: reassess_tamper(found.plan, found.seen, frameworks),
        asked,
        started_at=_began(found),
    )
    return Outcome(
        record.exit,
        record.verdict,
        record.model_dump(mode="json"),
        (*tamper_lines(record, kept.run), *kept.lines),
    )


def _began(found: "TamperedRun") -> str:
    """When a run began: of one that was stopped the ledger knows, if any."""
    from holdfast.store import Ledger, began, home

    if found.run is not None:
        return found.run.started_at
    with Ledger(home() / "ledger.sqlite") as ledger:
        return began(ledger, found.plan)


def _refuse_others(paths: Sequence[Path], command: str, why: str) -> None:
    from holdfast.errors import SubjectUnclear

    if len(paths) > 1:
        raise SubjectUnclear(
            f"{paths[0]} is a run of `holdfast {command}`, and there are other logs beside it",
            why=why,
            fix="give it alone",
        )
