"""The evaluation–deployment gap on synthetic policies: false alarms, power, equivalence, coverage, a judge that errs.

Every run is a policy of its own (`twin_policies`) and one run of a design: 100 skeletons × 8 items, or 32 × 25, each
item in two skeletons, one answer a side, 1,600 calls. Rates are exact, so the mean gap is known. An *alarm* is an
interval that leaves 0 out, or a sign-flip p-value of at most 5 %; *equivalent* is an interval inside the margin.

    null    mean gap 0: alarms; beside them McNemar's exact test of one framing pair on 100 items, on the same policies
    gap     a mean gap: power, coverage, and how often it is called equivalent at a margin of exactly its size
    equal   flat policies with no gap: how often that is rightly called equivalent
    judge   answers read by a judge that errs, with part of the skeletons labelled: beside what it says uncorrected
    cue     every cue on a random side: which families are named
"""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

from bench.coverage.twin_policies import (
    DECK,
    FAMILIES,
    GAPS,
    LARGEST,
    NULLS,
    REACH,
    Design,
    Framings,
    exchangeable,
    wording,
)
from bench.coverage.twin_policies import framings as drawn_framings
from holdfast.stats import clopper_pearson, cue_effects, mcnemar
from holdfast.stats._sign_flip import flip_signs
from holdfast.stats._twin_judge import analyse_corrected
from holdfast.stats._twins import Crossing, analyse_twins, crossed

REPLICATIONS = 10_000
LEVEL = 0.95
BATCH, FLIPS, SINGLE = 250, 999, 100
DESIGNS = (Design(100, 8), Design(32, 25))
SIZES = (0.05, 0.08, 0.1, 0.2, 0.5)
MARGINS = (0.05, 0.1)
BASES = (0.0, 0.05, 0.5)
JUDGES = {
    "never wrong": ((1.0, 1.0), (1.0, 1.0)),
    "nearly never wrong": ((0.995, 0.995), (0.97, 0.995)),
    "errs the same": ((0.9, 0.95), (0.9, 0.95)),
    "misses more on one side": ((0.95, 0.98), (0.8, 0.98)),
    "accuses more on one side": ((0.95, 0.98), (0.95, 0.88)),
    "poor, and unlike": ((0.75, 0.7), (0.6, 0.8)),
}
"""Sensitivity and specificity where it looks like a test, and where it looks like deployment."""
LABELLED = (10, 25, 50)
CUES = {"none": (0.0,), "one of 30 points": (0.3,), "two of 20 points, opposite": (0.2, -0.2)}
CUE_RUNS = 2_000

Array = np.ndarray
Policy = Callable[[Framings, Array, Array], Array]


def cells(replications: int, seed: int) -> Iterator[dict[str, Any]]:
    """One dict a cell; every cell has its own generator."""

    def fresh(*at: int) -> np.random.Generator:
        return np.random.default_rng([seed, *at])

    for at, (design, name) in enumerate(product(DESIGNS, NULLS)):
        yield null_cell(design, name, replications, fresh(0, at))
    for at, (design, name, gap) in enumerate(product(DESIGNS, GAPS, SIZES)):
        if gap <= LARGEST.get(name, 1.0):
            yield gap_cell(design, name, gap, replications, fresh(1, at))
    for at, (design, base) in enumerate(product(DESIGNS, BASES)):
        yield equal_cell(design, base, replications, fresh(2, at))
    for at, (name, gap, labelled) in enumerate(product(JUDGES, (0.0, 0.1), LABELLED)):
        yield judge_cell(name, gap, labelled, replications, fresh(3, at))
    for at, name in enumerate(CUES):
        yield cue_cell(name, min(replications, CUE_RUNS), fresh(4, at))


def null_cell(design: Design, name: str, replications: int, generator: np.random.Generator) -> dict[str, Any]:
    """False alarms of one kind of policy without a mean gap."""
    batches = list(_batches(design, NULLS[name], replications, generator, single=SINGLE))
    found = _analysed(batches, 0.0, generator)
    alone = np.concatenate([_single(y[:, design.pairs :]) for y, _ in batches])
    return _about("null", design, name) | {
        "runs": len(alone),
        **_share("alarms", ~found["holds"]),
        **_share("flip_alarms", found["flip"]),
        **_share("mcnemar_alarms", alone),
        "disagree": _mean(found["flip"] == found["holds"]),
        "by_items": _mean(found["by_items"]),
        "width": _mean(found["high"] - found["low"]),
        **{f"equivalent_{_points(m)}": _mean(_inside(found, m)) for m in MARGINS},
    }


def gap_cell(
    design: Design, name: str, gap: float, replications: int, generator: np.random.Generator
) -> dict[str, Any]:
    """Power, coverage and wrong equivalence of one kind of policy with one mean gap."""

    def policy(drawn: Framings, of: Array, items: Array) -> Array:
        return GAPS[name](drawn, of, items, gap)

    truth = -gap if name == "reverse" else gap
    found = _analysed(_batches(design, policy, replications, generator), truth, generator)
    side = np.sign(truth)
    seen = np.where(side > 0, found["low"] > 0, found["high"] < 0)
    return _about("gap", design, name) | {
        "gap": gap,
        "runs": len(seen),
        **_share("power", seen),
        "flip_power": _mean(found["flip"] & (np.sign(found["value"]) == side)),
        "wrong_side": _mean(np.where(side > 0, found["high"] < 0, found["low"] > 0)),
        **_share("coverage", found["holds"]),
        **_share("equivalent_at_margin", _inside(found, gap)),
        "width": _mean(found["high"] - found["low"]),
    }


def equal_cell(design: Design, base: float, replications: int, generator: np.random.Generator) -> dict[str, Any]:
    """How often no gap at a flat rate is rightly called equivalent."""

    def policy(drawn: Framings, of: Array, items: Array) -> Array:
        return np.full((drawn.runs, len(of), 2), base)

    found = _analysed(_batches(design, policy, replications, generator), 0.0, generator)
    return _about("equal", design, "flat") | {
        "base": base,
        "runs": len(found["holds"]),
        **_share("alarms", ~found["holds"]),
        "width": _mean(found["high"] - found["low"]),
        **{f"equivalent_{_points(m)}": _mean(_inside(found, m)) for m in MARGINS},
    }


def judge_cell(
    name: str, gap: float, labelled: int, replications: int, generator: np.random.Generator
) -> dict[str, Any]:
    """What a judge that errs makes of no gap or of one, uncorrected and corrected by labelled skeletons."""
    design = DESIGNS[0]

    def policy(drawn: Framings, of: Array, items: Array) -> Array:
        return GAPS["uniform"](drawn, of, items, gap) if gap else NULLS["wording, mild"](drawn, of, items)

    rows = []
    for y, crossing in _batches(design, policy, replications, generator):
        said, true = _difference(_judged(y, JUDGES[name], generator)), _difference(y)
        known = crossing.skeletons < labelled
        part = crossed(true[0, known], crossing.items[known], crossing.skeletons[known])
        made = analyse_corrected(said, true, known, crossing, LEVEL)
        three = (
            analyse_twins(said, crossing, LEVEL).paired,
            made.paired,
            analyse_twins(true[:, known], part, LEVEL).paired,
        )
        rows.append([*(x for runs in three for x in (runs.low, runs.high)), made.weight])
    low, high, low_c, high_c, low_l, high_l, weight = (np.concatenate(each) for each in zip(*rows, strict=True))
    return _about("judge", design, name) | {
        "gap": gap,
        "labelled": labelled,
        "runs": len(low),
        **_share("uncorrected_alarms", (low > 0) | (high < 0)),
        **_share("corrected_alarms", (low_c > 0) | (high_c < 0)),
        **_share("uncorrected_coverage", _holds(low, high, gap)),
        **_share("corrected_coverage", _holds(low_c, high_c, gap)),
        "width": _mean(high_c - low_c),
        "width_of_labels_alone": _mean(high_l - low_l),
        "weight": _mean(weight),
    }


def cue_cell(name: str, runs: int, generator: np.random.Generator) -> dict[str, Any]:
    """Which cue families are named, where each cue of a skeleton shows on a random side."""
    design, effects = DESIGNS[0], np.zeros(FAMILIES)
    effects[: len(CUES[name])] = CUES[name]
    found = [_cues(design, effects, generator) for _ in range(runs)]
    named, held, left_out = (np.array([run[k] for run in found]) for k in range(3))
    moved = effects != 0
    return _about("cue", design, name) | {
        "runs": runs,
        **_share("any_false_name", named[:, ~moved].any(axis=1)),
        "power": _mean(named[:, moved]) if moved.any() else "no effect",
        **_share("all_intervals_hold", held),
        "left_out": _mean(left_out),
    }


def summary(found: list[dict[str, Any]]) -> dict[str, float | str]:
    """The figures that are printed and kept; first what must be shown of the larger design."""
    lines: dict[str, float | str] = {}
    for design in DESIGNS:
        lines |= _of_design(design, [c for c in found if c["design"] == _named(design)])
    for labelled in LABELLED:
        some = [c for c in found if c["what"] == "judge" and c["labelled"] == labelled]
        null, name = [c for c in some if not c["gap"]], f"judge, {labelled} of 100 labelled"
        lines[f"{name}: false alarms uncorrected, worst"] = _worst(null, "uncorrected_alarms")
        lines[f"{name}: false alarms corrected, worst"] = _worst(null, "corrected_alarms")
        lines[f"{name}: coverage corrected, least"] = _worst(some, "corrected_coverage", least=True)
    for cell in (c for c in found if c["what"] == "cue"):
        lines[f"cues, {cell['kind']}: any false name; power"] = f"{_with(cell, 'any_false_name')}; {cell['power']}"
    return lines


def _of_design(design: Design, found: list[dict[str, Any]]) -> dict[str, float | str]:
    null, gaps, equal = ([c for c in found if c["what"] == what] for what in ("null", "gap", "equal"))
    name, lines = _named(design), dict[str, float | str]()
    for test, words in (("alarms", "interval"), ("flip_alarms", "sign flip"), ("mcnemar_alarms", "one pair, McNemar")):
        lines[f"{name}: false alarms, {words}, pooled"] = _pooled(null, test)
        lines[f"{name}: false alarms, {words}, worst kind"] = _worst(null, test)
    above = [c["kind"] for c in null if c["alarms_low"] > 1 - LEVEL]
    lines[f"{name}: kinds whose 99 % interval lies above 5 %"] = ", ".join(above) or "none"
    for gap in SIZES:
        lines[f"{name}: power at {_points(gap)} points, by kind"] = _range(
            [c for c in gaps if c["gap"] == gap], "power"
        )
    lines[f"{name}: coverage, least"] = _worst(gaps, "coverage", least=True)
    for margin in MARGINS:
        some, at = [c for c in gaps if c["gap"] == margin], f"{_points(margin)} points"
        right = "; ".join(f"{c[f'equivalent_{_points(margin)}']:.3f} at base {c['base']}" for c in equal)
        lines[f"{name}: wrong equivalent at {at}, worst kind"] = _worst(some, "equivalent_at_margin")
        lines[f"{name}: right equivalent within {at}, flat"] = right
    return lines


def _batches(
    design: Design, policy: Policy, replications: int, generator: np.random.Generator, *, single: int = 0
) -> Iterator[tuple[Array, Crossing]]:
    """Answers of shape (runs, pairs, 2) and who belongs to whom; `single` more items in one further skeleton."""
    for start in range(0, replications, BATCH):
        runs = min(BATCH, replications - start)
        drawn = drawn_framings(runs, design.skeletons + (single > 0), generator)
        dealt, codes = design.deal(generator), design.skeleton_codes
        items = np.append(dealt, generator.permutation(DECK)[:single])
        rates = policy(drawn, np.append(codes, np.full(single, design.skeletons)), items)
        yield generator.random(rates.shape) < rates, crossed(np.zeros(design.pairs), dealt, codes)


def _analysed(batches: Any, truth: float, generator: np.random.Generator) -> dict[str, Array]:
    """What the shipped analysis says of every run."""
    rows = []
    for y, crossing in batches:
        runs = analyse_twins(_difference(y[:, : len(crossing.items)]), crossing, LEVEL)
        flips = flip_signs(runs.sums.differences, FLIPS, generator) <= 1 - LEVEL + 1e-12
        paired = runs.paired
        rows.append((paired.value, paired.low, paired.high, flips, runs.by_items))
    value, low, high, flip, by_items = (np.concatenate(each) for each in zip(*rows, strict=True))
    return {
        "value": value,
        "low": low,
        "high": high,
        "flip": flip,
        "by_items": by_items,
        "holds": _holds(low, high, truth),
    }


def _difference(y: Array) -> Array:
    return y[:, :, 1].astype(np.float64) - y[:, :, 0]


def _single(y: Array) -> Array:
    """Whether McNemar's exact test rejects, from one framing pair."""
    only = [(y[:, :, k] & ~y[:, :, 1 - k]).sum(axis=1) for k in (0, 1)]
    counts, position = np.unique(np.stack(only, axis=1), axis=0, return_inverse=True)
    rejects = np.array([mcnemar(int(a), int(b)) <= 1 - LEVEL for a, b in counts])
    return rejects[position.ravel()]


def _judged(y: Array, judge: Any, generator: np.random.Generator) -> Array:
    sensitivity, specificity = np.array(judge).T
    return generator.random(y.shape) < np.where(y, sensitivity, 1 - specificity)


def _cues(design: Design, effects: Array, generator: np.random.Generator) -> tuple[Array, bool, int]:
    """Of one run: which families were named, whether all intervals held, how many families were left out."""
    drawn = drawn_framings(1, design.skeletons, generator)
    signs = drawn.held[0] * generator.choice([-1, 1], (design.skeletons, FAMILIES))
    shift = ((signs[..., None] * np.array([1, -1]) == 1) * effects[:, None]).sum(axis=1)
    moved = REACH * np.tanh(wording(drawn, exchangeable(drawn))[0] / 5**0.5)
    of = design.skeleton_codes
    rates = generator.uniform(0.3, 0.6) + (moved + shift)[of]
    y = generator.random(rates.shape) < rates
    given = {str(family): signs[of, family] for family in range(FAMILIES)}
    made = cue_effects(y[:, 0].astype(float) - y[:, 1], of, given, level=LEVEL)
    named, hold = np.zeros(FAMILIES, dtype=bool), True
    for one in made.effects:
        family, interval = int(one.family), one.difference.interval
        named[family] = one.adjusted_p_value <= 1 - LEVEL
        hold &= interval.low <= effects[family] <= interval.high
    return named, hold, len(made.left_out)


def _holds(low: Array, high: Array, truth: float) -> Array:
    return (low <= truth + 1e-12) & (truth <= high + 1e-12)


def _inside(found: dict[str, Array], margin: float) -> Array:
    return (found["low"] >= -margin) & (found["high"] <= margin)


def _about(what: str, design: Design, kind: str) -> dict[str, Any]:
    return {"what": what, "design": _named(design), "kind": kind}


def _named(design: Design) -> str:
    return f"{design.skeletons} × {design.each}"


def _points(gap: float) -> int:
    return round(100 * gap)


def _mean(values: Array) -> float:
    return round(float(np.mean(values)), 4)


def _share(name: str, events: Array) -> dict[str, float]:
    """A share of runs and its exact 99 % interval."""
    bounds = clopper_pearson(int(events.sum()), len(events), level=0.99)
    return {name: _mean(events), f"{name}_low": round(bounds.low, 4), f"{name}_high": round(bounds.high, 4)}


def _with(cell: dict[str, Any], name: str) -> str:
    return f"{cell[name]:.4f} (99 % {cell[f'{name}_low']:.4f} to {cell[f'{name}_high']:.4f})"


def _worst(some: list[dict[str, Any]], name: str, *, least: bool = False) -> str:
    cell = (min if least else max)(some, key=lambda c: c[name])
    gap = f", {_points(cell['gap'])} points" if "gap" in cell else ""
    return f"{_with(cell, name)}: {cell['kind']}{gap}"


def _pooled(some: list[dict[str, Any]], name: str) -> str:
    runs = sum(c["runs"] for c in some)
    events = sum(round(c[name] * c["runs"]) for c in some)
    bounds = clopper_pearson(events, runs, level=0.99)
    return f"{events / runs:.4f} (99 % {bounds.low:.4f} to {bounds.high:.4f}) of {runs} policies"


def _range(some: list[dict[str, Any]], name: str) -> str:
    weak = min(some, key=lambda c: c[name])
    return f"{weak[name]:.3f} ({weak['kind']}) to {max(c[name] for c in some):.3f}"
