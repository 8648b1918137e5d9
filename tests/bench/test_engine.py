"""The engine's bench on a model of a moment: its sides make the same tokens, and what was not measured says why."""

from pathlib import Path
from time import perf_counter

import pytest
from bench.continuous import Continuous
from bench.sides import Load, made, tokens

from bench import engine as bench

_TINY = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "initializer_range": 0.4}


def cells() -> dict[str, bench.Cell]:
    equal = Load(tokens(4, 8, 128, 1), [6] * 4, 4)
    ragged = Load(tokens(9, 8, 128, 2), [6, 1, 2, 5, 3, 4, 1, 2, 6], 4)
    return {"equal lengths": bench.Cell(equal), "ragged, 10 × spread": bench.Cell(ragged)}


def test_every_side_makes_the_tokens_that_were_asked_for() -> None:
    asked = cells()
    batched = bench.side_by_side(made("1M", **_TINY), asked, 1, perf_counter() + 60)
    assert batched.problem is None
    for cell in asked.values():
        found = cell.found("")
        assert found["repeats"] == found["generate_batch"]["repeats"] == 1
        assert found["rows_equal_to_generate"] == f"{len(cell.load.new)} of {len(cell.load.new)}"


def test_a_time_that_has_run_out_leaves_cells_that_say_so() -> None:
    asked = cells()
    bench.side_by_side(made("1M", **_TINY), asked, 1, perf_counter())
    assert [cell.found("") for cell in asked.values()] == [{"not measured": "the time given was used up"}] * 2


def test_what_generate_batch_raises_is_its_result() -> None:
    model, asked = made("1M", **_TINY), cells()
    load = asked["equal lengths"].load
    batched = Continuous(model, [Load(load.prompts, load.new, 0)])  # no rows: it refuses
    assert batched.run(load, 10) is None
    assert batched.problem
    assert batched.run(load, 10) is None  # and it is not tried again
    assert model.config._attn_implementation == "sdpa"
    asked["equal lengths"].ours.append(1.0)
    asked["equal lengths"].theirs.append(1.0)
    assert asked["equal lengths"].found(batched.problem)["generate_batch"] == {"not measured": batched.problem}


def test_rows_that_differ_are_counted() -> None:
    assert bench.rows_equal([(1, 2), (3,)], [(1, 2), (4,)]) == "1 of 2"


def test_a_size_that_there_is_not_is_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        bench.main(["3M", "--out", str(tmp_path)])
    assert not list(tmp_path.iterdir())
