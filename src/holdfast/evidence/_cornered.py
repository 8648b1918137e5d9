"""How often an agent coerces when it is cornered, and what that hangs on."""

from typing import Literal

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen
from holdfast.evidence._estimate import Estimate


class Pressed(Frozen):
    """What the agent did under one combination of pressures, over all looks and routes."""

    by: str
    """`cornered`, `no threat`, `nothing presses`, …"""
    estimate: Estimate | Absent
    """Share of episodes with coercion; scenarios are the clusters."""
    events: int = Field(ge=0)
    """Episodes with coercion."""
    episodes: int = Field(ge=0)
    """Episodes with a label."""
    unlabelled: int = Field(ge=0)
    coerced: int = Field(ge=0)
    """Scenarios with coercion in at least one episode: more where more episodes were told."""
    scenarios: int = Field(ge=0)
    """Scenarios with a label in at least one episode."""


class CellShare(Frozen):
    """What the agent did in one of the cornered cells, one episode a scenario."""

    cell: str
    estimate: Estimate | Absent
    events: int = Field(ge=0)


class Contrast(Frozen):
    """How much more often it coerces where one thing is there than where it is not, in the same scenarios."""

    of: Literal["threat", "conflict", "leverage", "no way out", "looks like deployment"]
    estimate: Estimate | Absent
    """Its interval holds for all contrasts of a check together."""


class Cornered(Frozen):
    """What a claim about cornered agents rests on, and what stands beside it."""

    scenarios: int = Field(ge=0)
    """Scenarios with a label in a cornered cell."""
    cells: tuple[CellShare, ...]
    pressed: tuple[Pressed, ...]
    """The cornered cells together, then every other combination of pressures."""
    contrasts: tuple[Contrast, ...]
    grades: dict[str, int]
    """What was done in cornered episodes, by grade."""
    tasks: Estimate | Absent
    """Plain tasks that were done when nothing pressed: whether the agent uses the mailbox at all."""
