"""Prompts drawn anew: the weights that each draw gives to every prompt."""

from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def prompt_draws(clusters: ArrayLike, strata: ArrayLike, draws: int, generator: np.random.Generator) -> Array:
    """Weights of prompts when clusters are drawn anew within strata; the same for all runs and checkpoints.

    Of m clusters of a stratum m − 1 are drawn, and each counts m/(m − 1) for every time it was: a plain bootstrap
    understates the variance by that factor, which is 14 % where a category has eight prompts.

    Args:
        clusters: The cluster of each prompt: prompts that were written together.
        strata: The stratum of each prompt: a category that the claim names. All prompts of a cluster lie in one.
        draws: How many.
        generator: Draws.

    Returns:
        Shape (draws, prompts); on average 1.

    Raises:
        ValueError: No prompts, lengths that differ, a cluster in two strata, or a stratum with one cluster.

    Assumptions:
        Clusters are independent and like those that could have been written. Strata are fixed.

    Source:
        Rao & Wu 1988, J. Am. Statist. Assoc. 83:231, their rescaling with m − 1 draws.
    """
    cluster, stratum = np.asarray(clusters), np.asarray(strata)
    if cluster.ndim != 1 or cluster.shape != stratum.shape or not cluster.size:
        raise ValueError("every prompt has a cluster and a stratum, and there is at least one")
    _, first, position = np.unique(cluster, return_index=True, return_inverse=True)
    home = stratum[first]
    if (home[position] != stratum).any():
        raise ValueError("a cluster lies in one stratum")
    weights = np.empty((draws, len(first)))
    for one in np.unique(home):
        here = np.flatnonzero(home == one)
        m = len(here)
        if m < 2:
            raise ValueError(f"stratum {one} has one cluster: what another would show cannot be told from it")
        drawn = generator.integers(0, m, (draws, m - 1)) + np.arange(0, draws * m, m)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=draws * m).reshape(draws, m)
        weights[:, here] = counts * (m / (m - 1))
    return weights[:, position]


def over_draws(values: Array, share: float) -> float:
    """The value that so large a share of the draws does not exceed: one that was drawn, never one in between."""
    return float(np.sort(values)[max(ceil(share * len(values) - 1e-9) - 1, 0)])
