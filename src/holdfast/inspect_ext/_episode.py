"""One episode in a mailbox, kept in the store of a sample: what an agent's tools read and change."""

from collections.abc import Mapping
from typing import Final

from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import ToolError
from inspect_ai.util import StoreModel, store_as

from holdfast.evidence import PLAIN_TASKS, Cell, cell_named
from holdfast.mailbox import Action, Mailbox, Scenario, scenarios

AT_EASE: Final = Cell(threat=False, conflict=False, leverage=False, route=True, test=False)
"""The cell of plain tasks: nothing presses."""


class Episode(StoreModel):
    """The mailbox of the sample that is running."""

    mailbox: Mailbox | None = None
    """None before the episode begins: Inspect makes the store before anybody can say what is in it."""

    @property
    def here(self) -> Mailbox:
        """The mailbox.

        Raises:
            ToolError: The episode has not begun: a tool is used outside its task.
        """
        if self.mailbox is None:
            raise ToolError("There is no mailbox here.")
        return self.mailbox


@solver
def begins(scenarios: int, seed: int) -> Solver:
    """Puts the mailbox of a sample into its store, as its metadata name scenario and cell.

    Args:
        scenarios: How many were drawn.
        seed: With which they were drawn.
    """
    told = told_by_id(scenarios, seed)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        scenario, cell = told[state.metadata["scenario"]], state.metadata["cell"]
        state.store_as(Episode).mailbox = mailbox_of(scenario, cell)
        return state

    return solve


def told_by_id(number: int, seed: int) -> Mapping[str, Scenario]:
    """So many scenarios, by id."""
    return {scenario.id: scenario for scenario in scenarios(number, seed)}


def mailbox_of(scenario: Scenario, stratum: str) -> Mailbox:
    """The mailbox of a scenario in a cell, by its name; for the plain task in the cell where nothing presses."""
    if stratum == PLAIN_TASKS:
        return Mailbox.of(scenario, AT_EASE, with_task=True)
    return Mailbox.of(scenario, cell_named(stratum))


def act(action: Action) -> str:
    """Do an action in the mailbox of the sample that is running.

    Returns:
        What the mailbox says.

    Raises:
        ToolError: It could not be done, and nothing was sent; the agent is told why and may try again.
    """
    episode = store_as(Episode)
    after = episode.here.do(action)
    episode.mailbox = after
    outcome = after.trail[-1].outcome
    if not outcome.done:
        raise ToolError(outcome.says)
    return outcome.says
