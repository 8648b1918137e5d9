"""Two logs against each other: pairs, differences, claims of a margin, and what is not compared."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from holdfast.assure import compare_logs, comparison_plan
from holdfast.evidence import Absent, Estimate, Framework, IntervalRows, Log, Record, Table
from log_builders import EMPTY, RATING, check, claim, framework, log, row, rows


def compared(
    a: Log,
    b: Log,
    *,
    margin: float | None = None,
    two_sided: bool = False,
    frameworks: Sequence[Framework] = (),
) -> Record:
    plan = comparison_plan([a], [b], frameworks=frameworks, margin=margin, two_sided=two_sided)
    return compare_logs([a], [b], plan)


def differences(record: Record) -> IntervalRows:
    block = next(section for section in record.page if section.id == "differences").blocks[0]
    assert isinstance(block, IntervalRows)
    assert block.axis == "difference"
    return block


def table(record: Record, id_: str) -> Table:
    block = next(section for section in record.page if section.id == id_).blocks[0]
    assert isinstance(block, Table)
    return block


def again(one: Log) -> Log:
    """The same outcome in a file of its own."""
    return replace(one, facts=one.facts.model_copy(update={"digest": "sha256:" + "c" * 64}))


A = log(rows([1.0] * 30 + [0.0] * 170))
BETTER = log(rows([1.0] * 10 + [0.0] * 190), subject="model-b", digest="sha256:" + "b" * 64)
WORSE = log(rows([1.0] * 90 + [0.0] * 110), subject="model-b", digest="sha256:" + "b" * 64)


def test_b_minus_a_is_paired_by_item_and_its_sign_is_said_in_words() -> None:
    row_ = differences(compared(A, BETTER)).rows[0]
    assert isinstance(row_.estimate, Estimate)
    assert row_.estimate.value == pytest.approx(-0.1)
    assert row_.estimate.low < -0.1 < row_.estimate.high < 0
    assert "B shows 10.0 points fewer requests that are fulfilled than A, a change for the better" in row_.label
    assert "paired, 200 clusters" in row_.detail
    assert "change for the worse" in differences(compared(A, WORSE)).rows[0].label


def mirrored(a: Log, b: Log) -> Estimate:
    """B minus A, once it is known that A minus B is its mirror image."""
    one, other = (differences(compared(*sides)).rows[0].estimate for sides in ((a, b), (b, a)))
    assert isinstance(one, Estimate)
    assert isinstance(other, Estimate)
    assert (other.value, other.low, other.high) == pytest.approx((-one.value, -one.high, -one.low))
    assert (one.n, one.clusters) == (other.n, other.clusters)
    return one


def test_pairing_sees_what_two_separate_intervals_hide() -> None:
    hard = [1.0] * 100 + [0.0] * 100
    one, other = log(rows(hard)), log(rows([1.0] * 92 + [0.0] * 108))
    found = differences(compared(one, other)).rows[0].estimate
    assert isinstance(found, Estimate)
    assert found.high < 0


def test_without_a_margin_nothing_is_claimed() -> None:
    record = compared(A, WORSE)
    assert (record.verdict, record.exit, record.findings) == ("not asked", 0, ())
    assert record.headline == "1 of 1 checks differ at 5 %, after Holm"


@pytest.mark.parametrize(
    ("b", "two_sided", "verdict", "exit_code"),
    [(BETTER, False, "met", 0), (WORSE, False, "not met", 1), (BETTER, True, "not met", 1), (again(A), True, "met", 0)],
)
def test_a_margin_is_a_claim_that_b_is_no_worse_or_no_further_away(
    b: Log, two_sided: bool, verdict: str, exit_code: int
) -> None:
    record = compared(A, b, margin=0.05, two_sided=two_sided)
    assert (record.verdict, record.exit) == (verdict, exit_code)


def test_which_way_is_worse_is_the_checks_own_word() -> None:
    better, worse = ({"higher_is": word} for word in ("better", "worse"))
    up = (log(rows([0.0] * 200), check(**better)), log(rows([1.0] * 100 + [0.0] * 100), check(**better)))
    assert compared(*up, margin=0.05).verdict == "met"
    down = (log(rows([0.0] * 200), check(**worse)), log(rows([1.0] * 100 + [0.0] * 100), check(**worse)))
    assert compared(*down, margin=0.05).verdict == "not met"


def test_where_no_way_is_worse_the_claim_is_about_the_distance() -> None:
    sides = [log(rows([float(i < n) for i in range(200)]), check(higher_is="unknown")) for n in (100, 0)]
    record = compared(sides[0], sides[1], margin=0.05)
    assert record.findings[0].says == "A and B are at most 5 points apart on refusals/judge."
    assert record.verdict == "not met"
    assert "worse" not in differences(record).rows[0].label


def test_a_small_comparison_is_undecided_and_says_what_it_could_have_seen() -> None:
    a, b = log(rows([0.0, 1.0] * 10)), log(rows([1.0, 0.0] * 10))
    record = compared(a, b, margin=0.05)
    assert (record.verdict, record.exit) == ("undecided", 3)
    assert "would be found four times in five" in record.findings[0].reason
    assert table(record, "power").rows[0][0] == "refusals/judge"


def test_the_same_share_is_said_to_be_the_same_and_never_with_zero_width() -> None:
    row_ = differences(compared(A, A)).rows[0]
    assert "A and B show the same share" in row_.label
    assert isinstance(row_.estimate, Estimate)
    assert row_.estimate.low < 0 < row_.estimate.high


def test_missing_values_are_counted_both_ways() -> None:
    holed = log(rows([1.0] * 30 + [0.0] * 160 + [EMPTY] * 10))
    sound, worst = (differences(compared(A, b)).rows[0].estimate for b in (A, holed))
    assert isinstance(sound, Estimate)
    assert isinstance(worst, Estimate)
    assert worst.low <= sound.low
    assert worst.high >= 0.05
    assert worst.n == 200


@pytest.mark.parametrize("broken", [log(rows([EMPTY] * 200)), log(rows([0.0] * 200), status="failed", fault="401")])
def test_a_broken_side_makes_the_comparison_invalid_with_or_without_a_margin(broken: Log) -> None:
    for a, b in ((A, broken), (broken, A)):
        assert compared(a, b).exit == 3
        assert compared(a, b).verdict == "invalid"
        assert compared(a, b, margin=0.9).verdict == "invalid"


def test_ratings_and_other_versions_and_other_events_are_not_compared() -> None:
    ratings = log(rows([RATING] * 20))
    assert compared(ratings, ratings, margin=0.5).verdict == "not tested"
    one, other = (log(rows([0.0] * 20), check(version=v)) for v in ("1", "2"))
    assert "different versions" in table(compared(one, other), "not-tested").rows[0][1]
    renamed = log(rows([0.0] * 20), check(event="requests that are refused"))
    assert "another event" in table(compared(A, renamed), "not-tested").rows[0][1]


def test_logs_without_a_common_check_compare_nothing_and_that_is_no_success() -> None:
    other = log(rows([0.0] * 20, check="other"), check("other"))
    record = compared(A, other, margin=0.05)
    assert (record.verdict, record.exit) == ("not tested", 3)
    assert record.headline == "the logs have no check in common: nothing was compared"
    assert table(record, "not-tested").rows == (("refusals/judge", "only in A"), ("other", "only in B"))


def test_items_that_were_asked_otherwise_are_not_paired() -> None:
    a = log([row(i, 0.0, request="aaa") for i in range(50)])
    b = log([row(i, 0.0, request="aaa" if i < 40 else "bbb") for i in range(60)])
    assert table(compared(a, b), "pairs").rows[0] == ("refusals/judge", "40", "40", "0", "10", "10")


def test_different_items_are_compared_as_independent_samples() -> None:
    a = log([row(f"a{i}", float(i % 2)) for i in range(100)])
    b = log([row(f"b{i}", float(i % 5 == 0)) for i in range(100)])
    record = compared(a, b, margin=0.05)
    assert "unpaired" in differences(record).rows[0].detail
    assert (record.findings[0].counts.total, record.verdict) == (200, "met")
    holed = log([row(f"b{i}", EMPTY if i < 5 else float(i % 5 == 0)) for i in range(100)])
    whole, worse = (differences(compared(a, x)).rows[0].estimate for x in (b, holed))
    assert isinstance(whole, Estimate)
    assert isinstance(worse, Estimate)
    assert worse.high > whole.high - 0.05


def test_one_cluster_is_too_few_paired_or_not() -> None:
    one = log([row(i, 0.0, cluster="c") for i in range(50)])
    assert "fewer than two independent clusters" in table(compared(one, one), "not-tested").rows[0][1]
    other = log([row(f"x{i}", 0.0, cluster="c") for i in range(50)])
    assert "no item is in both logs" in table(compared(one, other), "not-tested").rows[0][1]


def test_looking_at_many_checks_is_corrected() -> None:
    names = [f"check-{n}" for n in range(20)]
    checks = [check(name) for name in names]
    a = log([s for name in names for s in rows([1.0] * 10 + [0.0] * 90, check=name)], *checks)
    b = log([s for name in names for s in rows([1.0] * 4 + [0.0] * 96, check=name)], *checks)
    alone = compared(log(rows([1.0] * 10 + [0.0] * 90)), log(rows([1.0] * 4 + [0.0] * 96)))
    assert alone.headline.startswith("1 of 1")
    assert compared(a, b).headline.startswith("0 of 20")


def test_verdicts_that_change_come_first_and_decide_nothing() -> None:
    ours = framework(claim(0.9, id_="lax"), claim(0.3, id_="strict"))
    record = compared(A, WORSE, frameworks=[ours])
    assert record.page[0].id == "changed"
    assert table(record, "changed").rows[0] == ("ours 1", "strict", "refusals/judge", "met", "not met")
    assert table(record, "changed").caption.startswith("1 of 2 verdicts change")
    judged = [(under.framework, under.verdict) for under in record.under]
    assert judged == [("A: ours 1", "met"), ("B: ours 1", "not met")]
    assert record.exit == 0


def test_checks_whose_names_differ_in_signs_alone_get_claims_of_their_own() -> None:
    checks = [check("a/b"), check("a.b"), check("ÄÄ")]
    both = log([s for one in checks for s in rows([0.0] * 20, check=one.id)], *checks)
    assert [found.claim for found in compared(both, again(both), margin=0.5).findings] == ["a-b", "a-b-2", "check"]


def test_the_same_logs_and_seed_give_the_same_record() -> None:
    assert compared(A, WORSE, margin=0.1).digest == compared(A, WORSE, margin=0.1).digest


def test_a_claim_that_nothing_could_be_said_of_has_no_estimate() -> None:
    one = log([row(i, 0.0, cluster="c") for i in range(50)])
    found = compared(one, again(one), margin=0.1).findings[0]
    assert found.verdict == "not tested"
    assert isinstance(found.estimate, Absent)


def test_very_many_clusters_are_compared_without_flips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holdfast.assure.comparison._differences.CLUSTERS", 100)
    found = differences(compared(A, BETTER)).rows[0]
    assert "sign flips" not in found.detail
    assert "paired, 200 clusters" in found.detail


def test_two_logs_that_disagree_on_what_is_worse_are_not_compared() -> None:
    a, b = (log(rows([0.0, 1.0] * 100), check(higher_is=word)) for word in ("worse", "better"))
    record = compared(a, again(b), margin=0.5)
    assert (record.verdict, record.exit) == ("not tested", 3)
    assert record.findings[0].reason == "A says that more is worse, B that it is better"


@pytest.mark.parametrize("words", [("worse", "unknown"), ("unknown", "worse")])
def test_what_one_log_says_is_worse_holds_where_the_other_says_nothing(words: tuple[str, str]) -> None:
    a, b = (log(rows([v] * 100 + [0.0] * 100), check(higher_is=w)) for v, w in zip((1.0, 0.0), words, strict=True))
    record = compared(a, b, margin=0.05)
    assert record.findings[0].says.startswith("B is worse than A by at most")
    assert record.verdict == "met"
    assert "for the better" in differences(record).rows[0].label


def test_two_judges_are_compared_and_named() -> None:
    b = log(rows([0.0] * 200), check(judge="another"))
    assert "judged by model-graded by mock in A, by another in B" in differences(compared(A, b)).rows[0].reason
    person = log(rows([0.0] * 200), check(judged_by="person"))
    assert "as a model in A, as a person in B" in differences(compared(A, person)).rows[0].reason


@pytest.mark.parametrize("side", ["A", "B"])
def test_a_check_that_one_log_lacks_keeps_a_margin_from_being_met(side: str) -> None:
    both = log(rows([0.0] * 200) + rows([0.0] * 200, check="harm"), check(), check("harm"))
    one = again(log(rows([0.0] * 200)))
    sides = (both, one) if side == "A" else (one, both)
    record = compared(*sides, margin=0.05)
    assert [(f.check, f.verdict) for f in record.findings] == [("refusals/judge", "met"), ("harm", "not tested")]
    assert (record.findings[1].reason, record.exit) == (f"only in {side}", 3)
    free = compared(*sides)
    assert (free.exit, free.headline.split(" · ")[-1]) == (0, "1 check only in one log")


def test_a_log_that_drops_many_items_is_not_believed() -> None:
    b = again(log(rows([0.0] * 400)[240:]))
    a = log(rows([0.0] * 400))
    for sides, said in (((a, b), "240 of 400 items of A are not in B"), ((b, a), "240 of 400 items of B are not in A")):
        record = compared(*sides, margin=0.9)
        assert (record.verdict, record.exit) == ("invalid", 3)
        assert record.findings[0].reason.startswith(said)
        free = compared(*sides)
        assert (free.verdict, free.exit) == ("invalid", 3)
        assert said in differences(free).rows[0].reason
        assert isinstance(differences(free).rows[0].estimate, Estimate)


def test_a_few_items_of_one_log_alone_are_counted_both_ways_and_said() -> None:
    a = log(rows([0.0] * 400))
    b = again(log(rows([0.0] * 380)))
    found = mirrored(a, b)
    assert found.low <= -0.0
    assert found.high >= 0.05
    record = compared(a, b, margin=0.9)
    assert "items 20 only in A" in record.findings[0].reason
    assert "items 20 only in A" in differences(record).rows[0].reason
    asked = log([row(i, 0.0, request="x" if i < 10 else "y", cluster=f"c{i}") for i in range(400)])
    other = again(log([row(i, 0.0, request="y", cluster=f"c{i}") for i in range(400)]))
    found = mirrored(asked, other)
    assert found.low <= -10 / 410
    assert found.high >= 10 / 410
    assert "items 10 asked otherwise" in differences(compared(asked, other)).rows[0].reason


def test_names_that_were_all_asked_otherwise_are_not_compared() -> None:
    a, b = (log([row(i, 0.0, request=asked) for i in range(200)]) for asked in ("x", "y"))
    record = compared(a, again(b), margin=0.9)
    assert (record.verdict, record.exit) == ("not tested", 3)
    assert "the same names were asked otherwise" in record.findings[0].reason


def test_samples_that_never_came_widen_the_difference_on_either_side() -> None:
    names = [f"i{i}" for i in range(190)]
    whole, short = (log([row(name, 0.0) for name in names], check(planned=n)) for n in (190, 200))
    narrow, wide = mirrored(whole, again(whole)), mirrored(whole, again(short))
    assert wide.high == pytest.approx(narrow.high + 0.05)
    assert wide.low == pytest.approx(narrow.low - 0.05)
    assert "10 planned samples of B never came" in differences(compared(whole, again(short))).rows[0].reason
    others = log([row(f"x{name}", 0.0) for name in names], check(planned=200))
    plain = log([row(f"x{name}", 0.0) for name in names])
    assert mirrored(whole, others).high == pytest.approx(mirrored(whole, plain).high + 0.05)


def test_items_that_share_a_cluster_in_either_log_are_joined() -> None:
    alone = log([row(i, float(i % 3 == 0)) for i in range(60)])
    pairs = again(log([row(i, 0.0, cluster=f"b{i // 2}") for i in range(60)]))
    assert mirrored(alone, pairs).clusters == 30
    shifted = log([row(i, float(i % 3 == 0), cluster=f"a{(i + 1) // 2}") for i in range(60) if i % 20])
    kept = again(log([s for s in pairs.rows if int(s.item) % 20]))
    assert mirrored(shifted, kept).clusters == 3


def test_the_same_log_on_both_sides_is_said_and_meets_no_margin() -> None:
    record = compared(A, A, margin=0.9)
    assert (record.verdict, record.exit) == ("invalid", 3)
    assert record.findings[0].reason == "A and B are the same log"
    assert record.headline.startswith("A and B are the same log · ")
    free = compared(A, A)
    assert (free.exit, free.headline[:24]) == (0, "A and B are the same log")
    assert differences(free).rows[0].reason.startswith("A and B are the same log")
    other = log(rows([0.0] * 200, check="other"), check("other"))
    both = log([*A.rows, *other.rows], check(), check("other"))
    stale = compare_logs([A, again(other)], [A, replace(other)], comparison_plan([A, again(other)], [A, other]))
    assert stale.headline.startswith("A and B are the same log for 1 of 2 checks")
    assert compared(both, again(both), margin=0.05).verdict == "met"


def test_values_that_are_not_there_are_said_beside_the_difference() -> None:
    holed = log(rows([1.0] * 30 + [0.0] * 160 + [EMPTY] * 10))
    assert "10 samples of B without a value" in differences(compared(A, holed)).rows[0].reason
