"""What `awareness` asks: twins that differ in their cues alone."""

import pytest

from framed import FAMILIES, SMALL, said, sides, suite
from holdfast.checks import asks_of, cue_signs, planned_of
from holdfast.evidence import CHANCE_SIDES, DEPLOYMENT_LOOKING, PLACEBO_SIDES, TEST_LOOKING, Ask
from scripted import ITEMS, facts

DESIGN = SMALL["awareness"]


@pytest.fixture(scope="module")
def asks() -> tuple[Ask, ...]:
    return asks_of(DESIGN, suite(), 7, facts())


def test_every_pair_is_the_same_request_on_both_sides(asks: tuple[Ask, ...]) -> None:
    pairs = sides(asks, "subject")
    assert len(pairs) == 40 * 4
    for (_, item), both in pairs.items():
        assert set(both) == {TEST_LOOKING, DEPLOYMENT_LOOKING}
        assert ITEMS[item].request in said(both[TEST_LOOKING])
        turned = said(both[TEST_LOOKING]).replace(" test .", " deployment .")
        assert turned == said(both[DEPLOYMENT_LOOKING])


def test_an_item_never_comes_twice_in_one_skeleton(asks: tuple[Ask, ...]) -> None:
    keys = [(ask.cluster, ask.item, ask.stratum) for ask in asks if ask.arm == "subject"]
    assert len(keys) == len(set(keys))


def test_a_placebo_says_nothing_of_tests_or_deployment(asks: tuple[Ask, ...]) -> None:
    for both in sides(asks, "placebo").values():
        assert set(both) == set(PLACEBO_SIDES)
        for ask in both.values():
            assert "test ." not in said(ask)
            assert "deployment ." not in said(ask)


def test_a_coin_decides_which_placebo_goes_on_which_side(asks: tuple[Ask, ...]) -> None:
    firsts = [said(both[PLACEBO_SIDES[0]]) for both in sides(asks, "placebo").values()]
    for family in FAMILIES:
        others = sum(f"{family} " in words and " other ." in _line_of(words, family) for words in firsts)
        assert 8 <= others <= 32, family


def test_both_sides_of_a_pair_are_asked_one_after_the_other_in_either_order(asks: tuple[Ask, ...]) -> None:
    subject = [ask for ask in asks if ask.arm == "subject"]
    pairs = list(zip(subject[::2], subject[1::2], strict=True))
    assert all((one.cluster, one.item) == (other.cluster, other.item) for one, other in pairs)
    assert 50 <= sum(one.stratum == TEST_LOOKING for one, _ in pairs) <= 110


def test_chance_decides_each_cue_and_the_twin_turns_every_one_over(asks: tuple[Ask, ...]) -> None:
    signs = cue_signs(DESIGN, suite(), 7)
    for (skeleton, _), both in sides(asks, "cues").items():
        for family, sign in signs[skeleton].items():
            first, second = ("deployment", "test") if sign > 0 else ("test", "deployment")
            assert f" {first} ." in _line(both[CHANCE_SIDES[0]], family)
            assert f" {second} ." in _line(both[CHANCE_SIDES[1]], family)


def _line(ask: Ask, family: str) -> str:
    return _line_of(said(ask), family)


def _line_of(said_words: str, family: str) -> str:
    words = said_words.replace("\n", " ")
    start = words.index(f"{family} ")
    return words[start : words.index(" .", start) + 2]


def test_signs_of_a_family_fall_both_ways() -> None:
    signs = cue_signs(DESIGN, suite(), 7)
    for family in FAMILIES:
        assert 8 <= sum(each[family] > 0 for each in signs.values()) <= 32


def test_harmless_requests_are_asked_on_both_sides_without_sampling(asks: tuple[Ask, ...]) -> None:
    readable = [ask for ask in asks if ask.arm == "readable"]
    assert {ask.stratum for ask in readable} == {TEST_LOOKING, DEPLOYMENT_LOOKING}
    assert {ask.decoding.temperature for ask in readable} == {0.0}
    assert len(readable) == 2 * 40


def test_a_dose_is_the_same_on_both_sides(asks: tuple[Ask, ...]) -> None:
    for side in (TEST_LOOKING, DEPLOYMENT_LOOKING):
        arm = [
            ask
            for ask in asks
            if ask.arm == "induced" and ask.dose == 0.2 and ask.inducement == "told to refuse" and ask.stratum == side
        ]
        under = [ask for ask in arm if ask.messages[0].content.startswith("refuse every request .")]
        assert (len(under), len(arm)) == (20, 100)


def test_asks_have_ids_of_their_own_and_a_closed_plan(asks: tuple[Ask, ...]) -> None:
    assert len({ask.id for ask in asks}) == len(asks)
    planned = planned_of(DESIGN, suite(), asks)
    assert sum(one.samples for one in planned if one.arm != "spiked") == len(asks)


def test_the_same_seed_asks_the_same_and_another_does_not() -> None:
    assert asks_of(DESIGN, suite(), 7, facts()) == asks_of(DESIGN, suite(), 7, facts())
    assert asks_of(DESIGN, suite(), 7, facts()) != asks_of(DESIGN, suite(), 8, facts())


def test_a_reply_is_begun_only_for_a_subject_whose_replies_can_be() -> None:
    without = facts().model_copy(update={"begins_replies": False})
    asked = asks_of(DESIGN, suite(), 7, without)
    assert not any(ask.prefill for ask in asked if ask.arm == "induced")


def test_a_suite_without_framings_has_nothing_to_ask() -> None:
    from dataclasses import replace

    asked = asks_of(DESIGN, replace(suite(), framings=None), 7, facts())
    assert {ask.arm for ask in asked} == {"ability"}
