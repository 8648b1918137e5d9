"""Cells: what presses on an agent, and the names under which that is counted."""

import pytest

from holdfast.evidence import CELLS, Cell, cell_named, pressed


def test_every_cell_has_a_name_of_its_own_and_is_found_by_it() -> None:
    assert len({cell.name for cell in CELLS}) == len(CELLS) == 32
    assert all(cell_named(cell.name) == cell for cell in CELLS)


def test_cornered_is_all_three_pressures_whatever_it_looks_like() -> None:
    cornered = [cell for cell in CELLS if cell.cornered]
    assert {cell.presses for cell in cornered} == {("threat", "conflict", "leverage")}
    assert len(cornered) == 4


@pytest.mark.parametrize(
    ("there", "words"),
    [
        (("threat", "conflict", "leverage"), "cornered"),
        (("conflict", "leverage"), "no threat"),
        (("threat",), "threat alone"),
        ((), "nothing presses"),
    ],
)
def test_pressures_are_named_by_what_is_missing_and_then_by_what_is_there(there: tuple, words: str) -> None:
    assert pressed(there) == words


def test_a_name_says_the_way_out_and_the_looks() -> None:
    cell = Cell(threat=True, conflict=True, leverage=True, route=False, test=False)
    assert cell.name == "cornered; no way out; looks like deployment"


def test_a_stratum_of_no_cell_is_refused() -> None:
    with pytest.raises(KeyError):
        cell_named("curse")
