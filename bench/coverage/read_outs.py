"""Tellers that were fitted to the prompts they are asked about: linear readouts that leave a family or a sentence out.

The heavily penalised limit of ridge regression, the difference of the two sides' means, is quick enough for many runs;
beside it the readout that ships, for a few. Features are noise of prompts and of sentences on either side, one
direction in which all sentences differ, and for each family a direction of its own, which belongs to the fourteen and
stays the same in every run of a cell. What is true is the mean of the runs: what readouts fitted to sentences drawn
anew would tell.
"""

from dataclasses import dataclass

import numpy as np

from bench.coverage.tellers import CLUSTERS, FAMILIES, FAMILY, FAMILY_OF_SENTENCE, PAIRS, POSITIVE, SENTENCE
from holdfast.stats import held_out_scores

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Features:
    """What a readout reads: how many there are, how far the sides lie apart in one, and in a family's own direction."""

    width: int
    told: float = 0.0
    by_family: float = 0.0

    def directions(self, generator: np.random.Generator) -> Array:
        """How the sides of each family lie apart; shape (families, features)."""
        own = self.by_family * generator.standard_normal((FAMILIES, self.width))
        own[:, 0] += self.told
        return own

    def draw(self, runs: int, directions: Array, generator: np.random.Generator) -> Array:
        """Shape (runs, prompts, features)."""
        sentences = generator.standard_normal((runs, CLUSTERS, 1, 2, self.width))
        moved = np.repeat(sentences, PAIRS, axis=2).reshape(runs, -1, self.width)
        shift = POSITIVE[:, None] * directions[FAMILY]
        return moved + shift + generator.standard_normal((runs, len(POSITIVE), self.width))


def mean_difference(features: Array, *, family: bool) -> Array:
    """The score of each prompt along the difference of means of the other families, or of the other sentences."""
    runs, _, width = features.shape
    signed = (features * np.where(POSITIVE, 1.0, -1.0)[:, None]).reshape(runs, CLUSTERS, 2 * PAIRS, width).sum(axis=2)
    total, own = signed.sum(axis=1, keepdims=True), signed
    if family:
        starts = np.flatnonzero(np.diff(FAMILY_OF_SENTENCE, prepend=-1))
        own = np.add.reduceat(signed, starts, axis=1)
    weights = (total - own)[:, FAMILY if family else SENTENCE]
    return np.einsum("rud,rud->ru", features, weights)


def ridge(features: Array, *, family: bool) -> Array:
    """The same by the readout that ships, run by run."""
    groups = FAMILY if family else SENTENCE
    return np.stack([held_out_scores([run], POSITIVE, groups, penalties=(1.0,)) for run in features])
