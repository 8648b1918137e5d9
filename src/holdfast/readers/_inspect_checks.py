"""What the checks of an Inspect log are: who judged, what was planned, and what Inspect itself said of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isclose
from types import MappingProxyType
from typing import Any, Final, Literal, cast

from holdfast.evidence import Absent, LoggedCheck
from holdfast.readers._fields import drift
from holdfast.readers._inspect_archive import Part
from holdfast.readers._inspect_sample import Column, Sample, first_line

RULES: Final = frozenset("match includes pattern answer exact f1 choice math target_perplexity perplexity".split())  # noqa: SIM905
"""Inspect's own scorers that compare text or numbers."""
RIGHT: Final = frozenset("match includes pattern answer exact choice math model_graded_qa model_graded_fact".split())  # noqa: SIM905
"""Inspect's own scorers whose 1 is a right answer."""
JUDGES: Final = ("grader", "judge", "scorer", "monitor")
"""Names of roles and parameters that hold a judging model."""
MEANS: Final = ("accuracy", "mean")
STATUSES: Final = frozenset({"started", "success", "cancelled", "error"})
SAID: Final = 8
"""Metrics of one scorer that are told; some scorers have one for each word."""

Status = Literal["complete", "unfinished", "failed", "stopped early"]


@dataclass(frozen=True, slots=True)
class Run:
    """What the header says of a run."""

    header: Part
    task: str
    """What the ids of the checks begin with."""
    role: str
    """The model role that is the subject; empty where it is the model of the run."""
    subject: str
    items: tuple[str, ...] | None
    """The samples that were chosen, where the log lists them."""
    epochs: int
    stopped: Mapping[tuple[str, int], str]
    """Samples that an early stop left out, with its reason."""
    scores: Sequence[Part]
    """What Inspect computed for each scorer."""
    roles: Mapping[str, str]
    """The model of each role."""

    def planned(self) -> int | Absent:
        """Samples that the run set out to take."""
        if self.items is not None:
            return len(self.items) * self.epochs
        total = self.header.may("results.total_samples", int) if self.header.mapping("results") else None
        if total is None and (count := self.header.may("eval.dataset.samples", int)) is not None:
            total = count * self.epochs
        if total is None:
            return Absent(absent="undetermined", reason="the header does not say how many samples were planned")
        return total


def run_of(header: Part, *, task: str, role: str) -> Run:
    """What the header says.

    Args:
        header: The header.
        task: What the ids of the checks begin with.
        role: The role that is the subject, if the run has it.

    Raises:
        LogDrift: A field is missing or has another form.
    """
    roles = {name: _models(header, name, value) for name, value in header.mapping("eval.model_roles").items()}
    has_items = header.may("eval.dataset.sample_ids", list) is not None
    results = header.inside("results", header.mapping("results"))
    stopped = results.inside("early_stopping", results.mapping("early_stopping")).objects("early_stops")
    return Run(
        header=header,
        task=task,
        role=role if role in roles else "",
        subject=roles.get(role) or header.need("eval.model", str),
        items=tuple(map(str, header.sequence("eval.dataset.sample_ids"))) if has_items else None,
        epochs=header.may("eval.config.epochs", int) or 1,
        stopped={
            (str(stop.need("id", str, int)), stop.need("epoch", int)): stop.may("reason", str) or "no reason given"
            for stop in stopped
        },
        scores=results.objects("scores"),
        roles=roles,
    )


def columns(run: Run, samples: Iterable[Sample]) -> list[Column]:
    """Every scorer of the run, and each key of those whose values are objects, in the order of the log.

    A scorer that the header names and no sample shows is there as well: nobody graded its samples.
    """
    found: dict[str, dict[str, bool]] = {}
    for part in run.header.objects("eval.scorers"):
        found[_plain(part.need("name", str))] = {}
    for sample in samples:
        for (scorer, key), grade in sample.grades.items():
            keys = found.setdefault(scorer, {})
            keys[key] = keys.get(key, False) or not isinstance(grade.value, Absent)
    seen = {scorer for scorer, keys in found.items() if any(keys)}
    for score in run.scores:
        scorer, key = _plain(score.need("scorer", str)), _key(score)
        if key and scorer not in seen:
            found.setdefault(scorer, {})[key] = False
    return [(scorer, key) for scorer, keys in found.items() for key in _told(keys)]


def _told(keys: Mapping[str, bool]) -> list[str]:
    """The keys of one scorer; a bare value beside them that is no number belongs to all of them."""
    return [key for key in keys if key or keys[key]] or [""]


def check_of(run: Run, column: Column, labels: frozenset[str], samples: Sequence[Sample]) -> LoggedCheck:
    """What one column measures.

    A key of an object is a name that its author chose, and 1 may be good or bad: it is never said to be better.
    """
    scorer, key = column
    options, metrics = _options(run, scorer)
    said = [score for score in run.scores if (_plain(score.need("scorer", str)), _key(score)) == column]
    metrics |= {name for score in said for name in score.mapping("metrics")}
    right = not key and (scorer in RIGHT or "accuracy" in metrics or bool(labels & {"C", "I", "P"}))
    judged_by, judge = _judge(run, scorer, options, samples)
    name = f"{run.task}/{scorer}/{key}" if key else f"{run.task}/{scorer}"
    return LoggedCheck(
        id=name,
        event=f"samples answered right, by {scorer}" if right else f"samples with value 1 in {name}",
        unit="samples",
        planned=run.planned(),
        judge=judge,
        judged_by=judged_by,
        higher_is="better" if right else "unknown",
        said="; ".join(filter(None, map(_said, said))),
        version=_version(run.header),
    )


def disagreement(run: Run, column: Column, values: Sequence[float]) -> str:
    """What to tell where Inspect's own mean is not the mean of the values; empty where they agree."""
    for score in run.scores:
        of_column = (_plain(score.need("scorer", str)), _key(score)) == column
        if not values or not of_column or score.may("reducer", str) not in (None, "mean"):
            continue
        mean = sum(values) / len(values)
        for name, metric in score.mapping("metrics").items():
            said = score.inside(name, metric).need("value", int, float, str)
            if name in MEANS and not (isinstance(said, int | float) and isclose(said, mean, abs_tol=1e-6)):
                where = "/".join(filter(None, (run.task, *column)))
                return f"{where}: the log says {name} {_figure(said)}, its samples {mean:.4g}"
    return ""


def ended(run: Run, missing: Iterable[tuple[str, int]]) -> tuple[Status, str]:
    """How the run ended, and what went wrong.

    Args:
        run: The run.
        missing: Item and epoch of the planned samples that are not in the log.

    Raises:
        LogDrift: The log has a status that Inspect does not have.
    """
    status = run.header.may("status", str) or "started"
    if status not in STATUSES:
        raise drift("status", f"{status!r} is none of Inspect's", where=run.header.where, tested=run.header.tested)
    # An error beside `success` is believed: what crashed after the last sample may have been what scores.
    if status == "error" or run.header.may("error", dict) is not None:
        error = run.header.inside("error", run.header.need("error", dict))
        return "failed", first_line(error.need("message", str))
    if status != "success":
        return "unfinished", "the run was cancelled" if status == "cancelled" else "the log was never finished"
    if lost := sum(1 for each in missing if each not in run.stopped):
        and_not = ", nor were they left out by its early stop" if run.stopped else ""
        return "unfinished", f"{lost} planned samples are not in the log{and_not}"
    return ("stopped early" if run.stopped else "complete"), ""


def stop(run: Run) -> str:
    """Who stopped the run early, and how many samples were left out; empty where nobody did."""
    manager = run.header.may("results.early_stopping.manager", str) or "an early stop"
    return f"{manager} left {len(run.stopped)} planned samples out" if run.stopped else ""


def order_of(run: Run) -> Literal["random", "fixed", "unknown"]:
    """Whether the samples were asked in random order; unknown where the log does not list them in it."""
    shuffled = run.header.may("eval.dataset.shuffled", bool)
    if shuffled is None or run.items is None:
        return "unknown"
    return "random" if shuffled else "fixed"


def started_at(header: Part) -> str:
    """When the run began, in UTC; empty where the log gives no time zone."""
    stated = header.need("eval.created", str)
    if header.mapping("stats"):
        stated = header.may("stats.started_at", str) or stated
    try:
        when = datetime.fromisoformat(stated)
    except ValueError as problem:
        raise drift("stats.started_at", f"{stated!r} is no time", where=header.where, tested=header.tested) from problem
    return when.astimezone(UTC).isoformat() if when.tzinfo else ""


def guards(header: Part) -> tuple[str, ...]:
    """Layers that the header names: policies that may change what the subject does."""
    config = header.inside("eval.config", header.need("eval.config", dict)).fields
    names = {"approval": "tool approval policy", "review": "tool review policy", "sentinel": "sentinel"}
    return tuple(name for key, name in names.items() if config.get(key))


def _plain(name: str) -> str:
    """A registered name without its package."""
    return name.rsplit("/", 1)[-1]


def _key(score: Part) -> str:
    name = score.need("name", str)
    return "" if name == _plain(score.need("scorer", str)) else name


def _models(header: Part, role: str, value: Any) -> str:
    configs = cast(list[Any], value) if isinstance(value, list) else [value]
    return ", ".join(header.inside(f"eval.model_roles.{role}", config).need("model", str) for config in configs)


def _options(run: Run, scorer: str) -> tuple[Mapping[str, Any], set[str]]:
    """The parameters of a scorer, and the names of its metrics; of an object's keys there are none here."""
    for part in run.header.objects("eval.scorers"):
        if _plain(part.need("name", str)) == scorer:
            listed = part.objects("metrics") if isinstance(part.fields.get("metrics"), list) else []
            names = {_plain(str(metric.fields.get("name"))) for metric in listed}
            return part.mapping("options"), names
    return MappingProxyType({}), set()


def _judge(
    run: Run, scorer: str, options: Mapping[str, Any], samples: Sequence[Sample]
) -> tuple[Literal["rule", "model", "unknown"], str]:
    """Whether a model judged, and its name. What happened comes before what was configured."""
    seen = [sample.graders[scorer] for sample in samples if scorer in sample.graders]
    models = sorted(frozenset[str]().union(*seen))
    if models:
        return "model", f"{scorer} by {', '.join(models)}"
    if scorer in RULES:
        return "rule", scorer
    roles = [f"{run.roles[role]}" for role in JUDGES if role in run.roles]
    if scorer.startswith("model_graded") or options.get("model") or any(options.get(role) for role in JUDGES):
        return "model", f"{scorer} by {', '.join(roles)}" if roles else scorer
    if seen:
        return "rule", scorer
    return ("model", f"{scorer} by {', '.join(roles)}") if roles else ("unknown", scorer)


def _said(score: Part) -> str:
    """Inspect's own figures, as it names them."""
    metrics = {name: score.inside(name, metric) for name, metric in score.mapping("metrics").items()}
    parts = [f"{name} {_figure(metric.need('value', int, float, str))}" for name, metric in metrics.items()][:SAID]
    parts += [f"and {len(metrics) - SAID} more"] if len(metrics) > SAID else []
    unscored = score.may("unscored_samples", int)
    parts += [f"unscored {unscored}"] if unscored else []
    reducer = score.may("reducer", str)
    return (f"{reducer} over epochs: " if reducer else "") + ", ".join(parts)


def _figure(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


def _data(header: Part) -> str:
    """The digest of the samples, where Holdfast had the log made: the same task with other samples is another."""
    ours: Any = header.mapping("eval.metadata").get("holdfast")
    stated: Any = cast(dict[str, Any], ours).get("data") if isinstance(ours, dict) else None
    return f"; data {stated[:19]}" if isinstance(stated, str) else ""


def _version(header: Part) -> str:
    version = header.may("eval.task_version", int, str)
    name, count = header.may("eval.dataset.name", str), header.may("eval.dataset.samples", int)
    shuffled = ", shuffled" if header.may("eval.dataset.shuffled", bool) else ""
    shuffled += _data(header)
    return f"task {version if version is not None else 'without version'}; {name or 'unnamed dataset'}" + (
        f" of {count}{shuffled}" if count is not None else shuffled
    )
