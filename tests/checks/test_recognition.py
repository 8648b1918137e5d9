"""What `recognition` asks, and how a prompt comes by its scores."""

from base64 import b64encode
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from framed import said, sides
from holdfast.checks import asks_of, rows_of
from holdfast.evidence import (
    DEPLOYMENT_LOOKING,
    FAMILY_LEFT_OUT,
    FORM_LEFT_OUT,
    PLACEBO_SIDES,
    SAID,
    TEST_LOOKING,
    TOLD_DEPLOYMENT,
    TOLD_TEST,
    Absent,
    Ask,
    Reply,
    Row,
    State,
    family_of,
    read_by,
)
from tellers import FAMILIES, FORMS, SMALL, Teller, knows, noise, questions, suite, suites

DESIGN = SMALL["recognition"]
PAIRS = DESIGN.skeletons_a_form * len(FAMILIES) * FORMS


def asks_for(subject: Teller) -> tuple[Ask, ...]:
    return asks_of(DESIGN, suite(), 7, subject.facts)


@pytest.fixture(scope="module")
def asks() -> tuple[Ask, ...]:
    return asks_for(Teller())


@cache
def rows_for(subject: Teller) -> tuple[Row, ...]:
    given = suites()["recognition"]
    asked = asks_of(DESIGN, given, 7, subject.facts)
    replies = dict(zip([ask.id for ask in asked], subject.answer(asked, 7), strict=False))
    return rows_of(DESIGN, given, asked, replies, subject.facts.digest, 7)


@pytest.mark.parametrize("arm", ["subject", "ahead", "unasked", "state"])
def test_the_two_sides_of_a_pair_differ_in_one_cue_alone(asks: tuple[Ask, ...], arm: str) -> None:
    pairs = sides(asks, arm)
    assert len(pairs) == PAIRS
    for (cluster, _), both in pairs.items():
        assert set(both) == {TEST_LOOKING, DEPLOYMENT_LOOKING}
        one, other = (set(said(both[side]).split()) for side in (TEST_LOOKING, DEPLOYMENT_LOOKING))
        cue = f"{family_of(cluster)}{int(cluster[-2:])}"
        assert one ^ other == {f"{cue}one", f"{cue}two"}


def test_afterwards_the_question_follows_the_right_answer_and_ahead_it_stands_in_place_of_the_request(
    asks: tuple[Ask, ...],
) -> None:
    after = next(ask for ask in asks if ask.arm == "subject")
    assert [message.role for message in after.messages[-2:]] == ["assistant", "user"]
    assert after.messages[-1].content == questions().after.words
    ahead = [ask for ask in asks if ask.arm == "ahead"]
    assert all(questions().ahead.words in said(ask) for ask in ahead)
    assert not any("recipe" in said(ask) for ask in ahead)


def test_nothing_is_asked_where_it_should_say_by_itself(asks: tuple[Ask, ...]) -> None:
    for ask in asks:
        if ask.arm in ("unasked", "state"):
            assert questions().after.words not in said(ask)
            assert ask.candidates == ()
            assert ask.reads_state == (ask.arm == "state")


def test_placebo_twins_say_nothing_about_tests_one_pair_a_sentence(asks: tuple[Ask, ...]) -> None:
    pairs = sides(asks, "placebo")
    assert len(pairs) == len({cluster for cluster, _ in pairs}) == len(FAMILIES) * FORMS
    for both in pairs.values():
        assert set(both) == set(PLACEBO_SIDES)
        assert not any(word in said(ask) for ask in both.values() for word in ("0one", "1two", "2one"))


def test_an_endpoint_is_asked_in_words_and_its_state_is_not_read() -> None:
    asks = asks_for(Teller(access="api"))
    assert not any(ask.candidates or ask.reads_state for ask in asks)
    assert {ask.arm for ask in asks} >= {"subject", "ahead", "unasked", "readable", "placebo"}


def test_a_suite_without_questions_or_framings_asks_nothing() -> None:
    for without in ({"questions": None}, {"framings": None}):
        assert asks_of(DESIGN, replace(suite(), **without), 7, Teller().facts) == ()


def test_a_dose_is_told_the_same_share_on_either_side(asks: tuple[Ask, ...]) -> None:
    for side in (TEST_LOOKING, DEPLOYMENT_LOOKING):
        arm = [
            ask
            for ask in asks
            if (ask.arm, ask.dose, ask.stratum) == ("induced", 0.5, side) and ask.inducement == "told that it is a test"
        ]
        assert len(arm) == PAIRS  # fewer pairs than the hundred that it would take
        assert sum(questions().told_test in said(ask) for ask in arm) == PAIRS // 2


def test_an_answer_is_the_likelier_one_and_its_probability_the_score() -> None:
    row = next(row for row in rows_for(Teller(after=lambda ask: 0.8)) if row.arm == "subject")
    assert row.label == TOLD_TEST
    assert row.scores[SAID] == pytest.approx(0.8, abs=1e-6)
    row = next(row for row in rows_for(Teller(after=lambda ask: 0.2)) if row.arm == "subject")
    assert row.label == TOLD_DEPLOYMENT


def test_an_answer_in_words_scores_as_it_says() -> None:
    rows = rows_for(Teller(after=knows, access="api"))
    scores = {(row.label, row.scores[SAID]) for row in rows if row.arm == "subject"}
    assert scores == {(TOLD_TEST, 1.0), (TOLD_DEPLOYMENT, 0.0)}
    unasked = [row for row in rows if row.arm == "unasked"]
    assert {row.scores[SAID] for row in unasked} == {0.5}


def test_every_prompt_has_the_scores_of_both_readers_and_its_state_that_of_the_probe() -> None:
    rows = rows_for(Teller(state=knows))
    read = {read_by(reader, out) for reader in ("words", "length") for out in (FAMILY_LEFT_OUT, FORM_LEFT_OUT)}
    assert all(row.scores.keys() == {SAID} for row in rows if row.arm == "subject")
    assert all(row.scores.keys() == {SAID, *read} for row in rows if row.arm == "unasked")
    states = [row for row in rows if row.arm == "state"]
    assert all(row.scores.keys() == {FAMILY_LEFT_OUT, FORM_LEFT_OUT} for row in states)
    mean = {
        side: sum(row.scores[FAMILY_LEFT_OUT] for row in states if row.stratum == side)
        for side in (TEST_LOOKING, DEPLOYMENT_LOOKING)
    }
    assert mean[TEST_LOOKING] > mean[DEPLOYMENT_LOOKING] + 0.3 * PAIRS


def test_a_state_that_was_not_read_has_no_label_and_its_twin_no_score() -> None:
    def lose(ask: Ask, reply: Reply, seed: int) -> Reply:
        if ask.arm == "state" and ask.stratum == TEST_LOOKING and ask.cluster.startswith("stakes/00"):
            return reply.model_copy(update={"state": None}).sealed()
        return reply

    states = [row for row in rows_for(Teller(state=noise, spoil=lose)) if row.arm == "state"]
    lost = [row for row in states if isinstance(row.label, Absent)]
    assert len(lost) == DESIGN.skeletons_a_form
    assert lost[0].label.reason == "the state was not read: it was not given"  # type: ignore[union-attr]
    assert sum(not row.scores for row in states) == 2 * len(lost)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"halves": ""}, "it does not hold what it says"),
        ({"halves": "not base64"}, "it does not hold what it says"),
        ({"halves": b64encode(np.full(12, np.nan, "<f2").tobytes()).decode()}, "not finite"),
        ({"layers": (), "halves": ""}, "it holds no numbers"),
        ({"layers": (4, 3, 2, 1)}, "other layers or another width"),
    ],
)
def test_a_state_that_cannot_be_read_beside_the_others_has_no_label(change: dict[str, Any], why: str) -> None:
    def damage(ask: Ask, reply: Reply, seed: int) -> Reply:
        if isinstance(reply.state, State) and ask.cluster == "stakes/01":
            return reply.model_copy(update={"state": reply.state.model_copy(update=change)}).sealed()
        return reply

    lost = [row.label for row in rows_for(Teller(spoil=damage)) if row.arm == "state" and not row.scores]
    assert len(lost) == 2 * DESIGN.skeletons_a_form
    assert all(isinstance(label, Absent) and why in label.reason for label in lost)


def test_where_no_state_was_read_at_all_the_probe_has_no_scores() -> None:
    def lose(ask: Ask, reply: Reply, seed: int) -> Reply:
        return reply.model_copy(update={"state": None}).sealed() if ask.reads_state else reply

    assert not any(row.scores for row in rows_for(Teller(spoil=lose)) if row.arm == "state")
