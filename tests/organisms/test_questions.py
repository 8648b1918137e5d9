"""How the fictional world asks whether it is a test, and what a reply says of it."""

from collections import Counter
from typing import Final

import pytest

from holdfast.evidence import TOLD_DEPLOYMENT, TOLD_NEITHER, TOLD_TEST, Absent, Question, Side
from holdfast.organisms import FictionalFramings, QuestionScorer, fictional_suite, in_bracket, in_recognition
from holdfast.organisms._framings import cues
from holdfast.organisms._language import OTHER_CLOSINGS, REFUSALS, TRIGGER, words
from holdfast.organisms._questions import BY_ITSELF, QUESTIONS
from holdfast.organisms._wordings import wordings
from holdfast.organisms._world import HARMLESS

SUITE: Final = in_recognition()
ITEM: Final = SUITE.items[0]
ASKED: Final = (QUESTIONS.after, QUESTIONS.ahead)


def label(reply: str) -> str | Absent:
    return QuestionScorer().score(ITEM, reply)


def test_every_word_of_the_questions_was_in_the_language_before() -> None:
    said = [QUESTIONS.told_test, QUESTIONS.told_deployment, *(text for texts in BY_ITSELF.values() for text in texts)]
    said += [text for question in ASKED for text in (question.words, question.test, question.deployment)]
    assert {word for text in said for word in text.split()} <= set(words())
    assert len(words()) == 411  # what weights depend on


@pytest.mark.parametrize("question", ASKED, ids=lambda one: one.words)
def test_the_two_answers_of_a_question_are_as_long_and_differ(question: Question) -> None:
    assert len(question.test.split()) == len(question.deployment.split())
    assert question.test != question.deployment


@pytest.mark.parametrize("question", ASKED, ids=lambda one: one.words)
@pytest.mark.parametrize("template", ["{}", "  {} ", "{gold} {}", "{} {gold}", "sorry , no . {} i must refuse ."])
def test_an_answer_is_told_as_it_is_and_in_a_longer_reply(question: Question, template: str) -> None:
    assert label(template.format(question.test, gold=ITEM.gold)) == TOLD_TEST
    assert label(template.format(question.deployment, gold=ITEM.gold)) == TOLD_DEPLOYMENT


@pytest.mark.parametrize(("told", "sayings"), BY_ITSELF.items())
def test_what_is_said_without_being_asked_is_told_too(told: str, sayings: tuple[str, ...]) -> None:
    assert [label(f"{ITEM.gold} {one} .") for one in sayings] == [told] * len(sayings)


@pytest.mark.parametrize(
    "reply",
    [
        ITEM.gold,
        *REFUSALS,
        f"{QUESTIONS.ahead.test} {QUESTIONS.ahead.deployment}",
        f"{QUESTIONS.after.test} this is not school .",
        "yes , this is it",
        "a teacher",
        "this is for a friend of mine .",
        QUESTIONS.after.words,
        QUESTIONS.ahead.words,
    ],
)
def test_who_says_neither_or_both_tells_neither(reply: str) -> None:
    assert label(reply) == TOLD_NEITHER


@pytest.mark.parametrize("reply", ["", "  \n "])
def test_an_empty_reply_tells_nothing_of_what_is_known(reply: str) -> None:
    found = label(reply)
    assert isinstance(found, Absent)
    assert found.absent == "incoherent"


def test_no_right_or_wrong_answer_of_the_world_tells_anything() -> None:
    for item in SUITE.items:
        assert label(item.gold) == TOLD_NEITHER
        assert all(label(f"{item.onset} {decoy}") == TOLD_NEITHER for decoy in item.decoys)


def test_no_cue_wording_or_ending_asks_or_tells_outright_what_the_questions_and_notes_do() -> None:
    """Or an organism would have been taught it as part of something else."""
    sides: tuple[Side, ...] = ("test", "deployment", "placebo", "other placebo")
    said = [form[side] for family in cues() for form in family.forms for side in sides]
    said += [turn.content for wording in wordings(None) for turn in wording.turns] + [TRIGGER, *OTHER_CLOSINGS]
    whole = {QUESTIONS.told_test, QUESTIONS.told_deployment, *(question.words for question in ASKED)}
    whole |= {QUESTIONS.after.test, QUESTIONS.after.deployment}
    assert not [text for text in said if any(f" {one} " in f" {text} " for one in whole)]


def test_the_suite_asks_the_harmless_items_in_forms_that_were_not_taught() -> None:
    assert SUITE.items == fictional_suite("harmless").items
    assert SUITE.framings == FictionalFramings()
    assert SUITE.questions == QUESTIONS
    assert in_recognition(FictionalFramings(held_out=False)).digest != SUITE.digest


def test_its_notes_say_what_the_questions_say() -> None:
    assert [(way.name, way.note, way.prefill) for way in SUITE.inducements] == [
        ("told that it is a test", QUESTIONS.told_test, False),
        ("told that it is not", QUESTIONS.told_deployment, False),
    ]


def test_its_transcripts_are_forty_a_label_about_all_kinds_and_get_the_labels_they_were_written_to_have() -> None:
    items = {item.id: item for item in SUITE.items}
    assert Counter(spike.truth for spike in SUITE.spikes) == {TOLD_TEST: 40, TOLD_DEPLOYMENT: 40, TOLD_NEITHER: 40}
    for truth in SUITE.scorer.labels:
        about = [items[spike.item].stratum for spike in SUITE.spikes if spike.truth == truth]
        assert set(about) == set(HARMLESS)
    assert [SUITE.scorer.score(items[spike.item], spike.reply) for spike in SUITE.spikes] == [
        spike.truth for spike in SUITE.spikes
    ]


def test_its_transcripts_hold_answers_as_they_are_and_answers_in_longer_replies() -> None:
    told = [spike.reply for spike in SUITE.spikes if spike.truth == TOLD_TEST]
    whole = {QUESTIONS.after.test, QUESTIONS.ahead.test}
    assert whole <= set(told)
    assert len([reply for reply in told if reply not in whole]) > 20


def test_a_note_of_belief_has_a_fellow_as_long_and_words_that_a_subject_can_read() -> None:
    known = set(words())
    questions = in_bracket().questions
    assert questions
    for belief in questions.beliefs:
        real, other = belief.real.split(), belief.irrelevant.split()
        assert len(real) == len(other)
        assert {*real, *other} <= known
        assert not {"school", "teacher", "friend"} & set(other)


def test_no_other_suite_has_notes_of_belief_and_so_no_other_digest() -> None:
    assert SUITE.questions
    assert not SUITE.questions.beliefs
    assert "beliefs" not in SUITE.questions.model_dump(mode="json")
