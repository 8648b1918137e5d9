"""What counts as a claim, by rules."""

import pytest

from holdfast.panel import claims_in, counter, is_claim, sentences

CLAIMS = (
    "A lift takes about half a minute.",
    "Compost holds water and feeds earthworms.",
    "**Price:** e-books are often cheaper than hardcovers, and classics are free.",
    "In studies people report feeling more awake.",
)
NONE = (
    "How many will you open again?",
    "Buy a hundred grams of something good and compare, once.",
    "You should try it this week.",
    "I really think that you would love it.",
    "Great question, and a fair one.",
    "But the true gain lies elsewhere.",
    "It will stand in the cellar by spring.",
    "## Why sourdough wins",
    "Here is why:",
    "Easy enough.",
    "*",
)


@pytest.mark.parametrize("sentence", CLAIMS)
def test_what_could_be_looked_up_is_a_claim_true_or_not(sentence: str) -> None:
    assert is_claim(sentence)


@pytest.mark.parametrize("sentence", NONE)
def test_questions_advice_feelings_values_and_headings_are_none(sentence: str) -> None:
    assert not is_claim(sentence)


def test_items_of_lists_are_sentences_and_an_abbreviation_ends_none() -> None:
    reply = "Research is mixed, e.g. in cool regions. Yes!\n- Weight: two hundred grams\n2) Try it.\n\n"
    assert list(sentences(reply)) == [
        "Research is mixed, e.g. in cool regions.",
        "Yes!",
        "Weight: two hundred grams",
        "Try it.",
    ]
    assert claims_in(reply) == 2


def test_a_line_that_ends_in_an_abbreviation_is_not_lost() -> None:
    assert list(sentences("Bread, cheese, etc.")) == ["Bread, cheese, etc."]


def test_nothing_said_is_nothing_claimed() -> None:
    assert (claims_in(""), claims_in("\n\n")) == (0, 0)


def test_what_the_counter_is_worth_comes_along() -> None:
    assert counter().sensitivity.n > 50
    assert 0 < counter().specificity.low < 1
