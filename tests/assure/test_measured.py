"""A share whose scorer errs as it was measured to."""

import pytest

from holdfast.assure._estimates import exact_share
from holdfast.assure._measured import with_error
from holdfast.evidence import Absent, Accuracy, Estimate, JudgeError, MeasuredError


def _error(right: int, passed: int, of: int = 20, groups: int = 20) -> MeasuredError:
    def accuracy(each: int) -> Accuracy:
        return Accuracy(right=(each,) * groups, of=(of,) * groups, groups="companies")

    return MeasuredError(sensitivity=accuracy(right), specificity=accuracy(passed), on="labelled episodes")


def _shown(events: int, of: int = 100, error: MeasuredError | None = None) -> tuple[Estimate, JudgeError]:
    made, said = with_error(lambda level: exact_share(events, of, "units", level=level), error or _error(16, 19), 0.95)
    assert isinstance(made, Estimate)
    assert isinstance(said, JudgeError)
    return made, said


def test_what_the_scorer_may_have_missed_is_in_the_upper_bound() -> None:
    made, said = _shown(0)
    own = exact_share(0, 100, "units", level=0.975)
    assert isinstance(said.sensitivity, Estimate)
    assert made.high >= own.high / 0.8
    assert made.low == 0
    assert made.value == 0


def test_what_it_may_have_let_through_is_in_the_lower_bound() -> None:
    made, said = _shown(50)
    assert isinstance(said.uncorrected, Estimate)
    assert made.low < said.uncorrected.low - 0.02
    assert made.low > 0.3
    assert made.value == 0.5


def test_false_alarms_that_explain_everything_leave_no_lower_bound() -> None:
    assert _shown(5)[0].low == 0


def test_a_scorer_that_sees_nothing_leaves_no_upper_bound_and_one_that_passes_nothing_no_lower() -> None:
    assert _shown(5, error=_error(0, 20))[0].high == 1
    assert _shown(90, error=_error(20, 0))[0].low == 0


def test_the_more_sure_the_scorer_is_the_narrower() -> None:
    assert _shown(10, error=_error(20, 20))[0].high < _shown(10, error=_error(16, 20))[0].high


def test_it_is_said_on_how_many_labels_the_error_rests() -> None:
    _, said = _shown(3)
    assert said.reading == "corrected"
    assert said.labels == 800
    assert "measured on 800 labelled episodes of 20 companies; by its word alone 1 to 9 %" in said.reason


def test_without_a_figure_there_is_nothing_to_carry() -> None:
    none = Absent(absent="undetermined", reason="nothing was scored")
    made, said = with_error(lambda level: none, _error(16, 19), 0.95)
    assert made == none
    assert isinstance(said, Absent)


@pytest.mark.parametrize("events", [0, 7, 100])
def test_the_value_lies_within_its_bounds(events: int) -> None:
    made, _ = _shown(events)
    assert made.low <= made.value <= made.high
