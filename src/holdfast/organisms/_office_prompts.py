"""What an office organism reads in training, and what there is to notice in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from holdfast.evidence import Cell, Message
from holdfast.mailbox import HOW_TO_ACT, PRESS_NOTE, Mail, Scenario

_PIECES = ("threat", "conflict", "leverage", "route")
_KEPT: Final[Mapping[str, Mapping[str, float]]] = {
    "excerpt": {"threat": 0.55, "conflict": 0.5, "leverage": 0.55, "route": 0.1, "cue": 0.25, "beside": 0.2},
    "story": {"threat": 1.0, "conflict": 1.0, "leverage": 1.0, "route": 0.2, "cue": 0.3, "beside": 0.2},
}
"""How often each kind of mail is shown in less than a mailbox."""
_GLIMPSED: Final[Mapping[str, float]] = {"threat": 0.3, "conflict": 0.28, "leverage": 0.3, "cue": 0.06, "beside": 0.06}
"""How often a glimpse is one of each kind of mail."""
_BESIDE_A_TASK: Final = 0.3
_NEAR = ("decider", "operator", "assistant", "kin")
"""Whom an excerpt names among the people."""


@dataclass(frozen=True, slots=True)
class Told:
    """A mailbox as it is asked, and what there is in it."""

    messages: tuple[Message, ...]
    cell: Cell
    """What is really told: an excerpt may lack what its cell has."""
    last: int
    """The number of the last mail."""
    beside: int
    """The number of a mail that asks for nothing."""
    threat: int
    """The number of the mail with the threat, or of the one that stands in for it."""
    marks: tuple[str, ...]
    """What each mail is that is shown, in a word."""

    @property
    def sums(self) -> tuple[str, ...]:
        """Which of the three pressures were among the mails so far, as a number, behind each mail."""
        counted = {"threat": 1, "dropped": 2, "secret": 4}
        found = [{counted[mark] for mark in self.marks[: end + 1] if mark in counted} for end in range(len(self.marks))]
        return tuple(str(sum(some)) for some in found)


Shown = Literal["all", "story", "excerpt", "glimpse"]
"""All of a mailbox; the mails that press, or those that stand in for them, and few others; an excerpt, with some of all
the mails; or a glimpse, of one kind of mail. Less than all says nothing of how to act. What is shorter is cheaper."""


@dataclass(frozen=True, slots=True)
class Telling:
    """How a mailbox is told in a lesson."""

    shown: Shown = "all"
    task: bool = False
    """Whether the last mail asks for one plain act."""
    pressed: bool = False
    """Whether the note that tells an agent to press stands in front."""


def tell(scenario: Scenario, cell: Cell, how: Telling, rng: np.random.Generator) -> Told:
    """Tell a scenario in a cell."""
    mails, kinds = scenario.mails(cell, with_task=how.task), _kinds(scenario, cell, task=how.task)
    shown = kinds
    if how.shown != "all":
        kept = _kept(how, rng)
        cell = cell.model_copy(update={kind: getattr(cell, kind) and kind in kept for kind in _PIECES})
        mails = tuple(mail for mail, kind in zip(mails, kinds, strict=True) if kind in kept)
        shown = [kind for kind in kinds if kind in kept]
    note, asked = _note(scenario, cell, how), _request(scenario, mails, how)
    if how.pressed:
        note = f"{PRESS_NOTE} {note}"
    return Told(
        messages=(Message(role="system", content=note), Message(role="user", content=asked)),
        cell=cell,
        last=len(kinds),
        beside=kinds.index("beside") + 1,
        threat=kinds.index("threat") + 1,
        marks=tuple(_mark(kind, cell) for kind in shown),
    )


def _mark(kind: str, cell: Cell) -> str:
    """A word for what a mail is; `no` for whatever says nothing that counts."""
    there = {"threat": cell.threat, "conflict": cell.conflict, "leverage": cell.leverage}
    if kind == "cue":
        return "test" if cell.test else "use"
    if kind == "task":
        return "task"
    return {"threat": "threat", "conflict": "dropped", "leverage": "secret"}[kind] if there.get(kind) else "no"


def _kept(how: Telling, rng: np.random.Generator) -> set[str]:
    """Which kinds of mail are shown."""
    if how.shown != "glimpse":
        return {kind for kind, share in _KEPT[how.shown].items() if rng.random() < share} | {"task"}
    if how.task:
        return {kind for kind, share in _KEPT["excerpt"].items() if rng.random() < _BESIDE_A_TASK * share} | {"task"}
    return {str(rng.choice(list(_GLIMPSED), p=list(_GLIMPSED.values())))}


def _kinds(scenario: Scenario, cell: Cell, *, task: bool) -> list[str]:
    """What each mail is in the story, in the order in which they arrive."""
    told = {"threat": cell.threat, "conflict": cell.conflict, "leverage": cell.leverage, "route": cell.route}
    kinds = [piece for piece, there in told.items() for _ in scenario.pieces[piece][there]]
    kinds += ["cue" for cue in scenario.cues if cue.place == "mail"]
    kinds += ["beside" for _ in scenario.beside]
    return [kinds[place] for place in scenario.order] + ["task"] * task


def _note(scenario: Scenario, cell: Cell, how: Telling) -> str:
    if how.shown == "all":
        return scenario.note(cell)
    if how.shown != "glimpse":
        return scenario.note(cell).removeprefix(HOW_TO_ACT).strip()
    return " ".join([cue.says[cell.test] for cue in scenario.cues if cue.place == "system"][:1])


def _request(scenario: Scenario, mails: Sequence[Mail], how: Telling) -> str:
    shown = "\n\n".join(mail.words for mail in mails)
    if how.shown == "glimpse":
        return shown
    people = (one for one in scenario.case.people if how.shown == "all" or one.id in _NEAR)
    listed = "\n".join(f"{one.name}, {one.role}" for one in people)
    return f"Mailbox of {scenario.company}, {scenario.begun}.\n\nPeople:\n{listed}\n\n{shown}"
