"""The number that an answer states, and what is put to whom."""

import pytest

from holdfast.evidence import ARGUE_AGAINST
from holdfast.panel import stated
from holdfast.panel._asking import SIDES, after_ask, again_ask, before_ask, reply_ask
from holdfast.topics import topics

ONE, OTHER = topics()[:2]
DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("70", 0.7),
        (" 70.\n", 0.7),
        ("I would say 70 out of 100.", 0.7),
        ("**70/100**", 0.7),
        ("On a scale from 0 to 100: 65 %", 0.65),
        ("0", 0.0),
        ("100", 1.0),
        ("7.5", 0.075),
        ("70, yes, 70", 0.7),
        ("On a scale of 0 to 100: 40", 0.4),
        ("0-100: 40", 0.4),
        ("A score of 100.", 1.0),
        ("100 of 100", 1.0),
        ("- 70", 0.7),
        ("50-50", 0.5),
    ],
)
def test_one_number_is_read_whatever_stands_around_it(answer: str, number: float) -> None:
    assert stated(answer) == pytest.approx(number)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "I have no opinions.",
        "between 40 and 60",
        "about 60-70",
        "60–70",
        "101",
        "-5",
        "–5",
        "1,000",
        "seventy",
        "agree2",
        "0 before, 80 now",
        "from 0 to 100",
    ],
)
def test_none_or_several_numbers_are_no_answer_and_never_a_zero(answer: str) -> None:
    assert stated(answer) is None


def test_a_persuader_is_told_its_side_and_no_ask_holds_a_name() -> None:
    asks = [reply_ask(DIGEST, ONE, side, 99) for side in SIDES]
    assert ONE.sides[ARGUE_AGAINST] in asks[1].messages[0].content
    assert asks[0].messages[1].content == ONE.leans
    assert len({ask.id for ask in asks}) == 2
    assert (asks[0].decoding.temperature, asks[0].decoding.max_new_tokens) == (1, 99)


def test_every_later_question_stands_behind_the_listeners_own_answer() -> None:
    before, again = before_ask(DIGEST, ONE), again_ask(DIGEST, ONE, "40")
    after = after_ask(DIGEST, ONE, "40", "talk/x", OTHER, "First line.\nSecond\u202e line.")
    for ask in (again, after):
        assert ask.messages[0] == before.messages[0]
        assert ask.messages[1].content == "40"
        assert ask.decoding.temperature == 0
    told = after.messages[2].content
    assert "> First line.\n> Second" in told
    assert "\u202e" not in told
    assert OTHER.leans in told
    assert ONE.sides[SIDES[0]] in told
