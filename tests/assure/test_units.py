"""Units, denominators, and rows that do not fit the plan."""

import pytest

from assure_builders import GONE, NEVER, Run, claim, row, run
from holdfast.assure._units import Group, claimed_strata, outcomes, pooled, structural_fault
from holdfast.evidence import Absent, Counts

SUBJECT_ARM = Group("subject")


def outcome_of(made: Run, k: int = 1, stratum: str = "curses") -> tuple[int, Counts, str]:
    found = outcomes(made.rows, made.plan.checks[0], SUBJECT_ARM, attempts_k=k)[stratum]
    return found.events, found.counts, found.why_missing


def counts(scored: int, unscorable: int = 0, skipped: int = 0) -> Counts:
    return Counts(total=scored + unscorable + skipped, scored=scored, unscorable=unscorable, skipped=skipped)


def ten_attempts(**more: object) -> Run:
    return run(strata={"curses": 5}, attempts=10, **more)  # type: ignore[arg-type]


def test_a_unit_that_shows_the_event_in_any_of_k_attempts_is_one_event() -> None:
    made = ten_attempts(events={"curses": 2}, at=4)
    assert outcome_of(made, k=1) == (0, counts(5), "")
    assert outcome_of(made, k=3) == (0, counts(5), "")
    assert outcome_of(made, k=4) == (2, counts(5), "")
    assert outcome_of(made, k=10) == (2, counts(5), "")


def test_a_unit_whose_every_attempt_shows_the_event_is_still_one_event() -> None:
    made = ten_attempts()
    everything = made.changed(made.ids(), label="fulfilled")
    assert outcome_of(everything, k=10) == (5, counts(5), "")


def test_a_unit_without_an_event_and_with_an_unlabelled_attempt_is_missing() -> None:
    made = ten_attempts(events={"curses": 1})
    lost = made.changed(["misuse/subject/7/curses-000", "misuse/subject/7/curses-001"], label=GONE)
    assert outcome_of(lost, k=10) == (1, counts(4, unscorable=1), GONE.reason)
    assert outcome_of(lost, k=6) == (1, counts(5), "")


def test_skipped_and_unscorable_are_told_apart_and_the_graver_word_wins() -> None:
    made = ten_attempts()
    mixed = made.changed(["misuse/subject/2/curses-000"], label=NEVER).changed(
        ["misuse/subject/3/curses-000"], label=GONE
    )
    assert outcome_of(mixed, k=10)[1] == counts(4, unscorable=1)
    assert outcome_of(mixed, k=2)[1] == counts(4, skipped=1)


def test_a_unit_that_never_came_is_skipped_and_not_forgotten() -> None:
    made = run(strata={"curses": 5}).without("misuse/subject/1/curses-002")
    assert outcome_of(made) == (0, counts(4, skipped=1), "the sample never came")


def test_an_attempt_that_never_came_makes_its_unit_missing_unless_another_showed_the_event() -> None:
    made = ten_attempts(events={"curses": 1}).without("misuse/subject/9/curses-000", "misuse/subject/9/curses-001")
    assert outcome_of(made, k=10) == (1, counts(4, skipped=1), "the sample never came")
    assert outcome_of(made, k=8) == (1, counts(5), "")


def test_losing_the_very_attempt_that_showed_the_event_does_not_make_a_unit_harmless() -> None:
    made = ten_attempts(events={"curses": 3}, at=4)
    lost = made.without(*(f"misuse/subject/4/curses-{unit:03d}" for unit in range(3)))
    assert outcome_of(lost, k=10) == (0, counts(2, skipped=3), "the sample never came")


def test_samples_and_units_are_both_counted_in_closed_denominators() -> None:
    whole = (f"misuse/subject/{k}/curses-001" for k in range(1, 11))
    made = ten_attempts().without("misuse/subject/9/curses-000", *whole)
    found = outcomes(made.rows, made.plan.checks[0], SUBJECT_ARM, attempts_k=10)["curses"]
    assert (found.samples, found.lost) == (50, 11)
    assert found.counts == counts(3, skipped=2)


def test_the_commonest_reason_is_the_one_that_is_given() -> None:
    other = Absent(absent="unscorable", reason="rare")
    made = run(strata={"curses": 5})
    made = made.changed(made.ids()[:1], label=other).changed(made.ids()[1:3], label=GONE)
    assert outcome_of(made)[2] == GONE.reason


def test_another_event_can_be_asked_for() -> None:
    made = run(strata={"curses": 5}, events={"curses": 2})
    found = outcomes(made.rows, made.plan.checks[0], SUBJECT_ARM, event="refused")
    assert found["curses"].events == 3


def test_every_planned_stratum_has_an_outcome_though_no_row_came() -> None:
    made = run(strata={"curses": 5, "venoms": 7})
    found = outcomes((), made.plan.checks[0], SUBJECT_ARM)
    assert {name: o.counts for name, o in found.items()} == {
        "curses": counts(0, skipped=5),
        "venoms": counts(0, skipped=7),
    }


def test_pooling_adds_and_keeps_the_reason_of_the_part_that_lacks_most() -> None:
    made = run(strata={"curses": 5, "venoms": 7}, events={"curses": 1, "venoms": 2})
    lost = made.changed([i for i in made.ids() if "venoms" in i][-2:], label=GONE).without(
        "misuse/subject/1/curses-004"
    )
    whole = pooled(outcomes(lost.rows, lost.plan.checks[0], SUBJECT_ARM).values())
    assert (whole.events, whole.counts, whole.why_missing) == (3, counts(9, unscorable=2, skipped=1), GONE.reason)
    assert (whole.tally.events, whole.tally.scored, whole.tally.missing) == (3, 9, 3)
    assert pooled(()).counts == counts(0)


def test_a_stratum_beside_the_claim_is_not_claimed() -> None:
    made = run(strata={"curses": 5, "rumours": 5}, beside=["rumours"])
    assert {"curses", "rumours"} & claimed_strata(made.plan.checks[0]) == {"curses"}


def fault(made: Run) -> str | None:
    return structural_fault(made.rows, made.plan.checks[0], made.plan.subject.digest)


def test_rows_that_fit_the_plan_have_no_fault_and_too_few_are_no_fault_of_structure() -> None:
    made = run(claim(), attempts=2, ability=5, induced=5, doses=dict.fromkeys((0.1, 0.2, 0.5, 1.0), 0))
    assert fault(made) is None
    assert fault(made.without(*made.ids()[:50])) is None


def test_a_sample_that_appears_twice_is_a_fault() -> None:
    made = run()
    assert fault(made.with_rows(made.rows[0])) == "1 samples appear more than once"


@pytest.mark.parametrize(
    "more",
    [
        {"stratum": "curses"},
        {"stratum": "unplanned"},
        {"arm": "greedy", "stratum": "curses"},
        {"arm": "induced", "stratum": "curses", "inducement": "note", "dose": 0.5},
        {"arm": "spiked", "stratum": "refused", "truth": "refused"},
        {"stratum": "curses", "attempt": 2},
    ],
)
def test_a_row_that_the_plan_does_not_have_is_a_fault(more: dict[str, object]) -> None:
    made = run()
    assert (
        fault(made.with_rows(row(made.plan.checks[0], "extra", **more))) == "there are rows that the plan does not have"
    )


def test_attempts_that_are_passed_off_as_units_are_a_fault() -> None:
    # Ten attempts at five units, renumbered as first attempts at fifty: the sum fits, the units do not.
    made = ten_attempts()
    renumbered = tuple(r.model_copy(update={"attempt": 1, "cluster": r.id}) for r in made.rows if r.arm == "subject")
    assert fault(Run(made.plan, renumbered)) == "there are rows that the plan does not have"


def test_a_row_about_another_subject_is_a_fault() -> None:
    made = run()
    assert fault(made.changed(made.ids()[:1], subject="sha256:other")) == "some rows are about another subject"


def test_a_suite_without_items_is_a_fault() -> None:
    made = run(strata={"curses": 0})
    assert "nothing to ask" in (fault(made) or "")
