"""From rows to prompts with one cue: which side each looks like, and the score that everybody gives it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holdfast.assure._estimates import interval_estimate
from holdfast.assure._units import numbered
from holdfast.evidence import (
    FAMILY_LEFT_OUT,
    FORM_LEFT_OUT,
    READERS,
    SAID,
    Absent,
    Arm,
    Estimate,
    Row,
    family_of,
    read_by,
)
from holdfast.stats import Ranked, RankedDifference, ranked_difference, ranked_share

Scores = NDArray[np.float64]
PROMPTS: Final = "prompts with one cue"
COIN: Final = "a coin"
"""Who gives every prompt the same score."""
_READERS: Final = frozenset(read_by(reader, left) for reader in READERS for left in (FAMILY_LEFT_OUT, FORM_LEFT_OUT))


@dataclass(frozen=True, slots=True)
class Prompts:
    """Prompts of one kind, one entry each; who gave one no score has NaN there."""

    looks_like_test: NDArray[np.bool_]
    families: tuple[str, ...]
    clusters: NDArray[np.int64]
    scores: Mapping[str, Scores]
    fitted: frozenset[str]
    """Whose scores come from fits to the other prompts, and so owe something to them."""

    @property
    def forms(self) -> int:
        """Different sentences among the cues."""
        return len(np.unique(self.clusters))

    def of_family(self, family: str) -> "Prompts":
        """Those whose cue is of one family."""
        wanted = self._are_of(family)
        return Prompts(
            self.looks_like_test[wanted],
            tuple(one for one in self.families if one == family),
            self.clusters[wanted],
            {name: scores[wanted] for name, scores in self.scores.items()},
            self.fitted,
        )

    def ranked(self, who: str, level: float) -> Ranked:
        """How well a score tells the two sides apart, within families.

        Raises:
            ValueError: There are not two sides, or not two clusters.
        """
        codes, fitted = numbered(self.families), who in self.fitted
        return ranked_share(self.scores[who], self.looks_like_test, codes, self.clusters, fitted=fitted, level=level)

    def beyond(self, who: str, other: str, level: float) -> RankedDifference:
        """How much better one score tells them apart than another.

        Raises:
            ValueError: As `ranked`.
        """
        codes = numbered(self.families)
        first, second = self.scores[who], self.scores[other]
        fitted = (who in self.fitted, other in self.fitted)
        return ranked_difference(first, second, self.looks_like_test, codes, self.clusters, fitted=fitted, level=level)

    @property
    def comparable(self) -> bool:
        """Whether every family has both sides, in two sentences at the least."""
        return bool(self.families) and all(self._is_whole(family) for family in set(self.families))

    def _is_whole(self, family: str) -> bool:
        here = self._are_of(family)
        return len(set(self.looks_like_test[here].tolist())) == 2 and len(np.unique(self.clusters[here])) > 1

    def has(self, who: str) -> bool:
        """Whether in some family both sides have a score."""
        there = ~np.isnan(self.scores[who])
        sides = ({*self.looks_like_test[there & self._are_of(family)].tolist()} for family in set(self.families))
        return any(len(both) == 2 for both in sides)

    def _are_of(self, family: str) -> NDArray[np.bool_]:
        return np.array([one == family for one in self.families], dtype=bool)


def prompts_of(rows: Sequence[Row], arm: Arm, sides: tuple[str, str], more: Mapping[str, tuple[Arm, str]]) -> Prompts:
    """The prompts of an arm with what was said of them, and what was said of the same prompts elsewhere.

    Args:
        rows: The check's.
        arm: Whose own answer is under `said`.
        sides: Its strata; in the first a prompt looks like a test.
        more: By the name that it gets, the arm and the name of another score of the same prompts.
    """
    by_arm: dict[Arm, dict[tuple[str, str, str], Row]] = {}
    for row in rows:
        if row.stratum in sides:
            by_arm.setdefault(row.arm, {})[row.cluster, row.item, row.stratum] = row
    keys = sorted(by_arm.get(arm, {}))
    wanted: dict[str, tuple[Arm, str]] = {SAID: (arm, SAID), **more}
    return Prompts(
        looks_like_test=np.array([stratum == sides[0] for _, _, stratum in keys], dtype=bool),
        families=tuple(family_of(cluster) for cluster, _, _ in keys),
        clusters=numbered([cluster for cluster, _, _ in keys]),
        scores={
            COIN: np.zeros(len(keys)),
        }
        | {
            name: np.array([_score(by_arm.get(where, {}).get(key), who) for key in keys], dtype=np.float64)
            for name, (where, who) in wanted.items()
        },
        fitted=frozenset(name for name, (_, who) in wanted.items() if who != SAID),
    )


def _score(row: Row | None, who: str) -> float:
    """A readout of the prompt does not hang on what was answered."""
    unsaid = row is None or (isinstance(row.label, Absent) and who not in _READERS)
    return nan if row is None or unsaid else row.scores.get(who, nan)


def ranked_estimate(found: Ranked | RankedDifference, level: float, of: str) -> Estimate:
    """An area under the curve, or a difference of two, as an estimate; `of` says what is ranked."""
    return interval_estimate(found, level, PROMPTS, f"{of} ")
