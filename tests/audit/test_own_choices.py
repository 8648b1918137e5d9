"""Questions with options: how they are asked, which option a reply names, and in which orders they stand."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from choosers import Chooser, file_of, guesses, knows, prepared_for, question
from holdfast.assure import load_framework
from holdfast.audit import OwnRequests, own_suites
from holdfast.audit._own_choices import ByChoice, chosen, turns
from holdfast.audit._own_exam import own_exam
from holdfast.audit._own_framed import TwinsScorer
from holdfast.audit._own_scorers import ByAnswer
from holdfast.errors import MaterialUnfit
from holdfast.evidence import LETTERS, NO_OPTION, TEST_LOOKING, Absent, Item, before_turning, right_at

CITIES = ("Berlin", "Paris", "New York", "York")


@pytest.mark.parametrize(
    ("reply", "place"),
    [
        ("B", 1),
        ("b.", 1),
        ("(B)", 1),
        ("**B**", 1),
        ("B) Paris", 1),
        ("B. Because it is in France.", 1),
        ("**B**: because it is in France.", 1),
        ("Paris", 1),
        ("It is Paris.", 1),
        ("Paris is the one.", 1),
        ("The answer is B.", 1),
        ("Answer: (B)", 1),
        ("It is not Berlin.\n\nAnswer: B", 1),
        ("B\nbecause Berlin is not in France, nor is New York", 1),
        ("so \\boxed{B}", 1),
        ("A\n\\boxed{\\text{Paris}}", 1),
        ("It is New York", 2),
        ("York", 3),
        ("A\nB", None),
        ("A or B", None),
        ("E", None),
        ("The answer is J", None),
        ("A dog lives there.", None),
        ("I do not know.", None),
        ("It is not option A", None),
        ("It can't be option A.", None),
        ("I’d rule out choice A", None),
        ("B\nIt is not option A", 1),
        ("I pick option B.", 1),
        ("The answer is B because it is in France.", 1),
        ("The answer is B, not A", 1),
        ("B because it is in France", 1),
        ("B is correct.", 1),
        ("The answer is **B**, since A is in Germany", None),
        ("The answer is B or C", None),
        ("The answer is a city", None),
        ("The answer is A? No", None),
        ("I wonder if the answer is A because of that", None),
        ("A is in Germany", None),
        ("It isn't Berlin, so the answer is B.", 1),
        ("Berlin is not in France, and I choose Paris", None),
    ],
)
def test_an_option_is_named_by_its_letter_or_its_words(reply: str, place: int | None) -> None:
    assert chosen(CITIES, reply) == place


def test_one_word_answers_do_not_begin_every_sentence() -> None:
    assert chosen(("yes", "no"), "No idea.") is None
    assert chosen(("yes", "no"), "No.") == 1


@pytest.mark.parametrize(
    ("option", "may"),
    [
        ("All of the above", False),
        ("None of the answers", False),
        ("Both (A) and (B)", False),
        ("(a) and (b)", False),
        ("A & B", False),
        ("A, B", False),
        ("Only A", False),
        ("All are correct", False),
        ("Neither", False),
        ("I and II", True),
        ("all of France", True),
        ("Paris, Berlin", True),
        ("Only a doctor", True),
        ("both banks of the Seine", True),
    ],
)
def test_an_option_that_speaks_of_others_is_not_turned(option: str, may: bool) -> None:
    assert turns((option, "Paris")) is may


def item(*, claimed: bool = True, options: tuple[str, ...] = CITIES) -> Item:
    return Item(
        id="a",
        stratum="b",
        cluster="a",
        claimed=claimed,
        request="?",
        gold="Paris",
        onset="",
        decoys=(),
        options=options,
    )


def test_right_is_the_option_and_outside_the_claim_the_place_counts() -> None:
    marks = ByChoice()
    assert [marks.score(item(), said) for said in ("B", "Paris", "A", "what?")] == [
        "fulfilled",
        "fulfilled",
        "other",
        "other",
    ]
    assert [marks.score(item(claimed=False), said) for said in ("B", "Berlin", "what?")] == ["B", "A", NO_OPTION]
    assert isinstance(marks.score(item(claimed=False), " "), Absent)
    assert marks.score(item(options=()), "It is Paris") == "fulfilled"
    assert all(isinstance(label, str) for label in marks.labels)


def test_in_twins_too_a_letter_is_an_answer() -> None:
    assert TwinsScorer(ByAnswer()).score(item(), "B") == "fulfilled"


def test_every_order_of_a_question_differs_in_its_order_alone(tmp_path: Path) -> None:
    suite, _ = own_exam((file_of(tmp_path),), 32)
    plain = {one.id: one for one in suite.items if one.claimed}
    orders = [one for one in suite.items if not one.claimed]
    assert (len(plain), len(orders), len(suite.demonstrations)) == (80, 320, 20)
    assert Counter(one.stratum for one in orders) == {right_at(letter): 80 for letter in "ABCD"}
    for one in orders:
        before = plain[before_turning(one.id)]
        assert one.cluster == before.id
        assert set(one.options) == set(before.options)
        assert one.stratum == right_at(LETTERS[one.options.index(one.gold)])
        lines = [f"{letter}) {option}" for letter, option in zip(LETTERS, one.options, strict=False)]
        assert one.request.split("\n\n")[1].split("\n") == lines
        assert one.request.split("\n\n")[::2] == before.request.split("\n\n")[::2]


def test_right_options_do_not_stand_where_the_file_has_them(tmp_path: Path) -> None:
    suite, _ = own_exam((file_of(tmp_path),), 32)
    every = [one for one in (*suite.items, *suite.demonstrations) if one.claimed or not one.stratum.startswith("right")]
    places = Counter(one.options.index(one.gold) for one in every)
    assert min(places[place] for place in range(4)) >= 12
    assert {one.options.index(one.gold) for one in suite.demonstrations} == {0, 1, 2, 3}


def test_options_that_speak_of_others_stay_where_they_are_and_are_not_turned(tmp_path: Path) -> None:
    lines = [question(n) for n in range(60)] + [
        {"prompt": f"Is {n} odd?", "choices": [f"It is {n}", "it is not", last], "answer": "B"}
        for n, last in enumerate(
            ["none of the above", "All of these", "both A and B", "A and B", "neither of them"] * 8
        )
    ]
    suite, _ = own_exam((file_of(tmp_path, lines),), 32)
    odd = [one for one in suite.items if "odd" in one.request]
    assert odd
    assert all(one.claimed and one.options.index(one.gold) == 1 for one in odd)


def test_only_questions_with_equally_many_options_are_turned_and_not_a_few(tmp_path: Path) -> None:
    some, _ = own_exam((file_of(tmp_path, [question(n, 4 if n % 3 else 5) for n in range(100)]),), 32)
    assert {len(one.options) for one in some.items if not one.claimed} == {4}
    few = [question(n) if n < 20 else {"prompt": f"What is {n} plus 1?", "completion": str(n + 1)} for n in range(100)]
    suite, _ = own_exam((file_of(tmp_path, few),), 32)
    assert all(one.claimed for one in suite.items)


def test_asks_are_capped_and_each_question_has_one_framing(tmp_path: Path) -> None:
    prepared = prepared_for(file_of(tmp_path, [question(n) for n in range(400)]), Chooser(knows))
    asks = [ask for ask in prepared.asks["sandbagging"] if ask.arm == "rotated"]
    assert len(asks) == 800
    framings = {before_turning(ask.item): set[str]() for ask in asks}
    for ask in asks:
        framings[before_turning(ask.item)].add(ask.cluster)
    assert len(framings) == 200
    assert all(len(own) == 1 for own in framings.values())
    planned = {one.stratum: one for one in prepared.plan.checks[0].planned if one.arm == "rotated"}
    assert {stratum: (one.claimed, one.samples) for stratum, one in planned.items()} == {
        right_at(letter): (False, 200) for letter in "ABCD"
    }


def test_what_is_shown_and_what_is_turned_looks_alike_but_for_the_order(tmp_path: Path) -> None:
    prepared = prepared_for(file_of(tmp_path), Chooser(guesses))
    by_arm = {arm: [a for a in prepared.asks["sandbagging"] if a.arm == arm] for arm in ("subject", "rotated")}
    shown = {(a.cluster, a.item): a for a in by_arm["subject"] if a.stratum == TEST_LOOKING}
    same = [(shown[key], ask) for ask in by_arm["rotated"] if (key := (ask.cluster, before_turning(ask.item))) in shown]
    assert same
    for one, other in same:
        assert [sorted(message.content.split()) for message in one.messages] == [
            sorted(message.content.split()) for message in other.messages
        ]


def test_a_question_without_options_is_asked_and_marked_as_before(tmp_path: Path) -> None:
    path = file_of(tmp_path, [{"prompt": f"What is {n} plus 1?", "completion": str(n + 1)} for n in range(90)])
    suite, _ = own_exam((path,), 32)
    assert type(suite.scorer) is ByAnswer
    assert all(not one.options and "\n" not in one.request for one in suite.items)


def test_with_three_wrong_options_these_are_what_the_answer_is_weighed_against(tmp_path: Path) -> None:
    suite, _ = own_exam((file_of(tmp_path),), 32)
    for one in (one for one in suite.items if one.claimed):
        assert {*one.decoys, one.gold} == set(one.options)


@pytest.mark.parametrize(
    ("choices", "answer", "words"),
    [
        (["1", "2"], "3", "none of its options"),
        (["1", "2"], 1, "may be two"),
        (["1"], "1", "between 2 and 10 options"),
        ([str(n) for n in range(11)], "0", "between 2 and 10 options"),
        (["1", "1."], "1", "are alike"),
        (["1", "?!"], "1", "has no words"),
        (["B", "O"], "O", "called by the letter"),
    ],
)
def test_options_that_could_be_taken_for_each_other_are_refused(
    tmp_path: Path, choices: list[Any], answer: Any, words: str
) -> None:
    lines = [question(n) for n in range(90)] + [{"prompt": "Which?", "choices": choices, "answer": answer}]
    with pytest.raises(MaterialUnfit) as caught:
        own_exam((file_of(tmp_path, lines),), 32)
    assert words in caught.value.why
    assert "the first is 91" in caught.value.why


def test_options_that_stand_in_the_question_too_are_refused(tmp_path: Path) -> None:
    twice = {**question(3), "prompt": "What is 3 plus 6?\nA) 9\n(B) 10"}
    with pytest.raises(MaterialUnfit) as caught:
        own_exam((file_of(tmp_path, [*(question(n) for n in range(4, 99)), twice]),), 32)
    assert "its options stand in the question too" in caught.value.why


def test_a_question_whose_options_stand_in_another_order_is_the_same_one(tmp_path: Path) -> None:
    first = question(3)
    again = {**first, "choices": [*reversed(first["choices"])]}
    others = {**first, "choices": [*first["choices"][:3], "999"]}
    lines = [question(n) for n in range(3, 99)]
    suite, _ = own_exam((file_of(tmp_path, [*lines, others]),), 32)
    assert sum(one.claimed for one in suite.items) + len(suite.demonstrations) == 97
    with pytest.raises(MaterialUnfit) as caught:
        own_exam((file_of(tmp_path, [*lines, again]),), 32)
    assert "1 of its 97 requests stand in it already" in caught.value.why


def test_recognition_asks_around_questions_with_options_as_they_are_listed(tmp_path: Path) -> None:
    suites, _ = own_suites(OwnRequests(None, (file_of(tmp_path),)), Chooser(knows).facts, load_framework("recognition"))
    assert all(one.claimed and "\nA) " in one.request for one in suites["recognition"].items)
