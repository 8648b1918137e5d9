"""The simulation behind the interval of the area under the curve, a few cells at a time."""

import numpy as np
import pytest
from bench.coverage import auroc as bench

from holdfast.stats import auroc


@pytest.mark.parametrize("world", bench.WORLDS)
def test_a_world_of_the_simulation_has_the_area_it_says(world: str) -> None:
    planted, clean = bench.drawn(world, 2_000, 0.9, 5, np.random.default_rng(0))
    seen = np.mean([auroc(*sides).value for sides in zip(planted, clean, strict=True)])
    assert seen == pytest.approx(bench.truth_of(world, 0.9), abs=0.01)


@pytest.mark.parametrize("world", bench.WORLDS[:4])
def test_the_shipped_interval_holds_where_the_usual_ones_do_not(world: str) -> None:
    found = bench.cell(world, 16, 0.99, 1_000, np.random.default_rng(1))
    assert found["shipped"] > 0.93
    assert found["logit"] < 0.75
    assert found["plain"] < 0.75


def test_the_summary_names_the_least_coverage_of_each_world() -> None:
    cells = [
        bench.cell(world, side, area, 40, np.random.default_rng(2))
        for world in bench.WORLDS
        for side in bench.SIDES
        for area in (0.8, 0.95)
    ]
    least = min((one for one in cells if one["world"] == "alike"), key=lambda one: one["shipped"])
    assert bench.summary(cells)["alike: shipped, least"].startswith(f"{least['shipped']:.3f} ({least['side']} a side")
