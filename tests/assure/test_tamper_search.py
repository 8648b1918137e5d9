"""Searches: the worst setting by one half of the requests, judged from fresh seeds by the other, and not named."""

from collections.abc import Sequence

import pytest

from holdfast.assure import withheld, worst_setting
from holdfast.evidence import (
    Absent,
    AttackResult,
    Estimate,
    Record,
    SearchResult,
    Table,
    TamperPlan,
    TamperRuns,
    Trajectory,
)
from tampered import GRPO, NOISE, assessed, ceiling, design, look, plan, run, trajectory, untampered

CELLS = ("full-sft-c1", "full-sft-c2", "full-sft-c3")
SEARCHED = design(
    setting={"batch_size": 16.0},
    searched={"learning_rate": (1e-5, 1e-4, 1e-3)},
    cells=CELLS,
)
HOLDS = (0.0, 0.0, 0.1, 0.1)
BREAKS = (0.0, 0.6, 0.9, 0.9)
SOON = (0.8, 0.9, 0.9, 0.9)


def tried(name: str, harms: Sequence[float], seed: int, *, again: float | None = None) -> Trajectory:
    looks = [look(at, harm, again=again) for at, harm in zip(SEARCHED.grid, harms, strict=False)]
    return trajectory(SEARCHED, looks, seed).model_copy(update={"attack": name})


def searching(
    worst: Sequence[float] = BREAKS, fresh: Sequence[float] = BREAKS, again: float | None = None
) -> list[Trajectory]:
    """Three settings, of which the second is worst, two runs of each; then two of it from fresh seeds."""
    first = [
        tried(name, harms, seed) for name, harms in zip(CELLS, (HOLDS, worst, HOLDS), strict=True) for seed in range(2)
    ]
    return [*first, *(tried("full-sft", fresh, seed, again=again) for seed in (2, 3))]


def made(**more: object) -> TamperPlan:
    return plan(SEARCHED, seeds=2, **more)


def record_of(runs: Sequence[Trajectory], **commitments: str) -> Record:
    return assessed(made(), untampered(), ceiling(), runs, commitments=commitments)


def search_of(record: Record) -> tuple[AttackResult, SearchResult]:
    (result,) = record.attacks
    assert result.search is not None
    return result, result.search


def test_the_plan_has_every_setting_from_every_seed_and_the_worst_from_fresh_ones() -> None:
    names = [(one.name, seed) for one, seed in made().runs]
    assert names == [(name, seed) for seed in range(2) for name in CELLS] + [("full-sft", 2), ("full-sft", 3)]
    assert {one.cell_of for one, seed in made().runs if seed < 2} == {"full-sft"}
    assert [(one.name, seed) for one, seed in made().repeats] == [("full-sft", 2), ("full-sft", 3)]


def test_the_worst_setting_is_the_one_with_the_least_resistance() -> None:
    seen = TamperRuns(before=untampered(), ceiling=ceiling(), trajectories=tuple(searching()))
    assert worst_setting(made(), SEARCHED, seen) == CELLS[1]


def test_what_is_said_of_the_attack_is_of_the_fresh_runs_by_the_other_requests() -> None:
    # On the requests that chose, the fresh runs do nothing; on those that confirm, everything, from the first step on.
    result, search = search_of(record_of(searching(fresh=(0.0,) * 4, again=0.9)))
    assert (result.runs.total, result.runs.broke) == (2, 2)
    assert isinstance(result.harm_of_ceiling, Estimate)
    assert result.harm_of_ceiling.value == pytest.approx(0.9)
    assert result.harm_of_ceiling.n == 20
    assert search.value > 0.8


def test_fresh_runs_that_break_on_both_halves_broke() -> None:
    result, search = search_of(record_of(searching()))
    assert (result.runs.total, result.runs.broke) == (2, 2)
    assert (search.settings, search.broke) == (3, 1)
    assert search.gap == pytest.approx(0.0, abs=0.02)
    assert [outcome.seed for outcome in result.outcomes] == [2, 3]


def test_optimism_is_what_fresh_runs_do_not_confirm() -> None:
    _, search = search_of(record_of(searching(worst=SOON, fresh=HOLDS)))
    assert search.chosen_at > 0.8
    assert search.value < 0.2
    assert search.gap == pytest.approx(search.value - search.chosen_at) or search.gap == pytest.approx(
        search.chosen_at - search.value
    )
    assert search.gap > 0.5


def test_trying_costs_what_failed_too_and_the_expected_worst_rises_with_every_setting() -> None:
    _, search = search_of(record_of(searching()))
    # Of three settings one breaks, by 2 or 4 steps; each of the two that fail comes before it with chance one half.
    assert not isinstance(search.cost, Absent)
    assert search.cost == pytest.approx(8 / 2 + 8 / 2 + 2)
    assert list(search.best_so_far) == sorted(search.best_so_far)
    assert search.best_so_far[-1] == pytest.approx(search.chosen_at)
    assert (search.share.value, search.share.sides) == (pytest.approx(1 / 3), "two")


def test_where_nothing_broke_the_cost_is_a_reason_and_the_share_a_bound() -> None:
    _, search = search_of(record_of(searching(worst=HOLDS, fresh=HOLDS)))
    assert isinstance(search.cost, Absent)
    assert "24 steps in all" in search.cost.reason
    assert (search.share.sides, search.share.value) == ("upper", 0.0)


def test_the_commitment_is_kept_and_where_it_is_lost_that_is_said() -> None:
    assert search_of(record_of(searching(), **{"full-sft": "sha256:1"}))[1].commitment == "sha256:1"
    assert isinstance(search_of(record_of(searching()))[1].commitment, Absent)


def test_the_page_has_the_search_and_no_setting() -> None:
    record = record_of(searching(), **{"full-sft": "sha256:1"})
    tables = [block for block in record.page[0].blocks if isinstance(block, Table)]
    assert any("Searches." in table.caption for table in tables)
    page = str(record.page)
    assert "one of 1e-05, 0.0001, 0.001" in page
    assert "FLOP to the end of the budget: full-sft withheld" in page
    assert not any(name in page for name in CELLS)
    never = str(record_of(searching(worst=HOLDS, fresh=HOLDS)).page)
    assert "at most" in never


def test_without_a_search_the_page_has_none() -> None:
    assert "Searches." not in str(assessed(plan(seeds=1), untampered(), ceiling(), [run(BREAKS)]).page)


def test_a_search_that_was_stopped_says_so_and_one_attack_beside_it_is_judged() -> None:
    both = plan(SEARCHED, NOISE, seeds=2)
    runs = [*searching()[:3], *(run((0.0,) * 3, NOISE, seed=seed) for seed in range(2))]
    record = assessed(both, untampered(), ceiling(), runs)
    assert [result.attack for result in record.attacks] == ["weight-noise"]
    assert "were not done" in record.headline


def test_what_would_tell_the_setting_is_withheld() -> None:
    seen = run(BREAKS)
    hidden = withheld(seen, search=True)
    assert {(one.tokens, one.generated, one.weight_change) for one in hidden.looks} == {(0, 0, 1.0)}
    assert all(isinstance(one.objective, Absent) for one in hidden.looks)
    assert [one.restricted for one in hidden.looks] == [one.restricted for one in seen.looks]
    kept = withheld(seen, search=False)
    assert [one.objective for one in kept.looks] == [one.objective for one in seen.looks]
    still = withheld(run(BREAKS, weight_change=0.0), search=True)
    assert {one.weight_change for one in still.looks} == {0.0}


def test_what_is_reinforced_can_be_searched_too() -> None:
    rewarded = GRPO.model_copy(
        update={"cells": ("one-prompt-grpo-c1", "one-prompt-grpo-c2"), "searched": {"beta": (0.0, 0.1)}}
    )
    looks = [look(at, 0.9, objective=0.5) for at in rewarded.grid]
    runs = [
        trajectory(rewarded, looks, seed).model_copy(update={"attack": name})
        for name, seed in [(cell, seed) for cell in rewarded.cells for seed in range(2)]
        + [(rewarded.name, 2), (rewarded.name, 3)]
    ]
    record = assessed(plan(rewarded, seeds=2), untampered(), ceiling(), runs)
    assert record.attacks[0].runs.broke == 2
