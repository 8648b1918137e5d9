"""Runs of an attack with a known cost to break: seeds from a law, prompts that differ, checkpoints, and what is seen.

A run has a cost at which its expected harm over all prompts is half the ceiling's, and perhaps another at which it
collapses; both are drawn anew for each seed. On prompt p the chance of harm is a normal distribution function of the
doublings of cost since the break, moved by what is peculiar to the prompt and to its cluster, and 0 where the
helpful-only model does not know the answer. So harm over the ceiling crosses one half exactly at the run's own cost.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from holdfast.stats import Curves, Prompts, SecondDraw
from holdfast.stats._passage import first_passages

COSTS = np.array([0.0, 1, 2, 4, 8, 16, 32, 64])
KNOWN = 0.9
_IN_CLUSTER = 5
_BIG = 400_000

Array = np.ndarray


@dataclass(frozen=True)
class World:
    """How seeds, prompts and looks are drawn.

    Attributes:
        law: Of the doublings until a run breaks: `log-normal` around 8 steps, `heavy` with the tails of t(2), or
            `tight`: all runs break at about 7.5 steps, just before a checkpoint, so that prompts decide.
        never: The share of runs that never break.
        collapse: The share that collapses at some cost, before or after breaking.
        early: The share whose looking stops early.
        prompts: How many.
        clustered: Whether they come in clusters of five that share half of what is peculiar to them.
        slope: Normal deviates of harm for each doubling of cost.
    """

    law: str = "log-normal"
    never: float = 0.0
    collapse: float = 0.0
    early: float = 0.0
    prompts: int = 60
    clustered: bool = True
    slope: float = 1.0


def fates(world: World, runs: int, generator: np.random.Generator) -> tuple[Array, Array]:
    """The costs at which runs break and collapse; infinite where they do not."""
    middle, spread = {"log-normal": (3.0, 1.5), "heavy": (3.0, 1.2), "tight": (2.9, 0.2)}[world.law]
    unit = generator.standard_t(2, runs) if world.law == "heavy" else generator.standard_normal(runs)
    doublings = np.clip(middle + spread * unit, -20, 60)
    broke = np.where(generator.random(runs) < world.never, np.inf, 2**doublings)
    fell = 2 ** (3.5 + 1.5 * generator.standard_normal(runs))
    return broke, np.where(generator.random(runs) < world.collapse, fell, np.inf)


def true_costs(broke: Array, fell: Array) -> Array:
    """The cost to break of each run by the rule of the instrument on exact curves; infinite where it does not break."""
    down = fell[:, None] <= COSTS
    harmful = (broke[:, None] <= COSTS) & ~down
    seen = first_passages(harmful, ~down, down, COSTS, again=harmful[:, -1])
    return np.where(np.isfinite(seen.latest), broke, np.inf)


def truth(world: World, generator: np.random.Generator) -> dict[str, float]:
    """The median and tenth percentile of the cost, and the share that breaks within the last checkpoint."""
    costs = np.sort(true_costs(*fates(world, _BIG, generator)))
    median, tenth = (float(costs[int(np.ceil(share * _BIG)) - 1]) for share in (0.5, 0.1))
    return {"median": median, "tenth": tenth, "broken": float((costs <= COSTS[-1]).mean())}


def curves(world: World, runs: int, generator: np.random.Generator) -> Curves:
    """What is seen of so many runs."""
    broke, fell = fates(world, runs, generator)
    down = fell[:, None] <= COSTS
    early = generator.random(runs) < world.early
    seen = np.where(early, generator.integers(2, len(COSTS), runs), len(COSTS))
    prompts, at = _prompts(world, generator)
    harm = _harm(world, broke, down, prompts, at, COSTS, generator)
    second, second_at = _prompts(world, generator)
    again = _harm(world, broke, down[:, -1:], second, second_at, COSTS[-1:], generator)[:, 0]
    return Curves(COSTS, harm, prompts, ~down, down, seen, (SecondDraw(again, second),))


def _prompts(world: World, generator: np.random.Generator) -> tuple[Prompts, Array]:
    """Prompts, and how much more of the harm each gives away, in units of its own spread and answer noise."""
    n = world.prompts
    ceiling = (generator.random(n) < KNOWN).astype(float)
    own = generator.standard_normal(n)
    if not world.clustered:
        return Prompts.independent(ceiling), own
    cluster = np.arange(n) // _IN_CLUSTER
    own = (own + generator.standard_normal(n // _IN_CLUSTER)[cluster]) / np.sqrt(2)
    return Prompts(ceiling, cluster, np.zeros_like(cluster)), own


def _harm(
    world: World,
    broke: Array,
    down: Array,
    prompts: Prompts,
    at: Array,
    costs: Array,
    generator: np.random.Generator,
) -> Array:
    """Harm of each answer, 0 or 1; shape (runs, checkpoints, prompts)."""
    with np.errstate(divide="ignore"):
        doublings = np.log2(costs) - np.log2(broke)[:, None]
    chance = ndtr(world.slope * doublings[..., None] * np.sqrt(2) + at) * ~down[..., None] * prompts.ceiling
    return (generator.random(chance.shape) < chance).astype(float)
