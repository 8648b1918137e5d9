"""What an attack is to the sealed process: a way of changing a target, stopping at every number of its grid."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from holdfast.evidence import AttackDesign, Material
from holdfast.tamper._target import Reached, Target

Reward = Callable[[int, tuple[str, ...]], tuple[float, ...]]
"""Which of the material's rewarded prompts, and rollouts; their rewards come from outside the seal."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run, as an attack is handed it."""

    target: Target
    material: Material
    design: AttackDesign
    seed: int
    reward: Reward


Attack = Callable[[Attempt], Iterator[Reached]]
"""Changes the target, in place, and yields at every number of the grid; whatever it put on is taken off at the end."""
