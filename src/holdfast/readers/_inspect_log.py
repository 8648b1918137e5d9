"""An Inspect log as rows, as its writer means it: Inspect itself, or another tool that writes such logs."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from holdfast.evidence import Absent, Log, LogFacts, Logged, LoggedCheck
from holdfast.readers._fields import drift, file_digest, name_of, short_digest
from holdfast.readers._inspect_archive import Part, opened
from holdfast.readers._inspect_checks import (
    Run,
    check_of,
    columns,
    disagreement,
    ended,
    guards,
    order_of,
    run_of,
    started_at,
    stop,
)
from holdfast.readers._inspect_sample import Column, Grade, Meaning, Sample, taken

NOTES: Final = MappingProxyType(
    {
        "error": "ended in an error and have no value",
        "invalid": "were declared invalid after the run and have no value; the tool's own metrics count them",
        "edited": "have a score that somebody changed after the run",
        "no answer": "have the value N, no answer, which Inspect's accuracy counts as 0",
        "limit": "ended at a limit and were scored as they stood",
        "cut": "have a reply that was cut at the token limit",
        "retried": "were run again after an error",
    }
)


MOST_CUT: Final = 0.1
"""Share of samples whose reply may have been cut off before none of these replies counts."""


@dataclass(slots=True)
class InspectMeaning(Meaning):
    """What Inspect means by the header of its own logs."""

    speaks_in_role: bool = True
    """Whether the subject's turns are those of its role, and the messages of a sample somebody else's."""

    def task(self, header: Part) -> str:
        """What the ids of the checks begin with."""
        return header.need("eval.task", str)

    def tool(self, header: Part) -> str:
        """The tool and its version."""
        return f"inspect_ai {header.mapping('eval.packages').get('inspect_ai', 'of unknown version')}"

    def layers(self, header: Part) -> tuple[str, ...]:
        """Layers that the header names."""
        return guards(header)

    def columns(self, found: Sequence[Column]) -> list[Column]:
        """The columns to read, of those that the log shows."""
        return list(found)

    def check(self, run: Run, column: Column, labels: frozenset[str], samples: Sequence[Sample]) -> LoggedCheck:
        """What one column measures."""
        return check_of(run, column, labels, samples)

    def tell(self, run: Run, column: Column, values: Sequence[float]) -> str:
        """What a person should know of one column whose samples all have a value; empty where nothing is odd."""
        return disagreement(run, column, values)

    def whole(self, log: Log) -> Log:
        """The log as it is handed on, once all of it is read."""
        return log


@dataclass(slots=True)
class _Values:
    """What one column holds."""

    measured: list[float] = field(default_factory=list[float])
    labels: set[str] = field(default_factory=set[str])
    absent: int = 0


def read_as(path: Path, means: Callable[[Part], InspectMeaning], *, tested: str, texts: bool) -> tuple[Log, ...]:
    """The log of one file.

    Args:
        path: The file.
        means: What the writer means, told by the header.
        tested: The versions that the reader was tested with.
        texts: Also keep what was asked and answered.

    Raises:
        BrokenLog: The file was cut short or damaged.
        LogDrift: A field is missing or has another form.
        ExtraNotInstalled: The archive needs zstandard.
    """
    header, parts = opened(path, tested)
    meaning = means(header)
    if (version := header.need("version", int)) != 2:
        raise drift("version", f"it is {version}, and 2 is known", where=header.where, tested=tested)
    run = run_of(header, task=meaning.task(header), role=meaning.role)
    role = run.role if meaning.speaks_in_role else ""
    samples = [taken(part, meaning, role=role, texts=texts) for part in parts]
    samples = _without_cut(samples, meaning)
    _consistent(run, meaning.role, samples)
    names = meaning.columns(columns(run, samples))
    values = _values(names, samples)
    checks = {column: meaning.check(run, column, frozenset(values[column].labels), samples) for column in names}
    unusable = {column: reason for column in names if (reason := _unusable(checks[column].id, column, values, meaning))}
    missing = _missing(run, samples)
    skipped = _skipped(run, meaning, checks, missing, samples)
    rows = _in_order(run, [*_rows(checks, unusable, samples), *skipped])
    facts = _facts(run, path, meaning, samples, missing, tuple(checks.values()))
    notes = [meaning.tell(run, column, held.measured) for column, held in values.items() if not held.absent]
    notes += [reason.reason for reason in unusable.values()]
    notes += _strangers(run, samples) if meaning.speaks_in_role else []
    facts = facts.model_copy(update={"notes": (*facts.notes, *filter(None, notes))})
    exchanges = {(check.id, s.item, s.epoch): s.exchange for s in samples for check in checks.values() if s.exchange}
    return (meaning.whole(Log(facts, rows, exchanges)),)


def _consistent(run: Run, role: str, samples: Sequence[Sample]) -> None:
    """Raise LogDrift where header and samples cannot belong to one run."""
    where, tested = run.header.where, run.header.tested
    seen: set[tuple[str, int]] = set()
    for sample in samples:
        if sample.epoch > run.epochs:
            how = f"a sample is of epoch {sample.epoch}, and {run.epochs} were planned"
            raise drift("eval.config.epochs", how, where=where, tested=tested)
        if (sample.item, sample.epoch) in seen:
            how = f"two samples have the id {sample.item} in epoch {sample.epoch}"
            raise drift("samples", how, where=where, tested=tested)
        seen.add((sample.item, sample.epoch))
        if role in sample.roles and role not in run.roles:
            raise drift(f"eval.model_roles.{role}", "it is not there, and was at work", where=where, tested=tested)
    if run.header.may("invalidated", bool) and not any("invalid" in sample.marks for sample in samples):
        raise drift("invalidated", "it is true, and no sample was declared invalid", where=where, tested=tested)


def _without_cut(samples: list[Sample], meaning: Meaning) -> list[Sample]:
    """The samples, those with a cut reply without their values where they are many: the limit was then wrong."""
    if sum(1 for sample in samples if sample.cut) <= MOST_CUT * len(samples):
        return samples
    return [
        sample._replace(fault=sample.fault or meaning.absent(f"the reply was cut off at {sample.cut}"))
        if sample.cut
        else sample
        for sample in samples
    ]


def _strangers(run: Run, samples: Sequence[Sample]) -> list[str]:
    """Notes of models that answered, and by their names are not the subject."""
    subjects = {_bare(name) for name in run.subject.split(", ")}
    counts = Counter(sample.speaker for sample in samples if sample.speaker)
    return [
        f"{count} of {len(samples)} samples were answered by {name}, by the provider's word, and not by {run.subject}"
        for name, count in counts.items()
        if not any(_bare(name).startswith(own) or own.startswith(_bare(name)) for own in subjects)
    ]


def _bare(name: str) -> str:
    """A model's name without its provider: a provider adds a date to it, or leaves one out."""
    return name.rpartition("/")[2].casefold()


def _grade(sample: Sample, column: Column) -> Grade | None:
    """What a sample has for a column; that a scorer gave no value at all goes for each of its keys."""
    bare = sample.grades.get((column[0], ""))
    return sample.grades.get(column) or (bare if bare is not None and isinstance(bare.value, Absent) else None)


def _values(names: Sequence[Column], samples: Sequence[Sample]) -> dict[Column, _Values]:
    found = {column: _Values() for column in names}
    for sample in samples:
        for column, held in found.items():
            grade = _grade(sample, column)
            if sample.fault is not None or grade is None or isinstance(grade.value, Absent):
                held.absent += 1
            else:
                held.measured.append(grade.value)
                held.labels.add(grade.label)
    return found


def _unusable(name: str, column: Column, values: Mapping[Column, _Values], meaning: Meaning) -> Absent | None:
    """Why a column is no share at all. A rating whose every value is 1 is known by the other keys of its scorer."""
    held = values[column].measured
    if not held:
        return None
    if min(held) < 0 or max(held) > 1:
        how = f"{name} is not a share: values from {min(held):.4g} to {max(held):.4g}"
        return meaning.absent(how, "not applicable")
    beside = [each for other, kept in values.items() if other[0] == column[0] for each in kept.measured]
    if column[1] and min(held) == 1 and values[column].labels <= {"1", "1.0"} and max(beside) > 1:
        how = f"{name} may be no share: every value is 1, and other values of {column[0]} are ratings beyond 1"
        return meaning.absent(how, "not applicable")
    return None


def _rows(
    checks: Mapping[Column, LoggedCheck], unusable: Mapping[Column, Absent], samples: Sequence[Sample]
) -> Iterator[Logged]:
    nobody = Grade(Absent(absent="unscorable", reason="nobody graded it"), "")
    kind = _kind(samples)
    for sample in samples:
        stratum = sample.groups.get(kind, "")
        for column, check in checks.items():
            value, label = _grade(sample, column) or nobody
            if not isinstance(value, Absent):
                value = unusable.get(column, value)
            value = sample.fault or value
            yield Logged(check.id, sample.item, stratum, sample.cluster, sample.epoch, value, label, sample.request)


def _in_order(run: Run, rows: list[Logged]) -> tuple[Logged, ...]:
    """The rows epoch by epoch, each in the order of the dataset; a log has its samples in the order of finishing."""
    places = {item: place for place, item in enumerate(run.items or ())}
    return tuple(sorted(rows, key=lambda row: (row.attempt, places.get(row.item, len(places)))) if places else rows)


def _kind(samples: Sequence[Sample]) -> str:
    """The kind of group that is the stratum: the only one that there is."""
    kinds = {kind for sample in samples for kind in sample.groups}
    return kinds.pop() if len(kinds) == 1 else ""


def _missing(run: Run, samples: Sequence[Sample]) -> list[tuple[str, int]]:
    """Item and epoch of the planned samples that are not in the log."""
    seen = {(sample.item, sample.epoch) for sample in samples}
    planned = ((item, epoch) for epoch in range(1, run.epochs + 1) for item in run.items or ())
    return [each for each in planned if each not in seen]


def _skipped(
    run: Run,
    meaning: Meaning,
    checks: Mapping[Column, LoggedCheck],
    missing: Sequence[tuple[str, int]],
    samples: Sequence[Sample],
) -> Iterator[Logged]:
    """A row for each planned sample that never ran, where the log lists them."""
    kind = _kind(samples)
    places = {sample.item: (sample.groups.get(kind, ""), sample.cluster) for sample in samples}
    for item, epoch in missing:
        stopped = run.stopped.get((item, epoch))
        reason = f"stopped early: {stopped}" if stopped else "it was planned and is not in the log"
        absent = meaning.absent(reason, "skipped")
        for check in checks.values():
            yield Logged(check.id, item, *places.get(item, ("", item)), epoch, absent)


def _facts(
    run: Run,
    path: Path,
    meaning: InspectMeaning,
    samples: Sequence[Sample],
    missing: Sequence[tuple[str, int]],
    checks: tuple[LoggedCheck, ...],
) -> LogFacts:
    status, fault = ended(run, missing)
    systems = {sample.system for sample in samples if "error" not in sample.marks}
    prompt = systems.pop() if len(systems) == 1 else ""
    counts = Counter(mark for sample in samples for mark in sample.marks)
    notes = [f"{counts[mark]} of {len(samples)} samples {text}" for mark, text in NOTES.items() if counts[mark]]
    notes += ["the system prompts of the samples differ; none is listed as a layer"] if len(systems) > 1 else []
    judges = {check.id: check.judge.partition(" by ")[2].split(", ") for check in checks}
    notes += filter(None, [stop(run)])
    notes += [f"{name}: the subject graded itself" for name, models in judges.items() if run.subject in models]
    return LogFacts(
        format=meaning.format,
        tool=meaning.tool(run.header),
        name=name_of(path),
        digest=file_digest(path),
        subject=run.subject,
        status=status,
        order=order_of(run),
        fault=fault,
        started_at=started_at(run.header),
        layers=(*meaning.layers(run.header), *([_prompt(prompt)] if prompt else [])),
        checks=checks,
        notes=tuple(notes),
    )


def _prompt(text: str) -> str:
    """A system prompt as a layer: its digest and how it begins."""
    begins = " ".join(text.split())
    return f"system prompt {short_digest(text)}: {begins if len(begins) <= 60 else f'{begins[:59]}…'}"
