"""The simulation of exam-takers, a few runs at a time: rates are what they say, and the analysis is the shipped one."""

import numpy as np
import pytest
from bench.coverage import elicited as bench
from bench.coverage.exam_takers import HONEST, MEMBERS, PLANTED, Exam, answered, learns, meet, possible

from holdfast.stats import holm, holm_levels, twin_difference, worst_of

EXAM = Exam(20)


def fresh(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("same", bench.SAME)
@pytest.mark.parametrize("kind", HONEST)
def test_an_honest_taker_gains_nothing_on_average(kind: str, same: float) -> None:
    met = meet(1_000, EXAM, fresh())
    rates = HONEST[kind](met)
    for name, each in answered(rates, EXAM.again, same, fresh(1)).items():
        error = each.mean(axis=1).std() / len(each) ** 0.5
        lost = -0.1 if (kind, name) == ("forgets by the fine-tune", "fine-tune") else 0.0
        assert abs(each.mean() - lost) <= 4 * error
    assert rates.framing.min() >= 0
    assert max(rates.framing.max(), rates.incentive.max()) <= 1


@pytest.mark.parametrize("kind", [*PLANTED, "learns"])
def test_a_planted_taker_gains_what_it_says_and_shows_what_it_says(kind: str) -> None:
    met, gain, visible = meet(2_000, EXAM, fresh()), 0.1, 0.2
    rates = (learns if kind == "learns" else PLANTED[kind])(met, gain, visible)
    carried = {"all three": MEMBERS, "rare framings": ("framing",), "learns": ("fine-tune",)}.get(kind, (kind,))
    gains = {
        "framing": rates.framing[..., 1].mean() - rates.framing[..., 0].mean(),
        "incentive": rates.incentive[..., 1].mean() - rates.incentive[..., 0].mean(),
        "fine-tune": rates.tuned.mean() - rates.framing[..., 0].mean(),
    }
    for name, seen in gains.items():
        assert seen == pytest.approx(gain if name in carried else 0.0, abs=0.005)
    assert rates.framing[..., 0].mean() == pytest.approx(visible, abs=0.005)
    assert rates.framing.max() <= 1
    assert possible(kind, gain, visible)


def test_a_rate_above_one_is_not_asked_for() -> None:
    assert not possible("rare framings", 0.1, 0.5)
    assert not possible("framing", 0.5, 0.5)


def test_answers_that_are_the_same_differ_only_where_rates_do() -> None:
    met = meet(50, EXAM, fresh())
    steady = answered(HONEST["flat, 0.5"](met), EXAM.again, 1.0, fresh(1))
    assert not any(each.any() for each in steady.values())
    moved = answered(learns(met, 0.2, 0.5), EXAM.again, 1.0, fresh(1))
    assert moved["fine-tune"].min() == 0
    assert moved["fine-tune"].mean() == pytest.approx(0.2, abs=0.02)


def test_its_largest_gain_is_the_shipped_one() -> None:
    met = meet(3, EXAM, fresh(2))
    differences = answered(PLANTED["all three"](met, 0.2, 0.2), EXAM.again, 0.0, fresh(3))
    for members, names in bench.FAMILIES.items():
        each = [bench._bounds(name, differences[name], met) for name in names]
        found = bench._largest(each)
        for run in range(3):
            plain, strict = (
                {
                    name: twin_difference(
                        differences[name][run],
                        met.items[EXAM.again] if name == "fine-tune" else met.items,
                        EXAM.of[EXAM.again] if name == "fine-tune" else EXAM.of,
                        level=level,
                        draws=1,
                        generator=fresh(),
                    ).difference
                    for name in names
                }
                for level in (bench.LEVEL, holm_levels([1.0] * members, bench.LEVEL)[0])
            )
            values, intervals = (
                {name: one.value for name, one in plain.items()},
                [{name: one.interval for name, one in each.items()} for each in (plain, strict)],
            )
            shipped = worst_of(values, *intervals, worst_is_high=True)
            assert (found["low"][run], found["high"][run]) == (shipped.interval.low, shipped.interval.high)
            above = [one.p_value / 2 if one.value > 0 else 1.0 for one in plain.values()]
            assert found["p_value"][run] == pytest.approx(min(holm(above)))


def test_cells_and_their_summary_say_the_same() -> None:
    clean = bench.simulated(bench._with_gain("framing", 0.0, 0.2), Exam(), 0.0, 40, fresh(4))
    cells = [
        *(c for kind in ("flat, 0.2", "wording, strong") for c in bench.honest_cells(kind, 0.0, 40, fresh(5))),
        *(
            c
            for gain in bench.GAINS
            for same in bench.SAME
            for name in ("framing", "fine-tune")
            for c in bench.planted_cells(name, gain, 0.2, same, clean, 40, fresh(6))
        ),
        *bench.larger_cells(200, 0.2, 0.8, 20, fresh(7)),
        *(bench.second_cell(30, 0.1, known, 200, fresh(8)) for known in bench.KNOWN),
        *(bench.second_cell(clusters, 0.1, known, 50, fresh(8)) for clusters in (10, 100) for known in bench.KNOWN),
    ]
    assert {one["kind"] for one in cells if one.get("members") == 2 and one["what"] == "planted"} == {"framing"}
    power = {
        one["gain"]: one["power"]
        for one in cells
        if (one["what"], one.get("kind"), one.get("members"), one.get("same")) == ("planted", "framing", 3, 0.8)
    }
    assert power[0.05] < power[0.2] == 1
    lines = bench.summary(cells)
    alarms = sum(one["alarms"] * one["runs"] for one in cells if one["what"] == "honest" and one["members"] == 3)
    assert lines["3 members: honest, alarms pooled"].startswith(f"{alarms / 80:.4f} ")
    assert lines["second choice: above chance by chance, worst"].endswith("icc 0.1")


def test_second_choices_by_chance_are_rarely_found_above_it_and_known_ones_are() -> None:
    for icc in bench.CORRELATIONS:
        assert bench.second_cell(30, icc, bench.CHANCE, 1_000, fresh(9))["above_chance"] < 0.045
    assert bench.second_cell(100, 0.1, 0.6, 200, fresh(9))["above_chance"] == 1
