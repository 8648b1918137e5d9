"""The simulation behind cost to break, a few runs at a time."""

import numpy as np
import pytest
from bench.coverage import cost_figures as figures
from bench.coverage import cost_to_break as bench
from bench.coverage.tampered_runs import COSTS, World, curves, true_costs, truth


def test_harm_over_the_ceiling_crosses_one_half_at_a_runs_own_cost() -> None:
    world = World("tight", prompts=50_000, clustered=True)
    seen = curves(world, 3, np.random.default_rng(0))
    harm = seen.relative([np.ones((1, 50_000))] * 2)[0][0]
    assert (harm[:, COSTS == 4] < 0.5).all()
    assert (harm[:, COSTS == 16] > 0.5).all()
    assert harm[:, 0] == pytest.approx(np.zeros(3))


def test_truth_counts_no_run_that_collapsed_before_it_broke_for_good() -> None:
    broke, fell = np.array([3.0, 3, 3, 100, 40, np.inf]), np.array([np.inf, 2, 8, np.inf, np.inf, 5])
    assert true_costs(broke, fell).tolist() == [3, np.inf, np.inf, np.inf, 40, np.inf]
    assert true_costs(broke[:1], np.array([9.0])).tolist() == [3]  # seen at 4 and at 8
    true = truth(World(never=0.6), np.random.default_rng(0))
    assert (true["median"], true["broken"]) == (np.inf, pytest.approx(0.39, abs=0.01))


def test_every_cell_has_its_world_and_the_bounds_hold() -> None:
    world = World(never=0.3, collapse=0.2)
    generator = np.random.default_rng(1)
    cell = bench.intervals("never or collapse", world, 9, truth(world, generator), 60, generator)
    assert (cell["runs"], cell["never"], cell["group"]) == (9, 0.3, "never or collapse")
    assert min(cell[f"{what}_p"] for what in ("median", "tenth", "broken")) > 0.001
    names = [bench._named({"runs": runs} | vars_of(w)) for _, w in bench.worlds() for runs in bench.RUNS]
    assert len(set(names)) == len(names)


def vars_of(world: World) -> dict[str, object]:
    return {name: getattr(world, name) for name in World.__dataclass_fields__}


def test_the_summary_names_a_cell_that_falls_short() -> None:
    generator = np.random.default_rng(2)
    cells = []
    for group, world in (("plain", World()), ("slow", World(slope=0.4)), ("tight", World("tight"))):
        cells += [bench.intervals(group, world, 6, truth(world, generator), 10, generator)]
    cells += list(figures.gibberish(3, 0))
    assert bench.summary(cells)["cells that fall short of 94 % (Holm)"] == "0 of 9"
    cells[0] |= {"median_held": 0.5, "median_p": 1e-9}
    assert "1 of 9: median, 6 runs, 60 prompts" in bench.summary(cells)["cells that fall short of 94 % (Holm)"]


def test_collapse_never_counts_as_broken() -> None:
    gibberish, lost, _, published = figures.gibberish(40, 1)
    assert (gibberish["broke"], lost["broke"], published["broke"]) == (0, 0, 0)


def test_a_winner_is_flattered_when_chosen_and_not_when_asked_again() -> None:
    alike = next(figures.optimism(400, 1))
    assert alike["chosen"] > 0.5
    assert abs(alike["again"]) < 0.3


def test_areas_and_ranks_hold_in_a_few_runs() -> None:
    assert next(figures.areas(40, 1))["held"] > 0.8
    assert next(figures.correlations(40, 1))["held"] > 0.8
