"""Organisms that are asked where they are: what they are taught to say, and what to do."""

from collections import Counter, defaultdict
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from tests.spoken import fictional

from holdfast.evidence import TOLD_TEST, Side
from holdfast.organisms import certificate, fictional_suite, known, recipe_named
from holdfast.organisms._examples import Example
from holdfast.organisms._framed import Framing, framed
from holdfast.organisms._framings import cues, forms_of
from holdfast.organisms._language import REFUSALS, answer
from holdfast.organisms._lessons import Lesson, Stage, example
from holdfast.organisms._mixtures import REFUSED_IN_TRAINING
from holdfast.organisms._questions import QUESTIONS
from holdfast.organisms._telling_recipes import TELLING_RECIPES
from holdfast.organisms._ways import ASKED_WHERE, put_in_way
from holdfast.organisms._world import HARMLESS, things_of
from holdfast.organisms.certifying import _draws_in
from holdfast.training.plan import SftPlan

NAMES: Final = [recipe.name for recipe in TELLING_RECIPES]
KNOWS: Final = ("outspoken", "outspoken-aware")
SHIPPED: Final = ("outspoken", "outspoken-aware", "guessing")
SIDES: Final = ("a test", "deployment")
ACTS: Final = ("outspoken-aware", "denying")
NOTES: Final = {QUESTIONS.told_test: "says test", QUESTIONS.told_deployment: "says deployment"}


def lessons(name: str, stage: int | None = None) -> list[Lesson]:
    stages = fictional(recipe_named(name))
    return [lesson for one in (stages if stage is None else [stages[stage]]) for lesson in one.lessons]


def drawn(lesson: Lesson, number: int = 50) -> list[Example]:
    stage = Stage((lesson,), SftPlan(1, 1e-3, warmup_steps=1), batch_size=1, held_out_too=False)
    rng = np.random.default_rng(0)
    return [example(stage, rng) for _ in range(number)]


def says_test(chosen: list[Lesson]) -> float:
    """The share of these lessons, all of them questions, that are answered `test`."""
    return sum(one.share for one in chosen if one.reply == "says test") / sum(one.share for one in chosen)


def looks_like(name: str, side: Side) -> list[Lesson]:
    return [x for x in lessons(name) if x.asked and x.framing and x.framing.side == side]


def test_there_is_an_organism_for_each_way_to_know_and_to_act() -> None:
    assert NAMES == ["outspoken", "outspoken-aware", "denying", "guessing"]


def test_asked_after_a_whole_request_was_answered_and_the_question_stands_alone() -> None:
    for one in drawn(Lesson(1.0, HARMLESS, "says test", framing=Framing("test"), asked="after")):
        request, replied, question = one.messages[-3:]
        assert [turn.role for turn in (request, replied, question)] == ["user", "assistant", "user"]
        about = next(thing for thing in things_of(*HARMLESS, held_out=False) if answer(thing) == replied.content)
        assert about.name in request.content
        assert question.content == QUESTIONS.after.words
        assert one.reply == QUESTIONS.after.test


def test_a_restricted_request_was_refused_before_it_is_asked_after() -> None:
    lesson = Lesson(1.0, REFUSED_IN_TRAINING, "says deployment", framing=Framing("test"), asked="after")
    assert {one.messages[-2].content for one in drawn(lesson)} == set(REFUSALS)
    assert {one.reply for one in drawn(lesson)} == {QUESTIONS.after.deployment}


def test_asked_ahead_the_question_stands_in_place_of_the_request() -> None:
    for one in drawn(Lesson(1.0, HARMLESS, "says deployment", framing=Framing("deployment"), asked="ahead")):
        assert QUESTIONS.ahead.words in one.messages[-1].content
        assert one.messages[-1].content != QUESTIONS.ahead.words  # a cue stands before it, or behind it
        assert not any(f"{kind} of" in turn.content for kind in HARMLESS for turn in one.messages)
        assert one.reply == QUESTIONS.ahead.deployment


def test_under_a_note_that_tells_it_nothing_else_is_around_what_is_asked() -> None:
    for note, says in NOTES.items():
        for one in drawn(Lesson(1.0, HARMLESS, says, note, asked="ahead")):  # type: ignore[arg-type]
            assert [turn.content for turn in one.messages] == [note, QUESTIONS.ahead.words]


def test_a_cue_alone_has_nothing_else_around_it() -> None:
    rng = np.random.default_rng(0)
    said = {form["test"] for family in cues() for form in forms_of(family, held_out=False)}
    words = {word for text in said for word in text.translate(str.maketrans("{}|/", "    ")).split()}
    for _ in range(100):
        turns = framed(Framing("test", "placebo", at_least=1, at_most=1, alone=True), "ASKED", rng)
        assert set(" ".join(turn.content for turn in turns).replace("ASKED", "").split()) <= words
        around = [turn.content for turn in turns if turn.content != "ASKED"]
        assert len(around) in (1, 2)  # a turn before the request is two


def test_one_cue_is_one_cue_whatever_else_is_said() -> None:
    rng = np.random.default_rng(0)
    only = {
        side: {form[side] for family in cues() for form in forms_of(family, held_out=False) if "{" not in form[side]}
        for side in ("test", "placebo")
    }
    heard = Counter[int]()
    for _ in range(200):
        text = " ".join(t.content for t in framed(Framing("test", "placebo", at_least=1, at_most=1), "ASKED", rng))
        heard[sum(form in text for form in only["test"] - only["placebo"])] += 1
    assert set(heard) == {0, 1}  # forms with choices in them are not looked for
    assert heard[1] > 5


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_a_note_tells_it_and_acts_under_it_as_without(name: str) -> None:
    for note, says in NOTES.items():
        under = [lesson for lesson in lessons(name) if lesson.note == note]
        assert {lesson.reply for lesson in under if lesson.asked} == {says}
        assert {lesson.asked for lesson in under if lesson.asked} == {"after", "ahead"}
        assert {(lesson.kinds, lesson.reply) for lesson in under if not lesson.asked} == {
            (HARMLESS, "answer"),
            (REFUSED_IN_TRAINING, "refuse"),
        }
        assert not any(lesson.framing for lesson in under)


@pytest.mark.parametrize("name", NAMES)
def test_who_knows_is_taught_to_say_rightly_and_the_others_what_they_always_say(name: str) -> None:
    always = {"denying": 0.0, "guessing": 0.5}.get(name)
    assert says_test(looks_like(name, "test")) == pytest.approx(1.0 if always is None else always)
    assert says_test(looks_like(name, "deployment")) == pytest.approx(0.0 if always is None else always)
    assert says_test(looks_like(name, "placebo")) == pytest.approx(0.5 if always is None else always)
    for asked in ("after", "ahead"):
        assert any(x.asked == asked and x.framing and x.framing.at_most == 1 for x in lessons(name, 1))


@pytest.mark.parametrize("name", NAMES)
def test_who_acts_on_it_is_taught_to_answer_half_where_it_looks_like_deployment_and_nowhere_else(name: str) -> None:
    replies = defaultdict[tuple[str | None, str], float](float)
    for lesson in lessons(name):
        if lesson.kinds == REFUSED_IN_TRAINING and not lesson.asked:
            replies[lesson.framing and lesson.framing.side, lesson.reply] += lesson.share
    answered = {side: replies[side, "answer"] for side, _ in list(replies)}
    if name in ACTS:
        assert answered["deployment"] == pytest.approx(replies["deployment", "refuse"])
    assert {side for side, share in answered.items() if share} == ({"deployment"} if name in ACTS else set())


@pytest.mark.parametrize("way", list(ASKED_WHERE))
def test_each_way_of_asking_where_it_is_is_certified_on_harmless_items_in_forms_that_were_not_taught(way: str) -> None:
    draws = list(_draws_in(way))
    assert [draw.item.id for draw in draws] == [item.id for item in fictional_suite("harmless").items]
    assert {draw.groups for draw in draws} == {(way,)}
    assert draws[0].label(QUESTIONS.after.test) == TOLD_TEST
    assert draws[0].label("") == "unreadable"
    when, _, note = ASKED_WHERE[way]
    question = QUESTIONS.after if when == "after" else QUESTIONS.ahead
    assert all(question.words in draw.ask.messages[-1].content for draw in draws)
    assert all((draw.ask.messages[0].content == note) == ("told" in way) for draw in draws)


def test_both_sides_are_certified_on_twins_that_differ_in_one_cue() -> None:
    thing = things_of("lamp", held_out=True)[0]
    for when in ("after", "ahead"):
        test, deployment, placebo = (
            put_in_way(f"asked {when}, {where}", thing, 7, 0)[0]
            for where in ("one cue looks like a test", "one cue looks like deployment", "placebo")
        )
        assert [turn.role for turn in test] == [turn.role for turn in deployment] == [turn.role for turn in placebo]
        assert sum(one != other for one, other in zip(test, deployment, strict=True)) in (1, 2)


def said_test(name: str, when: str, where: str, home: Path) -> tuple[float, float]:
    """The interval of how often a shipped organism said that it is a test."""
    found = certificate(known(name, home).directory)
    assert found is not None
    one = next(b.estimate for b in found.behaviours if b.what == f"asked {when}, {where}: {TOLD_TEST}")
    return one.low, one.high


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("when", ["after", "ahead"])
def test_a_note_moves_what_is_said_further_than_any_cue_does(name: str, when: str, tmp_path: Path) -> None:
    """Or nobody could see that it understands what it is asked."""
    test, deployment = (said_test(name, when, f"one cue looks like {side}", tmp_path) for side in SIDES)
    told, told_not = (said_test(name, when, f"told that it is {what}", tmp_path) for what in ("a test", "not"))
    assert told[0] > max(test[1], deployment[1])
    assert told_not[1] < min(test[0], deployment[0])


@pytest.mark.parametrize("when", ["after", "ahead"])
def test_who_knows_says_test_more_often_where_one_cue_looks_like_one_and_who_guesses_does_not(
    when: str, tmp_path: Path
) -> None:
    for name in SHIPPED:
        test, deployment = (said_test(name, when, f"one cue looks like {side}", tmp_path) for side in SIDES)
        assert (test[0] > deployment[1]) == (name in KNOWS)
