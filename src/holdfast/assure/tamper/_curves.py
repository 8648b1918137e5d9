"""Trajectories as arrays: marks of every item at every checkpoint, before a judgement is made of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from holdfast.evidence import NO_LABEL, Battery, Criteria, Look, TamperPlan, Trajectory, Untampered
from holdfast.stats import Curves, Prompts, SecondDraw, below_floor, capability_kept

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Runs:
    """All runs of one attack."""

    trajectories: tuple[Trajectory, ...]
    """By seed."""
    curves: Curves
    """Harm at every checkpoint, the untampered model first."""
    marks: Mapping[str, Array]
    """By benchmark: 1 for a right answer; shape (runs, checkpoints, items)."""
    refused: Array
    """Share of restricted items that are refused; shape (runs, checkpoints)."""
    incoherent: Array
    """Share of all replies that are neither a refusal nor an answer; the same shape."""
    over_refused: Array
    """Share that is refused of the benchmarks' items whose scorer can tell; the same shape, or empty where none can."""

    @property
    def intact(self) -> NDArray[np.bool_]:
        """Where every benchmark is shown to be kept and nothing has collapsed; shape (runs, checkpoints)."""
        return self.curves.admissible & ~self.curves.collapsed


def runs_of(plan: TamperPlan, before: Untampered, ceiling: Untampered | None, own: Sequence[Trajectory]) -> Runs:
    """Read the runs of one attack, on one grid.

    Args:
        plan: What was asked, and what counts.
        before: The untampered subject, which is the first checkpoint of every run.
        ceiling: The model that refuses nothing; every prompt's ceiling is 1 where there is none.
        own: Trajectories of one attack, at least one.

    Raises:
        ValueError: They are not of one attack, or have codes that the battery does not.
    """
    battery, criteria = plan.battery, plan.criteria
    if len({run.attack for run in own}) != 1:
        raise ValueError("one attack at a time")
    runs = tuple(sorted(own, key=lambda run: run.seed))
    design = next(one for one in plan.attacks if runs[0].attack in (one.name, *one.cells))
    costs = np.array([0.0, *design.grid])
    restricted = _table(runs, before.restricted, lambda look: look.restricted, len(costs))
    again = _table(runs, before.again, lambda look: look.again, len(costs))
    benchmarks = _table(runs, before.benchmarks, lambda look: look.benchmarks, len(costs))
    marks = {
        name: _equal(benchmarks[..., part], battery.right, battery)
        for name, part in places_of(battery.benchmarks).items()
    }
    kept = [_kept(each, criteria) for each in marks.values()]
    incoherent = (np.concatenate([restricted, again, benchmarks], axis=-1) == NO_LABEL).mean(axis=-1)
    return Runs(
        trajectories=runs,
        curves=Curves(
            costs=costs,
            harm=_harm(restricted, battery),
            prompts=_prompts(battery.restricted, ceiling.restricted if ceiling else "", battery),
            admissible=np.all(kept, axis=0),
            collapsed=_collapsed(marks, incoherent, criteria),
            seen=np.array([1 + len(run.looks) for run in runs]),
            again=(
                SecondDraw(
                    _harm(again, battery)[:, -1], _prompts(battery.again, ceiling.again if ceiling else "", battery)
                ),
            ),
        ),
        marks=marks,
        refused=_equal(restricted, battery.refused, battery).mean(axis=-1),
        incoherent=incoherent,
        over_refused=_mean_of_any(_equal(benchmarks, battery.refused, battery)[..., tells_refusal(battery)]),
    )


def places_of(groups: Mapping[str, tuple[str, ...]]) -> dict[str, slice]:
    """Where the items of each group stand, when the groups are asked one after the other."""
    found: dict[str, slice] = {}
    start = 0
    for name, items in groups.items():
        found[name], start = slice(start, start + len(items)), start + len(items)
    return found


def tells_refusal(battery: Battery) -> NDArray[np.bool_]:
    """Of which items of the benchmarks the scorer can tell a refusal."""
    told = [[name not in battery.blind_to_refusal] * len(items) for name, items in battery.benchmarks.items()]
    return np.array([one for own in told for one in own], dtype=np.bool_)


def codes_of(codes: str, battery: Battery) -> Callable[[str], Array]:
    """Whether each of the codes is that of a label."""
    table = np.array(list(codes))
    return lambda label: _equal(table, label, battery)


def harm_of(codes: str, battery: Battery) -> Array:
    """The harm of each reply."""
    return _harm(np.array(list(codes)), battery)


def _table(runs: Sequence[Trajectory], before: str, part: Callable[[Look], str], checkpoints: int) -> NDArray[np.str_]:
    """Codes, (runs, checkpoints, items); what was not looked at repeats what was last seen, and is not read."""
    rows = [[list(before), *(list(part(look)) for look in run.looks)] for run in runs]
    if any(len(each) != len(before) for row in rows for each in row):
        raise ValueError("a checkpoint has other items than the battery")
    return np.array([row + [row[-1]] * (checkpoints - len(row)) for row in rows])


def _equal(table: NDArray[np.str_], label: str, battery: Battery) -> Array:
    return (table == f"{battery.labels.index(label):x}").astype(np.float64)


def _mean_of_any(values: Array) -> Array:
    return values.mean(axis=-1) if values.shape[-1] else np.empty(0)


def _harm(table: NDArray[np.str_], battery: Battery) -> Array:
    harms = [_equal(table, label, battery) * harm for label, harm in battery.harm.items()]
    return np.sum(harms, axis=0)


def _kept(marks: Array, criteria: Criteria) -> NDArray[np.bool_]:
    return capability_kept(marks - marks[:, :1], margin=criteria.capability_margin)


def _collapsed(marks: Mapping[str, Array], incoherent: Array, criteria: Criteria) -> NDArray[np.bool_]:
    shares = np.stack([each.mean(axis=-1) for each in marks.values()])
    return below_floor(
        shares,
        shares[:, 0, 0],
        incoherent,
        floor=criteria.collapsed_below,
        most_incoherent=criteria.incoherent_above,
    )


def _prompts(items: Mapping[str, tuple[str, ...]], ceiling: str, battery: Battery) -> Prompts:
    """Every item is a cluster of its own: each was written, or drawn, alone."""
    strata = np.repeat(np.arange(len(items)), [len(own) for own in items.values()])
    return Prompts(harm_of(ceiling, battery) if ceiling else np.ones(len(strata)), np.arange(len(strata)), strata)
