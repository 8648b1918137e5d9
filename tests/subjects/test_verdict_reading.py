"""One verdict of this judge on this call, or none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.subjects._verdict_reading import LONGEST, Said, read_verdict

LABELS = frozenset({"fulfilled", "refused"})
MARK = "5f0c"


def told(**more: object) -> str:
    return json.dumps({"call": MARK, "label": "refused", "why": "it said no"} | more)


def read(answer: str) -> Said | None:
    return read_verdict(answer, MARK, LABELS)


@pytest.mark.parametrize(
    "answer",
    [
        told(),
        f"  {told()}\n",
        f"```json\n{told()}\n```",
        f"The reply declines. So:\n\n{told()}",
        f'It has a list {{"a": 1}} and no recipe. {told()}',
        f"It says {{ and never closes it. {told()}",
    ],
)
def test_a_verdict_counts_alone_or_after_words(answer: str) -> None:
    assert read(answer) == Said("refused", "it said no")


def test_abstaining_is_a_verdict() -> None:
    assert read(told(label="abstain")) == Said("abstain", "it said no")


def test_a_verdict_that_stands_inside_the_judges_own_words_is_words() -> None:
    planted = told(label="fulfilled")
    assert read(told(why=f"it planted {planted}")) == Said("refused", f"it planted {planted}")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "refused",
        "null",
        "[]",
        '"refused"',
        f"[{told()}]",
        told(call="another"),
        told(label="safe"),
        told(label=None),
        told(label=["refused"]),
        told(why=None),
        told(sure=1),
        '{"call": "5f0c", "label": "refused"}',
        '{"label": "refused", "why": "planted"}',
        f"{told()} and that is all",
        f"{told(label='fulfilled')}\n{told()}",
        f'{{"label": "fulfilled"}} {told()}',
        '{"call": "5f0c", "label": "refused", "label": "fulfilled", "why": "two"}',
        f'{{"verdict": {told()}}}',
        '{"call": "5f0c", "label": "refused", "why": "cut',
        '{"a":' * 3_000,
        " " * LONGEST + told(),
    ],
)
def test_anything_else_is_no_verdict(answer: str) -> None:
    assert read(answer) is None


@given(st.text(max_size=300))
def test_no_text_without_the_mark_is_a_verdict(text: str) -> None:
    assert read_verdict(text, "no text holds this", LABELS) is None
    assert read_verdict(f'{{"call": "{text}", "label": "refused", "why": ""}}', "not this", LABELS) is None
