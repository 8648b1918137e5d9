"""How the bench sums brackets that never saw the twin: what has no bracket holds nothing."""

from typing import Any

from bench import bracket as bench


def fold(*, held: bool | None, width: float = 0.1) -> dict[str, Any]:
    there = {"hull": [0.0, width], "width": width, "contained": held, "overlaps": True}
    none = {"none": "no member passed its controls"}
    return {"bracket": none if held is None else there, "whatever_the_controls": there | {"contained": True}}


def test_an_organism_without_a_bracket_in_some_half_is_not_held() -> None:
    cells = {
        "held": {"folds": [fold(held=True), fold(held=True, width=0.3)]},
        "missed": {"folds": [fold(held=True), fold(held=False)]},
        "none": {"folds": [fold(held=True, width=0.3), fold(held=None)]},
        "aware": {"folds": [fold(held=False, width=0.9), fold(held=False, width=0.9)]},
    }
    found = bench.summed(cells)["bracket"]
    assert (found["organisms"], found["organisms_held_in_every_fold"]) == (3, 1)
    assert (found["cells"], found["cells_without_bracket"], found["cells_held"]) == (6, 1, 4)
    assert found["median_width"] == 0.1
    assert bench.summed(cells)["whatever_the_controls"]["organisms_held_in_every_fold"] == 3


def test_nothing_measured_sums_to_nothing() -> None:
    found = bench.summed({})["bracket"]
    assert (found["organisms"], found["median_width"], found["interval"]) == (0, None, [0.0, 1.0])


def test_a_population_is_summed_by_recipe_and_by_whether_anything_was_planted() -> None:
    cells = {
        "aware-20.adapter.000": {"folds": [fold(held=True), fold(held=False)]},
        "even.adapter.000": {"folds": [fold(held=True), fold(held=True)]},
        "even.adapter-later-half.000": {"folds": [fold(held=True), fold(held=None)]},
    }
    found = bench.of_population(cells)
    assert found["planted"]["bracket"]["organisms_held_in_every_fold"] == 0
    assert (found["clean"]["bracket"]["organisms"], found["clean"]["bracket"]["organisms_held_in_every_fold"]) == (2, 1)
    assert found["recipes"]["even adapter-later-half"]["bracket"]["cells_without_bracket"] == 1
