"""The simulation of recognition, a few cells at a time: tellers tell what they say, the analysis is the shipped one."""

import numpy as np
import pytest
from bench.coverage import read_outs, tellers
from bench.coverage import recognised as bench

from holdfast.stats import ranked_difference, ranked_share
from holdfast.stats._placements import placements, ranking

DESIGNS = (
    ranking(tellers.POSITIVE, tellers.FAMILY, tellers.SENTENCE),
    ranking(tellers.POSITIVE, tellers.FAMILY, tellers.PAIR),
)


def fresh(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_design_is_that_of_the_twins() -> None:
    assert (len(tellers.POSITIVE), tellers.CLUSTERS, tellers.FAMILIES) == (720, 90, 14)
    assert list(np.bincount(tellers.SENTENCE)) == [8] * 90
    assert sorted(len(above) for above, _ in DESIGNS[0].sides) == [20] * 10 + [40] * 4
    assert len(DESIGNS[1].stratum) == 360


@pytest.mark.parametrize("kind", bench.SHARES)
def test_a_teller_tells_as_much_as_it_says(kind: str) -> None:
    teller, drawn = bench.SHARES[kind], tellers.draw(600, fresh(1))
    placed = placements(teller.scores(drawn, fresh(2)), DESIGNS[0].sides)
    seen = np.mean([placed[:, above].mean(axis=1) for above, _ in DESIGNS[0].sides], axis=0)
    truth = teller.truth(drawn)
    departs = seen - truth.here
    assert abs(departs.mean()) <= 4 * departs.std() / 600**0.5 + 1e-12
    # Of prompts of sentences that differ alone.
    above, below = DESIGNS[0].sides[0]
    other = tellers.SENTENCE[above][:, None] != tellers.SENTENCE[below]
    scores = teller.scores(drawn, fresh(3))
    high, low = scores[:, above, None], scores[:, None, below]
    areas = ((high > low) + 0.5 * (high == low))[:, other].mean(axis=1)
    if not kind.startswith("by family"):
        assert abs(areas.mean() - truth.apart) <= 4 * areas.std() / 600**0.5 + 1e-12


def test_of_families_drawn_for_ever_it_is_the_general_truth() -> None:
    teller, drawn = tellers.Graded(0.7, by_sentence=1.0, by_family=1.0), tellers.draw(4_000, fresh(4))
    truth = teller.truth(drawn)
    assert truth.here.mean() == pytest.approx(truth.general, abs=0.003)
    assert truth.general < 0.69
    assert truth.here.std() > 0.03


@pytest.mark.parametrize("kind", ["0.95, by sentence", "perfect", "yes 2 % on either side"])
def test_a_share_is_the_shipped_one(kind: str) -> None:
    cell = bench.share_cell(kind, DESIGNS, 5, generator := fresh(5))
    again = fresh(5)
    drawn = tellers.draw(5, again)
    scores = bench.SHARES[kind].scores(drawn, again)
    shipped = [ranked_share(row, tellers.POSITIVE, tellers.FAMILY, tellers.SENTENCE) for row in scores]
    assert cell["value"] == pytest.approx(np.mean([one.value for one in shipped]), abs=1e-4)
    assert cell["width"] == pytest.approx(np.mean([one.interval.high - one.interval.low for one in shipped]), abs=1e-4)
    assert generator.random() == again.random()


def test_a_surplus_is_the_shipped_difference() -> None:
    kind = "0.10: the same sentences"
    cell = bench.surplus_cell(kind, DESIGNS, 40, fresh(6))
    again = fresh(6)
    drawn = tellers.draw(40, again)
    way, reader = (one.scores(drawn, again) for one in bench.SURPLUSES[kind][:2])
    found = [
        ranked_difference(*rows, tellers.POSITIVE, tellers.FAMILY, tellers.SENTENCE)
        for rows in zip(way, reader, strict=True)
    ]
    assert cell["found"] == pytest.approx(np.mean([one.p_above <= 0.025 for one in found]))
    assert cell["met"] == pytest.approx(np.mean([one.interval.high <= 0.1 for one in found]))
    assert cell["not_met"] == pytest.approx(np.mean([one.interval.low > 0.1 for one in found]))


def test_it_holds_where_pairs_as_independent_and_plain_errors_do_not() -> None:
    by_sentence = bench.share_cell("by sentence, strongly", DESIGNS, 1_000, fresh(7))
    rare = bench.share_cell("perfect but for 1 % of sentences", DESIGNS, 1_000, fresh(8))
    assert by_sentence["coverage"] > 0.93
    assert by_sentence["pairs_coverage"] < 0.8
    assert rare["coverage"] > 0.97
    assert rare["plain_coverage"] < 0.75


def test_a_surplus_is_found_the_more_often_the_larger_it_is() -> None:
    kinds = ("none: both 0.75, other sentences", "0.05: other sentences", "0.20: other sentences")
    none, some, large = (bench.surplus_cell(kind, DESIGNS, 600, fresh(9)) for kind in kinds)
    # A share of 2.5 % comes out above 5 % once in ten thousand such tests.
    assert none["found"] < 0.05
    assert none["found"] < some["found"] < large["found"]
    assert large["found"] > 0.95
    assert large["met"] == 0


def test_the_better_of_two_readers_is_no_less_than_either() -> None:
    cell = bench.readers_cell("0.10", DESIGNS[0], 600, fresh(10))
    assert cell["value"] < cell["truth"]
    assert cell["worst_of_coverage"] > 0.94
    assert cell["worst_of_met"] <= cell["seen_better_met"]
    assert cell["worst_of_found"] <= cell["seen_better_found"]


def test_an_interval_of_fourteen_families_says_little_of_others() -> None:
    cell = bench.general_cell(1.0, DESIGNS[0], 600, fresh(11))
    assert cell["coverage_these"] > 0.92
    assert cell["coverage_general"] < 0.85
    assert cell["families_as_units_general"] > 0.92
    assert cell["families_as_units_width"] > cell["width"]


def test_every_cell_has_a_generator_of_its_own_and_its_summary_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "FITTED", {kind: bench.FITTED[kind] for kind in list(bench.FITTED)[:2]})
    monkeypatch.setattr(bench, "RIDGE_RUNS", 2)
    monkeypatch.setattr(bench, "SHARES", {kind: bench.SHARES[kind] for kind in ("nothing", "perfect")})
    once, again = (list(bench.cells(10, seed)) for seed in (3, 3))
    assert once == again
    assert [one["what"] for one in once] == (
        ["share"] * 2 + ["surplus"] * len(bench.SURPLUSES) + ["two readers"] * 2 + ["fitted"] * 3 + ["general"] * 3
    )
    truths = [round(one["truth"], 2) for one in once if one["what"] == "surplus"]
    assert truths == [0.0] * 8 + [0.05] + [0.1] * 6 + [0.2] * 3
    lines = bench.summary(once)
    least = min((one for one in once if one["what"] == "share"), key=lambda one: one["coverage"])
    assert lines["AUROC: coverage, least"].startswith(f"{least['coverage']:.4f} (99 % ")
    most = max((one for one in once if one["truth"] == 0.1 and "met" in one), key=lambda one: one["met"])
    assert lines["surplus: at most 0.10 met at exactly 0.10, most"].endswith(most["kind"])


@pytest.mark.parametrize("family", [True, False])
def test_a_readout_scores_a_prompt_by_the_others_alone(family: bool) -> None:
    features = read_outs.Features(3, told=0.5).draw(2, read_outs.Features(3).directions(fresh()), fresh(12))
    found = read_outs.mean_difference(features, family=family)
    groups = tellers.FAMILY if family else tellers.SENTENCE
    for unit in (0, 500):
        out = groups == groups[unit]
        means = [features[1, ~out & side].sum(axis=0) for side in (tellers.POSITIVE, ~tellers.POSITIVE)]
        assert found[1, unit] == pytest.approx(features[1, unit] @ (means[0] - means[1]))
    # A ridge regression with a large penalty points the same way, but for the scale of each feature.
    shipped = read_outs.ridge(features, family=family)
    assert shipped.shape == found.shape
    assert np.corrcoef(found[0], shipped[0])[0, 1] > 0.9


def test_the_interval_of_a_readout_that_was_fitted_must_say_so() -> None:
    nothing, much = (
        bench.fitted_cell(f"family left out, 8 features tell {what}", DESIGNS[0], 600, fresh(13))
        for what in ("nothing", "much")
    )
    assert 1.25 < nothing["error_over_stated"] < 1.6
    assert nothing["coverage_not_fitted"] < 0.9 < nothing["coverage"]
    assert nothing["surplus_coverage_not_fitted"] < 0.9 < nothing["surplus_coverage"]
    assert much["truth"] > 0.8
    assert much["coverage"] > 0.97


def test_the_readout_that_ships_is_simulated_too() -> None:
    cell = bench.fitted_cell(next(iter(bench.FITTED)), DESIGNS[0], 4, fresh(14), read_out=read_outs.ridge)
    assert (cell["readout"], cell["runs"], cell["truth"]) == ("ridge", 4, 0.5)
