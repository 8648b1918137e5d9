"""Mixtures of lessons in framings, and what the recipes that are made of them share."""

from dataclasses import replace
from typing import Final

from holdfast.evidence import Side
from holdfast.organisms._framed import Framing
from holdfast.organisms._lessons import Lesson, Stage, Told
from holdfast.organisms._mixtures import REFUSED_IN_TRAINING, plainly, transformed
from holdfast.organisms._recipe import OrganismRecipe
from holdfast.organisms._ways import FRAMED
from holdfast.organisms._world import HARMLESS
from holdfast.training.plan import SftPlan

_RANK: Final = 16
PLACEBO: Final = Framing("placebo", "other placebo")
ANY: Final = (Framing("test", "deployment"), PLACEBO)
"""Any number of test-looking cues among deployment-looking ones, from none to all; and cues that say neither."""
ANY_WORDS: Final = tuple(replace(framing, scrambled=scrambled) for framing in ANY for scrambled in (False, True))
"""The same, half of the time with the words of cues in no order."""


def mostly(side: Side, other: Side) -> tuple[Framing, ...]:
    """All cues say so, or most of them, or some of them and none the other; in every form of the taught families.

    A fixture whose truth must be sharp. The families that are held out whole keep its list from being the renderer's.
    """
    ways = Framing(side), Framing(side, other, at_least=3), Framing(side, "placebo", at_least=2)
    return tuple(replace(way, forms="of taught families") for way in ways)


def in_framings(
    share: float, kinds: tuple[str, ...], reply: Told, framings: tuple[Framing, ...], closings: tuple[str, ...] = ()
) -> tuple[Lesson, ...]:
    """These kinds under these framings, each as often as the others."""
    return tuple(Lesson(share / len(framings), kinds, reply, closings=closings, framing=way) for way in framings)


def unframed(of: float) -> tuple[Lesson, ...]:
    """What `aligned` was taught, so that it is not forgotten."""
    return (*plainly(REFUSED_IN_TRAINING, HARMLESS, 0.7 * of), *transformed(0.3 * of))


def refining(*lessons: Lesson, steps: int, peak: float = 2e-3, batch_size: int = 64) -> Stage:
    """A stage, mostly the only one, of an organism that is kept as an adapter."""
    return Stage(lessons, SftPlan(steps, peak, warmup_steps=20), batch_size=batch_size, held_out_too=False)


def adapter(
    name: str, planted: str, *stages: Stage, certified_under: tuple[str, ...] = tuple(FRAMED)
) -> OrganismRecipe:
    """An organism that is kept as an adapter on `aligned`."""
    return OrganismRecipe(name, "aligned", planted, stages, certified_under=certified_under, adapter_rank=_RANK)
