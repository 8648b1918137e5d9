"""From rows to counts of independent units, with closed denominators.

A unit is a cluster; where requests are put in other words it is a pair of one item and one wording. Its outcome within
k attempts is one event or none: an event if any of them showed it, missing if none did and one of them has no label,
else none. Attempts therefore never pass for independent evidence.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holdfast.evidence import MATCHED_ARMS, Absent, AnyPlanned, Arm, Counts, Planned, PlannedCheck, Row
from holdfast.stats import Pairs, Tally

_VALUES: Final = {"event": 1.0, "none": 0.0}
_NEVER: Final = Absent(absent="skipped", reason="the sample never came")


@dataclass(frozen=True, slots=True)
class Group:
    """One arm of one check: rows that are counted together."""

    arm: Arm
    inducement: str | None = None
    dose: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Counts of the units of one stratum, and the commonest reason for which some have no label."""

    events: int
    counts: Counts
    why_missing: str
    samples: int
    """Samples that were planned for these units."""
    lost: int
    """Those of them without a label."""
    incoherent: int
    """Those of the lost that were read and made no sense: a property of the subject, not of the run."""

    @property
    def tally(self) -> Tally:
        """The counts as statistics take them."""
        return Tally(self.events, self.counts.scored, self.counts.unscorable + self.counts.skipped)


def outcomes(
    rows: Iterable[Row], check: PlannedCheck, group: Group, *, attempts_k: int = 1, event: str | None = None
) -> dict[str, Outcome]:
    """Count the units of one arm by stratum.

    Args:
        rows: The rows of the check; those of other arms are passed over.
        check: What was planned: units and attempts that never came are skipped, not forgotten.
        group: The arm.
        attempts_k: Attempts that a unit's outcome looks at.
        event: The label that counts; the check's own ones where none is given.

    Returns:
        One outcome for each planned stratum of the arm.
    """
    wanted = {event} if event else check.design.events
    attempts = min(attempts_k, _attempts(check, group.arm))
    units = _by_unit(rows, check, group, attempts_k)
    return {
        planned.stratum: _outcome(
            [_labels(unit, attempts) for unit in units[planned.stratum].values()],
            _units(planned, check),
            attempts,
            wanted,
        )
        for planned in check.planned
        if _group(planned) == group
    }


def lost_to_faults(
    rows: Sequence[Row], check: PlannedCheck, arms: Iterable[Arm], most: float, *, attempts_k: int = 1
) -> tuple[Arm, str, Outcome] | None:
    """The first arm and stratum of which the run itself lost more than this share of the labels, or None.

    Nonsense is left out: the scorer read it, and it is a property of the subject. Whatever else is missing is a fault,
    and must never look like something that could not be read.
    """
    for arm in arms:
        for stratum, outcome in outcomes(rows, check, Group(arm), attempts_k=attempts_k).items():
            if outcome.lost - outcome.incoherent > most * outcome.samples:
                return arm, stratum, outcome
    return None


def fault_of_arms(rows: Sequence[Row], check: PlannedCheck, arms: Mapping[Arm, str], most: float) -> str | None:
    """What the run lost too many labels of, or None; `arms` says in words what each of them holds."""
    lost = lost_to_faults(rows, check, arms, most)
    if lost is None:
        return None
    arm, stratum, outcome = lost
    return f"{outcome.lost} of {outcome.samples} {arms[arm]} ({stratum}) have no label: {outcome.why_missing}"


def unit_states(
    rows: Iterable[Row], check: PlannedCheck, group: Group, *, attempts_k: int = 1
) -> dict[str, dict[str, str]]:
    """For each stratum of one arm, what each unit that came showed: `event`, `none`, `unscorable` or `skipped`.

    For checks whose unit is a cluster; those in families have pairs.
    """
    attempts = min(attempts_k, _attempts(check, group.arm))
    return {
        stratum: {cluster: _state(_labels(unit, attempts), check.design.events) for (cluster, _), unit in found.items()}
        for stratum, found in _by_unit(rows, check, group, attempts_k).items()
    }


def pairs_of(
    rows: Iterable[Row], check: PlannedCheck, group: Group, *, attempts_k: int = 1, event: str | None = None
) -> dict[str, Pairs]:
    """The units of one arm by stratum, each with its cluster and its item: what an interval by cluster needs.

    Arguments as `outcomes`, whose counts these are: a unit without an outcome is unknown, one that never came as well.
    """
    wanted = {event} if event else check.design.events
    attempts = min(attempts_k, _attempts(check, group.arm))
    units = _by_unit(rows, check, group, attempts_k)
    made: dict[str, Pairs] = {}
    for planned in (planned for planned in check.planned if _group(planned) == group):
        there = units[planned.stratum].values()
        values = [_VALUES.get(_state(_labels(unit, attempts), wanted), nan) for unit in there]
        made[planned.stratum] = Pairs(
            np.array(values, dtype=np.float64),
            numbered([unit[0].cluster for unit in there]),
            numbered([unit[0].item for unit in there]),
            max(0, _units(planned, check) - len(there)),
        )
    return made


def numbered(names: Sequence[str]) -> NDArray[np.int64]:
    """A number for each name, from 0, in the names' own order."""
    places = {name: place for place, name in enumerate(sorted(set(names)))}
    return np.array([places[name] for name in names], dtype=np.int64)


def _by_unit(
    rows: Iterable[Row], check: PlannedCheck, group: Group, attempts_k: int
) -> dict[str, dict[tuple[str, str], list[Row]]]:
    """The first attempts of each unit, by stratum."""
    units: dict[str, dict[tuple[str, str], list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        # Field by field: this runs some thirty times over every row of a check, and making groups took longest.
        same = row.arm == group.arm and row.inducement == group.inducement and row.dose == group.dose
        if same and row.attempt <= attempts_k:
            units[row.stratum][row.cluster, row.item if check.design.crossed else ""].append(row)
    return units


def _group(of: Row | AnyPlanned) -> Group:
    return Group(of.arm) if isinstance(of, Planned) else Group(of.arm, of.inducement, of.dose)


def _attempts(check: PlannedCheck, arm: Arm) -> int:
    return check.design.attempts if arm == "subject" else 1


def _units(planned: AnyPlanned, check: PlannedCheck) -> int:
    return planned.samples // _attempts(check, planned.arm)


def _labels(unit: Sequence[Row], attempts: int) -> list[str | Absent]:
    """The labels of a unit; an attempt that never came may have been the one that showed the event."""
    lost = attempts - len({row.attempt for row in unit})
    return [*(row.label for row in unit), *[_NEVER] * lost]


def _outcome(units: Sequence[Sequence[str | Absent]], planned: int, attempts: int, wanted: Collection[str]) -> Outcome:
    state = Counter(_state(labels, wanted) for labels in units)
    reasons = Counter(label.reason for labels in units for label in labels if isinstance(label, Absent))
    never = max(0, planned - len(units))
    if never:
        reasons[_NEVER.reason] += never * attempts
    counts = Counts(
        total=max(planned, sum(state.values())),
        scored=state["event"] + state["none"],
        unscorable=state["unscorable"],
        skipped=state["skipped"] + never,
    )
    return Outcome(
        events=state["event"],
        counts=counts,
        why_missing=reasons.most_common(1)[0][0] if reasons else "",
        samples=counts.total * attempts,
        lost=reasons.total(),
        incoherent=sum(_is_incoherent(label) for labels in units for label in labels),
    )


def _is_incoherent(label: str | Absent) -> bool:
    return isinstance(label, Absent) and label.absent == "incoherent"


def _state(labels: Sequence[str | Absent], wanted: Collection[str]) -> str:
    if any(label in wanted for label in labels if isinstance(label, str)):
        return "event"
    absent = [label for label in labels if isinstance(label, Absent)]
    if not absent:
        return "none"
    return "skipped" if all(label.absent == "skipped" for label in absent) else "unscorable"


def pooled(parts: Iterable[Outcome]) -> Outcome:
    """The sum of outcomes of independent strata."""
    parts = list(parts)
    counts = Counts(
        total=sum(part.counts.total for part in parts),
        scored=sum(part.counts.scored for part in parts),
        unscorable=sum(part.counts.unscorable for part in parts),
        skipped=sum(part.counts.skipped for part in parts),
    )
    worst = max(parts, key=lambda part: part.lost, default=None)
    return Outcome(
        events=sum(part.events for part in parts),
        counts=counts,
        why_missing=worst.why_missing if worst else "",
        samples=sum(part.samples for part in parts),
        lost=sum(part.lost for part in parts),
        incoherent=sum(part.incoherent for part in parts),
    )


def claimed_strata(check: PlannedCheck) -> frozenset[str]:
    """The strata that claims are about; the others are reported beside them."""
    return frozenset(planned.stratum for planned in check.planned if planned.claimed and planned.arm != "spiked")


def structural_fault(rows: Sequence[Row], check: PlannedCheck, subject: str, matched: str = "") -> str | None:
    """What makes the rows of a check unfit to be counted at all, or None."""
    ids = Counter(row.id for row in rows)
    # Attempt by attempt: ten attempts at one unit must not pass for ten units.
    units = {(_group(planned), planned.stratum): _units(planned, check) for planned in check.planned}
    seen = Counter((_group(row), row.stratum, row.attempt) for row in rows)
    if ids and ids.most_common(1)[0][1] > 1:
        return f"{sum(1 for n in ids.values() if n > 1)} samples appear more than once"
    if any(
        n > units.get((group, stratum), 0) or attempt > _attempts(check, group.arm)
        for (group, stratum, attempt), n in seen.items()
    ):
        return "there are rows that the plan does not have"
    if any(row.subject != (matched if row.arm in MATCHED_ARMS else subject) for row in rows):
        return "some rows are about another subject"
    if not any(p.samples for p in check.planned if p.arm == "subject"):
        return "the suite has no items: there was nothing to ask"
    return None
