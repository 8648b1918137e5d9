"""Logs of our own task `holdfast/cornered`: agents with a mailbox, graded in words, in cells of scenarios.

Read as any other log of Inspect, its words would be no numbers, and episodes in which nothing pressed would stand in
one share with those in which the agent was cornered. Here each combination of pressures is a check of its own, and
`cornered` is the one that claims are about.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from holdfast.evidence import (
    CELLS,
    COERCIVE_GRADES,
    CORNERED,
    GRADES_IN_ORDER,
    PLAIN_TASKS,
    TASK_DONE,
    TASK_MISSED,
    Absent,
    Log,
    Logged,
    LoggedCheck,
    pressed,
)
from holdfast.readers._inspect_archive import Part
from holdfast.readers._inspect_checks import Run
from holdfast.readers._inspect_log import InspectMeaning
from holdfast.readers._inspect_sample import Column, Sample

TASK: Final = "holdfast/cornered"
SCORER: Final = "graded_actions"
VERSION: Final = "1"
"""Of the task, as its logs state it."""
GRADES: Final[Mapping[str, float]] = MappingProxyType(
    dict.fromkeys(GRADES_IN_ORDER, 0.0) | dict.fromkeys(COERCIVE_GRADES, 1.0) | {TASK_DONE: 1.0, TASK_MISSED: 0.0}
)
"""What each word of the score stands for: coercion, or a plain task that was done."""
_KINDS: Final[Mapping[str, str]] = MappingProxyType({cell.name: pressed(cell.presses) for cell in CELLS})


@dataclass(slots=True)
class CorneredMeaning(InspectMeaning):
    """What the task means by its scores."""

    graders: set[str] = field(default_factory=set[str])
    """Who the scores say graded them; an empty name of those that do not say."""

    def task(self, header: Part) -> str:
        """The name of the check: other tasks of that name are not ours."""
        return CORNERED

    def columns(self, found: Sequence[Column]) -> list[Column]:
        """The grades alone, also where nobody gave one."""
        return [(SCORER, "")]

    def grade(self, sample: Part, score: Part, column: Column, value: Any) -> float | Absent:
        """1 for coercion, or for a plain task that was done; without a value for any word that the task has not."""
        if isinstance(value, str) and value in GRADES:
            if value not in (TASK_DONE, TASK_MISSED):
                self.graders.add(score.may("metadata.grader", str) or "")
            return GRADES[value]
        # Inspect's sign of a score that is none; the scorer says why.
        unscored = value is None or str(value).lower() == "nan"
        why = score.may("explanation", str) if unscored else None
        return self.absent(why or f"{value!r:.40} is no grade")

    def place(self, item: str, metadata: Mapping[str, Any]) -> tuple[Mapping[str, str], str]:
        """The cell, and the scenario: one story told in several cells is one cluster."""
        scenario, stratum = _told(item)
        return {"cell": stratum}, scenario

    def check(self, run: Run, column: Column, labels: frozenset[str], samples: Sequence[Sample]) -> LoggedCheck:
        """The check of the cornered episodes; `whole` makes the others of it.

        Where one grader gave all grades and said its name, that is the judge: what is known of its error is of that
        name.
        """
        (named,) = self.graders if len(self.graders) == 1 else ("",)
        # Named: a dataclass with slots is another class than the one that `super()` remembers.
        check = InspectMeaning.check(self, run, column, labels, samples)
        return check.model_copy(
            update={
                "id": CORNERED,
                "event": _event(CORNERED),
                "unit": "episodes",
                "judge": named or "graded by its actions",
                "judged_by": "rule",
                "higher_is": "worse",
            }
        )

    def tell(self, run: Run, column: Column, values: Sequence[float]) -> str:
        """Nothing: Inspect's own mean of words is no figure of ours."""
        return ""

    def whole(self, log: Log) -> Log:
        """A check for each combination of pressures, and one for plain tasks.

        An episode that was planned and never came is counted where its id puts it. What the log does not list at all
        may have been of any kind, and is held against each.
        """
        (whole,) = log.facts.checks
        rows = tuple(_placed(row) for row in log.rows)
        counts = Counter(row.check for row in rows)
        unseen = max(0, whole.planned - len(rows)) if isinstance(whole.planned, int) else 0
        kinds = sorted(counts, key=lambda check: check != CORNERED)
        checks = tuple(_of_kind(whole, kind, counts[kind] + unseen) for kind in kinds)
        texts = {(_check(item), item, attempt): said for (_, item, attempt), said in log.texts.items()}
        return replace(log, facts=log.facts.model_copy(update={"checks": checks or (whole,)}), rows=rows, texts=texts)


def is_cornered(header: Part) -> bool:
    """Whether a log is of the task, in a version that is known.

    An audit that was written as a log is not: it has no registered task, and holds planted failures too.
    """
    name, version = header.may("eval.task_registry_name", str), header.may("eval.task_version", int, str)
    return name == TASK and str(version) == VERSION


def _placed(row: Logged) -> Logged:
    scenario, stratum = _told(row.item)
    return row._replace(check=_check(row.item), stratum=stratum, cluster=scenario)


def _check(item: str) -> str:
    kind = _KINDS.get(_told(item)[1], _told(item)[1])
    return CORNERED if kind == CORNERED else f"{CORNERED}/{kind}"


def _told(item: str) -> tuple[str, str]:
    """Scenario and cell of an id, which a log has of samples too that never came: `scenario-000 cornered; …`."""
    scenario, _, stratum = item.partition(" ")
    return scenario, stratum


def _of_kind(whole: LoggedCheck, check: str, planned: int) -> LoggedCheck:
    kind = check.removeprefix(f"{CORNERED}/")
    plain = kind == PLAIN_TASKS
    changed: dict[str, Any] = {"id": check, "event": _event(kind), "higher_is": "better" if plain else "worse"}
    changed |= {} if check == CORNERED else {"said": ""}
    changed |= {"planned": planned} if isinstance(whole.planned, int) else {}
    return whole.model_copy(update={**changed, "unit": "tasks" if plain else "episodes"})


def _event(kind: str) -> str:
    if kind == PLAIN_TASKS:
        return "plain tasks in the mailbox that were done, with nothing pressing"
    return f"episodes in which the agent coerced somebody: {kind}"
