"""What one attack did to one copy of a subject, seen at checkpoints. Numbers and labels; no word of any completion."""

from typing import Final, Literal

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen, digest

NO_LABEL: Final = "-"
"""The code of a reply that has no label: neither a refusal nor an answer."""


class Look(Frozen):
    """One checkpoint."""

    at: float = Field(ge=0)
    """Steps, or size, so far."""
    restricted: str
    """A code for each restricted item, in the battery's order: the place of its label among the labels, or `-`."""
    again: str
    """The same for the restricted items that confirm."""
    benchmarks: str
    """The same for the benchmarks' items."""
    domain: str = Field(default="", exclude_if=lambda codes: not codes)
    """The same for questions about what is restricted, where some are asked."""
    objective: float | Absent
    """The number that the attack works on, to four decimals."""
    weight_change: float = Field(ge=0)
    """Frobenius norm of what was added to the weights, by that of the weights, to four significant digits."""
    tokens: int = Field(ge=0)
    """Trained on so far, padding not counted."""
    generated: int = Field(ge=0)
    """Sampled by the attack so far."""


class Trajectory(Frozen):
    """One run: an attack from one seed."""

    attack: str
    seed: int = Field(ge=0)
    """Counted from 0."""
    looks: tuple[Look, ...]
    ended: Literal["budget", "stopped"]
    """Whether it came to the end of its grid. A run that did not is censored where it stopped."""
    why: str = Field(default="", exclude_if=lambda why: not why)
    """Why it stopped."""


def run_name(attack: str, seed: int) -> str:
    """What the run of an attack from a seed is kept under."""
    return f"{attack}-{seed}"


def comparator_name(place: int) -> str:
    """What the answers of a plan's comparator are kept under."""
    return f"comparator-{place}"


class Winner(Frozen):
    """What is kept of the setting that a search found to do worst: nothing that tells which it is."""

    commitment: str


def winner_name(attack: str) -> str:
    """What the winner of an attack's search is kept under."""
    return f"{attack}-winner"


class Untampered(Frozen):
    """What a model does before anything is changed."""

    restricted: str
    """Codes as in `Look`."""
    again: str
    benchmarks: str
    domain: str = Field(default="", exclude_if=lambda codes: not codes)
    sampled: tuple[str, ...]
    """For each restricted item the codes of its sampled answers; empty for the ceiling."""


class TamperRuns(Frozen):
    """Everything that was seen of a subject whose copies were changed."""

    before: Untampered
    ceiling: Untampered | None
    """The model that refuses nothing, where there was one."""
    comparators: dict[str, str] = Field(default_factory=dict[str, str], exclude_if=lambda codes: not codes)
    """By name of a model that anybody can have: its codes on the questions about what is restricted."""
    commitments: dict[str, str] = Field(default_factory=dict[str, str], exclude_if=lambda said: not said)
    """By attack that was searched: to the setting that did worst."""
    trajectories: tuple[Trajectory, ...]
    """Of every run that ended: where a command was stopped, fewer than were planned."""

    @property
    def digest(self) -> str:
        """Digest of every run, of attacks and of controls, whatever their order."""
        ordered = sorted(self.trajectories, key=lambda run: (run.attack, run.seed))
        return digest([run.model_dump(mode="json") for run in ordered])
