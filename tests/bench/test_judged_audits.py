"""The simulation of judged audits: a cell at a time, and the very bounds that an audit prints."""

import numpy as np
import pytest
from bench.coverage import judged_audits as bench


@pytest.fixture(scope="module")
def rows() -> bench.Rows:
    return bench.Rows()


@pytest.mark.parametrize("strata", ["equal", "unequal"])
def test_a_cell_covers_the_truth_when_corrected_and_seldom_when_not(rows: bench.Rows, strata: str) -> None:
    # 400 replications: a coverage of 95 % comes out below 92 % once in a hundred such tests.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench, "AUDITED", 2)
        found = bench._cell(rows, bench.world(0.05, 0.9, 0.95, strata), (0.9, 0.95), 0.25, 400, [0, 0])
    assert found["pooled_corrected_coverage"] >= 0.92
    assert found["worst_corrected_coverage"] >= 0.92
    assert found["pooled_uncorrected_coverage"] < 0.5
    assert found["said_uncorrected"] == 1
    assert found["mean_labels"] == pytest.approx(100, abs=10)


def test_a_simulation_that_differs_from_an_audit_stops(rows: bench.Rows) -> None:
    runs = bench.drawn(bench.world(0.2, 0.9, 0.9, "equal"), (0.9, 0.9), 0.5, 2, np.random.default_rng(0))
    passed = bench.shown_informative(runs)
    right = {"corrected": bench.corrected_bounds(runs), "uncorrected": bench.uncorrected_bounds(runs)}
    assert bench._same_as_an_audit(rows, runs, 0.5, right, passed) == 1
    low, high = right["corrected"]["worst"]
    wrong = right | {"corrected": right["corrected"] | {"worst": (low + 1e-6, high)}}
    with pytest.raises(AssertionError):
        bench._same_as_an_audit(rows, runs, 0.5, wrong, passed)


def test_worlds_have_the_prevalence_and_the_error_that_they_say() -> None:
    world = bench.world(0.2, 0.9, 0.95, "unequal")
    runs = bench.drawn(world, (0.9, 0.95), 0.25, 4_000, np.random.default_rng(1))
    assert runs.true.mean() == pytest.approx(0.2, abs=0.005)
    for stratum in range(4):
        true, said = runs.true[:, stratum], runs.said[:, stratum]
        assert said[true].mean() == pytest.approx(world.hit[stratum], abs=0.02)
        assert 1 - said[~true].mean() == pytest.approx(world.passed[stratum], abs=0.01)
    assert runs.spiked[:, :40].mean() == pytest.approx(0.9, abs=0.01)
    assert runs.spiked[:, 40:].mean() == pytest.approx(0.05, abs=0.01)
