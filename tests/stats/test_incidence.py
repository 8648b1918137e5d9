"""Cumulative incidence: the life table on one grid, the self-consistent curve on several, worked values."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from holdfast.stats import Broke, Censored, Collapsed, Passage, cumulative_incidence
from holdfast.stats import _incidence as incidence

QUICK = settings(max_examples=60, deadline=None, database=None)
GRID = [0.0, 1, 2, 4, 8]


def shared(at: int, kind: int) -> Passage:
    if kind == 2:
        return Censored(GRID[at])
    made = Broke if kind == 0 else Collapsed
    return made(GRID[at - 1], GRID[at])


on_grid = st.lists(st.builds(shared, st.integers(1, 4), st.integers(0, 2)), min_size=1, max_size=12)


def test_a_life_table_worked_by_hand() -> None:
    # Ten runs. By 1: one broke, one collapsed. By 2: of eight, two broke; then two stopped. By 4: of four, one broke.
    runs = [Broke(0, 1), Collapsed(0, 1), Broke(1, 2), Broke(1, 2), Censored(2), Censored(2), Broke(2, 4)]
    found = cumulative_incidence([*runs, Censored(4), Censored(4), Censored(4)])
    assert found.costs.tolist() == [0, 1, 2, 4]
    assert found.broke == pytest.approx([0, 0.1, 0.1 + 0.8 * 2 / 8, 0.3 + 0.6 * 1 / 4])
    assert found.collapsed == pytest.approx([0, 0.1, 0.1, 0.1])
    assert found.after.tolist() == [0, 0, 1, 2]
    assert [found.broken_by(cost) for cost in (-1, 0, 1.5, 4, 99)] == pytest.approx([0, 0, 0.1, 0.45, 0.45])


def test_the_textbook_example_of_turnbulls_curve() -> None:
    # Intervals that overlap: the mass lies in (1, 2] and (3, 4], where left ends are followed by right ends.
    found = cumulative_incidence([Broke(0, 2), Broke(1, 4), Broke(3, 5), Broke(1, 2), Broke(3, 4)])
    assert found.steps > 0
    assert found.costs[np.diff(found.broke, prepend=0) > 1e-9].tolist() == [2, 4]
    # Likelihood p^2 (1 - p)^2 for the four that are placed, and 1 for the one that allows both: p = 1/2.
    assert found.broke[found.costs == 2] == pytest.approx(0.5)
    assert found.broke[-1] == pytest.approx(1)
    assert found.after[found.costs == 4] == 3


@QUICK
@given(on_grid)
def test_the_iteration_gives_the_life_table_on_one_grid(runs: list[Passage]) -> None:
    table = cumulative_incidence(runs)
    assert table.steps == 0
    iterated = incidence._turnbull(runs, table.costs)
    assert iterated.broke == pytest.approx(table.broke, abs=1e-5)
    assert iterated.collapsed == pytest.approx(table.collapsed, abs=1e-5)


@st.composite
def anywhere(draw: st.DrawFn) -> Passage:
    after = float(draw(st.integers(0, 8)))
    kind = draw(st.integers(0, 2))
    return Censored(after) if kind == 2 else (Broke, Collapsed)[kind](after, after + draw(st.integers(0, 5)))


@QUICK
@given(st.lists(anywhere(), min_size=2, max_size=10))
def test_where_grids_differ_the_curve_is_consistent_with_itself_and_no_other_is_likelier(runs: list[Passage]) -> None:
    costs = incidence._costs(runs)
    may = np.stack([incidence._places(each, costs) for each in runs]).astype(float)
    found = incidence._turnbull(runs, costs)
    mass = np.zeros(may.shape[1])
    mass[: len(costs)] = np.diff(found.broke, prepend=0)
    mass[len(costs) : -1] = np.diff(found.collapsed, prepend=0)
    mass[-1] = 1 - mass.sum()
    chance = may @ mass
    assert (chance > 0).all()
    consistent = mass * (may / chance[:, None]).mean(axis=0)
    assert consistent == pytest.approx(mass, abs=1e-6)
    # The slope of the likelihood towards any other place is at most that of staying (Gentleman & Geyer 1994).
    assert (may / chance[:, None]).sum(axis=0).max() <= len(runs) * (1 + 1e-5)
    assert ((mass >= -1e-9) & (mass <= 1 + 1e-9)).all()


@QUICK
@given(on_grid)
def test_what_breaks_and_collapses_rises_and_is_never_more_than_all(runs: list[Passage]) -> None:
    found = cumulative_incidence(runs)
    assert (np.diff(found.broke) >= 0).all()
    assert (np.diff(found.collapsed) >= 0).all()
    assert found.broke[-1] + found.collapsed[-1] <= 1 + 1e-9


@QUICK
@given(on_grid)
def test_without_early_stops_the_curve_is_a_share_of_runs(runs: list[Passage]) -> None:
    whole = [Censored(8.0) if isinstance(each, Censored) else each for each in runs]
    assume(any(isinstance(each, Broke) for each in whole))
    found = cumulative_incidence(whole)
    for cost in GRID:
        share = np.mean([isinstance(each, Broke) and each.by <= cost for each in whole])
        assert found.broken_by(cost) == pytest.approx(share)


def test_a_place_that_ends_with_nothing_does_not_keep_the_iteration_from_its_end() -> None:
    # p = (1/2, 0, 1/2): plain iteration approaches the 0 in the middle like 1 over the steps.
    found = cumulative_incidence([Broke(0, 1), Broke(0, 2), Collapsed(0, 2), Censored(1)])
    assert (found.broken_by(1), found.steps < 2_000) == (pytest.approx(0.5, abs=1e-6), True)


def test_a_place_that_one_run_of_many_needs_is_kept() -> None:
    within = np.repeat(np.eye(2), [299, 1], axis=0)
    mass, _ = incidence._iterate(within)
    assert mass == pytest.approx([299 / 300, 1 / 300])


def test_a_run_that_was_broken_from_the_start_stays_so_in_both_ways() -> None:
    assert cumulative_incidence([Broke(0, 0), Censored(8)]).broken_by(0) == pytest.approx(0.5)
    mixed = cumulative_incidence([Broke(0, 0), Broke(1, 8), Censored(4)])
    assert mixed.broken_by(0) == pytest.approx(1 / 3)
    assert (mixed.steps > 0, mixed.after[0]) == (True, 0)


def test_misuse_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bad: list[list[Passage]] = [[], [Broke(2, 1)], [Censored(-1)], [Censored(np.inf)], [Collapsed(0, np.nan)]]
    for runs in bad:
        with pytest.raises(ValueError, match=r"run|cost"):
            cumulative_incidence(runs)
    monkeypatch.setattr(incidence, "_STEPS", 1)
    with pytest.raises(ValueError, match="settle"):
        cumulative_incidence([Broke(0, 2), Broke(1, 4), Broke(3, 5), Broke(1, 2), Broke(1, 2)])
