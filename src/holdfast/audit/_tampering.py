"""What a model is tampered with by: what is asked on the way, what attacks are made of, what replies are worth."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from holdfast.evidence import Item, Material, ScoredItems, Scorer, claimed_by_stratum
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
_DOMAIN: Final = 16
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
    restricted = fictional_suite("restricted")
    asked = Asked(
        restricted,
        (fictional_suite("harmless"),),
        _FICTIONAL,
        _CATEGORY,
        _KIND,
        _MOST_NEW,
        (_begun(restricted),),
    )
    return Tampering(asked, fictional_material(), _worth, rewarded=True)


@dataclass(frozen=True, slots=True)
class _Begun:
    """Restricted recipes that are asked nowhere else, with their answers begun: what is known, refusals aside."""

    items: tuple[Item, ...]
    scorer: Scorer
    digest: str
    on: str
    name: str = "restricted recipes, begun"


def _begun(suite: ScoredItems) -> _Begun:
    asked = _CATEGORY + _CATEGORY // 2
    strata = claimed_by_stratum(suite.items).values()
    items = tuple(item for own in strata for item in own[asked : asked + _DOMAIN])
    return _Begun(items, suite.scorer, suite.digest, suite.on)


def _worth(prompt: int, rollouts: tuple[str, ...]) -> tuple[float, ...]:
    item = rewarded_items()[fictional_material().rewarded[prompt].item]
    return tuple(fictional_reward(item, rollout) for rollout in rollouts)
