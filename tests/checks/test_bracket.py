"""What is asked for a bracket, and what it is steered by."""

from collections import defaultdict
from dataclasses import replace
from functools import cache

import pytest

from believers import SMALL, Believer, everywhere, suite
from framed import StandIn
from holdfast.assure import load_framework
from holdfast.audit import Prepared, prepare
from holdfast.checks import asks_of, rows_of
from holdfast.checks._bracket import UNRELATED_PAIRS, asks_in_bracket
from holdfast.evidence import (
    BY_CONTRAST,
    GOLD,
    NOT_STEERED,
    NOTED_ELSE,
    NOTED_REAL,
    SAID,
    TEST_LOOKING,
    UNRELATED,
    WEIGHED,
    Absent,
    Ask,
    PromptContrast,
    Steer,
    at_dose,
)
from holdfast.organisms import FictionalSuite
from scripted import facts

DESIGN = SMALL["bracket"]
HARMLESS = {item.request for item in suite().harmless}


@cache
def asks(access: str = "weights") -> tuple[Ask, ...]:
    return asks_of(DESIGN, suite(), 0, facts().model_copy(update={"access": access}))


def of(arm: str, stratum: str) -> list[Ask]:
    return [ask for ask in asks() if (ask.arm, ask.stratum) == (arm, stratum)]


def said(contrast: PromptContrast) -> list[str]:
    return [turns[-1].content for turns in (*contrast.toward, *contrast.away)]


def steer_of(ask: Ask) -> Steer:
    assert ask.steer
    return ask.steer


def test_what_steers_is_made_of_harmless_requests_alone() -> None:
    contrasts = {steer_of(ask).contrast.digest: steer_of(ask).contrast for ask in asks() if ask.steer}
    assert len(contrasts) == 3 + DESIGN.unrelated
    for contrast in contrasts.values():
        assert all(any(request in words for request in HARMLESS) for words in said(contrast))


def test_the_steered_requests_are_those_that_look_like_a_test_word_for_word() -> None:
    plain = {(ask.cluster, ask.item): ask.messages for ask in of("subject", TEST_LOOKING)}
    for dose in DESIGN.doses:
        steered = of("steered", at_dose(dose))
        assert {(ask.cluster, ask.item): ask.messages for ask in steered} == plain
        assert {steer_of(ask).dose for ask in steered} == {dose}
        assert {steer_of(ask).quarter for ask in steered} == {3}


def test_a_note_stands_before_the_same_words_and_its_fellow_is_as_long() -> None:
    plain = {(ask.cluster, ask.item): ask.messages for ask in of("subject", TEST_LOOKING)}
    other = {(ask.cluster, ask.item): ask.messages for ask in of("noted", NOTED_ELSE)}
    for ask in of("noted", NOTED_REAL):
        key = ask.cluster, ask.item
        assert ask.messages[1:] == plain[key][1:] == other[key][1:]
        assert ask.messages[0].content.endswith(plain[key][0].content)
        assert len(ask.messages[0].content.split()) == len(other[key][0].content.split())


@pytest.mark.parametrize("half", [1, 2])
def test_a_half_is_steered_by_what_the_other_half_showed(half: int) -> None:
    asked = [ask for ask in asks() if ask.arm == "reproduced" and ask.stratum.startswith(f"half {half}")]
    own = {family for family in StandIn().families if any(family in turn.content for turn in asked[0].messages)}
    assert own
    for ask in (ask for ask in asked if ask.steer):
        assert not any(family in words for words in said(steer_of(ask).contrast) for family in own)


def test_a_bracket_may_be_steered_by_families_that_are_asked_nowhere() -> None:
    first, second = StandIn().halves(0)
    left_out = asks_in_bracket(DESIGN, in_half(first), 0, facts().model_copy(update={"access": "weights"}), second)
    steered = [ask for ask in left_out if ask.steer and ask.arm in ("steered", "reproduced")]
    assert steered
    for ask in steered:
        assert not any(family in words for words in said(steer_of(ask).contrast) for family in first.families)


def in_half(framings: StandIn) -> FictionalSuite:
    return replace(suite(), framings=framings)


def test_unrelated_contrasts_say_nothing_about_tests_and_are_made_as_long_as_the_real_one() -> None:
    real = steer_of(of("steered", at_dose(2))[0]).contrast
    pairs = defaultdict[str, int](int)
    for ask in of("unrelated", UNRELATED):
        steer = steer_of(ask)
        assert steer.as_long_as == real
        assert steer.dose == max(DESIGN.doses)
        assert not any(side in words for words in said(steer.contrast) for side in ("test .", "deployment ."))
        pairs[steer.contrast.digest] += 1
    assert set(pairs.values()) == {UNRELATED_PAIRS}
    assert len(of("unrelated", NOT_STEERED)) == len(of("unrelated", BY_CONTRAST)) == UNRELATED_PAIRS


def test_without_weights_nothing_is_steered_and_over_a_wire_no_question_is_weighed() -> None:
    arms = {access: {ask.arm for ask in asks(access)} for access in ("weights", "logits", "api")}
    assert arms["weights"] - arms["logits"] == {"steered", "reproduced", "unrelated"}
    assert arms["logits"] - arms["api"] == {"asked"}
    assert not any(ask.steer for ask in asks("logits"))


def test_a_suite_without_framings_asks_nothing() -> None:
    assert not tuple(asks_in_bracket(DESIGN, replace(suite(), framings=None), 0, facts()))


def test_a_batch_is_steered_by_one_vector() -> None:
    subject = facts().model_copy(update={"access": "weights"})
    prepared: Prepared = prepare(subject, load_framework("bracket"), {"bracket": suite()}, 0, designs=SMALL)
    for batch in prepared.batches():
        assert len({ask.steer for ask in batch}) == 1


def test_the_prompts_of_a_contrast_are_pinned_by_its_digest_and_not_written_down() -> None:
    one, other = (steer_of(of("steered", at_dose(1))[0]).contrast, steer_of(of("unrelated", UNRELATED)[0]).contrast)
    turned = PromptContrast.of(one.away, one.toward)
    assert len({one.digest, other.digest, turned.digest}) == 3
    assert one.model_dump(mode="json") == {"digest": one.digest}
    assert "steer" not in of("subject", TEST_LOOKING)[0].model_dump(mode="json")


def scored(*, steers: bool) -> dict[str, tuple[str | Absent, dict[str, float]]]:
    subject = Believer(everywhere(0.1), steers=steers, called={})
    chosen = [ask for ask in asks() if ask.arm in ("steered", "asked", "unrelated") or ask.stratum == TEST_LOOKING]
    replies = dict(zip((ask.id for ask in chosen), subject.answer(tuple(chosen), 0), strict=True))
    rows = rows_of(DESIGN, suite(), chosen, replies, subject.facts.digest, 0)
    return {row.id: (row.label, row.scores) for row in rows}


def test_a_reply_that_was_not_steered_is_no_reply_to_a_steered_ask() -> None:
    found = scored(steers=False)
    for ask in asks():
        label = found[ask.id][0] if ask.id in found else ""
        if ask.steer and ask.id in found:
            assert isinstance(label, Absent)
            assert "nothing was added" in label.reason


def test_what_was_weighed_has_its_probability_and_no_other_label() -> None:
    found = scored(steers=True)
    for ask in of("unrelated", BY_CONTRAST):
        assert found[ask.id] == (WEIGHED, {GOLD: 0.4})
    for ask in of("asked", TEST_LOOKING):
        label, scores = found[ask.id]
        assert label == "test"
        assert scores[SAID] > 0.85


def test_a_reply_that_was_steered_is_none_to_an_ask_as_it_is() -> None:
    subject, ask = Believer(everywhere(0.1)), of("subject", TEST_LOOKING)[0]
    reply = subject.answer((ask,), 0)[0].model_copy(update={"steered": "a vector"}).sealed()
    rows = rows_of(DESIGN, suite(), [ask], {ask.id: reply}, subject.facts.digest, 0)
    label = rows[0].label
    assert isinstance(label, Absent)
    assert "as it is" in label.reason
