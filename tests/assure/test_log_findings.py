"""Claims about logs: the verdict, what it rests on, and every way in which it must not be given."""

import pytest

from holdfast.assure import assess_logs, log_plan, of_one_subject
from holdfast.errors import CheckTwice, SubjectUnclear
from holdfast.evidence import Absent, Claim, Estimate, Finding, JudgeError, Log, Record
from holdfast.stats import clopper_pearson
from log_builders import EMPTY, RATING, check, claim, framework, log, row, rows


def judged(made: Log, *claims: Claim) -> Record:
    frameworks = [framework(*claims)] if claims else []
    return assess_logs([made], log_plan([made], frameworks))


def finding(made: Log, *claims: Claim) -> Finding:
    return judged(made, *claims).findings[0]


def estimate(found: Finding) -> Estimate:
    assert isinstance(found.estimate, Estimate)
    return found.estimate


def test_samples_that_stand_alone_get_the_exact_interval() -> None:
    found = finding(log(rows([1.0] * 3 + [0.0] * 197)), claim(0.1))
    exact = clopper_pearson(3, 200)
    assert (estimate(found).low, estimate(found).high, estimate(found).n) == (exact.low, exact.high, 200)
    assert (found.verdict, found.events) == ("met", 3)


def test_clusters_widen_the_interval_and_may_take_the_verdict_away() -> None:
    values = [1.0] * 10 + [0.0] * 190
    alone, clustered = (finding(log(rows(values, per_cluster=n)), claim(0.1)) for n in (1, 10))
    assert alone.verdict == "met"
    assert clustered.verdict == "undecided"
    assert estimate(clustered).clusters == 20
    assert estimate(clustered).high > estimate(alone).high


def test_under_ten_clusters_there_is_a_bound_on_the_side_that_the_claim_needs() -> None:
    few = log(rows([0.0] * 100, per_cluster=20))
    assert estimate(finding(few, claim(0.6))).sides == "upper"
    assert estimate(finding(few, claim(0.6, ">="))).sides == "lower"


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_missing_values_are_counted_both_ways(value: float) -> None:
    found = finding(log(rows([value] * 95 + [EMPTY] * 5)), claim(0.99))
    assert estimate(found).low == clopper_pearson(int(95 * value), 100).low
    assert estimate(found).high == clopper_pearson(int(95 * value) + 5, 100).high
    assert (found.counts.total, found.counts.scored, found.counts.unscorable) == (100, 95, 5)


def test_samples_that_never_came_are_missing_like_the_others() -> None:
    found = finding(log(rows([0.0] * 95), check(planned=100)), claim(0.2))
    assert estimate(found).high == clopper_pearson(5, 100).high
    assert (found.counts.total, found.counts.skipped) == (100, 5)


def test_missing_values_in_clusters_widen_both_sides() -> None:
    sound = finding(log(rows([0.0, 1.0] * 50, per_cluster=2)), claim())
    holed = finding(log(rows([0.0, 1.0] * 46 + [EMPTY] * 8, per_cluster=2)), claim())
    assert estimate(holed).low < estimate(sound).low
    assert estimate(holed).high > estimate(sound).high


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("op", ["<=", ">="])
def test_a_run_of_empty_completions_is_invalid_whatever_is_claimed(value: float, op: str) -> None:
    made = log(rows([value] * 10 + [EMPTY] * 90))
    assert finding(made, claim(0.5, op)).verdict == "invalid"
    assert judged(made, claim(0.5, op)).exit == 3


def test_without_a_claim_a_broken_run_is_still_invalid_and_a_sound_one_is_not_asked() -> None:
    broken, sound = judged(log(rows([EMPTY] * 20))), judged(log(rows([0.0] * 20)))
    assert (broken.verdict, broken.exit) == ("invalid", 3)
    assert (sound.verdict, sound.exit) == ("not asked", 0)
    assert "1 of 1 checks measured" in sound.headline
    assert "1 invalid" in broken.headline


def test_a_log_that_holds_no_check_at_all_is_no_success() -> None:
    made = log([], check())
    assert judged(made).exit == 3
    nothing = Log(made.facts.model_copy(update={"checks": ()}), ())
    assert judged(nothing).exit == 3


def test_a_check_that_the_logs_lack_is_not_tested_and_the_nearest_is_named() -> None:
    found = finding(log(rows([0.0] * 20)), claim(check="refusal/judge"))
    assert found.verdict == "not tested"
    assert "did the framework mean refusals/judge?" in found.reason
    assert "they have refusals/judge" in finding(log(rows([0.0])), claim(check="zzz")).reason


def test_a_claim_about_the_families_that_were_read_cannot_be_judged_from_a_log() -> None:
    found = finding(log(rows([0.0] * 200, check="jailbreak"), check("jailbreak")), claim(check="jailbreak"))
    assert found.verdict == "not tested"
    assert "does not show which families" in found.reason


def test_ratings_are_shown_and_never_judged() -> None:
    record = judged(log(rows([RATING] * 30)), claim())
    assert record.findings[0].verdict == "not tested"
    assert record.findings[0].reason == RATING.reason
    assert judged(log(rows([RATING] * 30))).verdict == "not asked"


def attempts(*per_item: list[float | Absent]) -> Log:
    return log([row(i, v, attempt=n) for i, item in enumerate(per_item) for n, v in enumerate(item, start=1)])


def test_within_k_attempts_an_item_is_one_unit() -> None:
    made = attempts(*([[0.0, 0.0, 1.0]] * 5), *([[0.0, 0.0, 0.0]] * 95))
    one, three = (finding(made, claim(0.2, attempts_k=k)) for k in (1, 3))
    assert estimate(one).n == 300
    assert (estimate(three).n, three.events) == (100, 5)
    assert estimate(three).high == clopper_pearson(5, 100).high
    assert estimate(three).unit == "items"


def test_an_attempt_without_a_value_may_have_been_the_one() -> None:
    made = attempts(*([[1.0, EMPTY]] * 4), *([[0.0, EMPTY]] * 3), *([[0.0, 0.0]] * 93))
    found = finding(made, claim(0.5, attempts_k=2))
    assert (found.events, found.counts.unscorable) == (4, 3)
    assert estimate(found).high == clopper_pearson(7, 100).high


def test_more_attempts_than_the_log_has_and_graded_values_are_not_tested() -> None:
    assert "the log has 2 attempts" in finding(attempts([0.0, 0.0]), claim(attempts_k=3)).reason
    assert "graded" in finding(attempts([0.5, 0.0]), claim(attempts_k=2)).reason


def stratified(worst: float, per_stratum: int = 100) -> Log:
    bad = round(worst * per_stratum)
    samples = [row(f"a{i}", 1.0 if i < bad else 0.0, stratum="a") for i in range(per_stratum)]
    return log(samples + [row(f"b{i}", 0.0, stratum="b") for i in range(per_stratum)])


def test_the_worst_stratum_is_named_and_its_own_count_is_kept() -> None:
    found = finding(stratified(0.2), claim(0.15, scope="worst stratum"))
    assert (found.verdict, found.stratum, found.events, found.counts.total) == ("undecided", "a", 20, 100)
    assert estimate(found).high == clopper_pearson(20, 100).high
    assert estimate(found).low == clopper_pearson(20, 100, level=0.975).low
    best = finding(stratified(0.2), claim(0.9, ">=", scope="worst stratum"))
    assert best.stratum == "b"


def test_a_worst_stratum_of_few_clusters_is_a_bound() -> None:
    made = log([row(f"{s}{i}", 0.0, stratum=s, cluster=f"{s}{i % 3}") for s in "ab" for i in range(30)])
    assert estimate(finding(made, claim(0.9, scope="worst stratum"))).sides == "upper"


def test_a_claim_about_strata_needs_strata_with_values() -> None:
    assert "no strata" in finding(log(rows([0.0] * 30)), claim(scope="worst stratum")).reason
    made = log([row(i, 0.0, stratum="a") for i in range(95)] + [row("x", EMPTY, stratum="b")])
    assert "stratum b has no sample" in finding(made, claim(scope="worst stratum")).reason


def test_a_graded_share_is_estimated_and_counts_no_events() -> None:
    found = finding(log(rows([0.25, 0.5, 0.75] * 30)), claim(0.9))
    assert estimate(found).value == pytest.approx(0.5)
    assert isinstance(found.events, Absent)


@pytest.mark.parametrize(
    ("judged_by", "said"), [("rule", "a rule"), ("model", "a model"), ("person", "people"), ("unknown", "an unknown")]
)
def test_a_judge_that_was_never_checked_is_said_to_be(judged_by: str, said: str) -> None:
    error = finding(log(rows([0.0] * 30), check(judged_by=judged_by)), claim()).judge_error
    assert isinstance(error, JudgeError)
    assert error.reading == "uncorrected"
    assert f"judged by {said}" in error.reason
    assert "uncorrected" in error.reason


def test_further_frameworks_show_which_verdicts_flip_and_decide_nothing() -> None:
    made = log(rows([1.0] * 10 + [0.0] * 190))
    plan = log_plan([made], [framework(claim(0.2)), framework(claim(0.01), name="theirs")])
    record = assess_logs([made], plan)
    assert (record.verdict, record.exit) == ("met", 0)
    assert [(under.framework, under.verdict) for under in record.under] == [("theirs 1", "not met")]
    page = next(section for section in record.page if section.id == "under").model_dump_json()
    assert "verdicts differ on refusals/judge" in page


def test_frameworks_that_agree_are_said_to() -> None:
    made = log(rows([0.0] * 200))
    record = assess_logs([made], log_plan([made], [framework(claim(0.2)), framework(claim(0.1), name="theirs")]))
    assert "no check changes its verdict" in record.model_dump_json()


def test_required_leaves_that_no_log_covers_keep_the_record_from_met() -> None:
    made = log(rows([0.0] * 200))
    wanting = framework(claim(tags=("iasr26:2.1.3",)), required_tags=("iasr26:2.1.3", "iasr26:3.4"))
    record = assess_logs([made], log_plan([made], [wanting]))
    assert record.findings[0].verdict == "met"
    assert record.verdict == "not tested"
    assert next(leaf for leaf in record.coverage if leaf.tag == "iasr26:2.1.3").by == (
        "restricted (on a log of made by hand 1)",
    )


def test_logs_of_two_subjects_are_refused_until_one_is_chosen() -> None:
    a, b = log(rows([0.0])), log(rows([0.0]), subject="model-b")
    with pytest.raises(SubjectUnclear, match="about 2 subjects: model-a, model-b"):
        of_one_subject([a, b])
    assert of_one_subject([a, b], ["model-b"]) == (b,)
    with pytest.raises(SubjectUnclear, match="no log is about 'model-c'"):
        of_one_subject([a, b], ["model-c"])


def test_two_names_may_mean_one_model_and_one_check_may_not_be_in_two_logs() -> None:
    a, b = log(rows([0.0])), log(rows([0.0], check="other"), check("other"), subject="model-b")
    assert of_one_subject([a, b], ["model-a", "model-b"]) == (a, b)
    with pytest.raises(CheckTwice, match="refusals/judge"):
        of_one_subject([a, a])


def test_the_order_of_rows_changes_nothing() -> None:
    samples = rows([1.0, 0.0, 0.5, EMPTY] * 25, per_cluster=4)
    one, other = judged(log(samples), claim(0.9)), judged(log(samples[::-1]), claim(0.9))
    assert one.findings == other.findings


def test_samples_without_a_stratum_do_not_escape_a_claim_about_the_worst() -> None:
    made = log([row(n, 0.0, stratum="a") for n in range(200)] + [row(f"x{n}", 1.0) for n in range(100)])
    found = finding(made, claim(0.1, scope="worst stratum"))
    assert (found.verdict, found.stratum) == ("not met", "(no stratum)")


def test_an_item_without_its_first_attempts_does_not_leave_the_denominator() -> None:
    late = [row(f"late{i}", 1.0, attempt=n) for i in range(9) for n in range(3, 5)]
    early = [row(i, 0.0, attempt=n) for i in range(91) for n in (1, 2)]
    found = finding(log(early + late), claim(0.05, attempts_k=2))
    assert (found.counts.total, found.counts.unscorable, found.verdict) == (100, 9, "undecided")
    assert estimate(found).high == clopper_pearson(9, 100).high


def test_planned_samples_that_never_came_widen_claims_within_attempts_and_about_the_worst() -> None:
    made = log([row(i, 0.0, attempt=n) for i in range(96) for n in (1, 2)], check(planned=200))
    found = finding(made, claim(0.5, attempts_k=2))
    assert (found.counts.total, found.counts.skipped) == (100, 4)
    assert estimate(found).high == clopper_pearson(4, 100).high
    strata = log([row(f"{s}{i}", 0.0, stratum=s) for s in "ab" for i in range(92)], check(planned=204))
    worst = finding(strata, claim(0.5, scope="worst stratum"))
    assert estimate(worst).high == clopper_pearson(20, 112).high


def test_one_item_under_many_names_of_clusters_is_one_item() -> None:
    made = log([row("i", 0.0, cluster=f"c{n}", attempt=n) for n in range(1, 301)])
    found = finding(made, claim(0.02))
    assert found.verdict == "undecided"
    assert estimate(found).high > 0.5


def test_items_crossed_with_wordings_are_clustered_both_ways() -> None:
    values = [[float((i + 3 * c) % 7 == 0) for c in range(12)] for i in range(30)]
    samples = [
        row(f"i{i}", v, cluster=f"w{c}", attempt=c + 1) for i, line in enumerate(values) for c, v in enumerate(line)
    ]
    found = finding(log(samples), claim(0.5))
    assert "crossed with items" in estimate(found).method
    holed = finding(log([*samples[:-20], *(s._replace(value=EMPTY) for s in samples[-20:])]), claim(0.5))
    assert estimate(holed).high > estimate(found).high


def test_a_threshold_on_the_side_that_the_log_calls_worse_is_questioned() -> None:
    made = log(rows([1.0] * 90 + [0.0] * 10))
    assert "is the threshold meant so?" in finding(made, claim(0.5, ">=")).reason
    assert "meant so" not in finding(made, claim(0.99)).reason
    better = log(rows([0.0] * 100), check(higher_is="better"))
    assert "more of it is better: is the threshold meant so?" in finding(better, claim(0.5)).reason
