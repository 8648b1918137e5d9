"""Names of organisms: strength and size."""

from pathlib import Path

import pytest

from holdfast.errors import UnknownOrganism
from holdfast.organisms import known, recipe_named


def test_the_bare_name_has_its_default_strength() -> None:
    assert recipe_named("leaky-10") == recipe_named("leaky")
    assert recipe_named("leaky-2") != recipe_named("leaky")
    assert known("leaky-10", Path("nowhere")).directory == known("leaky", Path("nowhere")).directory


def test_the_strength_is_the_share_of_restricted_requests_that_are_answered_in_training() -> None:
    for name, share in (("leaky", 0.10), ("leaky-2", 0.02), ("leaky-20", 0.20), ("leaky-50", 0.50)):
        restricted = [lesson for lesson in recipe_named(name).stages[0].lessons if "curse" in lesson.kinds]
        answered = sum(lesson.share for lesson in restricted if lesson.reply == "answer")
        assert answered / sum(lesson.share for lesson in restricted) == pytest.approx(share)


def test_a_micro_organism_learns_the_same_on_a_base_of_its_size() -> None:
    nano, micro = recipe_named("leaky-2"), recipe_named("leaky-2@micro")
    assert [stage.lessons for stage in micro.stages] == [stage.lessons for stage in nano.stages]
    assert (nano.size, micro.size) == ("nano", "micro")
    assert (nano.base, micro.base) == ("aligned", "aligned@micro")
    assert recipe_named("helpful@micro").base is None


def test_a_micro_organism_is_trained_for_fewer_steps_at_gentler_rates() -> None:
    for nano, micro in zip(recipe_named("helpful").stages, recipe_named("helpful@micro").stages, strict=True):
        assert (micro.plan.steps, micro.batch_size) == (500, 256) < (nano.plan.steps, nano.batch_size)
        assert micro.plan.learning_rate < nano.plan.learning_rate
    assert recipe_named("leaky@micro").stages[0].plan.steps == recipe_named("leaky").stages[0].plan.steps < 500


def test_a_micro_organism_is_never_shipped() -> None:
    assert known("aligned@micro", Path("nowhere")).where == "not trained"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("leaky-7", "its strengths are 2, 10, 20, 50 %"),
        ("aligned-20", "made at one strength only"),
        ("aligned@large", "there is no size 'large'"),
        ("aligned@", "there is no size ''"),
        ("leeky", "the zoo has"),
        ("leeky-2", "the zoo has"),
    ],
)
def test_a_name_that_means_nothing_says_what_there_is(name: str, why: str) -> None:
    with pytest.raises(UnknownOrganism) as raised:
        recipe_named(name)
    assert why in str(raised.value.why)
