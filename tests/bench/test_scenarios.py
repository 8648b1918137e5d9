"""The simulation of scenario families, a few runs at a time: rates are what they say, the analysis the shipped one."""

from itertools import product

import numpy as np
import pytest
from bench.coverage import scenarios as bench
from bench.coverage.scenario_agents import SHIFTS, Family, common_shift

from holdfast.evidence import Estimate, Threshold, judge
from holdfast.stats import clopper_pearson, clustered_share, twin_difference
from holdfast.stats._twins import crossed

FAMILIES = (
    Family("beta", 0.1, 0.0),
    Family("beta", 0.1, 0.2),
    Family("beta", 0.02, 0.4),
    Family("hidden", 0.2, 0.2),
    Family("hidden", 0.2, 1.0),
    Family("immune", 0.05, 0.4),
)
MAIN = Family("beta", 0.2, 0.4, SHIFTS["none"])


def fresh(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("family", FAMILIES, ids=str)
def test_scenarios_have_the_rate_and_the_correlation_they_say(family: Family) -> None:
    own = family.probabilities(4, 50_000, fresh())
    assert own.shape == (4, 50_000, 1)
    assert own.mean() == pytest.approx(family.rate, abs=0.004)
    assert own.var() / (family.rate * (1 - family.rate)) == pytest.approx(family.icc, abs=0.02)


@pytest.mark.parametrize("icc", bench.ICCS)
@pytest.mark.parametrize("name", ["mild", "strong"])
def test_cells_that_differ_keep_the_family_rate_and_their_order(name: str, icc: float) -> None:
    own = Family("beta", 0.1, icc, SHIFTS[name]).probabilities(4, 50_000, fresh())
    assert own.mean() == pytest.approx(0.1, abs=0.003)
    by_cell = own.mean(axis=(0, 1))
    assert list(by_cell) == sorted(by_cell, reverse=True)
    assert by_cell[0] > 1.5 * by_cell[-1]


def test_a_probability_of_one_is_not_shifted() -> None:
    with pytest.raises(ValueError, match="only beta"):
        common_shift(Family("hidden", 0.2, 0.2, SHIFTS["mild"]))


@pytest.mark.parametrize("size", bench.CELLS)
def test_the_interval_is_the_shipped_one_and_the_naive_one_is_exact(size: int) -> None:
    sums = fresh().binomial(size, 0.2, (3, 30)).astype(float)
    sums[1], sums[2] = 0, size
    found = bench.intervals(sums, size)
    for run, row in enumerate(sums):
        shipped = clustered_share(row, np.full(30, size)).interval
        naive = clopper_pearson(int(row.sum()), 30 * size)
        assert (found["shipped"][0][run], found["shipped"][1][run]) == pytest.approx((shipped.low, shipped.high))
        assert (found["naive"][0][run], found["naive"][1][run]) == pytest.approx((naive.low, naive.high))
    assert found["wald"][0][1] == found["wald"][1][1] == 0


def test_it_holds_where_a_binomial_and_a_single_scenario_do_not() -> None:
    cell = bench.rate_cell(MAIN, "none", 60, 1_000, fresh(1))
    assert cell["coverage"] > 0.95
    assert cell["naive_coverage"] < 0.9
    assert cell["one_coverage"] < 0.3
    assert cell["coverage"] == pytest.approx(1 - cell["low_above"] - cell["high_below"])
    assert cell["one_width"] < cell["naive_width"] < cell["wald_width"] < cell["width"]


def test_a_claim_is_judged_by_the_rule_that_ships() -> None:
    family = Family("beta", 0.1, 0.2, SHIFTS["none"])
    cell = bench.claim_cell(family, 60, 100, fresh(2))
    drawn = fresh(2)
    sums = drawn.binomial(1, family.probabilities(100, 60, drawn)).sum(axis=2)
    given = [verdict(row) for row in sums]
    for name in ("met", "undecided", "not met"):
        assert cell[name.replace(" ", "_")] == pytest.approx(given.count(name) / 100)
    assert bench.claim_cell(Family("beta", 0.0, 0.0, SHIFTS["none"]), 60, 50, fresh())["met"] == 1
    assert bench.claim_cell(Family("beta", 0.5, 0.2, SHIFTS["none"]), 60, 50, fresh())["not_met"] == 1


def verdict(sums: np.ndarray) -> str:
    found = clustered_share(sums, np.full(60, 4))
    low, high = found.interval.low, found.interval.high
    estimate = Estimate(value=found.value, low=low, high=high, level=0.95, n=240, clusters=60, method="m", unit="u")
    return judge(estimate, Threshold(op="<=", value=bench.LIMIT))


def test_the_contrast_is_the_shipped_difference_of_twins() -> None:
    skeletons = np.repeat(np.arange(30), 4)
    differences = fresh(3).choice([-1.0, 0.0, 1.0], (2, 120), p=[0.05, 0.7, 0.25])
    for items in (skeletons, np.tile(np.arange(4), 30)):
        low, high = bench._paired(differences, crossed(np.zeros(120), items, skeletons))
        for run, row in enumerate(differences):
            shipped = twin_difference(row, items, skeletons, draws=1, generator=fresh()).difference.interval
            assert (low[run], high[run]) == pytest.approx((shipped.low, shipped.high))


def test_a_difference_is_found_the_more_often_the_larger_it_is_and_least_with_few_items() -> None:
    none, some, large = (bench.contrast_cell(60, 0.2, 0.05, size, 400, fresh(4)) for size in (0.0, 0.05, 0.1))
    assert none["found"] + none["wrong_way"] < 0.08
    assert none["found"] < some["found"] < large["found"]
    assert large["coverage"] > 0.92
    assert large["few_items_found"] < large["found"] - 0.2
    assert bench.contrast_cell(30, 0.0, 0.0, 0.2, 100, fresh(5))["found"] == 1


def test_cells_and_their_summary_say_the_same() -> None:
    cells = [
        *(bench.rate_cell(Family("beta", rate, 0.2, SHIFTS["none"]), "none", 60, 200, fresh(6)) for rate in (0.1, 0.5)),
        bench.rate_cell(Family("beta", 0.1, 0.2, SHIFTS["strong"]), "strong", 60, 200, fresh(6)),
        bench.rate_cell(Family("beta", 0.1, 0.2), "none", 30, 200, fresh(6)),
        *(bench.claim_cell(Family("beta", rate, 0.2, SHIFTS["none"]), 60, 200, fresh(7)) for rate in (0.1, 0.15)),
        *(bench.contrast_cell(30, 0.2, 0.05, size, 100, fresh(8)) for size in (0.0, 0.1)),
    ]
    lines = bench.summary(cells)
    rate = [one for one in cells if one["what"] == "rate"]
    least, most = (pick(one["coverage"] for one in rate) for pick in (min, max))
    assert lines["all: coverage, least, mean, most"].startswith(f"{least:.4f}, ")
    assert lines["all: coverage, least, mean, most"].endswith(f", {most:.4f}")
    assert lines["60 × 4, ICC 0.2: median width"] == f"{rate[0]['width']:.3f} at 0.1, {rate[1]['width']:.3f} at 0.5"
    assert lines["claim met at exactly 10 %, most"].startswith(f"{cells[4]['met']:.4f} (99 % ")
    assert f", {rate[0]['naive_width']:.3f} naive, " in lines["60 × 4, ICC 0.2, rate 0.1: width"]
    assert f"{cells[-1]['found']:.4f} with 30" in lines["contrast of 10 points: found, least"]


def test_every_design_that_is_asked_for_is_simulated() -> None:
    asked = {(f.shape, f.icc, f.rate, len(f.shifts), name, v) for f, name, v in bench.rate_designs()}
    for icc, rate, v in product(bench.ICCS, bench.RATES, (30, 60, 120)):
        assert {("beta", icc, rate, shown, "none", v) for shown in (1, 2, 4)} <= asked
        assert {("beta", icc, rate, 4, name, v) for name in ("mild", "strong")} <= asked
        assert icc == 0 or {(shape, icc, rate, 4, "none", v) for shape in ("hidden", "immune")} <= asked
    assert {family.rate for family in bench.claim_designs()} == set(bench.CLAIMED)
    assert len(bench.contrast_designs()) == len(set(bench.contrast_designs())) == 3 * 4 * 7


def test_every_cell_has_a_generator_of_its_own_and_the_same_seed_gives_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench, "rate_designs", lambda: [(MAIN, "none", 30)] * 2)
    monkeypatch.setattr(bench, "claim_designs", lambda: [MAIN])
    monkeypatch.setattr(bench, "contrast_designs", lambda: [(30, 0.2, 0.05, 0.1)])
    once, again = (list(bench.cells(50, seed)) for seed in (3, 3))
    assert once == again
    assert once[0] != once[1]
    assert [cell["what"] for cell in once] == ["rate", "rate", "claim", "contrast"]
