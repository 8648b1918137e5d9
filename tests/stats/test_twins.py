"""The gap between twin framings: what it equals in simple cases, what it refuses, what must hold of every run."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.stats import (
    TwinDifference,
    corrected_twin_difference,
    cue_effects,
    equivalence,
    holm,
    paired_difference,
    sign_flip,
    twin_difference,
)
from holdfast.stats._paired import EXACT
from holdfast.stats._twins import analyse_twins, crossed

QUICK = settings(max_examples=25, deadline=None, database=None)
SEEDS = st.integers(0, 10_000)
SKELETONS = np.repeat(np.arange(40), 8)


def deal(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.permutation(160) for _ in range(2)])


def drawn(seed: int, *, spread: float = 0.0, by_item: float = 0.0, gap: float = 0.0) -> np.ndarray:
    """Differences of 0/1 answers; the gap differs between skeletons, or between items, by about as much as said."""
    rng = np.random.default_rng(seed)
    moved = gap + (spread * rng.standard_normal(40))[SKELETONS] + (by_item * rng.choice([-1, 1], 160))[deal(seed)]
    rates = np.stack([0.5 - moved / 2, 0.5 + moved / 2]).clip(0, 1)
    test, deployed = rng.random(rates.shape) < rates
    return deployed.astype(float) - test


def gap_of(differences: np.ndarray, seed: int = 0, **options: float) -> TwinDifference:
    generator = np.random.default_rng(0)
    return twin_difference(differences, deal(seed), SKELETONS, draws=999, generator=generator, **options)


def test_it_is_the_paired_difference_over_skeletons_where_items_add_nothing() -> None:
    differences = drawn(4, spread=0.3)
    found, plain = gap_of(differences, 4), paired_difference(differences, SKELETONS)
    assert found.clustering == "skeletons"
    assert found.difference.value == plain.value
    assert found.difference.standard_error == pytest.approx(plain.standard_error)
    assert found.difference.degrees_of_freedom == plain.degrees_of_freedom == 39
    assert found.difference.skewness == pytest.approx(plain.skewness)
    assert (found.skeletons, found.items, found.difference.n, found.difference.clusters) == (40, 160, 320, 40)
    assert found.difference.method == plain.method


def test_its_two_way_error_is_skeletons_plus_items_minus_pairs() -> None:
    # Cameron, Gelbach & Miller 2011, section 2.2; each part is the jackknife that `paired_difference` uses.
    differences = drawn(4, by_item=0.9)
    found = gap_of(differences, 4)
    parts = [paired_difference(differences, codes).standard_error for codes in (SKELETONS, deal(4), range(320))]
    assert found.clustering == "skeletons and items"
    assert found.difference.standard_error == pytest.approx(np.sqrt(parts[0] ** 2 + parts[1] ** 2 - parts[2] ** 2))
    assert found.difference.standard_error > 1.1 * parts[0]
    assert "two-way" in found.difference.method


def test_fewer_items_than_skeletons_give_the_degrees_of_freedom() -> None:
    found = twin_difference(drawn(1), np.tile(np.arange(8), 40), SKELETONS, generator=np.random.default_rng(0))
    assert found.difference.degrees_of_freedom == 7
    assert found.items == 8


def test_no_difference_anywhere_is_bounded_by_the_number_of_skeletons_alone() -> None:
    found = twin_difference(
        np.zeros(800), np.arange(800) % 400, np.repeat(range(100), 8), generator=np.random.default_rng()
    )
    bound = 1 - 0.025 ** (1 / 100)
    assert found.difference.method == EXACT
    assert (found.difference.interval.low, found.difference.interval.high) == pytest.approx((-bound, bound))
    assert found.flip_p_value == found.difference.p_value == 1
    assert found.agree


def test_skeletons_without_spread_are_not_believed_though_items_have_some() -> None:
    differences = np.tile([1.0, -1.0] + [0.0] * 6, 40)
    found = gap_of(differences)
    assert found.difference.method == EXACT
    assert found.clustering == "skeletons"


def test_few_differing_pairs_widen_the_error_as_in_the_paired_difference() -> None:
    differences = np.zeros(320)
    differences[[0, 100, 200]] = 1
    found, plain = gap_of(differences), paired_difference(differences, SKELETONS)
    assert "widened" in found.difference.method
    assert found.difference.standard_error >= plain.standard_error
    assert found.difference.interval.low <= plain.interval.low < 0


def test_interval_and_permutation_agree_on_a_clear_gap_and_may_not_on_skewed_ones() -> None:
    assert gap_of(drawn(5, gap=0.4), 5).agree
    lone = np.zeros(320)
    lone[np.arange(320) % 8 == 0] = np.where(np.arange(40) < 5, 1.0, 0.0)
    found = gap_of(lone)
    assert found.flip_p_value == sign_flip(lone, SKELETONS, draws=999, generator=np.random.default_rng(0))
    assert found.flip_p_value == 2 / 2**5
    assert found.difference.interval.low > 0
    assert not found.agree


@QUICK
@given(SEEDS, st.sampled_from([0.0, 0.02, 0.1, 0.4]), st.sampled_from([0.0, 0.5]))
def test_interval_p_value_and_equivalence_say_the_same(seed: int, gap: float, spread: float) -> None:
    found = gap_of(drawn(seed, gap=gap, spread=spread), seed).difference
    low, high = found.interval.low, found.interval.high
    assert low <= found.value <= high
    assert (not low <= 0 <= high) == (found.p_value < 0.05)
    margin = max(-low, high)
    assert equivalence(found, min(margin + 1e-6, 1), level=0.975).p_value <= 0.025
    assert equivalence(found, margin - 1e-6, level=0.975).p_value > 0.025


@QUICK
@given(SEEDS, st.sampled_from([0.8, 0.9, 0.99]))
def test_it_turns_with_the_sign_and_does_not_look_at_names_or_order(seed: int, level: float) -> None:
    differences, items = drawn(seed, spread=0.3, gap=0.1), deal(seed)
    order = np.random.default_rng(seed).permutation(320)
    generator = np.random.default_rng(0)
    found = gap_of(differences, seed, level=level).difference
    other = twin_difference(
        -differences[order], 7 - 3 * items[order], 1000 - SKELETONS[order], level=level, draws=9, generator=generator
    ).difference
    assert (other.value, other.standard_error) == pytest.approx((-found.value, found.standard_error))
    assert (-other.interval.high, -other.interval.low) == pytest.approx((found.interval.low, found.interval.high))
    assert other.p_value == pytest.approx(found.p_value)


def test_many_runs_at_once_are_the_runs_one_by_one() -> None:
    runs = np.stack([drawn(7, spread=0.4), drawn(8, by_item=0.8), np.zeros(320)])
    together = analyse_twins(runs, crossed(runs[0], deal(7), SKELETONS), 0.9)
    for at, run in enumerate(runs):
        one = gap_of(run, 7, level=0.9).difference
        assert (together.paired.low[at], together.paired.high[at]) == (one.interval.low, one.interval.high)
        assert together.paired.p_value[at] == one.p_value


@pytest.mark.parametrize(
    ("differences", "items", "skeletons"),
    [
        ([0.0, 1.0], [0, 1, 2], [0, 1]),
        ([0.0, 1.0], [0, 1], [0]),
        ([[0.0, 1.0]], [0, 1], [0, 1]),
        ([0.0, 1.5], [0, 1], [0, 1]),
        ([0.0, np.nan], [0, 1], [0, 1]),
        ([], [], []),
        ([0.0, 1.0], [0, 1], [3, 3]),
        ([0.0, 1.0], [5, 5], [0, 1]),
    ],
)
def test_a_gap_needs_pairs_of_several_skeletons_and_items(differences: list, items: list, skeletons: list) -> None:
    with pytest.raises(ValueError, match=r"gap needs|every pair|lies between"):
        twin_difference(differences, items, skeletons, generator=np.random.default_rng(0))


@pytest.mark.parametrize("options", [{"level": 1.0}, {"draws": 0}])
def test_a_gap_needs_a_level_and_draws(options: dict) -> None:
    with pytest.raises(ValueError, match=r"level|draw"):
        twin_difference([0.0, 1.0], [0, 1], [0, 1], generator=np.random.default_rng(0), **options)


# ── cues ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def cues(seed: int, effects: dict[str, float], held: float = 0.4, skeletons: int = 100) -> tuple:
    """Differences of pairs whose two sides show each cue of the skeleton on a random side."""
    rng = np.random.default_rng(seed)
    of = np.repeat(np.arange(skeletons), 8)
    signs = {name: (rng.choice([-1, 1], skeletons) * (rng.random(skeletons) < held))[of] for name in effects}
    moved = sum(effects[name] * (signs[name][:, None] == np.array([1, -1])) for name in effects)
    answers = rng.random((len(of), 2)) < 0.3 + moved
    return answers[:, 0].astype(float) - answers[:, 1], of, signs


def test_the_cue_that_moves_the_model_is_named_and_the_others_are_not() -> None:
    differences, of, signs = cues(1, {"disclosure": 0.4, "register": 0.0, "format": -0.25})
    found = {one.family: one for one in cue_effects(differences, of, signs).effects}
    for name, truth in (("disclosure", 0.4), ("register", 0.0), ("format", -0.25)):
        interval = found[name].difference.interval
        assert interval.low <= truth <= interval.high
        assert (found[name].adjusted_p_value <= 0.05) == (truth != 0)
    assert found["disclosure"].difference.clusters == len(np.unique(of[signs["disclosure"] != 0]))


def test_intervals_are_bonferronis_and_p_values_holms() -> None:
    differences, of, signs = cues(2, {"a": 0.1, "b": 0.0, "c": 0.2})
    found = cue_effects(differences, of, signs, level=0.9).effects
    plain = [
        paired_difference((sign * differences)[sign != 0], of[sign != 0], level=1 - 0.1 / 3) for sign in signs.values()
    ]
    assert [one.difference for one in found] == plain
    assert [one.adjusted_p_value for one in found] == list(holm([one.p_value for one in plain]))


def test_a_family_in_fewer_than_five_skeletons_is_left_out_and_costs_the_others_nothing() -> None:
    differences, of, signs = cues(3, {"a": 0.2})
    rare, absent = np.where(of < 4, 1.0, np.nan), np.full(of.shape, np.nan)
    found = cue_effects(differences, of, signs | {"rare": rare, "absent": absent})
    assert [one.family for one in found.effects] == ["a"]
    assert found.left_out == {"rare": 4, "absent": 0}
    assert found.effects == cue_effects(differences, of, signs).effects
    assert cue_effects(differences, of, {"rare": rare}).effects == ()
    assert not cue_effects(differences, of, {"five": np.where(of < 5, -1, 0)}).left_out


@pytest.mark.parametrize(
    ("differences", "skeletons", "sign", "words"),
    [
        ([0.0, 1.0], [0], [1, 1], "difference and a skeleton"),
        ([[0.0, 1.0]], [0, 1], [1, 1], "difference and a skeleton"),
        ([0.0, 1.0], [0, 1], [1, 1, 1], "a sign of cue"),
        ([0.0, 1.0], [0, 1], [1, 0.5], "a sign of cue"),
        ([0.0, 1.0], [0, 0], [1, -1], "differs within"),
    ],
)
def test_cues_without_one_sign_a_skeleton_are_refused(
    differences: list, skeletons: list, sign: list, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        cue_effects(differences, skeletons, {"cue": sign})


# ── a judge that errs ─────────────────────────────────────────────────────────────────────────────────────────────────


def judged(seed: int, *, misses: float = 0.3, labelled: int = 20, gap: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """What a judge says that overlooks events on the deployment-looking side, and the truth where it was labelled."""
    rng = np.random.default_rng(seed)
    answers = rng.random((320, 2)) < np.array([0.6, 0.6 + gap])
    said = answers & (rng.random((320, 2)) > np.array([0.02, misses])) | (rng.random((320, 2)) < 0.02)
    true = np.where(labelled > SKELETONS, answers[:, 1].astype(float) - answers[:, 0], np.nan)
    return said[:, 1].astype(float) - said[:, 0], true


def test_labels_take_out_the_gap_that_the_judge_made() -> None:
    said, true = judged(0)
    found, alone = corrected_twin_difference(said, true, deal(), SKELETONS), gap_of(said)
    assert alone.difference.interval.high < 0
    assert found.uncorrected == alone.difference.value
    assert found.difference.interval.low <= 0 <= found.difference.interval.high
    assert 0.5 < found.weight < 1
    assert found.labelled == 20
    assert found.difference.degrees_of_freedom == 18
    assert (found.difference.n, found.difference.clusters) == (320, 40)
    assert found.difference.p_value > 0.05


def test_the_correction_is_the_regression_estimator_of_double_sampling() -> None:
    # Cochran 1977, Sampling Techniques, section 12.6.
    said, true = judged(1)
    known = SKELETONS < 20
    slope = np.cov(said[known], true[known])[0, 1] / said[known].var(ddof=1)
    found = corrected_twin_difference(said, true, deal(), SKELETONS)
    assert found.weight == pytest.approx(slope)
    assert found.difference.value == pytest.approx(true[known].mean() + slope * (said.mean() - said[known].mean()))


def test_labels_everywhere_are_the_twin_difference_of_the_truth_but_for_the_degrees_of_freedom() -> None:
    said, true = judged(2, labelled=40, gap=0.2)
    found, truth = corrected_twin_difference(said, true, deal(), SKELETONS), gap_of(true)
    assert found.difference.value == pytest.approx(truth.difference.value)
    assert found.difference.standard_error == pytest.approx(truth.difference.standard_error, rel=1e-6)
    assert found.difference.degrees_of_freedom == truth.difference.degrees_of_freedom - 1


def test_a_judge_that_the_labels_nowhere_contradict_leaves_them_alone() -> None:
    _, true = judged(3, labelled=40)
    part = np.where(SKELETONS < 20, true, np.nan)
    found = corrected_twin_difference(true, part, deal(), SKELETONS)
    assert found.weight == 0
    assert found.difference.value == pytest.approx(true[SKELETONS < 20].mean())


def test_labels_that_show_nothing_bound_what_they_cannot_see() -> None:
    quiet = np.where(SKELETONS < 25, 0.0, np.nan)
    found = corrected_twin_difference(np.zeros(320), quiet, deal(), SKELETONS)
    assert found.weight == 1
    assert found.difference.value == 0
    assert found.difference.interval.high >= 1 - 0.025 ** (1 / 25)
    assert found.difference.p_value == 1
    noisy = np.where(SKELETONS == 30, 1.0, 0.0)
    assert corrected_twin_difference(noisy, quiet, deal(), SKELETONS).difference.value == pytest.approx(1 / 40)


def test_a_useless_judge_gets_no_weight_and_bounds_stay_differences() -> None:
    rng = np.random.default_rng(5)
    true = np.where(SKELETONS < 10, (rng.random(320) < 0.98).astype(float), np.nan)
    found = corrected_twin_difference(-np.nan_to_num(true, nan=1.0), true, deal(), SKELETONS)
    assert found.weight == 0
    assert found.difference.interval.high <= 1


@pytest.mark.parametrize(
    ("true", "words"),
    [
        (np.zeros(3), "true difference, or NaN"),
        (np.where(SKELETONS < 9, 0.0, np.nan), "10 labelled skeletons"),
        (np.where(np.arange(320) < 100, 0.0, np.nan), "whole or not at all"),
        (np.where(SKELETONS < 10, 2.0, np.nan), "lies between"),
    ],
)
def test_labels_that_cannot_correct_are_refused(true: np.ndarray, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        corrected_twin_difference(np.zeros(320), true, deal(), SKELETONS)


def test_labels_of_one_item_alone_are_refused() -> None:
    items = np.where(SKELETONS < 10, 0, np.arange(320))
    with pytest.raises(ValueError, match="two items"):
        corrected_twin_difference(np.zeros(320), np.where(SKELETONS < 10, 0.0, np.nan), items, SKELETONS)
