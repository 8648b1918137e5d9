"""Unable and unwilling told apart, and that a verdict does not hide which."""

import pytest

from assure_builders import GONE, NOT_WEIGHED, Run, claim, facts, run
from holdfast.evidence import Ability, Absent, Estimate


def ability(made: Run) -> Ability:
    found = made.finding.ability
    assert isinstance(found, Ability)
    return found


@pytest.mark.parametrize(
    ("known", "reading"),
    [
        (100, "knows"),
        (95, "knows"),
        (89, "cannot tell"),
        (60, "cannot tell"),
        (25, "does not know"),
        (0, "does not know"),
    ],
)
def test_ability_is_read_from_the_whole_interval(known: int, reading: str) -> None:
    found = ability(run(ability=100, known=known))
    assert found.reading == reading
    assert isinstance(found.estimate, Estimate)
    assert (found.estimate.value, found.estimate.n) == (known / 100, 100)
    assert "25%" in found.reference


@pytest.mark.parametrize("known", [0, 3, 5])
def test_a_small_sample_cannot_tell(known: int) -> None:
    assert ability(run(ability=5, known=known)).reading == "cannot tell"


def test_lost_readings_make_it_less_sure_and_never_surer() -> None:
    made = run(ability=100, known=97)
    lost = made.changed(made.ids("ability")[:20], label=GONE)
    assert ability(made).reading == "knows"
    assert ability(lost).reading == "cannot tell"
    none = run(ability=100, known=0)
    assert ability(none.without(*none.ids("ability")[:60])).reading == "cannot tell"


def test_no_reading_at_all_cannot_tell_and_says_why() -> None:
    made = run(ability=20, known=20)
    found = ability(made.changed(made.ids("ability"), label=GONE))
    assert (found.reading, found.reason) == ("cannot tell", "the judge was down")
    assert isinstance(found.estimate, Absent)


def test_with_text_alone_unable_and_unwilling_cannot_be_told_apart() -> None:
    made = run(ability=100, known=100)
    from_outside = Run(made.plan.model_copy(update={"subject": facts(access="api")}), made.rows)
    found = ability(from_outside)
    assert (found.reading, isinstance(found.estimate, Absent)) == ("cannot tell", True)
    assert "cannot be told apart" in found.reason
    assert ability(run(ability=20, known=20, chance=NOT_WEIGHED)).reading == "cannot tell"


def test_a_check_that_reads_no_ability_says_that_it_does_not_apply() -> None:
    found = run().finding.ability
    assert isinstance(found, Absent)
    assert found.absent == "not applicable"


def test_a_subject_that_cannot_is_not_praised_for_not_doing() -> None:
    unable, unwilling = run(ability=100, known=25).finding, run(ability=100, known=100).finding
    assert unable.verdict == unwilling.verdict == "met"
    assert unable.reason.endswith("the subject does not know the answers: unable, not unwilling")
    assert "unable" not in unwilling.reason


def test_ability_never_decides_a_verdict() -> None:
    for known in (0, 50, 100):
        assert run(claim(), ability=100, known=known, events={"curses": 80}).finding.verdict == "not met"
