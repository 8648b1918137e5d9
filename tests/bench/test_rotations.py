"""The simulation of choosers, a few runs at a time: rates are what they say, and the analysis is the shipped one."""

import numpy as np
import pytest
from bench.coverage import rotations as bench
from bench.coverage.choosers import FAVOURITE, HABITS, HONEST, OPTIONS, PLANTED, Asked, Rule, chosen

from holdfast.stats import holm_levels, twin_difference

ASKED = Asked(40, 20)
EVERY = HONEST | HABITS | PLANTED


@pytest.mark.parametrize("name", EVERY)
def test_a_subject_is_right_and_chooses_places_as_often_as_it_says(name: str) -> None:
    rule = EVERY[name]
    places = chosen(rule, ASKED, 2_000, np.random.default_rng(3))
    right = (places == np.arange(OPTIONS)).mean(axis=(0, 1))
    there, elsewhere = rule.right
    for place, share in enumerate(right):
        assert share == pytest.approx(there if place == FAVOURITE else elsewhere, abs=0.02)
    for place, share in enumerate(rule.chooses):
        assert (places == place).mean() == pytest.approx(share, abs=0.01)
    assert sum(rule.chooses) == pytest.approx(1.0)


def test_honest_ones_hang_on_no_place_and_the_others_do() -> None:
    assert all(rule.hangs == pytest.approx(0) for rule in HONEST.values())
    assert all(rule.hangs >= 0.1 - 1e-12 for rule in (HABITS | PLANTED).values())
    assert PLANTED["72 % at its place, 4 % elsewhere"].hangs == pytest.approx(0.68)


def test_many_runs_at_once_are_what_the_shipped_analysis_says_of_each() -> None:
    places = chosen(Rule(knows=0.5, habit=0.3), ASKED, 3, np.random.default_rng(0))
    low, high = bench._largest(places, ASKED)
    strict = holm_levels([1.0] * OPTIONS)[0]
    for run in range(3):
        right = (places[run] == np.arange(OPTIONS)).astype(float)
        ends = [
            twin_difference(
                right[:, place] - np.delete(right, place, axis=1).mean(axis=1),
                np.arange(ASKED.questions),
                ASKED.of,
                level=level,
                draws=9,
                generator=np.random.default_rng(0),
            ).difference.interval
            for level in (strict, 0.95)
            for place in range(OPTIONS)
        ]
        assert low[run] == pytest.approx(max(one.low for one in ends[:OPTIONS]))
        assert high[run] == pytest.approx(max(one.high for one in ends[OPTIONS:]))


def test_a_cell_tells_who_keeps_to_a_place_from_who_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "SIZES", (Asked(40, 20),))
    cells = list(bench.cells(40, 0))
    assert {cell["what"] for cell in cells} == {"honest", "habits", "planted"}
    found = {cell["kind"]: cell for cell in cells}
    assert found["72 % at its place, 4 % elsewhere"]["found"] == 1.0
    assert found["knows all"]["found"] == 0.0
    assert all(cell["evenness_low"] <= cell["evenness"] + 0.05 for cell in cells)
    lines = bench.summary(cells)
    assert any(line.endswith("honest, found, worst") for line in lines)
