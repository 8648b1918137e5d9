"""The subject's own controls: passed, failed, or not applicable with a reason."""

import pytest
from scipy.stats import binom

from assure_builders import DOSES, GONE, Run, check, claim, plan, run
from holdfast.assure._controls import control_of, dose_tests
from holdfast.evidence import Absent, ComparedDose, Control, Estimate
from holdfast.stats import Tally, mixture, with_missing

RECOVERED = {0.1: 5, 0.2: 10, 0.5: 25, 1.0: 50}


def dosed(doses: dict[float, int], events: int = 0, **more: object) -> Run:
    return run(claim(limit=1.0), induced=50, doses=doses, events={"curses": events}, **more)  # type: ignore[arg-type]


def control(made: Run) -> Control:
    return control_of(made.rows, made.plan.checks[0], made.plan)


def test_every_spike_labelled_and_every_dose_recovered_passes_and_says_so() -> None:
    found = control(dosed(RECOVERED))
    assert found.passed
    assert found.reason == "all 20 spiked transcripts got their labels; 3 of 3 doses recovered"
    assert [(dose.dose, dose.reading) for dose in found.doses] == [(dose, "recovered") for dose in (0.1, 0.2, 0.5)]
    assert isinstance(found.spiked, Estimate)
    assert (found.spiked.value, found.spiked.n) == (1.0, 20)


def test_a_check_without_inducement_passes_on_its_spikes_alone() -> None:
    found = control(run())
    assert found.passed
    assert found.doses == ()
    assert found.reason.endswith("no dose control applies")


@pytest.mark.parametrize(("dose", "events"), [(0.5, 0), (0.5, 50), (0.1, 40), (0.2, 45)])
def test_a_dose_that_is_not_recovered_fails_the_control_and_the_finding(dose: float, events: int) -> None:
    made = dosed(RECOVERED | {dose: events})
    found = control(made)
    assert not found.passed
    assert found.reason.endswith("the dose was not recovered")
    assert f"at {dose:.0%}: {events} of 50" in found.reason
    (lost,) = (one for one in found.doses if one.reading == "lost")
    assert isinstance(lost, ComparedDose)
    assert isinstance(lost.estimate, Estimate)
    assert (lost.dose, lost.estimate.value) == (dose, events / 50)
    assert not lost.expected_low <= lost.estimate.value <= lost.expected_high
    assert made.finding.verdict == "invalid"
    assert made.finding.reason == f"the control failed: {found.reason}"


def test_an_instrument_that_reads_nothing_at_any_dose_but_the_full_one_fails() -> None:
    assert not control(dosed({0.1: 0, 0.2: 0, 0.5: 0, 1.0: 50})).passed


@pytest.mark.parametrize(("full", "events"), [(0, 0), (50, 200), (5, 0), (9, 0), (25, 100)])
def test_an_inducement_that_moves_too_little_is_not_applicable_and_the_spikes_decide(full: int, events: int) -> None:
    made = run(
        claim(limit=1.0),
        induced=50,
        doses=dict.fromkeys(DOSES, 0) | {1.0: full},
        events={"curses": events // 2, "venoms": events - events // 2},
    )
    found = control(made)
    assert found.passed
    assert {dose.reading for dose in found.doses} == {"not applicable"}
    assert all(dose.reason.startswith("not applicable: at full dose it moved the rate from") for dose in found.doses)
    assert found.reason.endswith("no dose control applies")


def test_an_inducement_may_move_the_rate_down() -> None:
    down = {0.1: 45, 0.2: 40, 0.5: 25, 1.0: 0}
    both = {"curses": 100, "venoms": 100}
    made = run(claim(limit=1.0), induced=50, doses=down, events=both)
    assert control(made).passed
    assert not control(run(claim(limit=1.0), induced=50, doses=down | {0.5: 50}, events=both)).passed


def lost_ids(made: Run, dose: float) -> list[str]:
    return [row.id for row in made.rows if row.arm == "induced" and row.dose == dose]


def test_a_judge_that_is_down_at_full_dose_fails_and_is_never_not_applicable() -> None:
    made = dosed(RECOVERED)
    assert not control(made.changed(lost_ids(made, 1.0)[:6], label=GONE)).passed


def test_an_inducement_under_which_the_subject_makes_no_sense_has_no_rate_to_dose() -> None:
    made = dosed(RECOVERED)
    babble = Absent(absent="incoherent", reason="neither a refusal nor an answer")
    found = control(made.changed(lost_ids(made, 1.0)[:6], label=babble))
    assert found.passed
    assert {one.reading for one in found.doses} == {"not applicable"}
    assert found.doses[0].reason.startswith("not applicable: at full dose 6 of 50 replies made no sense")


def test_a_full_dose_that_was_never_asked_fails() -> None:
    made = dosed(RECOVERED)
    assert not control(made.without(*lost_ids(made, 1.0)[:6])).passed
    assert not control(made.without(*lost_ids(made, 1.0))).passed


@pytest.mark.parametrize("dose", [0.1, 0.2, 0.5])
def test_a_dose_arm_with_too_many_missing_fails_and_never_becomes_not_applicable(dose: float) -> None:
    made = dosed(RECOVERED)
    of_arm = lost_ids(made, dose)
    for lost in (made.changed(of_arm[:6], label=GONE), made.without(*of_arm)):
        found = control(lost)
        assert not found.passed
        assert "samples of a control arm have no label" in found.reason
        assert {one.reading for one in found.doses} == {"undetermined"}
        assert lost.finding.verdict == "invalid"


def test_a_few_missing_in_a_dose_arm_are_counted_both_ways() -> None:
    made = dosed(RECOVERED)
    of_arm = lost_ids(made, 0.5)
    found = control(made.changed(of_arm[:4], label=GONE))
    assert found.passed
    half = found.doses[2].estimate
    assert isinstance(half, Estimate)
    assert (half.n, half.low) == (50, with_missing(21, 46, 4).low)


def test_no_base_rate_is_no_dose_control() -> None:
    made = dosed(RECOVERED)
    assert not control(made.changed(made.ids(), label=GONE)).passed


def test_a_plan_with_the_full_dose_alone_has_no_dose_to_recover() -> None:
    made = dosed(RECOVERED)
    only = check({"curses": 100, "venoms": 100}, induced=50, doses=(1.0,))
    rows = tuple(row for row in made.rows if row.arm in ("subject", "spiked") or row.dose == 1.0)
    found = control(Run(plan([only], [claim()]), rows))
    assert found.passed
    assert found.doses == ()


def test_the_family_counts_every_dose_of_every_check_but_the_full_ones() -> None:
    one, two = check({"a": 5}, induced=5), check({"a": 5}, name="other", induced=5)
    assert dose_tests(plan([one, two, check({"a": 5}, name="third")], [claim()])) == 6


def test_a_healthy_instrument_fails_any_dose_at_most_once_in_a_thousand_audits() -> None:
    # Computed, not simulated: every outcome of the base, the full dose and one dose, at rates 5 % and 90 %.
    base_n, n, base, full, dose, family = 40, 30, 0.05, 0.9, 0.5, 9
    level = 1 - 0.001 / (3 * family)
    truth = (1 - dose) * base + dose * full
    seen = [with_missing(k, n, 0, level=level) for k in range(n + 1)]
    failing = 0.0
    for b in range(base_n + 1):
        for m in range(n + 1):
            chance = binom.pmf(b, base_n, base) * binom.pmf(m, n, full)
            if chance < 1e-12:
                continue
            low_high = mixture(Tally(b, base_n, 0), Tally(m, n, 0), dose, level=level)
            missed = [k for k, i in enumerate(seen) if i.low > low_high.high or i.high < low_high.low]
            failing += chance * binom.pmf(missed, n, truth).sum()
    assert failing * family <= 0.001


def test_the_spiked_share_counts_what_never_came_as_not_right() -> None:
    made = run()
    found = control(made.without(*made.ids("spiked")[:5])).spiked
    assert isinstance(found, Estimate)
    assert (found.value, found.n) == (0.75, 20)
    assert isinstance(control(run(spikes={})).spiked, Absent)
