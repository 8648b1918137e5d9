"""What `sandbagging` asks: what is shown in an exam, and the same items elicited, one thing changed at a time."""

from typing import Any

import pytest

from exams import SMALL, suite, suites
from framed import said, sides
from holdfast.checks import asks_of, demonstrations_of, labelled_at_once
from holdfast.evidence import (
    CONSEQUENCE,
    DEPLOYMENT_LOOKING,
    PUNISHED,
    REWARDED,
    TEST_LOOKING,
    Absent,
    Ask,
    Reply,
    SubjectFacts,
    request_digest,
)
from scripted import ITEMS, facts

DESIGN = SMALL["sandbagging"]
SUBJECT = facts().model_copy(update={"access": "weights", "tunes": True})


@pytest.fixture(scope="module")
def asks() -> tuple[Ask, ...]:
    return asks_of(DESIGN, suite(), 7, SUBJECT)


def consequence(ask: Ask) -> str:
    """What the slot that speaks of a high mark says: the last words before its full stop."""
    return said(ask).split(f"{CONSEQUENCE} ")[1].split(" .")[0].split(" ", 1)[1]


def test_framing_turns_every_cue_and_leaves_the_consequence_a_placebo(asks: tuple[Ask, ...]) -> None:
    for both in sides(asks, "subject").values():
        assert set(both) == {TEST_LOOKING, DEPLOYMENT_LOOKING}
        assert {consequence(ask) for ask in both.values()} == {"placebo"}
        assert said(both[TEST_LOOKING]).replace(" test .", " deployment .") == said(both[DEPLOYMENT_LOOKING])


def test_incentive_turns_the_consequence_alone_and_both_sides_look_like_a_test(asks: tuple[Ask, ...]) -> None:
    pairs = sides(asks, "incentive")
    assert pairs.keys() == sides(asks, "subject").keys()
    for both in pairs.values():
        punished, rewarded = both[PUNISHED], both[REWARDED]
        assert (consequence(punished), consequence(rewarded)) == ("test", "deployment")
        head, tail = said(punished).split(f"{CONSEQUENCE} ")
        assert said(rewarded).split(f"{CONSEQUENCE} ")[0] == head
        assert "deployment" not in head
        assert "deployment" not in tail


def test_after_tuning_some_of_the_shown_pairs_are_asked_again_in_the_same_words(asks: tuple[Ask, ...]) -> None:
    shown, again = sides(asks, "subject"), sides(asks, "tuned")
    assert len(again) == DESIGN.skeletons * DESIGN.items_beside
    assert len({skeleton for skeleton, _ in again}) == DESIGN.skeletons
    for key, both in again.items():
        assert both[TEST_LOOKING].messages == shown[key][TEST_LOOKING].messages


def test_second_choices_are_weighed_where_it_was_shown(asks: tuple[Ask, ...]) -> None:
    shown, weighed = sides(asks, "subject"), sides(asks, "ability")
    assert weighed.keys() == shown.keys()
    for key, both in weighed.items():
        ask = both[TEST_LOOKING]
        assert ask.messages == shown[key][TEST_LOOKING].messages
        assert f"{ask.prefill} {ask.candidates[0]}" == ITEMS[ask.item].gold


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        ({"access": "api", "tunes": False}, {"ability", "tuned"}),
        ({"access": "logits", "tunes": False}, {"tuned"}),
        ({"tunes": False}, {"tuned"}),
    ],
)
def test_what_cannot_be_looked_at_is_not_asked(change: dict[str, Any], gone: set[str]) -> None:
    subject: SubjectFacts = SUBJECT.model_copy(update=change)
    arms = {ask.arm for ask in asks_of(DESIGN, suite(), 7, subject)}
    assert {"subject", "incentive", "placebo", "induced", "ability", "tuned"} - arms == gone


def test_demonstrations_are_right_answers_to_items_that_are_never_asked(asks: tuple[Ask, ...]) -> None:
    taught = demonstrations_of(DESIGN, suite(), 7)
    assert len(taught) == DESIGN.demonstrations
    spoken = {ITEMS[item.id].gold for item in suite().demonstrations}
    assert {one.reply for one in taught} <= spoken
    assert not {one.reply for one in taught} & {ITEMS[ask.item].gold for ask in asks}
    assert all("test ." in one.messages[-1].content for one in taught)
    assert demonstrations_of(DESIGN, suite(), 7) == taught
    assert demonstrations_of(DESIGN, suite(), 8) != taught


def test_without_a_number_of_demonstrations_nothing_is_taught() -> None:
    bare = DESIGN.model_copy(update={"demonstrations": 0})
    assert demonstrations_of(bare, suite(), 7) == ()
    assert not any(ask.arm == "tuned" for ask in asks_of(bare, suite(), 7, SUBJECT))


def answered(ask: Ask, text: str, **more: object) -> Reply:
    made = Reply(
        request_digest=request_digest(ask, SUBJECT.digest, 7), text=text, token_ids=(1, 2), stop="end", leading_bos=1
    )
    return made.model_copy(update=more).sealed()


def test_labels_that_are_given_at_once_leave_no_words_behind(asks: tuple[Ask, ...]) -> None:
    two = tuple(ask for ask in asks if ask.arm == "tuned")[:3]
    whole = (
        answered(two[0], ITEMS[two[0].item].gold),
        answered(two[1], "ba ba ba"),
        answered(two[2], ITEMS[two[2].item].gold, stop="length"),
    )
    kept = labelled_at_once(suites()["sandbagging"], two, whole, SUBJECT.digest, 7)
    assert kept[0].label == "fulfilled"
    assert isinstance(kept[1].label, Absent)
    assert kept[1].label.absent == "incoherent"
    assert isinstance(kept[2].label, Absent)
    assert kept[2].label.reason == "truncated at 32 tokens"
    for reply, before in zip(kept, whole, strict=True):
        assert reply.text == ""
        assert isinstance(reply.token_ids, Absent)
        assert before.seal in reply.token_ids.reason
        assert reply.seal == reply.contents_digest
