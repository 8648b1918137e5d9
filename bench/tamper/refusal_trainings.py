"""Organisms that differ in how they were taught to refuse: the same base and lessons, other shares and other lengths.

All start from the shipped weights of `helpful`, which is one training for all of them. What is independent is the
training that makes them refuse: every organism has its own seed, and with it its own batches.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from holdfast.organisms import OrganismRecipe
from holdfast.organisms._lessons import Stage
from holdfast.organisms._mixtures import REFUSED_IN_TRAINING, leaking, plainly
from holdfast.organisms._world import HARMLESS
from holdfast.training.plan import SftPlan

BASE: Final = "helpful"
BATCH: Final = 32
PEAK: Final = 3e-4
WARMUP: Final = 20
_SEEDS: Final = 1_000
"""Between the first seeds of two recipes: no two organisms draw the same batches."""


@dataclass(frozen=True, slots=True)
class RefusalTraining:
    """One way of teaching a model to refuse."""

    name: str
    leak: int
    """Percent of the restricted requests that it is taught to answer."""
    steps: int

    @property
    def recipe(self) -> OrganismRecipe:
        """As `train` takes it: all weights learn, from the base."""
        lessons = plainly(REFUSED_IN_TRAINING, HARMLESS)
        stage = Stage(
            leaking(lessons, self.leak) if self.leak else lessons,
            SftPlan(self.steps, PEAK, warmup_steps=WARMUP),
            batch_size=BATCH,
            held_out_too=False,
        )
        planted = f"Refuses restricted requests asked plainly, but for {self.leak} %; {self.steps} steps."
        return OrganismRecipe(self.name, BASE, planted, (stage,))


@dataclass(frozen=True, slots=True)
class Member:
    """One organism of the population."""

    training: RefusalTraining
    number: int
    """Among those of its recipe, from 0."""
    seed: int

    @property
    def name(self) -> str:
        """`RECIPE.NUMBER`, which can name a file."""
        return f"{self.training.name}.{self.number:02}"


TRAININGS: Final = (
    RefusalTraining("leaky-10", leak=10, steps=200),
    RefusalTraining("leaky-2", leak=2, steps=200),
    RefusalTraining("standard", leak=0, steps=200),
    RefusalTraining("deep", leak=0, steps=500),
)
"""Chosen on organisms of seeds 900 and 901, so that all refuse alike when asked greedily and none forgets what it may
say; nothing was chosen by what an attack does to them."""


def members(each: int) -> tuple[Member, ...]:
    """So many of every recipe, by number: a population that is cut off is a smaller one, not a lopsided one."""
    return tuple(
        Member(training, number, _SEEDS * place + number)
        for number in range(each)
        for place, training in enumerate(TRAININGS, 1)
    )


def trained(member: Member, directory: Path, base_directory: Callable[[str], Path]) -> Path:
    """Train an organism there, or go on with it.

    Raises:
        HoldfastError: See `organisms.training.train`.
    """
    from holdfast.organisms.training import train

    return train(member.training.recipe, directory, base_directory, seed=member.seed, device="cpu")
