"""Calibrating: shards that fill one directory, and what is refused there."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from bench.population import added, parts
from tests.calibration.test_exam_passport import organism as examined
from tests.calibration.test_passport import organism

from holdfast.calibration import (
    EVERY_RECIPE,
    Calibrated,
    ExamPassport,
    Measured,
    MeasuredInTwins,
    Measurements,
    Shard,
    calibrate,
    population,
)
from holdfast.calibration._measured import PASSPORT, PLAN
from holdfast.errors import HoldfastError, NoPopulation, OutputInUse, StorageFailed
from holdfast.evidence import Subject
from holdfast.organisms import Member


class Stand:
    """Measures nothing: remembers who was asked for, and stops at one of them as a killed process would."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.asked: list[str] = []
        self.stop_at = stop_at

    def __call__(
        self,
        member: Member,
        cache: Path,
        device: str | None,
        announce: Callable[[str], None],
        measured_of: Callable[[Member, Subject], Measured],
    ) -> Measured:
        announce("training")
        if len(self.asked) == self.stop_at:
            raise KeyboardInterrupt
        self.asked.append(member.name)
        plain = organism(member.recipe_name, member.number, planted=member.planted)
        return plain.model_copy(update={"name": member.name})


class ExamStand(Stand):
    """The same, of organisms that sat an exam."""

    def __call__(self, member: Member, *rest: object) -> Measured:
        self.asked.append(member.name)
        plain = examined(member.plant, member.number, planted=member.planted)
        return plain.model_copy(update={"name": member.name, "recipe": member.recipe_name})


def run(
    directory: Path,
    stand: Callable[..., Measured],
    *,
    shard: tuple[int, int] = (1, 1),
    each: int = 1,
    first: int = 0,
    on: str = "here",
    check: str = "awareness",
) -> Calibrated:
    return calibrate(
        check,
        each,
        directory,
        shard=Shard(*shard),
        first=first,
        cache=Path("none"),
        device=None,
        measured_with=on,
        announce=lambda what, done, of: None,
        measure_one=stand,
    )


def test_shards_share_a_population_without_overlap_and_the_last_one_writes_the_passport(tmp_path: Path) -> None:
    first, second = Stand(), Stand()
    half = run(tmp_path, first, shard=(1, 2))
    assert (half.measured, half.members, half.passport) == (9, 18, None)
    assert not (tmp_path / PASSPORT).exists()
    whole = run(tmp_path, second, shard=(2, 2))
    assert whole.passport is not None
    assert whole.passport.organisms == 18
    assert (tmp_path / PASSPORT).is_file()
    assert sorted(first.asked + second.asked) == sorted(member.name for member in population("awareness", 1))


def test_a_killed_calibration_goes_on_with_the_organism_that_it_stopped_at(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, Stand(stop_at=5))
    rest = Stand()
    assert run(tmp_path, rest).passport is not None
    assert len(rest.asked) == 18 - 5


def test_more_organisms_of_each_recipe_are_added_to_those_that_are_there(tmp_path: Path) -> None:
    run(tmp_path, Stand())
    more = Stand()
    whole = run(tmp_path, more, each=2)
    assert whole.passport is not None
    assert (len(more.asked), whole.passport.organisms) == (10, 28)


def test_each_check_keeps_organisms_and_a_passport_of_its_own_form(tmp_path: Path) -> None:
    stand = ExamStand()
    whole = run(tmp_path, stand, check="sandbagging", each=EVERY_RECIPE)
    assert isinstance(whole.passport, ExamPassport)
    assert (tmp_path / PASSPORT).is_file()
    assert len(stand.asked) == len(population("sandbagging", EVERY_RECIPE)) == whole.passport.organisms
    run(tmp_path, stand, check="sandbagging", each=EVERY_RECIPE)
    assert len(stand.asked) == whole.passport.organisms  # what was kept is read again
    with pytest.raises(OutputInUse):
        run(tmp_path, Stand(), check="awareness")


def test_what_was_committed_before_is_of_the_plan_that_is_made_now_but_for_its_plants(tmp_path: Path) -> None:
    committed = parts("awareness")[0]
    run(tmp_path, Stand(), on=committed["plan"]["measured_with"])
    plan = json.loads((tmp_path / PLAN).read_text("utf-8"))
    # A way of planting was given up since, and a plant has come; what was made before is made as it was.
    both = plan["recipes"].keys() & committed["plan"]["recipes"].keys()
    assert {name.partition(",")[0] for name in plan["recipes"].keys() - both} == {"aware-50"}
    assert {name: plan["recipes"][name] for name in both} == {name: committed["plan"]["recipes"][name] for name in both}
    assert {**plan, "recipes": {}} == {**committed["plan"], "recipes": {}}
    for one in committed["measured"]:
        assert MeasuredInTwins.model_validate(one).model_dump(mode="json") == one


def test_what_another_machine_measured_is_no_part_of_the_population_here(tmp_path: Path) -> None:
    stand = Stand()
    whole = run(tmp_path, stand, each=4, first=2)
    assert whole.passport is not None
    assert len(stand.asked) == whole.members == 20
    assert {name[-3:] for name in stand.asked} == {"002", "003"}


def test_two_machines_stand_side_by_side_and_one_that_measured_more_replaces_itself() -> None:
    plan = {"check": "awareness", "design": "d", "framework": "f", "recipes": {"even": "e", "gone": "g"}}
    here, there = {**plan, "measured_with": "here"}, {**plan, "measured_with": "there", "recipes": {"even": "e"}}
    both = added([{"plan": here, "measured": [1]}], {"plan": there, "measured": [2]})
    assert [part["measured"] for part in both] == [[1], [2]]
    assert [part["measured"] for part in added(both, {"plan": there, "measured": [2, 3]})] == [[1], [2, 3]]
    for changed, named in ({"design": "x"}, "design"), ({"recipes": {"even": "x"}}, "even"):
        with pytest.raises(ValueError, match=f"differ in: {named}"):
            added(both[:1], {"plan": {**there, **changed}, "measured": []})


def test_a_damaged_file_is_measured_anew(tmp_path: Path) -> None:
    run(tmp_path, Stand())
    name = population("awareness", 1)[3].name
    for damaged in (b"{", b"\xff", b"{}"):
        (tmp_path / "measured" / f"{name}.json").write_bytes(damaged)
        again = Stand()
        run(tmp_path, again)
        assert again.asked == [name]


def test_figures_of_another_organism_under_its_name_are_not_believed(tmp_path: Path) -> None:
    run(tmp_path, Stand())
    one, other = population("awareness", 1)[:2]
    folder = tmp_path / "measured"
    (folder / f"{one.name}.json").write_bytes((folder / f"{other.name}.json").read_bytes())
    again = Stand()
    run(tmp_path, again)
    assert again.asked == [one.name]


def test_figures_that_were_made_with_other_libraries_are_not_mixed(tmp_path: Path) -> None:
    run(tmp_path, Stand())
    with pytest.raises(OutputInUse, match="cannot take"):
        run(tmp_path, Stand(), on="elsewhere")
    (tmp_path / PLAN).write_bytes(b"\xff")
    with pytest.raises(OutputInUse):
        run(tmp_path, Stand())


def test_a_plan_that_another_shard_is_writing_is_no_reason_to_refuse(tmp_path: Path) -> None:
    (tmp_path / f"{PLAN}.1.new").touch()
    assert run(tmp_path, Stand()).passport is not None


def test_a_directory_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(OutputInUse):
        run(tmp_path, Stand())
    assert not (tmp_path / PLAN).exists()


def test_a_directory_that_cannot_be_written_is_a_coded_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageFailed) as refused:
        run(tmp_path / "file" / "below", Stand())
    assert "kept" in refused.value.state
    blocked = Measurements(tmp_path / "file", MeasuredInTwins)
    for save in (
        lambda: blocked.save(organism("flat", 0)),
        lambda: blocked.save_passport(organism("flat", 0)),
    ):
        with pytest.raises(StorageFailed):
            save()


@pytest.mark.parametrize("check", ["misuse", "awarenes", "nonsense"])
def test_a_check_without_a_population_is_refused_with_those_that_have_one(check: str) -> None:
    with pytest.raises(NoPopulation) as refused:
        population(check, 1)
    assert isinstance(refused.value, HoldfastError)
    assert "awareness" in refused.value.why
    assert ("single organisms" in refused.value.why) == (check == "misuse")
