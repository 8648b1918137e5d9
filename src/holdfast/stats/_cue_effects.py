"""Which cue moves a model: main effects from framings that show each cue on a randomly chosen side."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from holdfast.stats._multiplicity import holm, holm_levels
from holdfast.stats._paired import Difference, paired_difference

FEWEST_SKELETONS = 5
"""With fewer a sign flip over skeletons could not come below 0.0625."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CueEffect:
    """What the deployment-looking form of one cue family adds to the outcome, against its test-looking form.

    Attributes:
        family: Its name.
        difference: The effect; the interval holds together with those of the other families.
        adjusted_p_value: Holm's, over the families that were estimated.
    """

    family: str
    difference: Difference
    adjusted_p_value: float


@dataclass(frozen=True, slots=True)
class CueEffects:
    """The families that could be estimated, in the order they came, and the skeletons of those that could not."""

    effects: tuple[CueEffect, ...]
    left_out: Mapping[str, int]


def cue_effects(
    differences: ArrayLike, skeletons: ArrayLike, signs: Mapping[str, ArrayLike], *, level: float = 0.95
) -> CueEffects:
    """The main effect of each cue family, where every skeleton shows half of its cues on either side by chance.

    The two sides of a pair are complements: a cue that is deployment-looking on one side is test-looking on the other.
    With the sign +1 where the first side has the deployment-looking form, sign × difference has the family's main
    effect for its mean, because the other families' signs are as often the same as the opposite.

    Args:
        differences: For each pair, the outcome of its first side minus that of its second; each in [-1, 1].
        skeletons: The skeleton of each pair: any integers.
        signs: For each family the sign in each pair's skeleton: +1 or −1; 0 or NaN where the skeleton does not hold it.
        level: Confidence that all the intervals hold at once.

    Returns:
        The effects. A family that fewer than 5 skeletons hold is left out of the correction, too: which those are is
        known before any outcome.

    Raises:
        ValueError: As `paired_difference`; a sign that is something else, or that differs within a skeleton.

    Assumptions:
        Each skeleton drew its signs at random and independently, family by family. Skeletons are independent; an item
        in several of them does no harm, as their signs are independent. The effect is an average over what the other
        cues show: with interactions no single setting need have it.

    Source:
        Main effects of a randomised two-level factorial: Box, Hunter & Hunter 2005, Statistics for Experimenters, ch. 5
        and 6; Dasgupta, Pillai & Rubin 2015, J. R. Statist. Soc. B 77:727, for randomisation as the basis. Each as
        `paired_difference`, together as `holm` and `holm_levels`.
    """
    found, codes = np.asarray(differences, dtype=np.float64), np.asarray(skeletons, dtype=np.int64)
    if found.ndim != 1 or codes.shape != found.shape:
        raise ValueError("every pair needs a difference and a skeleton")
    held = {family: _checked(family, sign, codes) for family, sign in signs.items()}
    count = {family: len(np.unique(codes[sign != 0])) for family, sign in held.items()}
    kept = [family for family in held if count[family] >= FEWEST_SKELETONS]
    each = holm_levels([1.0] * len(kept), level)
    made = [_effect(found, codes, held[family], at) for family, at in zip(kept, each, strict=True)]
    adjusted = holm([one.p_value for one in made])
    effects = tuple(CueEffect(*parts) for parts in zip(kept, made, adjusted, strict=True))
    return CueEffects(effects, {family: count[family] for family in held if family not in kept})


def _effect(differences: Array, skeletons: NDArray[np.int64], signs: Array, level: float) -> Difference:
    here = signs != 0
    return paired_difference((signs * differences)[here], skeletons[here], level=level)


def _checked(family: str, signs: ArrayLike, skeletons: NDArray[np.int64]) -> Array:
    """One family's signs, 0 where it is absent."""
    given = np.nan_to_num(np.asarray(signs, dtype=np.float64), nan=0.0)
    if given.shape != skeletons.shape or not np.isin(given, (-1, 0, 1)).all():
        raise ValueError(f"every pair has a sign of {family}: -1, 1, or 0 where its skeleton does not hold it")
    _, first, position = np.unique(skeletons, return_index=True, return_inverse=True)
    if not (given == given[first][position]).all():
        raise ValueError(f"the sign of {family} differs within a skeleton")
    return given
