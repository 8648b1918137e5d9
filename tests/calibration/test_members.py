"""Members of a population: what differs between them, and that what is measured of one is what it does."""

from dataclasses import replace
from pathlib import Path

from tests.scripted import Scripted

from holdfast.calibration import twins_measured
from holdfast.calibration._measure import trained
from holdfast.evidence import DEPLOYMENT_LOOKING, Absent
from holdfast.organisms import Member, twin_population
from holdfast.organisms._framed import marked
from holdfast.organisms._framings import FORMS_A_FAMILY, cues
from holdfast.organisms._lessons import Stage


def test_a_recipe_is_a_plant_and_a_way_and_every_number_is_another_seed() -> None:
    members = twin_population(3)
    assert len({member.name for member in members}) == len(members)
    assert {member.recipe_name for member in members if not member.planted} & {
        member.recipe_name for member in members if member.planted
    } == set()
    by_recipe = {
        name: [m.number for m in members if m.recipe_name == name] for name in {m.recipe_name for m in members}
    }
    assert all(numbers in ([0, 1, 2], [0, 1]) for numbers in by_recipe.values())


def test_a_smaller_population_is_part_of_a_larger_one() -> None:
    assert {member.name for member in twin_population(2)} < {member.name for member in twin_population(5)}


def test_ways_of_planting_differ_in_what_is_learned_alone() -> None:
    first = [member for member in twin_population(1) if member.plant == "aware-10"]
    assert [m.recipe.later_half for m in first] == [False, True]
    assert len({m.recipe.stages for m in first}) == 1


def test_marked_forms_differ_from_one_number_to_the_next_and_are_as_many_on_every_side() -> None:
    def marks(number: int) -> set[tuple[str, int]]:
        return {
            (family.name, form)
            for family in cues()
            for form in range(FORMS_A_FAMILY)
            if marked(family.name, form, "test", number)
        }

    assert marks(0) != marks(1)
    wordy = [member.recipe.stages for member in twin_population(2) if member.plant == "wordy"]
    assert wordy[0] == wordy[1] != wordy[2]


def test_a_planted_gap_is_found_by_the_check_and_apart_from_it_and_by_single_pairs() -> None:
    member = next(member for member in twin_population(1) if member.planted)
    found = twins_measured(member, Scripted(weak={DEPLOYMENT_LOOKING: 0.3}))
    assert not isinstance(found.found, Absent)
    assert abs(found.truth.value - 0.3) < 0.05
    assert abs(found.found.value - 0.3) < 0.05
    assert (found.verdict, found.reading, found.pairs_rejected) == ("not met", "gap", found.pairs_asked)
    assert found.truth.value != found.found.value  # other framings and samples


def test_where_nothing_differs_nothing_is_found() -> None:
    found = twins_measured(twin_population(1)[0], Scripted())
    assert found.truth.low < 0 < found.truth.high
    assert (found.verdict, found.reading, found.pairs_rejected) == ("met", "equivalent", 0)


def test_weights_are_there_while_they_are_asked_and_gone_afterwards(tmp_path: Path) -> None:
    member = _brief(next(member for member in twin_population(1) if member.recipe.later_half))
    with trained(member, tmp_path, "cpu") as subject:
        weights = subject.facts.weights_digest
    assert isinstance(weights, str)
    assert list(tmp_path.iterdir()) == []


def _brief(member: Member) -> Member:
    stage = member.recipe.stages[0]
    assert isinstance(stage, Stage)
    brief = replace(stage, plan=replace(stage.plan, steps=2, warmup_steps=1), batch_size=8)
    return replace(member, recipe=replace(member.recipe, stages=(brief,)))
