"""Which logs are assessed together, and the plan that says so."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version

from holdfast.assure.logs._assess import NO_FRAMEWORK
from holdfast.errors import BrokenLabels, CheckTwice, SubjectUnclear
from holdfast.evidence import Framework, LabelFacts, Log, LogPlan, SuiteRun
from holdfast.labels import Labels


def of_one_subject(logs: Iterable[Log], subjects: Sequence[str] = ()) -> tuple[Log, ...]:
    """The logs of one subject.

    Args:
        logs: What was read; one file may hold several subjects.
        subjects: Names that mean the one subject; none where the logs have only one.

    Raises:
        SubjectUnclear: Several subjects and none chosen, or none of that name.
        CheckTwice: Two of the logs hold the same check.
    """
    read = tuple(logs)
    there = sorted({log.facts.subject for log in read})
    unknown = [name for name in subjects if name not in there]
    if unknown:
        raise SubjectUnclear(
            f"no log is about {unknown[0]!r}", why=f"they are about {', '.join(there)}", fix="choose one of these"
        )
    if len(there) > 1 and not subjects:
        raise SubjectUnclear(
            f"the logs are about {len(there)} subjects: {', '.join(there)}",
            why="a verdict is about one subject",
            fix=f"choose one: --subject {there[0]!r}; given for each name, it says that they mean the same model",
        )
    chosen = tuple(log for log in read if not subjects or log.facts.subject in subjects)
    checks = [check.id for log in chosen for check in log.facts.checks]
    twice = sorted({check for check in checks if checks.count(check) > 1})
    if twice:
        raise CheckTwice(
            f"two logs hold {twice[0]}",
            why="two runs of one check are two measurements, and joining them would hide which came first",
            fix="assess them one at a time, or compare them: holdfast compare A B",
        )
    return chosen


def log_plan(
    logs: Sequence[Log],
    frameworks: Sequence[Framework] = (),
    labels: Mapping[str, Labels] | None = None,
    runs: Sequence[SuiteRun] = (),
) -> LogPlan:
    """The plan of an assessment: the first framework decides, the others are shown beside it.

    Args:
        logs: What is judged.
        frameworks: By what; none to measure and not to judge.
        labels: Human labels, by check.
        runs: The plan that the logs were made by, where Holdfast made them.

    Raises:
        BrokenLabels: Labels that were drawn from another log, or from a check or subject that is not there.
    """
    given = labels or {}
    for check, own in given.items():
        _refuse_foreign(check, own, logs)
    return LogPlan(
        tool=f"holdfast {version('holdfast')}",
        framework=frameworks[0] if frameworks else NO_FRAMEWORK,
        further=tuple(frameworks[1:]),
        logs=tuple(log.facts for log in logs),
        labels=tuple(_facts(check, own) for check, own in sorted(given.items())),
        runs=tuple(runs),
    )


def _refuse_foreign(check: str, labels: Labels, logs: Sequence[Log]) -> None:
    drawn_from = (labels.log_digest, labels.subject)
    own = [log.facts for log in logs if (log.facts.digest, log.facts.subject) == drawn_from]
    if any(one.id == check for facts in own for one in facts.checks):
        return
    raise BrokenLabels(
        f"the labels are not about {check} in these logs",
        why=f"they were drawn from the log {labels.log_digest[:19]}…, subject {labels.subject}",
        fix="assess that log, or draw a new sample: holdfast label draw",
    )


def _facts(check: str, labels: Labels) -> LabelFacts:
    return LabelFacts(
        check=check,
        digest=labels.digest,
        raters=tuple(labels.raters),
        labels=len(labels.final),
        disputed=labels.disputed,
        undecidable=labels.undecidable,
    )
