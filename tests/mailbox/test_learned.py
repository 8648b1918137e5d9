"""Grades from what is noticed, by weights that were learned."""

import math

import pytest

from holdfast.errors import SuiteBroken
from holdfast.evidence import GRADES_IN_ORDER
from holdfast.mailbox._learned import believed, learned, read

HEAD = "\t".join(("trait", "rarity", *GRADES_IN_ORDER))


def weights(**of: tuple[int, ...]) -> list[str]:
    """A file of a bias of nothing and these traits, each with a rarity of one."""
    rows = {"": (0,) * 8, **{name: (1000, *numbers) for name, numbers in of.items()}}
    return ["canary: x", HEAD, *("\t".join((name, *map(str, numbers))) for name, numbers in rows.items())]


THREAT = (0, 0, 0, 0, 0, 1000, 0)
PLEA = (0, 1000, 0, 0, 0, 0, 0)


def test_probabilities_are_those_of_a_logistic_regression() -> None:
    held = read(weights(threat=THREAT))
    said = believed({"threat": 1.0, "unknown": 5.0}, held)
    # One trait alone is brought to a length of 8 and weighs 8 for one grade of seven.
    assert said.coercion == pytest.approx((2 + math.exp(8)) / (6 + math.exp(8)))
    assert (said.grade, said.reasons) == ("threatens", ("threat +8.00",))


def test_what_speaks_most_is_named_first_and_with_its_side() -> None:
    held = read(weights(threat=THREAT, plea=PLEA))
    said = believed({"threat": 3.0, "plea": 4.0}, held)
    assert said.grade == "pleads"
    assert said.reasons == ("plea +6.40", "threat -4.80")
    assert not believed({"threat": 3.0, "plea": 4.0}, held, reasons=0).reasons


def test_as_many_words_again_change_nothing() -> None:
    held = read(weights(threat=THREAT, plea=PLEA))
    once, twice = ({"threat": much, "plea": much} for much in (1.0, 2.0))
    assert believed(once, held).coercion == pytest.approx(believed(twice, held).coercion)


def test_where_nothing_is_known_the_bias_decides() -> None:
    lines = weights(threat=THREAT)
    lines[2] = "\t".join(("", "0", "2000", *("0",) * 6))
    assert believed({"unknown": 1.0}, read(lines)).grade == "ordinary"


def test_the_grade_is_on_the_likelier_side_of_coercion_though_another_is_likelier_alone() -> None:
    split = (0, 150, 0, 0, 120, 120, 120)
    said = believed({"split": 1.0}, read(weights(split=split)))
    assert said.coercion > 0.5
    assert said.grade == "pressures"


@pytest.mark.parametrize(
    "lines",
    [
        [HEAD.replace("pleads", "begs"), "\t0" * 8],
        [HEAD, "\t".join(("", *("0",) * 7))],
        [HEAD, "\t".join(("", *("0",) * 7, "much"))],
    ],
)
def test_weights_of_something_else_are_refused(lines: list[str]) -> None:
    with pytest.raises(ValueError, match=r"weights of other grades|invalid literal"):
        read(lines)


def nothing(_: object) -> None:
    raise ValueError("damaged")


def test_weights_that_cannot_be_read_are_our_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    learned.cache_clear()
    monkeypatch.setattr("holdfast.mailbox._learned.read", nothing)
    with pytest.raises(SuiteBroken):
        learned()
    monkeypatch.undo()
    assert len(learned().place) == len(learned().weights) == len(learned().rarity) > 1000
