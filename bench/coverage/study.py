"""How often the analysis of an experiment with people holds: effects of arms, and bounds for those who did not answer.

Effects: three arms, a baseline, two issues, an effect of 5 points of a scale of 100 in one arm and none in the other.
Worlds: errors alike; an arm whose errors spread twice as wide; skewed errors; answers at the ends of the scale; and an
effect that depends on the baseline. Truth is the mean effect on the people of the run. A false alarm is an interval of
the arm without effect that leaves 0 out; where the effect depends on the baseline that arm has one of its own on each,
0 on average over all people, not over those of a run, so none is counted. `three answers` has three answers a person
whose errors share 0.3 of their variance, each in an arm of its own, or all in one arm.

Bounds: people leave by a trait that also moves their answers; one arm keeps at least everybody whom the other keeps.
Truth is the effect on those whom both keep. `worst` is the world in which it lies on a bound.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from holdfast.stats import ancova, clopper_pearson, differential_attrition, lee_bounds

REPLICATIONS = 5_000
LEVEL = 0.95
EFFECT = 5.0
WORLDS = ("alike", "wide arm", "skewed", "ends of the scale", "slopes differ")
SIZES = (12, 40)
ANSWERS = ("one answer", "three answers, mixed", "three answers, one arm")
KEPT = ((0.9, 0.9), (0.9, 0.8), (0.8, 0.9), (0.95, 0.6))
LEAVING = ("by chance", "by the answer", "worst")
PEOPLE = (60, 200, 1_000)
_SD, _ICC = 15.0, 0.3

Array = np.ndarray


def cells(replications: int, seed: int) -> Iterator[dict[str, Any]]:
    """One dict a cell."""
    for at, (world, size, answers, lin) in enumerate(product(WORLDS, SIZES, ANSWERS, (False, True))):
        yield effects(world, size, answers, lin, replications, np.random.default_rng([seed, 0, at]))
    for at, (leaving, people, kept) in enumerate(product(LEAVING, PEOPLE, KEPT)):
        yield bounds(leaving, people, kept, replications, np.random.default_rng([seed, 1, at]))
    for at, (people, kept) in enumerate(product(PEOPLE, (0.95, 0.8))):
        yield leavers(people, kept, replications, np.random.default_rng([seed, 2, at]))


def effects(
    world: str, size: int, answers: str, lin: bool, replications: int, generator: np.random.Generator
) -> dict[str, Any]:
    """How often the interval of each arm holds its effect; `size` people an arm."""
    held, alarms, off, widths = 0, 0, 0.0, 0.0
    for _ in range(replications):
        run = drawn(world, size, answers, generator)
        found = ancova(
            run["post"],
            run["pre"],
            run["arm"],
            issues=run["issue"],
            clusters=None if answers == ANSWERS[0] else run["person"],
            interactions=lin,
            level=LEVEL,
        )
        none, moved = found
        held += moved.interval.low <= run["truth"] <= moved.interval.high
        alarms += not none.interval.low <= 0 <= none.interval.high
        off += moved.value - run["truth"]
        widths += moved.interval.high - moved.interval.low
    made: dict[str, Any] = {"of": "effects", "world": world, "people": size, "answers": answers, "interactions": lin}
    made |= _share("held", held, replications)
    if world != "slopes differ":
        made |= _share("false_alarms", alarms, replications)
    return made | {"bias": round(off / replications, 3), "width": round(widths / replications, 2)}


def drawn(world: str, size: int, answers: str, generator: np.random.Generator) -> dict[str, Any]:
    """One run: arms 0, 1 (no effect) and 2, and the mean effect of arm 2 on the people of the run."""
    each = 1 if answers == ANSWERS[0] else 3
    people = 3 * size
    person = np.repeat(np.arange(people), each)
    issue = np.arange(people * each) % 2
    arm = np.empty_like(issue)
    for one in (0, 1):
        arm[issue == one] = generator.permutation(int((issue == one).sum())) % 3
    if answers == ANSWERS[2]:
        arm = np.repeat(generator.permutation(people) % 3, each)
    trait = np.repeat(generator.standard_normal(people), each)
    pre = np.clip(50 + 20 * generator.standard_normal(people * each), 0, 100)
    noise = np.sqrt(_ICC) * trait + np.sqrt(1 - _ICC) * _errors(world, people * each, generator)
    error = _SD * noise * np.where((arm == 2) & (world == "wide arm"), 2.0, 1.0)
    lifted = np.full(pre.shape, EFFECT) + (0.2 * (pre - 50) if world == "slopes differ" else 0.0)
    before = 10 + 0.8 * pre + 6 * issue + error
    if world == "ends of the scale":
        before = before + 20
        after = np.clip(before + lifted, 0, 100)
        before = np.clip(before, 0, 100)
        lifted = after - before
    return {
        "post": before + np.where(arm == 2, lifted, 0.0),
        "pre": pre,
        "arm": arm,
        "issue": issue,
        "person": person,
        "truth": float(lifted.mean()),
    }


def _errors(world: str, count: int, generator: np.random.Generator) -> Array:
    return generator.exponential(size=count) - 1 if world == "skewed" else generator.standard_normal(count)


def bounds(
    leaving: str, people: int, kept: tuple[float, float], replications: int, generator: np.random.Generator
) -> dict[str, Any]:
    """How often the interval for those who left holds the effect on those whom both arms keep; `people` an arm."""
    held, widths = 0, 0.0
    treated_kept, control_kept = kept
    for _ in range(replications):
        trait = generator.standard_normal((2, people))
        rank = generator.random((2, people))
        if leaving != "by chance":
            rank = _ranks(trait if leaving == "worst" else trait + generator.standard_normal((2, people)), leaving)
        answers = [
            _SD * trait[0][rank[0] < treated_kept] + EFFECT,
            _SD * trait[1][rank[1] < control_kept],
        ]
        found = lee_bounds(*answers, assigned_treated=people, assigned_control=people, level=LEVEL)
        held += found.interval.low <= EFFECT <= found.interval.high
        widths += found.interval.high - found.interval.low
    made: dict[str, Any] = {"of": "bounds", "leaving": leaving, "people": people, "kept": list(kept)}
    return made | _share("held", held, replications) | {"width": round(widths / replications, 2)}


def _ranks(trait: Array, leaving: str) -> Array:
    """Where each person stands among all people, by a trait that moves the answers."""
    from scipy.special import ndtr

    return ndtr(trait if leaving == "worst" else trait / np.sqrt(2))


def leavers(people: int, kept: float, replications: int, generator: np.random.Generator) -> dict[str, Any]:
    """How often the test finds a difference where both arms keep as many."""
    left = generator.binomial(people, 1 - kept, (replications, 2))
    alarms = sum(differential_attrition(int(a), people, int(b), people).p_value <= 1 - LEVEL for a, b in left)
    return {"of": "attrition", "people": people, "kept": kept} | _share("false_alarms", int(alarms), replications)


def _share(name: str, count: int, of: int) -> dict[str, float]:
    found = clopper_pearson(int(count), of, level=0.99)
    return {name: round(count / of, 4), f"{name}_low": round(found.low, 4), f"{name}_high": round(found.high, 4)}


def summary(found: list[dict[str, Any]]) -> dict[str, str]:
    """The least coverage and the most false alarms, world by world."""
    lines: dict[str, str] = {}
    some = [one for one in found if one["of"] == "effects"]
    for world, answers in product(WORLDS, ANSWERS):
        own = [one for one in some if (one["world"], one["answers"]) == (world, answers)]
        least = min(own, key=lambda one: one["held"])
        lines[f"effect, {world}, {answers}: held, least"] = f"{least['held']:.3f} ({_form(least)})"
        alarms = [one for one in own if "false_alarms" in one]
        if alarms:
            most = max(alarms, key=lambda one: one["false_alarms"])
            lines[f"effect, {world}, {answers}: false alarms, most"] = f"{most['false_alarms']:.3f} ({_form(most)})"
    beyond = [one for one in found if one.get("false_alarms_low", 0) > 1 - LEVEL]
    counted = [one for one in found if "false_alarms" in one]
    lines["cells whose false alarms exceed 5 % by the 99 % rule"] = f"{len(beyond)} of {len(counted)}"
    lines["largest bias of a planted effect of 5 points"] = f"{max(abs(one['bias']) for one in some):.2f} points"
    for leaving, people in product(LEAVING, PEOPLE):
        own = [one for one in found if one["of"] == "bounds" and (one["leaving"], one["people"]) == (leaving, people)]
        least = min(own, key=lambda one: one["held"])
        lines[f"bounds, {leaving}, {people} an arm: held, least"] = f"{least['held']:.3f} (kept {least['kept']})"
    return lines


def _form(one: dict[str, Any]) -> str:
    return f"{one['people']} people an arm, {'with' if one['interactions'] else 'without'} interactions"
