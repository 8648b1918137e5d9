"""What eliciting adds to what an exam-taker shows, on synthetic takers: false alarms, power, a claim wrongly met.

Every run is a taker of its own (`exam_takers`) and one exam: 100 skeletons × 4 items on both sides of a framing and of
an incentive, half of the pairs once more after a fine-tune. Members are the framing and the incentive, or these and the
fine-tune. An *alarm* is a simultaneous lower bound above 0 (nominal: one-sided 2.5 % for all members together, because
the interval is a two-sided 95 % one); *beyond* is one above 5 points; *met* is an upper bound of at most 5 points.

    honest   no member has a gain: alarms
    learns   the fine-tune teaches what was not known, nothing is held back: its alarms are elicitation gains
    planted  a known gain of one member, of all, or in rare framings: power, coverage, wrongly met at exactly 5 points,
             and how well the smallest adjusted p-value tells takers with the gain from those without, visible accuracy
             being the same
    larger   how many skeletons a gain of 10 points needs
    second   the share of wrong answers whose gold answer is likelier than its decoys, 25 % by chance
"""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

from bench.coverage.exam_takers import HONEST, MEMBERS, PLANTED, Exam, Met, Rates, answered, learns, meet, possible
from holdfast.stats import auroc, clopper_pearson, holm_levels
from holdfast.stats._clustered import share_bounds
from holdfast.stats._design_effect import worst_effect
from holdfast.stats._twins import analyse_twins, crossed

REPLICATIONS = 10_000
LEVEL, MARGIN, CHANCE = 0.95, 0.05, 0.25
BATCH = 500
FAMILIES = {2: MEMBERS[:2], 3: MEMBERS}
GAINS = (0.05, 0.1, 0.15, 0.2)
VISIBLE = (0.2, 0.5)
SAME = (0.0, 0.8)
LARGER = (200, 400, 800, 1600)
LARGER_RUNS = 1_000
CLUSTERS = (10, 30, 100)
CORRELATIONS = (0.0, 0.1, 0.3)
KNOWN = (0.25, 0.4, 0.6)
ASKED = 3
"""Wrong answers in each skeleton whose gold answer is weighed against decoys."""

Array = np.ndarray
Found = dict[int, dict[str, Array]]


def cells(replications: int, seed: int) -> Iterator[dict[str, Any]]:
    """One dict a cell; every cell has its own generator."""

    def fresh(*at: int) -> np.random.Generator:
        return np.random.default_rng([seed, *at])

    for at, (name, same) in enumerate(product(HONEST, SAME)):
        yield from honest_cells(name, same, replications, fresh(0, at))
    for at, (visible, same) in enumerate(product(VISIBLE, SAME)):
        clean = simulated(lambda met, shown=visible: learns(met, 0.0, shown), Exam(), same, replications, fresh(1, at))
        asked = [("learns", 0.2), *product(PLANTED, GAINS)]
        for place, (name, gain) in enumerate(asked):
            if possible(name, gain, visible):
                yield from planted_cells(name, gain, visible, same, clean, replications, fresh(2, at, place))
    runs = min(replications, LARGER_RUNS)
    for at, (skeletons, visible, same) in enumerate(product(LARGER, VISIBLE, SAME)):
        yield from larger_cells(skeletons, visible, same, runs, fresh(3, at))
    for at, (clusters, icc, known) in enumerate(product(CLUSTERS, CORRELATIONS, KNOWN)):
        yield second_cell(clusters, icc, known, replications, fresh(4, at))


def honest_cells(name: str, same: float, replications: int, generator: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Alarms of one kind of honest taker, for either family of members."""
    found = simulated(HONEST[name], Exam(), same, replications, generator)
    for members, some in found.items():
        yield _about("honest", name, Exam(), members, same) | {
            "runs": replications,
            **_share("alarms", some["low"] > 0),
            **_share("beyond", some["low"] > MARGIN),
            "met": _mean(some["high"] <= MARGIN),
            "width": _mean(some["high"] - some["low"]),
        }


def planted_cells(
    name: str, gain: float, visible: float, same: float, clean: Found, replications: int, generator: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """Power, coverage, width and separation from clean takers, for each family that holds a member with the gain."""
    for members, some in simulated(_with_gain(name, gain, visible), Exam(), same, replications, generator).items():
        if _beside(name, members):
            continue
        apart = auroc(-some["p_value"], -clean[members]["p_value"])
        yield _about("learns" if name == "learns" else "planted", name, Exam(), members, same) | {
            "gain": gain,
            "visible": visible,
            "runs": replications,
            **_share("power", some["low"] > 0),
            **_share("beyond", some["low"] > MARGIN),
            **_share("met", some["high"] <= MARGIN),
            **_share("coverage", (some["low"] <= gain + 1e-12) & (gain <= some["high"] + 1e-12)),
            "above_truth": _mean(some["low"] > gain + 1e-12),
            "auroc": round(apart.value, 4),
            "width": _mean(some["high"] - some["low"]),
        }


def larger_cells(
    skeletons: int, visible: float, same: float, replications: int, generator: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """Power for a gain of 10 points of the framing, and of the fine-tune, with more skeletons."""
    exam = Exam(skeletons)
    for name in ("framing", "fine-tune"):
        for members, some in simulated(_with_gain(name, 0.1, visible), exam, same, replications, generator).items():
            if not _beside(name, members):
                yield _about("larger", name, exam, members, same) | {
                    "gain": 0.1,
                    "visible": visible,
                    "runs": replications,
                    **_share("power", some["low"] > 0),
                    **_share("beyond", some["low"] > MARGIN),
                    "width": _mean(some["high"] - some["low"]),
                }


def _with_gain(name: str, gain: float, visible: float) -> Callable[[Met], Rates]:
    kind = learns if name == "learns" else PLANTED[name]
    return lambda met: kind(met, gain, visible)


def _beside(name: str, members: int) -> bool:
    """Whether the member that gains is not of this family."""
    return name in ("learns", "fine-tune") and MEMBERS[2] not in FAMILIES[members]


def second_cell(
    clusters: int, icc: float, known: float, replications: int, generator: np.random.Generator
) -> dict[str, Any]:
    """How often a share of second choices is found to lie above chance; `known` at chance is nothing known."""
    rates = np.full((replications, clusters), known)
    if icc:
        rates = generator.beta(known * (1 - icc) / icc, (1 - known) * (1 - icc) / icc, rates.shape)
    sums, sizes = generator.binomial(ASKED, rates).astype(np.float64), np.full(clusters, float(ASKED))
    tail, n = (1 - LEVEL) / 2, float(sizes.sum())
    effect = worst_effect(sums, sizes, tail)
    low, high = share_bounds(sums.sum(axis=1) / n, n / effect, tail)
    about = {"what": "second", "clusters": clusters, "icc": icc, "known": known, "runs": replications}
    return about | _share("above_chance", low > CHANCE) | {"width": _mean(high - low)}


def simulated(
    taker: Callable[[Met], Rates], exam: Exam, same: float, replications: int, generator: np.random.Generator
) -> Found:
    """For each family of members: the two bounds of the largest gain, and the smallest adjusted p-value."""
    rows = []
    for start in range(0, replications, BATCH):
        met = meet(min(BATCH, replications - start), exam, generator)
        differences = answered(taker(met), exam.again, same, generator)
        rows.append({name: _bounds(name, each, met) for name, each in differences.items()})
    each = {name: {key: np.concatenate([row[name][key] for row in rows]) for key in rows[0][name]} for name in MEMBERS}
    return {members: _largest([each[name] for name in FAMILIES[members]]) for members in FAMILIES}


def _bounds(name: str, differences: Array, met: Met) -> dict[str, Array]:
    """What the shipped analysis says of one member in every run: plain, and at the levels of either family."""
    kept = met.exam.again if name == "fine-tune" else np.full(len(met.items), True)
    crossing = crossed(differences[0], met.items[kept], met.exam.of[kept])
    plain = analyse_twins(differences, crossing, LEVEL).paired
    strict = {
        f"low of {members}": analyse_twins(differences, crossing, holm_levels([1.0] * members, LEVEL)[0]).paired.low
        for members, family in FAMILIES.items()
        if name in family
    }
    return {"high": plain.high, "p_value": np.where(plain.value > 0, plain.p_value / 2, 1.0), **strict}


def _largest(members: list[dict[str, Array]]) -> dict[str, Array]:
    """As `stats.worst_of` of gains, for many runs."""
    count = len(members)
    return {
        "low": np.max([one[f"low of {count}"] for one in members], axis=0),
        "high": np.max([one["high"] for one in members], axis=0),
        "p_value": np.minimum(count * np.min([one["p_value"] for one in members], axis=0), 1.0),
    }


def summary(found: list[dict[str, Any]]) -> dict[str, str]:
    """The figures that are printed and kept."""
    lines: dict[str, str] = {}
    for members in FAMILIES:
        lines |= _of_members(members, [one for one in found if one.get("members") == members])
    second = [one for one in found if one["what"] == "second"]
    lines["second choice: above chance by chance, worst"] = _worst(
        [one for one in second if one["known"] == CHANCE], "above_chance"
    )
    for clusters, known in product(CLUSTERS, KNOWN[1:]):
        some = [one for one in second if (one["clusters"], one["known"]) == (clusters, known)]
        words = ", ".join(f"{one['above_chance']:.3f} at ICC {one['icc']}" for one in some)
        lines[f"second choice: above chance, {known:.0%} of {clusters} × {ASKED}"] = words
    return lines


def _of_members(members: int, found: list[dict[str, Any]]) -> dict[str, str]:
    honest, planted, larger = (
        [one for one in found if one["what"] == what] for what in ("honest", "planted", "larger")
    )
    name, lines = f"{members} members", dict[str, str]()
    runs, alarms = sum(one["runs"] for one in honest), sum(round(one["alarms"] * one["runs"]) for one in honest)
    bounds = clopper_pearson(alarms, runs, level=0.99)
    lines[f"{name}: honest, alarms pooled"] = (
        f"{alarms / runs:.4f} (99 % {bounds.low:.4f} to {bounds.high:.4f}) of {runs} takers"
    )
    lines[f"{name}: honest, alarms, worst kind"] = _worst(honest, "alarms")
    lines[f"{name}: honest, beyond 5 points, worst kind"] = _worst(honest, "beyond")
    lines[f"{name}: met at a gain of exactly 5 points, worst"] = _worst(
        [c for c in planted if c["gain"] == 0.05], "met"
    )
    lines[f"{name}: coverage, least"] = _worst(planted, "coverage", least=True)
    lines[f"{name}: low above the truth, most"] = _worst(planted, "above_truth", bounds=False)
    for gain, same in product(GAINS, SAME):
        some = [one for one in planted if (one["gain"], one["same"]) == (gain, same)]
        at = f"{name}: {round(100 * gain)} points, {_how(same)}"
        for key, words in (("power", "above 0"), ("beyond", "above 5"), ("auroc", "AUROC")):
            lines[f"{at}: {words}"] = _range(some, key)
    for kind, same in product(("framing", "fine-tune"), SAME):
        some = [one for one in larger if (one["kind"], one["same"]) == (kind, same)]
        for key, words in (("power", "above 0"), ("beyond", "above 5")):
            if some:
                lines[f"{name}: 10 points by {kind}, {_how(same)}, {words}"] = _by_size(some, key)
    return lines


def _about(what: str, kind: str, exam: Exam, members: int, same: float) -> dict[str, Any]:
    return {"what": what, "kind": kind, "skeletons": exam.skeletons, "members": members, "same": same}


def _how(same: float) -> str:
    return "answers mostly the same" if same else "answers drawn anew"


def _mean(values: Array) -> float:
    return round(float(np.mean(values)), 4)


def _share(name: str, events: Array) -> dict[str, float]:
    """A share of runs and its exact 99 % interval."""
    bounds = clopper_pearson(int(events.sum()), len(events), level=0.99)
    return {name: _mean(events), f"{name}_low": round(bounds.low, 4), f"{name}_high": round(bounds.high, 4)}


def _named(cell: dict[str, Any]) -> str:
    keys = ("kind", "gain", "visible", "same", "clusters", "icc")
    return ", ".join(f"{key} {cell[key]}" for key in keys if key in cell)


def _worst(some: list[dict[str, Any]], key: str, *, least: bool = False, bounds: bool = True) -> str:
    cell = (min if least else max)(some, key=lambda one: one[key])
    between = f" (99 % {cell[f'{key}_low']:.4f} to {cell[f'{key}_high']:.4f})" if bounds else ""
    return f"{cell[key]:.4f}{between}: {_named(cell)}"


def _by_size(some: list[dict[str, Any]], key: str) -> str:
    """The least of what was found with so many skeletons."""
    sizes = sorted({one["skeletons"] for one in some})
    least = {size: min(one[key] for one in some if one["skeletons"] == size) for size in sizes}
    return ", ".join(f"{found:.3f} with {size} skeletons" for size, found in least.items())


def _range(some: list[dict[str, Any]], key: str) -> str:
    weak = min(some, key=lambda one: one[key])
    return f"{weak[key]:.3f} ({weak['kind']}, {weak['visible']:.0%}) to {max(one[key] for one in some):.3f}"
