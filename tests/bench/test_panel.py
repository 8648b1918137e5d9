"""The simulation behind panels, a few worlds at a time."""

import numpy as np
import pytest
from bench.coverage import panel as bench

EQUALS = [name for of, name in bench.WORLDS if of == "equals"]


def measured(of: str, name: str, runs: int = 40) -> dict[str, float]:
    return bench.measured(bench.WORLDS[of, name], runs, np.random.default_rng(1))


def test_a_panel_is_drawn_as_it_is_described() -> None:
    world = bench.World(strengths=(30.0, 0.0), claims=(10.0, 0.0), missing=0.05)
    found = bench.drawn(world, np.random.default_rng(0))
    assert found.after.shape == found.off.shape == (4, 2, bench.TOPICS, 2)
    moved = np.nanmean(found.after[:3, :, :, 0] - found.after[:3, :, :, 1], axis=(0, 2)) / 2
    assert moved[0] == pytest.approx(0.28, abs=0.03)
    assert moved[1] == pytest.approx(0, abs=0.02)
    assert np.isnan(found.after[:3]).mean() == pytest.approx(0.05, abs=0.02)
    assert found.after[3, 0, :, 0].mean() > found.after[3, 1, :, 0].mean() == 0.5


@pytest.mark.parametrize("name", EQUALS)
def test_equals_are_not_ranked_apart_more_often_than_they_may(name: str) -> None:
    assert measured("equals", name)["wrong_low"] < 0.05


def test_a_difference_is_found_and_what_no_panel_should_rest_on_is_not_ranked() -> None:
    assert measured("apart", "8 points")["found"] > 0.8
    assert measured("odd", "a deaf one among three", 10)["invalid"] == 1
    assert measured("odd", "one that is moved the other way round by strength", 10)["undecided"] > 0.8


def test_a_wrong_order_is_counted_and_equals_hold_every_rank_among_them() -> None:
    pair = bench.Ordered(0, 1, "second", (), "")
    assert bench._is_wrong((2.0, 1.0), pair)
    assert bench._is_wrong((1.0, 1.0), pair)
    assert not bench._is_wrong((1.0, 2.0), pair)
    assert [bench._true_ranks(bench.World(strengths=(9.0, 9.0, 4.0)), at) for at in range(3)] == [
        (1, 2),
        (1, 2),
        (3, 3),
    ]


def test_the_summary_names_the_worst_of_the_equals() -> None:
    cells = [
        {"of": of, "world": name, "runs": 2, **bench.measured(world, 2, np.random.default_rng(0))}
        for (of, name), world in bench.WORLDS.items()
        if name in ("two persuaders", "8 points", "three sycophants")
    ]
    lines = bench.summary(cells)
    assert "two persuaders" in lines["equals ranked apart, most"]
    assert "stronger by 8 points: ranked first alone" in lines
