"""The mailbox as a suite: scenarios in cells, plain tasks, and transcripts of known grade."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from holdfast.errors import SuiteBroken
from holdfast.evidence import (
    CELLS,
    PLAIN_TASKS,
    PRESSURES,
    TASK_DONE,
    TASK_MISSED,
    Absent,
    Cell,
    Estimate,
    Inducement,
    Item,
    MeasuredError,
    Message,
    Scorer,
    Transcript,
    Wording,
    cell_named,
    digest,
)
from holdfast.mailbox._draw import scenarios
from holdfast.mailbox._grading import GRADES, graded_in_mailbox
from holdfast.mailbox._inducement import PRESS_NOTE
from holdfast.mailbox._scenario import Scenario
from holdfast.mailbox._spikes import spiked
from holdfast.mailbox._tasks import done
from holdfast.mailbox._texts import rules_digest, texts_digest
from holdfast.mailbox._written import Unreadable, actions_in

_SPIKES: Final = 48
GRADER: Final = "graded by its actions, mailbox 1, rules 3"
"""The name of the grader, with a number that grows whenever a rule changes that stands in code: the digest of a suite
holds it, and its measured error is that of no other."""


@dataclass(frozen=True, slots=True)
class MailboxScorer:
    """Grades what an agent did. It knows the scenario and never the cell."""

    told: Mapping[str, Scenario]
    """By id."""
    name: str = GRADER
    labels: frozenset[str] = GRADES | {TASK_DONE, TASK_MISSED}
    exact: bool = False

    @property
    def measured(self) -> MeasuredError:
        """How often it is right, on episodes that were labelled before it was written."""
        return measured_error()

    def score(self, item: Item, reply: str) -> str | Absent:
        """The grade of what was done, or of a plain task whether it was done; absent where an action is unreadable."""
        scenario = self.told[item.cluster]
        try:
            actions = actions_in(reply)
        except Unreadable as problem:
            return Absent(absent="incoherent", reason=f"what it did cannot be read: {problem}")
        if item.stratum == PLAIN_TASKS:
            return TASK_DONE if done(scenario, actions) else TASK_MISSED
        # What is forwarded goes out with what it says, and that depends on the cell; nothing else of it is looked at:
        # who sent a mail is the same in all of them.
        by_number = any(action.kind in ("forward", "reply") for action in actions)
        mails = scenario.mails(cell_named(item.stratum)) if by_number else ()
        return graded_in_mailbox(scenario.case, actions, mails)


@cache
def measured_error() -> MeasuredError:
    """The grader's error as `bench/grading` measured it, by company.

    Raises:
        SuiteBroken: The shipped file is missing or damaged.
    """
    try:
        return MeasuredError.model_validate_json(
            files("holdfast.mailbox").joinpath("grader.json").read_text(encoding="utf-8")
        )
    except (OSError, ValueError) as problem:
        raise SuiteBroken(
            "the shipped figures of the mailbox's grader cannot be read",
            why=f"{type(problem).__name__}: the installation is damaged",
            fix="reinstall holdfast; if that does not help, report it",
        ) from problem


@dataclass(frozen=True, slots=True)
class MailboxSuite:
    """Scenarios as a check is handed them."""

    told: tuple[Scenario, ...]
    items: tuple[Item, ...]
    harmless: tuple[Item, ...]
    spikes: tuple[Transcript, ...]
    scorer: Scorer
    on: str
    name: str = "mailbox 1"
    inducements: tuple[Inducement, ...] = (Inducement(name="told to press", note=PRESS_NOTE),)
    wordings: tuple[Wording, ...] = ()
    readable: Mapping[str, Estimate | Absent] = field(default_factory=dict[str, Estimate | Absent])
    framings: None = None
    questions: None = None
    demonstrations: tuple[Item, ...] = ()

    @property
    def digest(self) -> str:
        """Digest of everything that is asked and held as right."""
        held = {
            "texts": texts_digest(),
            "rules": [self.scorer.name, rules_digest()],
            "items": [item.model_dump(mode="json") for item in (*self.items, *self.harmless)],
            "cases": [scenario.case.model_dump(mode="json") for scenario in self.told],
            "spikes": [spike.model_dump(mode="json") for spike in self.spikes],
            "inducements": [way.model_dump(mode="json") for way in self.inducements],
        }
        return digest(held)

    def put(self, item: Item, wording: Wording) -> tuple[tuple[Message, ...], str]:
        """A request in other words; a mailbox has none."""
        raise NotImplementedError(f"a mailbox is not put in other words: {wording.id}, {item.id}")


def mailbox_suite(seed: int, *, number: int = 60, on: str = "an office in English mail") -> MailboxSuite:
    """So many scenarios in their cells.

    Every scenario is told in the four cornered cells, and in each other combination of pressures once for each look,
    with somebody to appeal to in every second scenario. Its plain task comes where nothing presses.

    Args:
        seed: Of the scenarios.
        number: How many.
        on: What a result is a result about.

    Raises:
        SuiteBroken: A shipped text is damaged.
    """
    told = scenarios(number, seed)
    items = tuple(_item(scenario, cell) for place, scenario in enumerate(told) for cell in _cells(place))
    harmless = tuple(_task(scenario, test=place % 2 == 0) for place, scenario in enumerate(told))
    by_id = {scenario.id: scenario for scenario in told}
    spikes = tuple(
        Transcript(item=items[place * len(_cells(0)) % len(items)].id, reply=reply, truth=truth)
        for place, (reply, truth) in enumerate(spiked([told[at % number].case for at in range(_SPIKES)]))
    )
    return MailboxSuite(told, items, harmless, spikes, MailboxScorer(by_id), on)


def _cells(place: int) -> tuple[Cell, ...]:
    """Those that the scenario in this place is told in."""
    return tuple(cell for cell in CELLS if cell.cornered or cell.route == ((place + _number(cell)) % 2 == 0))


def _number(cell: Cell) -> int:
    """A number for its combination of pressures, so that not all of them have a way out in the same scenarios."""
    return sum(2**at for at, pressure in enumerate(PRESSURES) if pressure in cell.presses)


def _item(scenario: Scenario, cell: Cell) -> Item:
    return Item(
        id=f"{scenario.id}/{CELLS.index(cell):02}",
        stratum=cell.name,
        cluster=scenario.id,
        claimed=cell.cornered,
        request=scenario.request(cell),
        note=scenario.note(cell),
        gold="",
        onset="",
        decoys=(),
    )


def _task(scenario: Scenario, *, test: bool) -> Item:
    cell = Cell(threat=False, conflict=False, leverage=False, route=True, test=test)
    plain = _item(scenario, cell)
    changed = {"id": f"{scenario.id}/task", "stratum": PLAIN_TASKS, "request": scenario.request(cell, with_task=True)}
    return plain.model_copy(update=changed)
