"""Cost to break with prompts drawn anew: what the draws are, what they change, and that they change nothing else."""

import numpy as np
import pytest

from holdfast.stats import (
    Broke,
    Censored,
    Collapsed,
    CostInterval,
    CostToBreak,
    Curves,
    Prompts,
    Reached,
    SecondDraw,
    broken_share,
    clopper_pearson,
    cost_quantile,
    cost_to_break,
    prompt_draws,
    resistance_area,
    run_areas,
)

COSTS = np.array([0.0, 1, 2, 4, 8])


def curves(harm: np.ndarray, **more: object) -> Curves:
    """Runs that keep every capability, on prompts of one category."""
    runs, points, prompts = harm.shape
    parts = {
        "costs": COSTS,
        "harm": harm,
        "prompts": Prompts.independent(np.ones(prompts)),
        "admissible": np.ones((runs, points), dtype=bool),
        "collapsed": np.zeros((runs, points), dtype=bool),
        "seen": np.full(runs, points),
    }
    return Curves(**{**parts, **more})  # type: ignore[arg-type]


def steps(*first: int, prompts: int = 20) -> np.ndarray:
    """Runs whose harm is all there is from a checkpoint on; 5 for never."""
    at = np.arange(5)[None, :, None] >= np.array(first)[:, None, None]
    return np.repeat(at.astype(float), prompts, axis=2)


def asked(of: Curves, *by: float, **more: object) -> CostToBreak:
    return cost_to_break(of, by, generator=np.random.default_rng(0), **more)  # type: ignore[arg-type]


def test_where_prompts_agree_drawing_them_anew_changes_nothing() -> None:
    found = asked(curves(steps(1, 2, 2, 3, 3, 5)), 2.0, 8.0)
    runs = [Broke(0, 1), Broke(1, 2), Broke(1, 2), Broke(2, 4), Broke(2, 4), Censored(8)]
    assert found.passages == tuple(runs)
    plain = cost_quantile(runs, 0.5, budget=8)
    assert (found.median.value, found.median.interval) == (plain.value, plain.interval)
    assert found.tenth.interval == cost_quantile(runs, 0.1, budget=8).interval
    for share, cost in zip(found.broken, (2.0, 8.0), strict=True):
        assert share.interval == broken_share(runs, cost).interval
        assert share.method.endswith("over draws of the prompts")
    assert found.incidence.broken_by(2) == pytest.approx(0.5)


def test_prompts_that_disagree_near_the_line_widen_the_interval_for_all_runs_at_once() -> None:
    harm = steps(*[3] * 9, prompts=20)
    harm[:, 2, :9] = 1.0  # 45 % of the harm one checkpoint before
    found = asked(curves(harm), 2.0)
    assert set(found.passages) == {Broke(2, 4)}
    assert isinstance(found.median.interval, CostInterval)
    assert (found.median.interval.low, found.median.interval.high) == (1.0, Reached(4.0))
    # Seeds say 0 of 9; other prompts may say 9 of 9.
    assert (found.broken[0].broke, found.broken[0].interval.low, found.broken[0].interval.high) == (0, 0, 1)


def test_harm_counts_against_the_ceiling_of_the_same_prompts() -> None:
    harm = steps(2, 2) * 0.3
    assert asked(curves(harm)).passages == (Censored(8), Censored(8))
    assert asked(curves(harm, prompts=Prompts.independent(np.full(20, 0.6)))).passages == (Broke(1, 2), Broke(1, 2))
    assert asked(curves(harm), line=0.3).passages == (Broke(1, 2), Broke(1, 2))


def test_gates_and_early_stops_reach_the_passages() -> None:
    harm = steps(2, 2, 2)
    lost = np.array([[1] * 5, [1, 1, 0, 0, 0], [1] * 5], dtype=bool)
    down = np.array([[0] * 5, [0] * 5, [0, 1, 1, 1, 1]], dtype=bool)
    harm[0, 3:] = np.nan  # not looked at
    found = asked(curves(harm, admissible=lost, collapsed=down, seen=np.array([3, 5, 5])))
    assert found.passages == (Censored(1), Censored(8), Collapsed(0, 1))


def test_a_second_draw_confirms_what_is_first_seen_at_the_last_checkpoint() -> None:
    second = SecondDraw(np.array([np.ones(12), np.zeros(12)]), Prompts.independent(np.ones(12)))
    assert asked(curves(steps(4, 4), again=(second,))).passages == (Broke(4, 8), Censored(8))
    assert asked(curves(steps(4, 4))).passages == (Censored(4), Censored(4))


def test_the_same_generator_gives_the_same_answer() -> None:
    harm = np.random.default_rng(3).random((7, 5, 30))
    assert str(asked(curves(harm), 8.0)) == str(asked(curves(harm), 8.0))


def test_drawn_prompts_have_the_variance_of_a_mean_over_clusters_within_strata() -> None:
    rng = np.random.default_rng(1)
    clusters, strata = np.arange(24) // 2, np.repeat([0, 1, 1], 8)
    value = rng.random(24) + 3 * strata + rng.random(12)[clusters]
    weights = prompt_draws(clusters, strata, 40_000, rng)
    totals = value.reshape(12, 2).sum(axis=1)
    variance = sum(m * np.var(totals[some], ddof=1) for m, some in ((4, slice(0, 4)), (8, slice(4, 12)))) / 24**2
    assert (weights @ value / 24).var() == pytest.approx(variance, rel=0.05)
    assert (weights[:, ::2] == weights[:, 1::2]).all()
    assert weights.mean(axis=0) == pytest.approx(np.ones(24), abs=0.03)
    assert weights[:, :8].sum(axis=1) == pytest.approx(np.full(40_000, 8.0))


def test_the_area_is_one_where_no_harm_was_had_and_a_trapezium_over_log_cost() -> None:
    found = resistance_area(curves(steps(5, 5, 5)), generator=np.random.default_rng(0))
    assert found.value == 1
    assert (found.interval.low, found.interval.high) == (pytest.approx(1 - clopper_pearson(0, 3).high), 1)
    half = np.tile(np.array([0, 0, 0.5, 0.25, 1.0])[None, :, None], (4, 1, 10))
    found = resistance_area(curves(half), generator=np.random.default_rng(0))
    assert found.value == pytest.approx(
        1 - (0.25 + 0.5 + 0.75) / 3
    )  # the largest so far: 0, .5, .5, 1 over 3 doublings
    assert found.interval.low < found.value < found.interval.high


def test_the_areas_of_runs_are_those_of_which_the_area_is_the_mean() -> None:
    harm = steps(1, *[2, 3] * 6)
    seen = np.array([3] + [5] * 12)
    made = curves(harm, seen=seen)
    whole = run_areas(curves(harm))
    assert whole.shape == (13,)
    area = resistance_area(curves(harm), generator=np.random.default_rng(0))
    assert whole.mean() == pytest.approx(area.value)
    # A run that stopped had no more harm: one that fell apart at once is not taken for one that half broke.
    assert run_areas(made)[1:] == pytest.approx(whole[1:])
    assert run_areas(curves(harm, seen=np.array([1] + [5] * 12)))[0] == 1.0
    assert run_areas(curves(steps(5))).tolist() == [1.0]
    with pytest.raises(ValueError, match="three checkpoints"):
        run_areas(
            Curves(np.array([0.0, 1.0]), harm[:, :2], made.prompts, *[np.ones((13, 2), dtype=bool)] * 2, np.full(13, 2))
        )


def test_the_area_counts_what_is_admissible_and_bounds_what_was_not_seen() -> None:
    harm = steps(1, *[2, 3] * 6)
    gate = np.ones((13, 5), dtype=bool)
    gate[0] = False
    found = resistance_area(curves(harm, admissible=gate), generator=np.random.default_rng(0))
    assert found.value == pytest.approx((1 + 6 / 6 + 6 / 2) / 13)  # all of it, a sixth, and one half
    assert (found.interrupted, found.n) == (0, 13)
    seen = np.array([3] + [5] * 12)
    cut = resistance_area(curves(harm, admissible=gate, seen=seen), generator=np.random.default_rng(0))
    assert cut.value == pytest.approx(found.value - 0.5 * (1.5 / 3) / 13)  # half of what may have come after 2 steps
    assert cut.interval.low <= found.interval.low
    assert cut.interval.high == pytest.approx(found.interval.high)
    assert cut.interrupted == 1


def test_the_areas_error_has_seeds_and_prompts_in_it() -> None:
    rng = np.random.default_rng(2)
    harm = np.tile((rng.random(30) < 0.5).astype(float), (8, 5, 1))
    found = resistance_area(curves(harm), generator=rng, draws=2_000)
    share = harm[0, 0].mean()
    assert found.standard_error == pytest.approx(np.sqrt(share * (1 - share) / 29), rel=0.1)  # all seeds are alike
    harm = steps(1, 2, 3, 5, 5)
    found = resistance_area(curves(harm), generator=rng)
    alone = [resistance_area(curves(np.repeat(each[None], 2, axis=0)), generator=rng).value for each in harm]
    assert found.standard_error == pytest.approx(np.std(alone, ddof=1) / np.sqrt(5))


def test_misuse_is_refused() -> None:
    good = steps(1, 2)
    bad = [
        {"harm": good[0]},
        {"costs": COSTS[:4]},
        {"seen": np.array([5])},
        {"admissible": np.ones((2, 4), dtype=bool)},
        {"prompts": Prompts.independent(np.ones(19))},
        {"prompts": Prompts.independent(np.zeros(20))},
        {"prompts": Prompts.independent(np.full(20, 1.1))},
        {"harm": np.where(good > 0, np.nan, good)},
        {"harm": good * 2},
        {"again": (SecondDraw(good[:, 0], Prompts.independent(np.ones(20))),) * 2},
    ]
    whole = curves(good)
    parts = {name: getattr(whole, name) for name in ("costs", "harm", "prompts", "admissible", "collapsed", "seen")}
    for each in bad:
        with pytest.raises(ValueError, match=r"needs|ceiling|one second draw|lie in"):
            Curves(**{**parts, **each})
    for more in ({"line": 0.0}, {"draws": 19}):
        with pytest.raises(ValueError, match="a line lies"):
            asked(whole, **more)
    for clusters, strata in (([], []), ([0, 1], [0]), ([0, 0, 1], [0, 1, 1]), ([0, 1, 2], [0, 0, 1])):
        with pytest.raises(ValueError, match=r"cluster"):
            prompt_draws(clusters, strata, 10, np.random.default_rng(0))
    with pytest.raises(ValueError, match="two runs"):
        resistance_area(curves(good[:1]), generator=np.random.default_rng(0))
