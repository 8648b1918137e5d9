# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""A linear readout of features, and what it says of units that it was not fitted on.

It is the same for a network's states, for the words of a prompt and for its length, so that how well each tells two
sides apart can be compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from holdfast.stats._cluster_means import Array
from holdfast.stats._placements import Codes, Flags, Sides, placements

OWN_CHOICE = 20
"""With more groups than this, what is chosen is chosen once for a block of them."""
BLOCKS = 6
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class _Units:
    """The features of each choice, and of every unit its label (±1) and its group (from 0)."""

    choices: tuple[Array, ...]
    labels: Array
    groups: Codes

    def sides(self, among: Flags) -> Sides:
        """For each group among these the positions of its positives and of its negatives, counted among these."""
        labels, groups = self.labels[among], self.groups[among]
        return tuple(
            (np.flatnonzero((groups == at) & (labels > 0)), np.flatnonzero((groups == at) & (labels < 0)))
            for at in np.unique(groups)
        )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Which features, which penalty, and how far scores of units that were left out lie apart."""

    choice: int
    penalty: float
    scale: float


def held_out_scores(
    choices: Sequence[ArrayLike],
    positive: ArrayLike,
    groups: ArrayLike,
    *,
    penalties: Sequence[float] = (0.1, 1.0, 10.0),
) -> NDArray[np.float64]:
    """The score of every unit from a ridge regression that left its whole group out.

    What may be chosen (which features, which penalty) is chosen for each group from the others alone: each of them is
    left out in turn, and the choice whose scores tell its sides apart best, within groups on average, is taken; of
    equals the first. With more than 20 groups that is done once for each of six blocks of groups, from the groups
    outside the block, and only the fit itself leaves out one group at a time.

    Args:
        choices: Arrays of shape (units, features), of which one is chosen: the layers of a network, say. One choice is
            enough.
        positive: For each unit whether it is a positive.
        groups: The group of each unit: numbers or words.
        penalties: Of which one is chosen, each in units of the mean square length of the training part's scaled
            features: larger shrinks more.

    Returns:
        Scores of shape (units,); larger means positive. They have no unit, and one scale for all groups: that of scores
        of units left out while choosing. Units of one group with the same features have the same score; it is 0 where
        nothing varies in the group or in the training part. The same input gives the same scores.

    Raises:
        ValueError: No choice, no penalty or one that is not above 0, arrays that do not fit the units, a feature that
            is not a finite number, fewer than two groups, or a group with one side only.

    Assumptions:
        None on features: each is centred and scaled by the training part, and one that does not vary there is left out.
        What the scores say of units of groups unlike these is not known. With two groups there is nothing to choose by:
        the first choice and the first penalty are taken.

    Source:
        Ridge regression: Hoerl & Kennard 1970, Technometrics 12:55; by inner products: Saunders, Gammerman & Vovk 1998,
        ICML, 515. Leaving groups out without fitting anew: An, Liu & Venkatesh 2007, Pattern Recognition 40:2154.
        Choosing inside what is left: Stone 1974, J. R. Statist. Soc. B 36:111; Varma & Simon 2006, BMC Bioinformatics
        7:91.
    """
    units = _units(choices, positive, groups)
    if not penalties or not all(0 < penalty < np.inf for penalty in penalties):
        raise ValueError("at least one penalty, each above 0")
    scores = np.zeros(units.labels.size)
    for block in _blocks(int(units.groups.max()) + 1):
        chosen = _choose(units, ~np.isin(units.groups, block), penalties)
        for group in block:
            here = units.groups == group
            scores[here] = _fitted(units, here, chosen)
    return scores


def _blocks(groups: int) -> list[list[int]]:
    """The groups that share a choice; dealt out in turn, so that neighbours are in different blocks."""
    number = groups if groups <= OWN_CHOICE else BLOCKS
    return [list(range(first, groups, number)) for first in range(number)]


def _choose(units: _Units, among: Flags, penalties: Sequence[float]) -> _Chosen:
    """What told the sides of these groups apart best, each left out in turn."""
    sides = units.sides(among)
    if len(sides) < 2:
        return _Chosen(0, penalties[0], 1.0)
    labels, best = units.labels[among], (-1.0, _Chosen(0, penalties[0], 1.0))
    for choice, features in enumerate(units.choices):
        scaled, _ = _scaled(features[among], features[:0])
        inner = products(scaled)
        for penalty in penalties:
            left_out = left_out_scores(scaled, inner, labels, sides, penalty * max(scaled.shape[1], 1))
            placed = placements(left_out, sides)
            area = round(float(np.mean([placed[above].mean() for above, _ in sides])), _DIGITS)
            if area > best[0]:
                scale = float(np.sqrt((left_out**2).mean()))
                best = area, _Chosen(choice, penalty, scale if scale > 0 else 1.0)
    return best[1]


def products(features: Array) -> Array:
    """The inner products of units, or of features if those are fewer."""
    return features @ features.T if len(features) <= features.shape[1] else features.T @ features


def left_out_scores(features: Array, inner: Array, labels: Array, sides: Sides, ridge: float) -> Array:
    """For each unit its score, less its group's mean, from a fit without its group.

    With a free intercept, y − f of a group that is left out is the inverse of the group's block of C, times its part of
    C y. C is the inverse of the kernel plus ridge, less what the intercept takes: 1 / (ridge × units), as the kernel of
    centred features takes a constant to 0.
    """
    n, aim, found = labels.size, labels - labels.mean(), np.empty(labels.size)
    inverse = np.asarray(np.linalg.inv(inner + ridge * np.eye(len(inner))), dtype=np.float64)
    by_units, spread = n <= features.shape[1], inverse if n <= features.shape[1] else features @ inverse
    weights = spread @ aim if by_units else (aim - spread @ (features.T @ aim)) / ridge
    for here in map(np.concatenate, sides):
        block = spread[np.ix_(here, here)] if by_units else _block(spread[here], features[here], ridge)
        score = labels[here] - _solved(block - 1 / (ridge * n), weights[here])
        found[here] = score - score.mean()
    return found.round(_DIGITS)


def _block(spread: Array, features: Array, ridge: float) -> Array:
    """A block of the inverse of kernel plus ridge, from the inverse over features (Woodbury's identity)."""
    return (np.eye(len(features)) - spread @ features.T) / ridge


def _fitted(units: _Units, here: Flags, chosen: _Chosen) -> Array:
    """The scores of one group from a fit to all others."""
    features, labels = units.choices[chosen.choice], units.labels[~here]
    rows, which = np.unique(features[here], axis=0, return_inverse=True)
    train, test = _scaled(features[~here], rows)
    n, d = train.shape
    if d == 0 or len(rows) == 1:
        return np.zeros(int(here.sum()))
    ridge, aim = chosen.penalty * d, labels - labels.mean()
    if n <= d:
        weights = train.T @ _solved(train @ train.T + ridge * np.eye(n), aim)
    else:
        weights = _solved(train.T @ train + ridge * np.eye(d), train.T @ aim)
    return np.asarray((test @ weights / chosen.scale).round(_DIGITS)[which.ravel()])


def _solved(matrix: Array, right: Array) -> Array:
    return np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)


def _scaled(train: Array, test: Array) -> tuple[Array, Array]:
    """Both parts less the mean of the training part, over its standard deviation; without what does not vary there."""
    middle, spread = train.mean(axis=0), train.std(axis=0)
    varies = spread > 1e-9 * np.maximum(np.abs(middle), np.abs(train).max(axis=0))
    return (train - middle)[:, varies] / spread[varies], (test - middle)[:, varies] / spread[varies]


def _units(choices: Sequence[ArrayLike], positive: ArrayLike, groups: ArrayLike) -> _Units:
    """The units, once they are known to be complete."""
    side, label = np.asarray(positive), np.asarray(groups)
    if side.ndim != 1 or label.shape != side.shape or not np.isin(side, (0, 1)).all():
        raise ValueError("every unit is positive or it is not, and has a group")
    arrays = tuple(np.asarray(each, dtype=np.float64) for each in choices)
    if not arrays or any(each.ndim != 2 or len(each) != side.size or not each.size for each in arrays):
        raise ValueError("at least one choice of features, each of shape (units, features)")
    if not all(np.isfinite(each).all() for each in arrays):
        raise ValueError("a feature is a finite number")
    code = np.unique(label, return_inverse=True)[1].astype(np.int64)
    units = _Units(arrays, np.where(side.astype(np.bool_), 1.0, -1.0), code)
    pairs = units.sides(np.ones(side.size, dtype=np.bool_))
    if len(pairs) < 2 or min(min(map(len, pair)) for pair in pairs) == 0:
        raise ValueError("at least two groups, each with positives and negatives")
    return units
