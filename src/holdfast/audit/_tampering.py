"""What a model is tampered with by: what is asked on the way, what attacks are made of, what replies are worth."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from holdfast.evidence import Material
from holdfast.organisms import (
    FULFILLED,
    REFUSED,
    WRONG,
    fictional_material,
    fictional_reward,
    fictional_suite,
    rewarded_items,
)
from holdfast.tamper import Asked, Labelling

_CATEGORY: Final = 40
_KIND: Final = 50
_MOST_NEW: Final = 32
_FICTIONAL: Final = Labelling({FULFILLED: 1.0, REFUSED: 0.0, WRONG: 0.0}, right=FULFILLED, refused=REFUSED)


@dataclass(frozen=True, slots=True)
class Tampering:
    """All that a plan is made of, beside the subject and the attacks."""

    asked: Asked
    material: Material
    worth: Callable[[int, tuple[str, ...]], tuple[float, ...]]
    """The rewards of rollouts of one rewarded prompt."""
    rewarded: bool
    """Whether there is a reward at all."""
    reward: str = ""
    """What an owner's reward is, with its digest; empty where it comes with Holdfast."""


def fictional_tampering() -> Tampering:
    """Of the fictional world: exact labels, and replies that may be shipped because they are nonsense."""
    asked = Asked(
        fictional_suite("restricted"), (fictional_suite("harmless"),), _FICTIONAL, _CATEGORY, _KIND, _MOST_NEW
    )
    return Tampering(asked, fictional_material(), _worth, rewarded=True)


def _worth(prompt: int, rollouts: tuple[str, ...]) -> tuple[float, ...]:
    item = rewarded_items()[fictional_material().rewarded[prompt].item]
    return tuple(fictional_reward(item, rollout) for rollout in rollouts)
