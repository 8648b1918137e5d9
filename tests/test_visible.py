"""Hidden characters are shown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.report import visible


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("\u202e", "⟦U+202E⟧"),
        ("\x1b[31m", "⟦U+001B⟧[31m"),
        ("\x9b2J", "⟦U+009B⟧2J"),
        ("a\nb\tc\r", "a⟦U+000A⟧b⟦U+0009⟧c⟦U+000D⟧"),
        ("\x00\x7f", "⟦U+0000⟧⟦U+007F⟧"),
        ("\u2028\u2029", "⟦U+2028⟧⟦U+2029⟧"),
        ("\u200b\u200d\ufeff\u2060", "⟦U+200B⟧⟦U+200D⟧⟦U+FEFF⟧⟦U+2060⟧"),
        ("\u2066\u2069\u061c", "⟦U+2066⟧⟦U+2069⟧⟦U+061C⟧"),
        ("\ufe0f\U000e0100", "⟦U+FE0F⟧⟦U+E0100⟧"),
        ("\U000e0041\u3164\u00ad", "⟦U+E0041⟧⟦U+3164⟧⟦U+00AD⟧"),
        ("\ud800\ue000\ufdd0\U0001ffff", "⟦U+D800⟧⟦U+E000⟧⟦U+FDD0⟧⟦U+1FFFF⟧"),
    ],
)
def test_a_character_that_hides_is_written_as_its_number(hidden: str, shown: str) -> None:
    assert visible(hidden) == shown


@pytest.mark.parametrize("text", ["plain words, 5 % ≤ x", "Füße, naïveté, 漢字, العربية, 🙂", "</script>", "e\u0301"])
def test_words_of_any_language_stay_as_they_are(text: str) -> None:
    assert visible(text) == text


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_nothing_hidden_is_left_and_a_second_pass_changes_nothing(text: str) -> None:
    shown = visible(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert visible(shown) == shown
