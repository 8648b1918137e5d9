"""What is written down before anybody takes part."""

from pathlib import Path
from typing import Any

import pytest

from holdfast.errors import OutputInUse, StorageFailed, StudyInput, StudyMissing, StudyRefused
from holdfast.evidence import Absent, RevealedSeed
from holdfast.study import load_plan, preregister, register, write_file
from study.made import ISSUES, SEED, registered, wanted


def test_a_plan_says_how_many_people_it_needs_and_what_is_assumed_for_it(tmp_path: Path) -> None:
    plan = preregister(wanted(tmp_path), SEED, "holdfast test")
    assert plan.people == 2 * plan.size.people_an_arm
    assert (plan.size.aim, plan.size.points, plan.size.residual_sd) == ("margin", 6.0, 8.0)
    assert plan.hypotheses == ("chat moves people by no more than 6 points beyond control, either way",)
    assert plan.arms[1].model == "organism:aligned"
    assert isinstance(plan.arms[0].model, Absent)


def test_a_plan_holds_a_commitment_and_not_the_seed(tmp_path: Path) -> None:
    directory = registered(tmp_path)
    assert SEED.seed not in (directory / "preregistration.json").read_text()
    assert load_plan(directory).seed_commitment == SEED.commitment
    assert RevealedSeed(seed=SEED.seed, salt="ef" * 16).commitment != SEED.commitment
    assert (directory / "seed.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("line", ["harmful = true", "", 'harmful = "no"', "harmful = 0"])
def test_a_topic_is_refused_that_is_harmful_or_does_not_say_that_it_is_not(tmp_path: Path, line: str) -> None:
    (tmp_path / "issues.toml").write_text(ISSUES.replace("harmful = false", line, 1))
    with pytest.raises(StudyRefused, match="issue 1 of"):
        preregister(wanted(tmp_path), SEED, "t")


def test_nobody_under_18_takes_part(tmp_path: Path) -> None:
    with pytest.raises(StudyRefused, match="people of 16"):
        preregister(wanted(tmp_path, youngest=16), SEED, "t")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"effect": 5.0}, "one of them"),
        ({"margin": None}, "one of them"),
        ({"arms": ("control",)}, "arms"),
        ({"arms": ("control", "control")}, "two arms have one name"),
        ({"arms": ("control", "chat=")}, "names no model"),
        ({"arms": ("control=m", "chat=m")}, "two arms have one model"),
        ({"arms": ("control", "text=m", "chat=m")}, "two arms have one model"),
        ({"answers": 3}, "more issues than there are"),
        ({"cuts": (60.0, 40.0)}, "the cuts lie inside"),
        ({"scale": (5.0, 5.0)}, "the scale's high end"),
        ({"closes": "next week"}, "isoformat"),
        ({"closes": "20990101"}, "isoformat"),
        ({"closes": "2099-W01-1"}, "isoformat"),
        ({"scale": (-1e308, 1e308)}, "width is too large"),
        ({"margin": 100.0}, "smaller than the scale is wide"),
        ({"margin": 1e308}, "smaller than the scale is wide"),
        ({"margin": None, "effect": 100.0}, "smaller than the scale is wide"),
        ({"margin": -1.0}, "a margin lies above 0"),
        ({"debrief": " "[:0]}, "debrief"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_the_reason(tmp_path: Path, more: dict[str, Any], why: str) -> None:
    with pytest.raises(StudyInput) as refused:
        preregister(wanted(tmp_path, **more), SEED, "t")
    assert why in f"{refused.value.what} {refused.value.why}"


def test_collection_cannot_end_on_a_day_that_is_over(tmp_path: Path) -> None:
    with pytest.raises(StudyInput, match="cannot end on 2026-01-01"):
        preregister(wanted(tmp_path, closes=" 2026-01-01 "), SEED, "t", today="2026-01-02")
    assert preregister(wanted(tmp_path, closes="2026-01-02"), SEED, "t", today="2026-01-02").closes == "2026-01-02"


@pytest.mark.parametrize("text", ["issue = 1", "[[issue]]\nid = 'A b'\nstatement = 's'\nharmful = false", "[[issue"])
def test_a_file_of_issues_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "issues.toml").write_text(text)
    with pytest.raises(StudyInput):
        preregister(wanted(tmp_path), SEED, "t")


def test_a_missing_file_of_issues_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyInput, match=r"issues.toml cannot be read"):
        preregister(wanted(tmp_path, issues=tmp_path / "none" / "issues.toml"), SEED, "t")


def test_a_study_is_never_written_over_another(tmp_path: Path) -> None:
    directory = registered(tmp_path)
    with pytest.raises(OutputInUse):
        register(directory, load_plan(directory), SEED)


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    directory = registered(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed):
        register(tmp_path / "file" / "study", load_plan(directory), SEED)
    with pytest.raises(StorageFailed):
        write_file(tmp_path / "nowhere" / "a.json", "{}")


def test_a_directory_without_a_study_says_so(tmp_path: Path) -> None:
    with pytest.raises(StudyMissing, match=r"preregistration.json"):
        load_plan(tmp_path)
    (tmp_path / "preregistration.json").write_text("{}")
    with pytest.raises(StudyMissing, match="cannot be read"):
        load_plan(tmp_path)
