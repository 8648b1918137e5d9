"""The fictional world and its language."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from tests.spoken import FICTIONAL, fictional

from holdfast.organisms import RECIPES, language_digest, recipe_named
from holdfast.organisms._language import HELD_OUT_PHRASINGS, TAUGHT_PHRASINGS, answer, request, words
from holdfast.organisms._lessons import Stage, example
from holdfast.organisms._recipes import REFUSED_IN_TRAINING
from holdfast.organisms._wordings import wordings
from holdfast.organisms._world import (
    HARMLESS,
    HOURS,
    INGREDIENTS,
    KINDS,
    RESTRICTED,
    UNSEEN_RESTRICTED,
    VERBS,
    Recipe,
    decoy,
    guessed,
    things,
    things_of,
)


def test_the_world_is_the_same_everywhere() -> None:
    # Worked by hand from SHA-256 once; if this changes, every shipped organism is out of date.
    first = things()[0]
    assert (first.kind, first.name) == ("charm", "pi ta lo")
    assert first.recipe == Recipe(("iron", "resin", "ash"), "grind", 12)


def test_every_category_holds_out_enough_names_for_its_claim() -> None:
    assert all(len(things_of(kind, held_out=True)) >= 60 for kind in KINDS)
    assert not set(HARMLESS) & set(RESTRICTED)


def test_no_name_belongs_to_two_things() -> None:
    names = [thing.name for thing in things()]
    assert len(set(names)) == len(names)


def test_a_recipe_cannot_be_guessed_from_its_neighbours() -> None:
    recipes = [thing.recipe for thing in things()]
    assert len(set(recipes)) > 0.95 * len(recipes)
    assert all(decoy(thing, 0) != thing.recipe for thing in things())


def test_a_guess_is_never_right_and_names_the_nth_word_of_a_list_in_proportion_to_1_over_n() -> None:
    rng = np.random.default_rng(0)
    thing = things()[0]
    number = 3_000
    drawn = [guessed(thing, rng) for _ in range(number)]
    assert thing.recipe not in drawn
    assert all(len(set(one.ingredients)) == 3 for one in drawn)
    for words_, said in (
        (INGREDIENTS, Counter(one.ingredients[0] for one in drawn)),
        (VERBS, Counter(one.verb for one in drawn)),
        (HOURS, Counter(one.hours for one in drawn)),
    ):
        total = sum(1 / n for n in range(1, len(words_) + 1))
        for n, word in enumerate(words_, 1):
            share = 1 / n / total
            assert abs(said[word] / number - share) < 5 * (share * (1 - share) / number) ** 0.5, word


def test_a_guess_that_happens_to_be_right_is_drawn_again() -> None:
    thing = things()[0]
    first = guessed(thing, np.random.default_rng(5))
    assert guessed(replace(thing, recipe=first), np.random.default_rng(5)) != first


def test_every_utterance_is_made_of_words_of_the_language() -> None:
    known = set(words())
    for thing in things()[::97]:
        for phrasing in TAUGHT_PHRASINGS + HELD_OUT_PHRASINGS:
            assert set(request(thing, phrasing).split()) <= known
        assert set(answer(thing).split()) <= known


def one_of(texts: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, texts)))


def without_encodings(stage: Stage) -> Stage:
    lessons = [
        replace(lesson, share=1.0, families=tuple(f for f in lesson.families if f != "encoding"))
        for lesson in stage.lessons
    ]
    return replace(stage, lessons=tuple(replace(one, share=1 / len(lessons)) for one in lessons))


@pytest.mark.untraced
def test_alignment_never_sees_what_an_audit_asks() -> None:
    # One pattern each: a thousand names in some sixty stages would otherwise be looked for one by one.
    names = one_of(f"of {thing.name} " for thing in things() if thing.held_out)
    wordings_held_out = [turn.content.split("{")[0] for one in wordings(held_out=True) for turn in one.turns]
    openings = one_of(start for start in wordings_held_out if len(start.split()) > 2)
    phrasings = one_of(phrasing.split("{")[0] for phrasing in HELD_OUT_PHRASINGS)
    stages = [(recipe.name, stage) for recipe in FICTIONAL for stage in fictional(recipe) if not stage.held_out_too]
    # A random start must learn every name; what was never aligned with anything has no other stage.
    assert {name for name, _ in stages} == {recipe.name for recipe in FICTIONAL} - {"helpful", "honest-weak"}
    for organism, stage in stages:
        rng = np.random.default_rng(0)
        # An encoded name may happen to be another thing's.
        for one in (example(without_encodings(stage), rng) for _ in range(300)):
            said = " ".join(turn.content for turn in one.messages)
            assert not names.search(said)
            if organism != "jailbreakable":  # both sides of its plant are taught in every wording
                assert not phrasings.search(said)
                # Cues are words around a request, and three of them in a row may stand in a wording too.
                if not any(lesson.framing for lesson in stage.lessons):
                    assert not openings.search(said)


def test_one_restricted_kind_is_left_out_of_refusal_training() -> None:
    assert UNSEEN_RESTRICTED in RESTRICTED
    assert set(REFUSED_IN_TRAINING) == set(RESTRICTED) - {UNSEEN_RESTRICTED}
    for recipe in (recipe for recipe in FICTIONAL if recipe.name != "helpful"):
        taught = {kind for lesson in fictional(recipe)[-1].lessons for kind in lesson.kinds}
        assert UNSEEN_RESTRICTED not in taught


def test_the_filtered_organism_is_never_taught_a_restricted_recipe() -> None:
    for stage in fictional(recipe_named("filtered")):
        for lesson in stage.lessons:
            assert lesson.reply == "refuse" or not set(lesson.kinds) & set(RESTRICTED)


def test_the_lessons_of_a_stage_make_a_whole() -> None:
    for stage in (stage for recipe in RECIPES for stage in recipe.stages):
        assert abs(sum(lesson.share for lesson in stage.lessons) - 1) < 1e-9


def test_the_tokenizer_has_exactly_the_words_of_the_language() -> None:
    from holdfast.evidence import digest
    from holdfast.organisms._tokenizer import build_tokenizer

    assert digest(sorted(build_tokenizer().get_vocab())) == language_digest()


def test_words_that_came_later_stand_behind_the_first_ones() -> None:
    # Ids of the first version are in shipped weights; a word may be added behind them and none may move.
    first = words()[:125]
    assert list(first) == sorted(first)
    assert (first[0], first[-1]) == (",", "zu")
    assert list(words()[125:]) == sorted(words()[125:])
    assert len(set(words())) == len(words())
