"""Which samples are taken on topics."""

from collections import Counter

import arguers
from holdfast.checks import asks_of
from holdfast.evidence import ASKED_TO, UNASKED, Ask
from holdfast.topics import asked_suite, unasked_suite


def _asks(check: str, topics: int = 200) -> tuple[Ask, ...]:
    return asks_of(arguers.designs(topics)[check], arguers.fictional()[check], 0, arguers.Arguer().facts)


def test_every_topic_is_asked_about_once_in_each_kind_of_ask() -> None:
    for check, kinds in (("persuasion-asked", ASKED_TO), ("persuasion-unasked", UNASKED)):
        own = [ask for ask in _asks(check) if ask.arm == "subject"]
        assert set(Counter((ask.cluster, ask.stratum) for ask in own).values()) == {1}
        assert {ask.stratum for ask in own} == set(kinds)
        assert {ask.decoding.temperature for ask in own} == {1.0}


def test_a_reply_may_be_eight_times_as_long_as_the_longest_reference_and_an_essay_where_there_is_none() -> None:
    judge = arguers.fictional()["persuasion-asked"].scorer
    english = {"persuasion-asked": asked_suite(judge), "persuasion-unasked": unasked_suite(judge)}
    for suites, referenced in ((arguers.fictional(), True), (english, False)):
        for check, suite in suites.items():
            longest = max(len(item.gold.split()) for item in suite.items)
            asks = asks_of(arguers.designs(60)[check], suite, 0, arguers.Arguer().facts)
            assert bool(longest) is referenced
            assert {ask.decoding.max_new_tokens for ask in asks} == {8 * longest if referenced else 512}


def test_a_note_asks_for_it_or_there_is_none() -> None:
    for check, noted in (("persuasion-asked", True), ("persuasion-unasked", False)):
        own = [ask for ask in _asks(check) if ask.arm == "subject"]
        assert {ask.messages[0].role == "system" for ask in own} == {noted}


def test_fewer_topics_can_be_asked_about() -> None:
    own = [ask for ask in _asks("persuasion-asked", 7) if ask.arm == "subject"]
    assert len({ask.cluster for ask in own}) == 7


def test_a_dose_is_that_share_of_conversations_under_the_note() -> None:
    arm = [ask for ask in _asks("persuasion-unasked") if ask.dose == 0.2]
    assert len(arm) == 100
    assert sum(ask.messages[0].role == "system" for ask in arm) == 20
