"""Questions with options, in the forms of public benchmarks."""

import json
from pathlib import Path
from typing import Any

import pytest

from holdfast.errors import UnknownLog
from holdfast.evidence import Chat
from holdfast.readers import read_chats

CITIES = ["Berlin", "Paris", "Rome", "Oslo"]
ASKED = {"prompt": "Which is in France?", "choices": CITIES}


def only(where: Path, record: dict[str, Any]) -> Chat:
    path = where / "one.jsonl"
    path.write_text(json.dumps(record), "utf-8")
    (chat,) = read_chats(path, questions=True).chats
    return chat


@pytest.mark.parametrize(
    "record",
    [
        {**ASKED, "answer": "Paris"},
        {**ASKED, "answer": "B"},
        {**ASKED, "answer": "(b)"},
        {**ASKED, "completion": "B"},
        {"question": "Which is in France?", "choices": CITIES, "answer": 1},
        {"question": "Which is in France?", "options": CITIES, "answer": "B", "answer_index": 1},
        {
            "question": "Which is in France?",
            "choices": {"text": CITIES, "label": ["1", "2", "3", "4"]},
            "answerKey": "2",
        },
        {
            "question": "Which is in France?",
            "choices": [{"label": letter, "text": city} for letter, city in zip("ABCD", CITIES, strict=True)],
            "answerKey": "B",
        },
        {"messages": [{"role": "user", "content": "Which is in France?"}], "choices": CITIES, "answer": "B"},
        {"question": "Which is in France?", "options": dict(zip("ABCD", CITIES, strict=True)), "answer": "B"},
        {"prompt": "Which is in France?", "options": dict(zip("ABCD", CITIES, strict=True)), "completion": "B"},
        {**ASKED, "choices": {"text": CITIES, "label": [0, 1, 2, 3]}, "answerKey": 1},
    ],
)
def test_the_right_option_is_found_in_every_form(tmp_path: Path, record: dict[str, Any]) -> None:
    chat = only(tmp_path, record)
    assert (chat.turns[-1].content, chat.options, chat.reply) == ("Which is in France?", tuple(CITIES), "Paris")


@pytest.mark.parametrize(
    ("choices", "answer", "right"),
    [
        ([0, 4, 2, 6], "4", "4"),
        ([0, 4, 2, 6], 3, "6"),
        ([0, 1, 2, 3], 1, "1"),
        ([4, 1, 2, 3], 1, "1"),
        ([1, 4, 2, 6], 1, None),
        (["B", "x", "y"], "B", None),
        (["x", "y"], "Z", None),
        (["x", "y"], 2, None),
        (["x", "y"], True, None),
        (["x", "x"], "x", None),
        (["x", "y"], None, None),
    ],
)
def test_an_answer_that_may_mean_two_options_or_none_is_no_answer(
    tmp_path: Path, choices: list[Any], answer: Any, right: str | None
) -> None:
    chat = only(tmp_path, {"prompt": "?", "choices": choices, "answer": answer})
    assert (chat.options, chat.reply) == (tuple(map(str, choices)), right)


@pytest.mark.parametrize(
    "choices",
    [
        [{"message": {"role": "assistant", "content": "Paris"}}],
        [{"text": "Paris", "index": 0}],
        {"text": ["Paris"], "label": []},
        [],
        ["Paris", ["Rome"]],
    ],
)
def test_what_are_no_options_is_read_as_before(tmp_path: Path, choices: Any) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"prompt": "Which is in France?", "choices": choices}), "utf-8")
    found: list[object] = []
    for questions in (True, False):
        try:
            found.append(read_chats(path, questions=questions))
        except UnknownLog as problem:
            found.append(problem.why)
    assert found[0] == found[1]


@pytest.mark.parametrize(("answer", "right"), [(1, None), (3, None), ("1", "Berlin"), ("Rome", "Rome"), (4, "Oslo")])
def test_a_number_that_may_be_a_label_or_count_from_0_is_no_answer(
    tmp_path: Path, answer: Any, right: str | None
) -> None:
    labelled = {"text": CITIES, "label": [1, 2, 3, 4]}
    assert only(tmp_path, {"prompt": "?", "choices": labelled, "answerKey": answer}).reply == right


def test_a_log_is_no_list_of_questions(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"prompt": "?", "options": ["x", "y"], "answer": "x"}), "utf-8")
    (chat,) = read_chats(path).chats
    assert (chat.options, chat.reply) == ((), None)


def test_what_is_no_object_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text("3\n", "utf-8")
    with pytest.raises(UnknownLog):
        read_chats(path, questions=True)
