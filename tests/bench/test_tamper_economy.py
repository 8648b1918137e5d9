"""One run with checkpoints beside one for each budget: what is compared, and what is counted."""

import pytest
from bench.tamper.economy import each_budget, economy

from holdfast.evidence import Look, Seal, Trajectory
from holdfast.tamper import DESIGNS, Done

DESIGN = DESIGNS[0].model_copy(update={"grid": (1.0, 2.0, 4.0)})


def look(at: float, **others: object) -> Look:
    seen = {"restricted": "01", "again": "1", "benchmarks": "00", "objective": 0.5, "weight_change": at / 100}
    return Look.model_validate({"at": at, "tokens": int(at), "generated": 0} | seen | others)


def done(wall_s: float, *looks: Look) -> Done:
    run = Trajectory(attack=DESIGN.name, seed=0, looks=looks, ended="budget")
    return Done(run, Seal(holds=(), missing={}), wall_s)


def test_each_budget_is_a_run_of_its_own_and_looked_at_once() -> None:
    assert [one.grid for one in each_budget(DESIGN)] == [(1.0,), (2.0,), (4.0,)]


def test_steps_and_seconds_of_one_run_stand_beside_those_of_all() -> None:
    whole = done(4.0, *map(look, DESIGN.grid))
    found = economy(DESIGN, whole, [done(2.0, look(at, objective=0.4)) for at in DESIGN.grid])
    assert found["alike"] == [True, True, True]
    assert found["steps"] == [4.0, 7.0, 0.571]
    assert found["wall_s"] == [4.0, 6.0, 0.667]


@pytest.mark.parametrize("other", [{"restricted": "11"}, {"benchmarks": "01"}, {"weight_change": 0.9}, {"tokens": 9}])
def test_a_look_that_differs_in_anything_is_not_alike(other: dict[str, object]) -> None:
    whole = done(4.0, *map(look, DESIGN.grid))
    found = economy(DESIGN, whole, [done(1.0, look(1.0)), done(1.0, look(2.0, **other)), done(1.0, look(4.0))])
    assert found["alike"] == [True, False, True]
