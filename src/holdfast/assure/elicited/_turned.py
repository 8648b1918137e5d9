"""What came of questions that were asked with the right option in every place: whether right, and what was chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from holdfast.assure._reading import clustered_estimate, share_by_cluster
from holdfast.assure._twins import Twins, pair_codes
from holdfast.evidence import LETTERS, NO_OPTION, Absent, Estimate, PlannedCheck, Row, before_turning, right_at


@dataclass(frozen=True, slots=True)
class Turned:
    """What came of every question in every order."""

    letters: tuple[str, ...]
    questions: tuple[tuple[str, str], ...]
    """By skeleton and question."""
    right: NDArray[np.float64]
    """A row for each question, a column for each place of the right option; NaN without a label."""
    never: int
    """Questions that were planned and never came."""

    @property
    def complete(self) -> list[tuple[str, str]]:
        """Those with a label in every order."""
        return [key for key, right in zip(self.questions, self.right, strict=True) if not np.isnan(right).any()]

    def pairs(self, place: int) -> Twins:
        """Where the right option stands elsewhere, as a mean, and where it stands there."""
        skeletons, items, names = pair_codes(self.questions, self.never)
        lost = np.full(self.never, nan)
        elsewhere = np.delete(self.right, place, axis=1).mean(axis=1)
        return Twins(np.append(elsewhere, lost), np.append(self.right[:, place], lost), items, skeletons, names)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Every reply, by the place that it chose."""

    rows: tuple[Row, ...]
    letters: tuple[str, ...]

    @property
    def framings(self) -> int:
        """Those in which some reply named an option."""
        return len({row.cluster for row in self.rows if row.label in self.letters})

    def shares(self, level: float) -> Mapping[str, Estimate]:
        """Of the replies that named an option, how many named the one in each place; the lost ones count both ways."""
        named = [row for row in self.rows if row.label != NO_OPTION]
        return {letter: _share(named, letter, level, "replies that named an option") for letter in self.letters}

    def none(self, level: float) -> Estimate:
        """How many named none."""
        return _share(self.rows, NO_OPTION, level, "replies with options in every order")


def _share(rows: Sequence[Row], label: str, level: float, unit: str) -> Estimate:
    values = [nan if isinstance(row.label, Absent) else float(row.label == label) for row in rows]
    return clustered_estimate(share_by_cluster([row.cluster for row in rows], values, level), level, unit)


def turned_of(rows: Sequence[Row], check: PlannedCheck) -> Turned | None:
    """The questions that were asked in every order; None where the plan has none."""
    planned = {one.stratum: one.samples for one in check.planned if one.arm == "rotated"}
    letters = tuple(letter for letter in LETTERS if right_at(letter) in planned)
    if not letters:
        return None
    strata = {right_at(letter): place for place, letter in enumerate(letters)}
    found: dict[tuple[str, str], list[float]] = {}
    for row in (row for row in rows if row.arm == "rotated"):
        places = found.setdefault((row.cluster, before_turning(row.item)), [nan] * len(letters))
        if isinstance(row.label, str):
            places[strata[row.stratum]] = float(row.label == letters[strata[row.stratum]])
    questions = tuple(sorted(found))
    right = np.array([found[key] for key in questions], dtype=np.float64).reshape(-1, len(letters))
    return Turned(letters, questions, right, max(0, max(planned.values()) - len(questions)))
