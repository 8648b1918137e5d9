"""AUROCs within families of cues and their surplus: coverage, false surpluses, wrong claims, power.

Every run is a teller of its own (`tellers`) and one run of the design: 14 families, 90 sentences, 720 prompts. The
analysis is the shipped one. Truth holds for these families and for sentences drawn anew, unless a name says otherwise.

    share        the AUROC of one teller
    surplus      a way of telling less a reader of words, on the same prompts: *found* is an interval above 0, *met* one
                 that lies at 0.10 or less, *not met* one above it
    two readers  the surplus over the better of two readers: by the difference from the one that looks better, and by
                 `worst_of` the two differences
    fitted       scores of a readout that was fitted to the other prompts, with what they have in common and without
    general      the same intervals, asked to speak of families drawn anew: they are not made for that
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bench.coverage.read_outs import Features, mean_difference, ridge
from bench.coverage.tellers import (
    FAMILIES,
    FAMILY,
    PAIR,
    POSITIVE,
    SENTENCE,
    Answers,
    Drawn,
    Few,
    Graded,
    Misled,
    Silent,
    Teller,
    draw,
)
from holdfast.stats import clopper_pearson
from holdfast.stats._cluster_means import critical_t
from holdfast.stats._placements import RankedRuns, Ranking, analyse_placements, placements, ranking

REPLICATIONS = 10_000
LEVEL, STRICT = 0.95, 0.975
LIMIT = 0.1
BATCH, FITTED_BATCH = 250, 50
SHARES: dict[str, Teller] = {
    "nothing": Graded(0.5),
    "by family": Graded(0.5, by_family=1.0),
    "by sentence": Graded(0.5, by_sentence=1.0),
    "by sentence, strongly": Graded(0.5, by_sentence=3.0),
    "by family and sentence": Graded(0.5, by_sentence=1.0, by_family=1.0),
    "0.8, sentences move both sides": Graded(0.8, by_sentence=0.5, in_common=1.0),
    "0.95, by sentence": Graded(0.95, by_sentence=1.0),
    "0.99, by sentence": Graded(0.99, by_sentence=1.0),
    "perfect": Misled(0.0),
    "perfect but for 1 % of sentences": Misled(0.01),
    "perfect but for 5 % of sentences": Misled(0.05),
    "knows 2 % of sentences": Few(0.02),
    "knows 10 % of sentences": Few(0.1),
    "yes 2 % on either side": Answers(0.02, 0.02, by_sentence=1.0),
    "yes 0.5 % on either side": Answers(0.005, 0.005, by_sentence=2.0),
    "yes 10 % and 2 %": Answers(0.1, 0.02, by_sentence=1.0),
    "yes 60 % and 10 %": Answers(0.6, 0.1, by_sentence=1.0),
    "silent": Silent(),
}
"""What is told, and by whom."""
OTHER = Graded(0.6, by_sentence=1.0)
SURPLUSES: dict[str, tuple[Teller, Teller, bool]] = {
    "none: both tell nothing": (Graded(0.5), Graded(0.5), False),
    "none: both 0.75, other sentences": (Graded(0.75, by_sentence=1.0), Graded(0.75, by_sentence=1.0), False),
    "none: both 0.75, the same sentences": (Graded(0.75, by_sentence=1.0), Graded(0.75, by_sentence=1.0), True),
    "none: both 0.95, other sentences": (Graded(0.95, by_sentence=1.0), Graded(0.95, by_sentence=1.0), False),
    "none: both perfect but for 1 %": (Misled(0.01), Misled(0.01), False),
    "none: says yes to 2 %, reader tells nothing": (Answers(0.02, 0.02, by_sentence=1.0), Graded(0.5), False),
    "none: yes or no, reader graded": (Answers(0.6, 0.1, by_sentence=1.0), Graded(0.75, by_sentence=1.0), False),
    "none: silent, reader says yes to 0.5 %": (Silent(), Answers(0.005, 0.005, by_sentence=2.0), False),
    "0.05: other sentences": (Graded(0.65, by_sentence=1.0), OTHER, False),
    "0.10: other sentences": (Graded(0.7, by_sentence=1.0), OTHER, False),
    "0.10: the same sentences": (Graded(0.7, by_sentence=1.0), OTHER, True),
    "0.10: sentences do nothing": (Graded(0.7), Graded(0.6), False),
    "0.10: yes or no": (Answers(0.5, 0.1, by_sentence=1.0), OTHER, False),
    "0.10: knows 20 % of sentences": (Few(0.2), Graded(0.5, by_sentence=1.0), False),
    "0.10: perfect, reader 0.9": (Misled(0.0), Graded(0.9, by_sentence=1.0), False),
    "0.20: other sentences": (Graded(0.8, by_sentence=1.0), OTHER, False),
    "0.20: the same sentences": (Graded(0.8, by_sentence=1.0), OTHER, True),
    "0.20: yes or no": (Answers(0.7, 0.1, by_sentence=1.0), OTHER, False),
}
"""The way, the reader, and whether the same sentences move both."""
READERS = {"none": (0.6, 0.6), "0.10": (0.7, 0.6)}
"""Two readers that are equally good and err on other sentences: the area of the way, and theirs."""
FITTED: dict[str, tuple[Features, bool]] = {
    "family left out, 8 features tell nothing": (Features(8), True),
    "sentence left out, 8 features tell nothing": (Features(8), False),
    "family left out, 64 features tell nothing": (Features(64), True),
    "family left out, 8 features tell a little": (Features(8, told=0.5), True),
    "family left out, 8 features tell much": (Features(8, told=2.0), True),
    "family left out, 8 features, families differ in ways of their own": (Features(8, by_family=1.0), True),
    "family left out, 64 features, families differ in ways of their own": (Features(64, by_family=1.0), True),
}
RIDGE_RUNS, WIDE_RUNS = 200, 2_500
"""The readout that ships is too slow for more, and 64 features are."""
GENERAL = (0.25, 0.5, 1.0)
"""Spread of families, in units of the noise of one prompt."""

Array = np.ndarray


def cells(replications: int, seed: int) -> Iterator[dict[str, Any]]:
    """One dict a cell; every cell has its own generator."""
    designs = ranking(POSITIVE, FAMILY, SENTENCE), ranking(POSITIVE, FAMILY, PAIR)

    def fresh(*at: int) -> np.random.Generator:
        return np.random.default_rng([seed, *at])

    for at, kind in enumerate(SHARES):
        yield share_cell(kind, designs, replications, fresh(0, at))
    for at, kind in enumerate(SURPLUSES):
        yield surplus_cell(kind, designs, replications, fresh(1, at))
    for at, kind in enumerate(READERS):
        yield readers_cell(kind, designs[0], replications, fresh(2, at))
    for at, (kind, (features, _)) in enumerate(FITTED.items()):
        runs = min(replications, WIDE_RUNS) if features.width > 8 else replications
        yield fitted_cell(kind, designs[0], runs, fresh(4, at))
    yield fitted_cell(next(iter(FITTED)), designs[0], min(replications, RIDGE_RUNS), fresh(5), read_out=ridge)
    for at, spread in enumerate(GENERAL):
        yield general_cell(spread, designs[0], replications, fresh(3, at))


def share_cell(
    kind: str, designs: tuple[Ranking, Ranking], replications: int, generator: np.random.Generator
) -> dict[str, Any]:
    """How often the interval of one teller's AUROC holds it."""
    teller, found = SHARES[kind], _Runs()
    for drawn in _batches(replications, generator):
        placed = placements(teller.scores(drawn, generator), designs[0].sides)
        found.add(*(analyse_placements(placed, each, LEVEL, least=0.0) for each in designs), teller.truth(drawn).here)
    apart = teller.truth(drawn).apart
    about = {"what": "share", "kind": kind, "truth": found.mean("truth"), "value": found.mean("value")}
    if abs(apart - about["truth"]) > 1e-3 and kind.find("family") < 0:
        about |= {"truth_apart": round(apart, 4), **_share("coverage_apart", found.holds(apart))}
    return about | found.coverage()


def surplus_cell(
    kind: str, designs: tuple[Ranking, Ranking], replications: int, generator: np.random.Generator
) -> dict[str, Any]:
    """How often the interval of a surplus holds it, lies above 0, at the limit or less, or above the limit."""
    way, reader, same = SURPLUSES[kind]
    found = _Runs()
    for drawn in _batches(replications, generator):
        other = drawn if same else draw(drawn.runs, generator)
        placed = _placed(way, drawn, designs[0], generator) - _placed(reader, other, designs[0], generator)
        truth = way.truth(drawn).here - reader.truth(other).here
        found.add(*(analyse_placements(placed, each, LEVEL, least=-1.0) for each in designs), truth)
    low, high = found.all("low"), found.all("high")
    return {
        "what": "surplus",
        "kind": kind,
        "truth": found.mean("truth"),
        "value": found.mean("value"),
        **_share("found", low > 0),
        **_share("met", high <= LIMIT),
        **_share("not_met", low > LIMIT),
        "found_by_pairs": _mean(found.all("pairs_low") > 0),
        **found.coverage(),
    }


def readers_cell(kind: str, design: Ranking, replications: int, generator: np.random.Generator) -> dict[str, Any]:
    """The surplus over the better of two readers that are equally good."""
    (area, theirs), rows = READERS[kind], []
    for drawn in _batches(replications, generator):
        way = _placed(Graded(area, by_sentence=1.0), drawn, design, generator)
        made = []
        for _ in range(2):
            reader = _placed(Graded(theirs, by_sentence=1.0), draw(drawn.runs, generator), design, generator)
            plain, strict = (analyse_placements(way - reader, design, level, least=-1.0) for level in (LEVEL, STRICT))
            made.append((plain.value, plain.low, plain.high, strict.high))
        rows.append(np.stack([np.stack(each) for each in made]))
    value, low, high, strict_high = np.concatenate(rows, axis=2).transpose(1, 0, 2)
    seen, runs, truth = value.argmin(axis=0), np.arange(value.shape[1]), area - theirs
    both = {
        "seen_better": (low[seen, runs], high[seen, runs]),
        "worst_of": (low.min(axis=0), strict_high.min(axis=0)),
    }
    body: dict[str, Any] = {"what": "two readers", "kind": kind, "truth": round(truth, 4), "runs": len(runs)}
    body["value"] = _mean(value.min(axis=0))
    for name, (lower, upper) in both.items():
        body |= _share(f"{name}_coverage", _holds(lower, upper, truth))
        body |= {**_share(f"{name}_found", lower > 0), **_share(f"{name}_met", upper <= LIMIT)}
        body[f"{name}_width"] = _mean(upper - lower)
    return body


def fitted_cell(
    kind: str,
    design: Ranking,
    replications: int,
    generator: np.random.Generator,
    read_out: Callable[..., Array] = mean_difference,
) -> dict[str, Any]:
    """How often the interval of a readout's AUROC holds what such readouts tell on average; and over two readouts."""
    (features, family), rows = FITTED[kind], []
    directions = [features.directions(generator) for _ in range(2)]
    for start in range(0, replications, FITTED_BATCH):
        runs = min(FITTED_BATCH, replications - start)
        first, second = (
            placements(read_out(features.draw(runs, each, generator), family=family), design.sides)
            for each in directions
        )
        made = [analyse_placements(first, design, LEVEL, least=0.0, fitted=part) for part in (first, None)]
        both = first - second
        made += [analyse_placements(both, design, LEVEL, least=-1.0, fitted=part) for part in (both, None)]
        rows.append(np.stack([np.stack((each.value, each.low, each.high, each.robust)) for each in made]))
    found = np.concatenate(rows, axis=2)
    nothing = features.told == 0 and features.by_family == 0
    share, difference = (0.5, 0.0) if nothing else (found[0, 0].mean(), found[2, 0].mean())
    return {
        "what": "fitted",
        "kind": kind,
        "readout": read_out.__name__.replace("_", " "),
        "truth": round(float(share), 4),
        "runs": found.shape[2],
        "error_over_stated": _mean(found[1, 0].std() / np.sqrt((found[1, 3] ** 2).mean())),
        **_share("coverage", _holds(found[0, 1], found[0, 2], share)),
        **_share("coverage_not_fitted", _holds(found[1, 1], found[1, 2], share)),
        **_share("surplus_coverage", _holds(found[2, 1], found[2, 2], difference)),
        **_share("surplus_coverage_not_fitted", _holds(found[3, 1], found[3, 2], difference)),
        "width": _mean(found[0, 2] - found[0, 1]),
    }


def general_cell(spread: float, design: Ranking, replications: int, generator: np.random.Generator) -> dict[str, Any]:
    """How often the interval holds the AUROC of the fourteen families that were drawn, and that of families at all.

    Beside it a t interval of the fourteen AUROCs, which takes families for the units.
    """
    teller, found, areas, seen = Graded(0.7, by_sentence=1.0, by_family=spread), _Runs(), [], []
    for drawn in _batches(replications, generator):
        placed = _placed(teller, drawn, design, generator)
        runs, truth = analyse_placements(placed, design, LEVEL, least=0.0), teller.truth(drawn)
        found.add(runs, runs, truth.here)
        areas.append(teller.of_families(drawn).std(axis=1, ddof=1))
        seen.append(np.stack([placed[:, above].mean(axis=1) for above, _ in design.sides], axis=1))
    families = np.concatenate(seen)
    half = critical_t(FAMILIES - 1, LEVEL) * families.std(axis=1, ddof=1) / FAMILIES**0.5
    middle = families.mean(axis=1)
    return {
        "what": "general",
        "kind": f"families spread by {spread}",
        "truth": round(truth.general, 4),
        "families_sd": _mean(np.concatenate(areas)),
        "runs": len(found.all("low")),
        **_share("coverage_these", found.holds()),
        **_share("coverage_general", found.holds(truth.general)),
        "width": _mean(found.all("high") - found.all("low")),
        **_share("families_as_units_general", _holds(middle - half, middle + half, truth.general)),
        "families_as_units_width": _mean(2 * half),
    }


class _Runs:
    """What was found, batch by batch."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Array]] = []

    def add(self, runs: RankedRuns, pairs: RankedRuns, truth: Array) -> None:
        half = 1.96 * runs.robust
        self._rows.append(
            {
                "value": runs.value,
                "low": runs.low,
                "high": runs.high,
                "plain_low": runs.value - half,
                "plain_high": runs.value + half,
                "pairs_low": pairs.low,
                "pairs_high": pairs.high,
                "truth": truth,
            }
        )

    def all(self, name: str) -> Array:
        return np.concatenate([row[name] for row in self._rows])

    def mean(self, name: str) -> float:
        return _mean(self.all(name))

    def holds(self, truth: float | None = None, which: str = "") -> Array:
        return _holds(self.all(f"{which}low"), self.all(f"{which}high"), self.all("truth") if truth is None else truth)

    def coverage(self) -> dict[str, Any]:
        """Of the shipped interval; beside it the plain one, 1.96 robust errors, and pairs taken as independent."""
        low, high, truth = self.all("low"), self.all("high"), self.all("truth")
        return {
            "runs": len(low),
            **_share("coverage", self.holds()),
            "low_above": _mean(low > truth + 1e-12),
            "high_below": _mean(high < truth - 1e-12),
            "width": _mean(high - low),
            "plain_coverage": _mean(self.holds(which="plain_")),
            "pairs_coverage": _mean(self.holds(which="pairs_")),
        }


def summary(found: list[dict[str, Any]]) -> dict[str, str]:
    """The figures that are printed and kept."""
    share, surplus, readers, general = (
        [c for c in found if c["what"] == what] for what in ("share", "surplus", "two readers", "general")
    )
    lines = {
        "AUROC: coverage, least": _worst(share, "coverage", least=True),
        "AUROC: coverage, least, 1.96 robust standard errors": _bare(share, "plain_coverage"),
        "AUROC: coverage, least, pairs as independent": _bare(share, "pairs_coverage"),
        "AUROC: the interval lies above it, most": _bare(share, "low_above", most=True),
        "AUROC: the interval lies below it, most": _bare(share, "high_below", most=True),
        "surplus: coverage, least": _worst(surplus, "coverage", least=True),
        "surplus: found where there is none, most": _worst(_at(surplus, 0.0), "found"),
        "surplus: found where there is none, pairs as independent, most": _bare(
            _at(surplus, 0.0), "found_by_pairs", most=True
        ),
        "surplus: at most 0.10 met at exactly 0.10, most": _worst(_at(surplus, 0.1), "met"),
        "surplus: at most 0.10 not met at exactly 0.10, most": _worst(_at(surplus, 0.1), "not_met"),
        "surplus: at most 0.10 met where there is none": _range(_at(surplus, 0.0), "met"),
    }
    for truth in (0.05, 0.1, 0.2):
        lines[f"surplus of {truth:.2f}: found"] = _range(_at(surplus, truth), "found")
    lines["surplus of 0.20: at most 0.10 not met"] = _range(_at(surplus, 0.2), "not_met")
    for cell in readers:
        for name in ("seen_better", "worst_of"):
            said = ", ".join(f"{key} {_with(cell, f'{name}_{key}')}" for key in ("coverage", "found", "met"))
            lines[f"two readers, surplus {cell['kind']}, {name.replace('_', ' ')}"] = said
    for cell in (c for c in found if c["what"] == "fitted"):
        name = f"{cell['readout']}, {cell['kind']}"
        lines[f"{name}: coverage; of a surplus over another such"] = (
            f"{_with(cell, 'coverage')}; {_with(cell, 'surplus_coverage')}"
        )
        lines[f"{name}: the same as if not fitted"] = (
            f"{cell['coverage_not_fitted']:.4f}; {cell['surplus_coverage_not_fitted']:.4f}"
        )
    for cell in general:
        name = f"{cell['kind']} (their AUROCs by {cell['families_sd']:.2f})"
        lines[f"{name}: coverage of the fourteen; of families at all"] = (
            f"{_with(cell, 'coverage_these')}; {_with(cell, 'coverage_general')}"
        )
        lines[f"{name}: coverage of families at all, families as units"] = _with(cell, "families_as_units_general")
    return lines


def _placed(teller: Teller, drawn: Drawn, design: Ranking, generator: np.random.Generator) -> Array:
    return placements(teller.scores(drawn, generator), design.sides)


def _batches(replications: int, generator: np.random.Generator) -> Iterator[Drawn]:
    for start in range(0, replications, BATCH):
        yield draw(min(BATCH, replications - start), generator)


def _holds(low: Array, high: Array, truth: Array | float) -> Array:
    return (low <= truth + 1e-12) & (truth <= high + 1e-12)


def _mean(values: Array) -> float:
    return round(float(np.mean(values)), 4)


def _share(name: str, events: Array) -> dict[str, float]:
    """A share of runs and its exact 99 % interval."""
    bounds = clopper_pearson(int(events.sum()), len(events), level=0.99)
    return {name: _mean(events), f"{name}_low": round(bounds.low, 4), f"{name}_high": round(bounds.high, 4)}


def _at(found: list[dict[str, Any]], truth: float) -> list[dict[str, Any]]:
    return [c for c in found if abs(c["truth"] - truth) < 1e-9]


def _with(cell: dict[str, Any], name: str) -> str:
    return f"{cell[name]:.4f} (99 % {cell[f'{name}_low']:.4f} to {cell[f'{name}_high']:.4f})"


def _worst(some: list[dict[str, Any]], name: str, *, least: bool = False) -> str:
    cell = (min if least else max)(some, key=lambda c: c[name])
    return f"{_with(cell, name)}: {cell['kind']}"


def _bare(some: list[dict[str, Any]], name: str, *, most: bool = False) -> str:
    cell = (max if most else min)(some, key=lambda c: c[name])
    return f"{cell[name]:.4f}: {cell['kind']}"


def _range(some: list[dict[str, Any]], name: str) -> str:
    weak, strong = (pick(some, key=lambda c: c[name]) for pick in (min, max))
    return f"{weak[name]:.3f} ({weak['kind']}) to {strong[name]:.3f} ({strong['kind']})"
