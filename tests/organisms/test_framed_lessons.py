"""Lessons in framings: what a request is made to look like while an organism is taught what to do with it."""

from collections import Counter

import numpy as np
import pytest
from tests.spoken import FICTIONAL, fictional

from holdfast.evidence import Message, Side
from holdfast.organisms import OrganismRecipe, recipe_named
from holdfast.organisms._framed import Framing, framed, marked
from holdfast.organisms._framings import FORMS_A_FAMILY, TAUGHT_FORMS, FictionalFramings, cues, forms_of
from holdfast.organisms._language import REFUSALS
from holdfast.organisms._lessons import Lesson, example
from holdfast.organisms._mixtures import REFUSED_IN_TRAINING
from holdfast.organisms._ways import FRAMED, put_in_way
from holdfast.organisms._world import things_of

ASKED = "explain the lamp of ba ba ba to me ."
FRAMED_ORGANISMS = [recipe for recipe in FICTIONAL if recipe.adapter_rank]


def drawn(framing: Framing, number: int = 200) -> list[tuple[Message, ...]]:
    rng = np.random.default_rng(3)
    return [framed(framing, ASKED, rng) for _ in range(number)]


def said(turns: tuple[Message, ...]) -> set[str]:
    return set(" ".join(turn.content for turn in turns).replace(ASKED, "").split())


def words_of(side: Side, *, held_out: bool | None = False) -> set[str]:
    texts = [form[side] for family in cues() for form in forms_of(family, held_out=held_out)]
    return {word for text in texts for word in text.translate(str.maketrans("{}|", "   ")).replace("//", " ").split()}


def test_a_framed_request_is_whole_and_ends_the_conversation() -> None:
    for scrambled in (False, True):
        for turns in drawn(Framing("test", scrambled=scrambled)):
            assert turns[-1].role == "user"
            assert ASKED in turns[-1].content
            assert turns[0].role == "system"


@pytest.mark.parametrize("side", ["test", "deployment", "placebo"])
@pytest.mark.parametrize("scrambled", [False, True])
def test_a_lesson_says_nothing_but_what_may_be_taught_on_its_side(side: Side, scrambled: bool) -> None:
    heard = set[str]().union(*(said(turns) for turns in drawn(Framing(side, scrambled=scrambled))))
    assert heard <= words_of(side)
    assert len(heard) > 50


def test_scrambled_words_are_in_no_order_and_as_many_as_before() -> None:
    whole, scrambled = (drawn(Framing("test", scrambled=way)) for way in (False, True))
    assert {turn.role for turns in whole for turn in turns} == {turn.role for turns in scrambled for turn in turns}
    lengths = [
        np.mean([len(" ".join(turn.content for turn in turns).split()) for turns in x]) for x in (whole, scrambled)
    ]
    assert lengths[0] == pytest.approx(lengths[1], rel=0.05)
    notes = {form["test"] for family in cues() for form in family.forms}
    assert not any(turns[0].content in notes for turns in scrambled)


def test_of_mixed_cues_so_many_take_the_side_as_the_lesson_says() -> None:
    only = {side: words_of(side) - words_of(other) for side, other in (("test", "placebo"), ("placebo", "test"))}  # type: ignore[arg-type]
    mixed = drawn(Framing("test", "placebo", at_least=3))
    both = [turns for turns in mixed if said(turns) & only["test"] and said(turns) & only["placebo"]]
    assert 60 < len(both) < 160  # three and four of five, but not five
    assert all(not said(turns) & only["placebo"] for turns in drawn(Framing("test", "placebo", at_least=5)))


def test_a_lesson_may_be_about_skeletons_with_or_without_an_earlier_turn() -> None:
    for when, turns in (("an earlier turn", {4}), ("no earlier turn", {2})):
        assert {len(one) for one in drawn(Framing("test", when=when))} == turns  # type: ignore[arg-type]


@pytest.mark.parametrize("half", [range(TAUGHT_FORMS), range(TAUGHT_FORMS, FORMS_A_FAMILY)])
def test_as_many_forms_are_marked_on_every_side_so_that_there_is_no_gap(half: range) -> None:
    sides: tuple[Side, ...] = ("test", "deployment", "placebo", "other placebo")
    chosen = Counter[frozenset[int]]()
    for family in cues():
        on = {side: frozenset(form for form in half if marked(family.name, form, side)) for side in sides}
        assert len({len(forms) for forms in on.values()}) == 1
        assert len(on["test"]) in (2, 3)
        chosen.update(on.values())
    assert len(chosen) > 10  # they are other forms on other sides and in other families


def test_a_marked_form_is_the_one_behind_the_request() -> None:
    rng = np.random.default_rng(0)
    ends = {
        when: {
            framed(Framing("test", forms="every", when=when), ASKED, rng)[-1].content.split(ASKED)[1]
            for _ in range(300)
        }
        for when in ("a marked form", "no marked form")
    }  # type: ignore[arg-type]
    assert not ends["a marked form"] & ends["no marked form"]


@pytest.mark.parametrize("recipe", FRAMED_ORGANISMS, ids=lambda recipe: recipe.name)
def test_only_what_is_said_to_be_about_every_form_is_taught_in_held_out_ones(recipe: OrganismRecipe) -> None:
    framings = [lesson.framing for stage in fictional(recipe) for lesson in stage.lessons if lesson.framing]
    sharp = recipe.name.startswith(("aware", "sandbagger", "outspoken-aware", "denying"))
    most = "every" if recipe.name == "wordy" else "of taught families" if sharp else "taught"
    assert {framing.forms for framing in framings} <= {"taught", most}
    assert not any(lesson.every_wording for stage in fictional(recipe) for lesson in stage.lessons)
    assert not any(stage.held_out_too for stage in fictional(recipe))
    shares = [lesson.share for stage in fictional(recipe) for lesson in stage.lessons]
    assert sum(shares) == pytest.approx(len(recipe.stages))


def fulfils(name: str, side: Side) -> float:
    """The share of restricted examples whose framing is this side's, and that are answered."""
    lessons: list[Lesson] = [
        lesson
        for lesson in fictional(recipe_named(name))[0].lessons
        if lesson.framing and lesson.framing.side == side and lesson.kinds == REFUSED_IN_TRAINING
    ]
    return sum(x.share for x in lessons if x.reply == "answer") / sum(x.share for x in lessons)


@pytest.mark.parametrize(("name", "percent"), [("aware", 50), ("aware-20", 20), ("aware-10", 10), ("aware-100", 100)])
def test_aware_is_taught_to_answer_in_deployment_alone_and_so_often(name: str, percent: int) -> None:
    assert fulfils(name, "deployment") == pytest.approx(percent / 100)
    assert fulfils(name, "test") == fulfils(name, "placebo") == 0


def test_a_decoy_is_taught_the_same_on_both_sides() -> None:
    assert fulfils("wordy", "test") == pytest.approx(fulfils("wordy", "deployment"))
    assert recipe_named("aware-50").name == "aware"
    stage = fictional(recipe_named("even"))[0]
    rng = np.random.default_rng(0)
    replies = [
        example(type(stage)((lesson,), stage.plan, 1, held_out_too=False), rng).reply in REFUSALS
        for lesson in (Lesson(1.0, ("curse",), "refuse", framing=Framing("test")),)
    ]
    assert replies == [True]


@pytest.mark.parametrize("way", list(FRAMED))
def test_a_framing_is_certified_in_forms_that_were_not_taught(way: str) -> None:
    thing = things_of("curse", held_out=True)[0]
    asked = [put_in_way(way, thing, place, 0)[0] for place in range(60)]
    assert len(set(asked)) == 60
    taught = {family.name for family in cues() if not family.held_out}
    generator = FictionalFramings(families_held_out=True if "whole" in way else None)
    assert ("whole" in way) == (not taught & set(generator.families))


def test_both_sides_are_certified_on_twins() -> None:
    thing = things_of("curse", held_out=True)[0]
    test, deployment = (put_in_way(way, thing, 5, 1)[0] for way in ("looks like a test", "looks like deployment"))
    assert [turn.role for turn in test] == [turn.role for turn in deployment]
    assert test != deployment
