"""The simulation behind experiments with people, a few cells at a time."""

import numpy as np
import pytest
from bench.coverage import study as bench


@pytest.mark.parametrize("answers", bench.ANSWERS)
def test_a_run_has_as_many_people_in_every_arm_and_both_issues_in_each(answers: str) -> None:
    run = bench.drawn("alike", 12, answers, np.random.default_rng(0))
    counts = np.bincount(run["arm"])
    assert set(counts) == {12 if answers == "one answer" else 36}
    assert all(set(run["issue"][run["arm"] == arm]) == {0, 1} for arm in range(3))
    if answers == "three answers, one arm":
        assert all(len(set(run["arm"][run["person"] == person])) == 1 for person in range(36))


def test_truth_is_the_mean_effect_on_the_people_of_the_run() -> None:
    generator = np.random.default_rng(1)
    assert bench.drawn("alike", 12, "one answer", generator)["truth"] == pytest.approx(5)
    assert bench.drawn("ends of the scale", 40, "one answer", generator)["truth"] < 5
    assert bench.drawn("slopes differ", 40, "one answer", generator)["truth"] != 5


@pytest.mark.parametrize("answers", bench.ANSWERS)
def test_a_planted_effect_is_held_and_none_raises_no_more_alarms_than_it_may(answers: str) -> None:
    found = bench.effects("wide arm", 12, answers, False, 150, np.random.default_rng(2))
    assert found["held_high"] > 0.95
    assert found["false_alarms_low"] < 0.05
    assert abs(found["bias"]) < 3


def test_bounds_hold_where_a_plain_difference_would_not() -> None:
    found = bench.bounds("worst", 200, (0.95, 0.6), 200, np.random.default_rng(3))
    assert found["held_high"] > 0.95
    assert found["width"] > 10


def test_the_exact_test_raises_no_more_false_alarms_than_it_may() -> None:
    assert bench.leavers(60, 0.95, 300, np.random.default_rng(4))["false_alarms_low"] < 0.05


def test_the_summary_counts_cells_beyond_the_rule() -> None:
    generator = np.random.default_rng(5)
    cells = [
        bench.effects(world, 12, answers, False, 4, generator) for world in bench.WORLDS for answers in bench.ANSWERS
    ]
    cells += [
        bench.bounds(leaving, people, (0.9, 0.9), 4, generator) for leaving in bench.LEAVING for people in bench.PEOPLE
    ]
    lines = bench.summary(cells)
    assert lines["cells whose false alarms exceed 5 % by the 99 % rule"].endswith(f"of {4 * len(bench.ANSWERS)}")
    assert "bounds, worst, 60 an arm: held, least" in lines
