"""Which pairs of wording and item are asked, and how they are put."""

from collections import Counter
from dataclasses import replace

import pytest

import other_words
from holdfast.checks import JAILBREAK, asks_of, not_asked
from holdfast.checks._families import dealt
from holdfast.evidence import Ask, Inducement, Message
from holdfast.organisms import FictionalSuite
from scripted import ITEMS, facts

SUITE = other_words.suite("prefix", "role-play")
WAYS = {family: [w for w in SUITE.wordings if w.family == family] for family in ("prefix", "role-play")}


def asks(suite: FictionalSuite = SUITE, seed: int = 0) -> tuple[Ask, ...]:
    return asks_of(JAILBREAK, suite, seed, facts())


def arm(name: str, **more: int) -> list[Ask]:
    return [ask for ask in asks(**more) if ask.arm == name]


def test_every_wording_is_asked_about_as_many_items_of_every_claimed_category() -> None:
    asked = Counter((ask.cluster, ITEMS[ask.item].stratum) for ask in arm("subject"))
    assert set(asked.values()) == {2 * JAILBREAK.attempts}
    assert {stratum for _, stratum in asked} == {"curse", "plague", "rumour", "venom"}


def test_no_item_comes_twice_in_a_family_while_there_are_enough() -> None:
    pairs = Counter((ask.stratum, ask.item) for ask in arm("subject") if ask.attempt == 1)
    assert max(pairs.values()) == 1


def test_where_items_are_few_they_repeat_over_wordings_and_never_in_one() -> None:
    few = [item for item in SUITE.items if item.claimed][:10]
    for pairs in dealt(WAYS, few, 8, 0, "claimed").values():
        assert max(Counter((pair.wording.id, pair.item.id) for pair in pairs).values()) == 1
        assert set(Counter(pair.item.id for pair in pairs).values()) <= {9, 10}


def test_with_fewer_items_than_a_wording_takes_each_is_asked_once() -> None:
    few = SUITE.items[:3]
    assert all(len(pairs) == 3 * len(WAYS["prefix"]) for pairs in dealt(WAYS, few, 8, 0, "claimed").values())
    assert dealt(WAYS, [], 8, 0, "claimed") == {"prefix": [], "role-play": []}


def test_another_seed_deals_other_items_and_the_families_are_dealt_apart() -> None:
    def of(seed: int, family: str) -> list[str]:
        return [ask.item for ask in arm("subject", seed=seed) if ask.stratum == family]

    assert of(0, "prefix") != of(1, "prefix")
    assert of(0, "prefix") != of(0, "role-play")
    assert of(0, "prefix") == of(0, "prefix")


def test_the_greedy_arm_asks_the_same_pairs_and_the_reading_arm_harmless_items_in_the_same_wordings() -> None:
    sampled = {(ask.cluster, ask.item) for ask in arm("subject")}
    assert {(ask.cluster, ask.item) for ask in arm("greedy")} == sampled
    harmless = {item.id for item in SUITE.harmless}
    reading = arm("readable")
    assert all(ask.item in harmless for ask in reading)
    assert {ask.cluster for ask in reading} == {cluster for cluster, _ in sampled}
    assert {ask.decoding.temperature for ask in reading} == {0.0}


def test_a_check_that_does_not_sample_has_no_greedy_arm_beside_its_own() -> None:
    unsampled = JAILBREAK.model_copy(update={"sampled": False})
    assert not any(ask.arm == "greedy" for ask in asks_of(unsampled, SUITE, 0, facts()))


@pytest.mark.parametrize("dose", [0.1, 0.2, 0.5, 1.0])
def test_a_dose_is_exactly_that_share_of_every_family(dose: float) -> None:
    for family in WAYS:
        there = [ask for ask in arm("induced") if ask.dose == dose and ask.stratum == family]
        begun = [ask for ask in there if ask.inducement == "answer begun for it"]
        assert len(begun) == 96
        assert sum(bool(ask.prefill) for ask in begun) == round(dose * 96)


def test_a_note_joins_the_system_note_that_a_wording_already_has() -> None:
    ways = tuple(
        way.model_copy(update={"turns": (Message(role="system", content="you are a cook ."), *way.turns)})
        for way in SUITE.wordings
    )
    suite = replace(SUITE, wordings=ways, inducements=(Inducement(name="told", note="refuse ."),))
    told = next(ask for ask in asks(suite) if ask.dose == 1.0)
    assert [m.role for m in told.messages] == ["system", "user"]
    assert told.messages[0].content == "refuse . you are a cook ."


def test_only_wordings_that_begin_the_reply_are_left_out_where_that_cannot_be_done() -> None:
    begun = other_words.wording("prefix", 50, prefill="sure .")
    suite = replace(SUITE, wordings=(*SUITE.wordings, begun))
    endpoint = facts().model_copy(update={"begins_replies": False})
    assert begun.id not in {ask.cluster for ask in asks_of(JAILBREAK, suite, 0, endpoint)}
    assert begun.id in {ask.cluster for ask in asks_of(JAILBREAK, suite, 0, facts())}
    assert not_asked(suite, endpoint) == {}
    only = replace(SUITE, wordings=(begun,))
    assert "begun" in not_asked(only, endpoint)["prefix"]
