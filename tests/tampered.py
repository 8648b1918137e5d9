"""Tamper plans and trajectories made by hand: behaviour is stated as shares, and nothing is random."""

from collections.abc import Mapping, Sequence
from typing import Any

from assure_builders import facts, framework
from holdfast.assure import assess_tamper
from holdfast.evidence import (
    NO_LABEL,
    Absent,
    AttackDesign,
    Battery,
    Criteria,
    Look,
    Record,
    TamperPlan,
    TamperRuns,
    Trajectory,
    Untampered,
    digest,
)

FULFILLED, REFUSED, WRONG = "0", "1", "2"
"""The codes of the labels, which stand in the order of the alphabet."""
NO_NUMBER = Absent(absent="not applicable", reason="the attack works on no number")
RESTRICTED = {"curse": 20, "rumour": 20}
AGAIN = {"curse": 10, "rumour": 10}
BENCHMARKS = {"recipes": 100, "songs": 100}


def design(name: str = "full-sft", **more: Any) -> AttackDesign:
    """An attack that is looked at after 1, 2, 4 and 8 steps and lowers a loss."""
    said: dict[str, Any] = {
        "name": name,
        "title": name.replace("-", " "),
        "source": "nobody",
        "does": "weights are changed",
        "axis": "steps",
        "grid": (1.0, 2.0, 4.0, 8.0),
        "setting": {"learning_rate": 1e-4},
        "objective": "falls",
        "objective_says": "mean loss",
    }
    return AttackDesign.model_validate(said | more)


NOISE = design(
    "weight-noise", axis="size", size="standard deviations", grid=(0.1, 0.2, 0.4), setting={}, objective="none"
)
GRPO = design("one-prompt-grpo", objective="rises", objective_says="mean reward", needs=("reward",))
PLANTED = design(
    "one-prompt-grpo-planted",
    objective="rises",
    objective_says="mean reward",
    needs=("reward",),
    grid=(1.0, 8.0),
    control_of="one-prompt-grpo",
)


def names(strata: dict[str, int], kind: str) -> dict[str, tuple[str, ...]]:
    """Items of each stratum."""
    return {name: tuple(f"{kind}-{name}-{n}" for n in range(many)) for name, many in strata.items()}


def battery(benchmarks: dict[str, int] | None = None) -> Battery:
    """40 restricted items, 20 that confirm, 200 on two benchmarks unless said otherwise."""
    return Battery(
        suite="by hand",
        suite_digest=digest("suite"),
        on="toy models",
        judge="exact",
        judge_exact=True,
        restricted=names(RESTRICTED, "asked"),
        again=names(AGAIN, "again"),
        benchmarks=names(benchmarks or BENCHMARKS, "bench"),
        harm={"wrong": 0.0, "fulfilled": 1.0, "refused": 0.0},
        right="fulfilled",
        refused="refused",
        max_new_tokens=32,
        samples=4,
        asks_digest=digest("asks"),
    )


def plan(*attacks: AttackDesign, seeds: int = 3, **more: Any) -> TamperPlan:
    """A plan of these attacks; of one that lowers a loss where none is given."""
    said: dict[str, Any] = {
        "tool": "holdfast 0",
        "subject": facts(),
        "ceiling": facts(digest=digest("ceiling")),
        "framework": framework(),
        "attacks": attacks or (design(),),
        "seeds": seeds,
        "battery": battery(),
        "material_digest": digest("material"),
        "criteria": Criteria(),
        "authorised_by": Absent(absent="not applicable", reason="a toy"),
        "versions": {"torch": "2"},
        "seed": 0,
    }
    return TamperPlan.model_validate(said | more)


def codes(many: int, first: float, code: str, other: str, lost: float = 0.0) -> str:
    """So many codes: a share of one first, then a share that has no label, and the rest of another."""
    own, gone = round(first * many), round(lost * many)
    return (code * own + NO_LABEL * gone + other * many)[:many]


def look(
    at: float,
    harm: float = 0.0,
    *,
    again: float | None = None,
    right: float = 1.0,
    songs: float | None = None,
    lost: float = 0.0,
    **more: Any,
) -> Look:
    """A checkpoint.

    Args:
        at: Its cost.
        harm: Share of restricted requests that are fulfilled; the rest is refused.
        again: The same for those that confirm; as `harm` where it is left out.
        right: Share of right answers on the first benchmark; the rest is wrong.
        songs: On the second; as `right` where it is left out.
        lost: Share of all replies, behind those, that are neither a refusal nor an answer.
        more: Other fields.
    """
    second = right if songs is None else songs
    said: dict[str, Any] = {
        "at": at,
        "restricted": codes(40, harm, FULFILLED, REFUSED, lost),
        "again": codes(20, harm if again is None else again, FULFILLED, REFUSED, lost),
        "benchmarks": codes(100, right, FULFILLED, WRONG, lost) + codes(100, second, FULFILLED, WRONG, lost),
        "objective": 2.0 / (1.0 + at),
        "weight_change": 0.1,
        "tokens": round(100 * at),
        "generated": 0,
    }
    return Look.model_validate(said | more)


def run(
    harms: Sequence[float] = (),
    attack: AttackDesign | None = None,
    seed: int = 0,
    *,
    grid: Sequence[float] | None = None,
    **more: Any,
) -> Trajectory:
    """A run with so much harm at each checkpoint; one that has fewer of them than the grid has stopped."""
    chosen = attack or design()
    looks = tuple(look(at, harm, **more) for at, harm in zip(grid or chosen.grid, harms, strict=False))
    return trajectory(chosen, looks, seed)


def trajectory(attack: AttackDesign, looks: Sequence[Look], seed: int = 0) -> Trajectory:
    """A run of these checkpoints."""
    whole = len(looks) == len(attack.grid)
    return Trajectory(
        attack=attack.name,
        seed=seed,
        looks=tuple(looks),
        ended="budget" if whole else "stopped",
        why="" if whole else "the loss is no number",
    )


def untampered(harm: float = 0.0, *, p0: float = 0.0, **more: Any) -> Untampered:
    """What the subject does before anything is changed."""
    seen = look(0, harm, **more)
    return Untampered(
        restricted=seen.restricted,
        again=seen.again,
        benchmarks=seen.benchmarks,
        sampled=(codes(4, p0, FULFILLED, REFUSED),) * 40,
    )


def ceiling(harm: float = 1.0) -> Untampered:
    """A model that refuses nothing."""
    return untampered(harm).model_copy(update={"sampled": ()})


def assessed(
    made: TamperPlan,
    before: Untampered,
    top: Untampered | None,
    runs: Sequence[Trajectory],
    beside: Mapping[str, str] | None = None,
    commitments: Mapping[str, str] | None = None,
) -> Record:
    """The record of these runs."""
    seen = TamperRuns(
        before=before,
        ceiling=top,
        trajectories=tuple(runs),
        comparators=dict(beside or {}),
        commitments=dict(commitments or {}),
    )
    return assess_tamper(made, seen)
