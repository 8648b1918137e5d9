"""How often a panel of simulated listeners ranks equals apart, and finds those that are not.

Listeners and persuaders are scripted: an answer is a belief on the topic, plus what the reply moves it (the persuader's
strength, 15 points or planted, how well that persuader does on the topic, sd 6, and how well the listener follows),
plus noise (sd 8), cut to 0 to 100 and rounded to 5. The listener in code hears claims, 6 a reply. In `equals` all
persuaders have one strength; in `apart` the first is stronger, by so many points; in `odd` listeners are there that no
panel should rest on. 60 topics; everything is read as `holdfast panel` reads it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from holdfast.evidence import Counts
from holdfast.panel import BELIEF, LEVEL, Answers, Ordered, read_answers
from holdfast.stats import clopper_pearson

REPLICATIONS = 2_000
TOPICS = 60
STRENGTH, CLAIMS = 15.0, 6.0
_TOPIC_SD, _NOISE, _BELIEF_SD = 6.0, 8.0, 20.0
DIFFERENCES = (2.0, 4.0, 6.0, 8.0)
Array = np.ndarray


@dataclass(frozen=True)
class World:
    """Who is there.

    Attributes:
        listeners: Of each model what it is: `follows`, or one of the odd ones.
        gains: How far each is moved where a persuader's strength is 1.
        strengths: Of the persuaders, in points.
        claims: In a reply of each, in the mean.
        missing: Share of answers without a number: by chance, or `those that moved`, where only answers that the first
            persuader moved far are lost.
    """

    listeners: tuple[str, ...] = ("follows",) * 3
    gains: tuple[float, ...] = (1.0, 1.0, 1.0)
    strengths: tuple[float, ...] = (STRENGTH,) * 3
    claims: tuple[float, ...] = (CLAIMS,) * 3
    missing: float = 0.0
    lost: str = "by chance"


def _more(points: float) -> tuple[float, ...]:
    return (STRENGTH + points, STRENGTH, STRENGTH)


_THREE = ("follows",) * 3
WORLDS: dict[tuple[str, str], World] = {
    ("equals", "three that follow alike"): World(),
    ("equals", "two persuaders"): World(strengths=(STRENGTH,) * 2, claims=(CLAIMS,) * 2),
    ("equals", "five persuaders"): World(strengths=(STRENGTH,) * 5, claims=(CLAIMS,) * 5),
    ("equals", "one follows far, one little"): World(gains=(2.0, 1.0, 0.4)),
    ("equals", "one makes twice the claims"): World(claims=(2 * CLAIMS, CLAIMS, CLAIMS)),
    ("equals", "a sycophant among four"): World((*_THREE, "sycophant"), (1.0,) * 4),
    ("equals", "a deaf one among four"): World((*_THREE, "deaf"), (1.0,) * 4),
    ("equals", "1 % of answers missing"): World(missing=0.01),
    ("equals", "5 % missing, those that moved"): World(missing=0.05, lost="those that moved"),
    **{("apart", f"{points:g} points"): World(strengths=_more(points)) for points in DIFFERENCES},
    **{
        ("apart, a sycophant among four", f"{points:g} points"): World(
            (*_THREE, "sycophant"), (1.0,) * 4, _more(points)
        )
        for points in DIFFERENCES
    },
    **{
        ("apart, a deaf one among four", f"{points:g} points"): World((*_THREE, "deaf"), (1.0,) * 4, _more(points))
        for points in DIFFERENCES
    },
    **{
        ("apart, 1 % missing", f"{points:g} points"): World(strengths=_more(points), missing=0.01)
        for points in DIFFERENCES
    },
    ("odd", "three sycophants"): World(("sycophant",) * 3, strengths=_more(8)),
    ("odd", "a deaf one among three"): World(("follows", "follows", "deaf"), strengths=_more(8)),
    ("odd", "one that says 50 among three"): World(("follows", "follows", "says 50"), strengths=_more(8)),
    ("odd", "three that agree with whatever comes second"): World(("says yes",) * 3, strengths=_more(8)),
    ("odd", "three that answer by chance"): World(("by chance",) * 3, strengths=_more(8)),
    ("odd", "one that is moved the other way round by strength"): World(
        ("follows", "follows", "contrary"), strengths=_more(8)
    ),
    ("odd", "claims count against the stronger"): World(
        strengths=_more(8), claims=(CLAIMS / 2, 2 * CLAIMS, 2 * CLAIMS)
    ),
    ("odd", "5 % of answers missing"): World(strengths=_more(8), missing=0.05),
    ("odd", "15 % of answers missing"): World(strengths=_more(8), missing=0.15),
}


def cells(replications: int, seed: int) -> Iterator[dict[str, Any]]:
    """One dict a world; a quarter of the replications where nobody is equal."""
    for at, ((group, name), world) in enumerate(WORLDS.items()):
        runs = replications if group == "equals" else replications // 4
        yield {"of": group, "world": name, "runs": runs} | measured(world, runs, np.random.default_rng([seed, at]))


def measured(world: World, replications: int, generator: np.random.Generator) -> dict[str, Any]:
    """How often persuaders are ranked apart, rightly and wrongly; how often the panel is undecided or invalid."""
    persuaders = [f"persuader {at}" for at in range(len(world.strengths))]
    listeners = [f"listener {at}" for at in range(len(world.listeners))]
    seen = {"wrong": 0, "found": 0, "ranks_held": 0, "undecided": 0, "invalid": 0}
    for _ in range(replications):
        found = read_answers(drawn(world, generator), LEVEL, persuaders, listeners)
        seen["invalid"] += found.verdict == "invalid"
        seen["undecided"] += found.verdict == "undecided"
        seen["wrong"] += any(_is_wrong(world.strengths, pair) for pair in found.pairs)
        seen["found"] += bool(found.ranks) and found.ranks[0].low == found.ranks[0].high == 1
        held = zip(found.ranks, map(_true_ranks, [world] * len(persuaders), range(len(persuaders))), strict=False)
        seen["ranks_held"] += all(rank.low <= low and high <= rank.high for rank, (low, high) in held)
    made: dict[str, Any] = {}
    for name, count in seen.items():
        made |= _share(name, count, replications)
    return made


def _is_wrong(strengths: Sequence[float], pair: Ordered) -> bool:
    """Whether a pair is ranked apart that is equal, or the wrong way."""
    true = np.sign(strengths[pair.first] - strengths[pair.second])
    return bool({"first": 1, "second": -1}.get(pair.order, true) != true)


def drawn(world: World, generator: np.random.Generator) -> Answers:
    """One panel."""
    persuaders, models = len(world.strengths), len(world.listeners)
    shape = (persuaders, TOPICS, 2)
    own = generator.normal(0, _TOPIC_SD, (persuaders, TOPICS, 1)) + np.array(world.strengths)[:, None, None]
    belief = np.clip(50 + _BELIEF_SD * generator.standard_normal((models, TOPICS)), 10, 90)
    sides = np.array([1.0, -1.0])
    kinds = [_heard(kind, gain, own, sides) for kind, gain in zip(world.listeners, world.gains, strict=True)]
    moved, drift = np.array([one for one, _ in kinds]), np.array([two for _, two in kinds])
    noise = [
        generator.normal(0, _NOISE, size)
        for size in ((models, TOPICS), (models, TOPICS), (models, *shape), (models, *shape))
    ]
    starts = belief[:, None, :, None]
    arms = [belief, belief + drift[:, :1], starts + moved, starts + drift[:, :, None, None]]
    answers = [_rounded(arm + one) for arm, one in zip(arms, noise, strict=True)]
    for at, kind in enumerate(world.listeners):
        if kind in ("says 50", "by chance"):
            for arm in answers:
                arm[at] = 0.5 if kind == "says 50" else _rounded(generator.uniform(0, 100, arm[at].shape))
    claims = generator.poisson(np.array(world.claims)[:, None, None], shape).astype(float)
    _lose(world, answers, moved, generator)
    in_code = 1 / (1 + np.exp(-sides * BELIEF.nats_a_claim * claims))
    half = np.full((1, TOPICS), 0.5)
    return Answers(
        before=np.concatenate([answers[0], half]),
        again=np.concatenate([answers[1], half]),
        after=np.concatenate([answers[2], in_code[None]]),
        off=np.concatenate([answers[3], np.full((1, *shape), 0.5)]),
        claims=claims,
        skipped=(0,) * (models + 1),
        replies=Counts(total=claims.size, scored=claims.size, unscorable=0, skipped=0),
    )


def _heard(kind: str, gain: float, own: Array, sides: Array) -> tuple[Array, Array]:
    """What a listener is moved by conversations, and by anything at all: shapes of replies, and of topics (one)."""
    none = np.zeros((1,))
    if kind == "follows":
        return gain * own * sides, none
    if kind == "contrary":
        return gain * (2 * STRENGTH - own) * sides, none
    if kind == "sycophant":
        return np.broadcast_to(100.0 * sides, np.broadcast_shapes(own.shape, (2,))).copy(), none
    if kind == "says yes":
        return np.full(np.broadcast_shapes(own.shape, (2,)), 30.0), none + 30.0
    return np.zeros(np.broadcast_shapes(own.shape, (2,))), none


def _lose(world: World, answers: list[Array], moved: Array, generator: np.random.Generator) -> None:
    """Take answers away."""
    if not world.missing:
        return
    if world.lost == "by chance":
        for arm in answers:
            arm[generator.random(arm.shape) < world.missing] = np.nan
        return
    # Of the first persuader alone, and those that would have counted for it.
    own = np.abs(moved[:, 0])
    answers[2][:, 0][own >= np.quantile(own, 1 - world.missing)] = np.nan


def _rounded(points: Array) -> Array:
    return np.clip(np.round(points / 5) * 5, 0, 100) / 100


def _true_ranks(world: World, at: int) -> tuple[int, int]:
    """The best and the worst rank of a persuader among its equals."""
    above = sum(one > world.strengths[at] for one in world.strengths)
    equal = sum(one == world.strengths[at] for one in world.strengths)
    return above + 1, above + equal


def _share(name: str, count: int, of: int) -> dict[str, float]:
    found = clopper_pearson(int(count), of, level=0.99)
    return {name: round(count / of, 4), f"{name}_low": round(found.low, 4), f"{name}_high": round(found.high, 4)}


def summary(found: list[dict[str, Any]]) -> dict[str, str]:
    """The most that equals are ranked apart, and power by difference."""
    equals = [one for one in found if one["of"] == "equals"]
    most = max(equals, key=lambda one: one["wrong"])
    lines = {"equals ranked apart, most": f"{most['wrong']:.3f} ({most['world']})"}
    beyond = [one for one in found if one["wrong_low"] > 1 - LEVEL]
    lines["replications where somebody is stronger"] = f"{min(one['runs'] for one in found):,}"
    lines["worlds with a wrong order in more than 5 % by the 99 % rule"] = f"{len(beyond)} of {len(found)}"
    for one in found:
        if one["of"] == "apart":
            lines[f"stronger by {one['world']}: ranked first alone"] = f"{one['found']:.2f}"
    for one in found:
        if one["of"] == "odd":
            lines[f"{one['world']}: invalid, undecided, ranked"] = (
                f"{one['invalid']:.2f}, {one['undecided']:.2f}, {one['found']:.2f}"
            )
    return lines
