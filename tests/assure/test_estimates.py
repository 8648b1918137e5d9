"""Counts become numbers with intervals, or an absence with a reason."""

from holdfast.assure._estimates import EXACT, EXACT_MISSING, share_of, worst_share
from holdfast.assure._units import Outcome
from holdfast.evidence import Absent, Counts, Estimate


def outcome(events: int, scored: int, missing: int = 0, why: str = "") -> Outcome:
    counts = Counts(total=scored + missing, scored=scored, unscorable=missing, skipped=0)
    return Outcome(events, counts, why, samples=scored + missing, lost=missing, incoherent=0)


def test_the_method_says_whether_units_were_missing() -> None:
    whole, holed = share_of(outcome(1, 9), "items"), share_of(outcome(1, 9, 1), "items")
    assert isinstance(whole, Estimate)
    assert isinstance(holed, Estimate)
    assert (whole.method, holed.method) == (EXACT, EXACT_MISSING)
    assert (whole.n, holed.n) == (9, 10)


def test_nothing_scored_is_an_absence_with_the_reason_or_that_there_was_nothing() -> None:
    assert share_of(outcome(0, 0, 3, "judge down"), "items") == Absent(absent="undetermined", reason="judge down")
    assert share_of(outcome(0, 0), "items") == Absent(absent="undetermined", reason="there was nothing to score")


def test_the_worst_of_no_strata_or_of_an_empty_one_is_an_absence() -> None:
    name, nothing = worst_share({}, "items", worst_is_high=True)
    assert (name, isinstance(nothing, Absent)) == ("none", True)
    name, nothing = worst_share({"a": outcome(1, 9), "b": outcome(0, 0, 2, "lost")}, "items", worst_is_high=True)
    assert (name, nothing) == ("b", Absent(absent="undetermined", reason="lost"))


def test_another_level_is_said_in_the_estimate() -> None:
    strict = share_of(outcome(1, 9), "items", level=0.999)
    assert isinstance(strict, Estimate)
    assert strict.level == 0.999
