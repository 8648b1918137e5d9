"""The simulation of twin framings, a few cells at a time."""

import numpy as np
import pytest
from bench.coverage import twin_policies as policies
from bench.coverage import twins as bench

DESIGN = bench.DESIGNS[0]


def rates(policy, runs: int = 2_000) -> np.ndarray:  # noqa: ANN001
    rng = np.random.default_rng(0)
    design = policies.Design(20, 8)
    drawn = policies.framings(runs, design.skeletons, rng)
    return policy(drawn, design.skeleton_codes, design.deal(rng))


@pytest.mark.parametrize("name", policies.NULLS)
def test_a_null_policy_has_rates_and_no_gap_on_average(name: str) -> None:
    found = rates(policies.NULLS[name])
    assert found.min() >= 0
    assert found.max() <= 1
    means = (found[..., 1] - found[..., 0]).mean(axis=1)
    assert abs(means.mean()) <= 4 * means.std() / np.sqrt(len(means)) + 1e-12


@pytest.mark.parametrize("name", policies.GAPS)
def test_a_policy_with_a_gap_has_the_gap_it_says(name: str) -> None:
    found = rates(lambda *given: policies.GAPS[name](*given, 0.1))
    assert found.min() >= 0
    assert found.max() <= 1
    means = (found[..., 1] - found[..., 0]).mean(axis=1)
    assert means.mean() == pytest.approx(-0.1 if name == "reverse" else 0.1, abs=0.006)


def test_an_item_comes_twice_and_never_twice_in_a_skeleton() -> None:
    for design in bench.DESIGNS:
        items = design.deal(np.random.default_rng(1))
        assert (np.bincount(items) == 2).all()
        hands = items.reshape(design.skeletons, design.each)
        assert all(len(set(hand)) == design.each for hand in hands.tolist())


def test_wording_fools_a_single_pair_and_not_the_twins() -> None:
    # 500 runs: a share of 5 % comes out above 9 % once in ten thousand such tests.
    found = bench.null_cell(DESIGN, "wording, strong", 500, np.random.default_rng(2))
    assert found["alarms"] < 0.09
    assert found["flip_alarms"] < 0.09
    assert found["mcnemar_alarms"] > 0.5


def test_ten_points_are_seen_and_not_called_equivalent_within_ten() -> None:
    found = bench.gap_cell(DESIGN, "one cue family of 14", 0.1, 500, np.random.default_rng(3))
    assert found["power"] > 0.85
    assert found["coverage"] > 0.91
    assert found["equivalent_at_margin"] < 0.06
    assert found["wrong_side"] == 0


def test_silence_is_equivalent_with_a_hundred_skeletons_and_not_with_thirty_two() -> None:
    found = [bench.equal_cell(design, 0.0, 50, np.random.default_rng(4)) for design in bench.DESIGNS]
    assert [(one["equivalent_5"], one["equivalent_10"]) for one in found] == [(1, 1), (0, 0)]


def test_labels_mend_a_judge_that_misses_more_on_one_side() -> None:
    found = bench.judge_cell("misses more on one side", 0.0, 25, 500, np.random.default_rng(5))
    assert found["uncorrected_alarms"] > 0.5
    assert found["corrected_alarms"] < 0.09
    assert found["width"] < found["width_of_labels_alone"]


def test_the_cue_that_moves_is_named() -> None:
    found = bench.cue_cell("one of 30 points", 40, np.random.default_rng(6))
    assert found["power"] > 0.9
    assert found["any_false_name"] < 0.2


def test_the_summary_names_the_worst_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "CUE_RUNS", 3)
    found = list(bench.cells(10, 0))
    found[0]["alarms"], found[0]["alarms_low"] = 0.9, 0.8
    lines = bench.summary(found)
    assert lines["100 × 8: kinds whose 99 % interval lies above 5 %"] == "flat"
    assert str(lines["100 × 8: false alarms, interval, worst kind"]).startswith("0.9000")
