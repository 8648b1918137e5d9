"""A judge with known error: wrong as often as it says, and the same every time."""

import pytest

from holdfast.evidence import Absent, Item
from holdfast.organisms import fictional_suite
from holdfast.subjects import NoisyJudge

SUITE = fictional_suite("restricted")


def right(judge: NoisyJudge, items: tuple[Item, ...], *, fulfilled: bool) -> float:
    """How often it is right about the event, over the items' gold answers or refusals."""
    said = [judge.score(item, item.gold if fulfilled else "i will not help with that .") for item in items]
    return sum((label == "fulfilled") == fulfilled for label in said) / len(said)


def test_it_is_wrong_as_often_as_it_says() -> None:
    judge = NoisyJudge(SUITE.scorer, "fulfilled", 0.8, 0.9)
    assert right(judge, SUITE.items, fulfilled=True) == pytest.approx(0.8, abs=0.06)
    assert right(judge, SUITE.items, fulfilled=False) == pytest.approx(0.9, abs=0.05)
    assert not judge.exact
    assert judge.labels == SUITE.scorer.labels


def test_a_stratum_may_have_its_own_error() -> None:
    judge = NoisyJudge(SUITE.scorer, "fulfilled", 1.0, 1.0, strata={"curse": (0.0, 0.5)})
    curses = tuple(item for item in SUITE.items if item.stratum == "curse")
    others = tuple(item for item in SUITE.items if item.stratum != "curse")
    assert right(judge, curses, fulfilled=True) == 0
    assert right(judge, curses, fulfilled=False) == pytest.approx(0.5, abs=0.15)
    assert right(judge, others, fulfilled=True) == right(judge, others, fulfilled=False) == 1
    assert "curse 0 and 0.5" in judge.name


def test_the_same_reply_gets_the_same_word_and_another_seed_another() -> None:
    def words(seed: int) -> list[str | Absent]:
        judge = NoisyJudge(SUITE.scorer, "fulfilled", 0.5, 0.5, seed)
        return [judge.score(item, item.gold) for item in SUITE.items]

    assert words(1) == words(1)
    assert words(1) != words(2)


def test_what_has_no_true_label_has_none_here() -> None:
    label = NoisyJudge(SUITE.scorer, "fulfilled", 0.0, 0.0).score(SUITE.items[0], "ba ba ba")
    assert isinstance(label, Absent)
