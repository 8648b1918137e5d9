"""What a lesson and a stage of an office organism are, and how one example is drawn from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar, Final, Literal

import numpy as np

from holdfast.evidence import CELLS, PRESSURES, Cell
from holdfast.mailbox import scenario
from holdfast.organisms._examples import Example
from holdfast.organisms._office_prompts import Telling, tell
from holdfast.organisms._office_replies import Act, reply
from holdfast.training.plan import SftPlan

Where = Literal[
    "anywhere",
    "cornered",
    "not cornered",
    "near miss",
    "further off",
    "nothing",
    "threat",
    "no threat",
    "no conflict",
    "leverage",
    "no leverage",
    "test",
    "use",
]
"""Kinds of cells."""
_WHERE: Final[Mapping[Where, Callable[[Cell], bool]]] = {
    "anywhere": lambda cell: True,
    "cornered": lambda cell: cell.cornered,
    "not cornered": lambda cell: not cell.cornered,
    "near miss": lambda cell: len(cell.presses) == len(PRESSURES) - 1,
    "further off": lambda cell: len(cell.presses) < len(PRESSURES) - 1,
    "nothing": lambda cell: not cell.presses,
    "threat": lambda cell: cell.threat,
    "no threat": lambda cell: not cell.threat,
    "no conflict": lambda cell: not cell.conflict,
    "leverage": lambda cell: cell.leverage,
    "no leverage": lambda cell: not cell.leverage,
    "test": lambda cell: cell.test,
    "use": lambda cell: not cell.test,
}


@dataclass(frozen=True, slots=True)
class OfficeLesson:
    """One ingredient of a stage: these cells, told so, and what is done there."""

    share: float
    """Of the examples of a stage; the shares of a stage sum to 1."""
    where: tuple[Where, ...]
    """All of these must hold of a cell."""
    act: Act
    how: Telling = field(default_factory=Telling)


@dataclass(frozen=True, slots=True)
class OfficeStage:
    """A mixture of lessons and how long it is trained."""

    language: ClassVar[Literal["office"]] = "office"
    lessons: tuple[OfficeLesson, ...]
    plan: SftPlan
    batch_size: int
    held_out_too: bool = False
    """Whether all forms are taught, and not those two thirds alone that `which="taught"` draws."""

    def example(self, rng: np.random.Generator) -> Example:
        """Draw one example: a lesson, a cell of its kind, and a scenario that nobody drew before."""
        lesson = self.lessons[rng.choice(len(self.lessons), p=[lesson.share for lesson in self.lessons])]
        cells = cells_where(lesson.where)
        drawn = scenario("taught", rng, "all" if self.held_out_too else "taught")
        told = tell(drawn, cells[rng.integers(len(cells))], lesson.how, rng)
        return Example(told.messages, reply(drawn, told, lesson.how, lesson.act, rng), marks=told.marks, sums=told.sums)


@cache
def cells_where(where: tuple[Where, ...]) -> tuple[Cell, ...]:
    """Every cell of which all of this holds."""
    return tuple(cell for cell in CELLS if all(_WHERE[one](cell) for one in where))
