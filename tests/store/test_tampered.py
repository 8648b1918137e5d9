"""Tamper runs read back: finished, stopped part-way, damaged, and no such thing."""

import shutil
from pathlib import Path

import pytest

from assure_builders import facts
from assure_builders import plan as audit_plan
from holdfast.errors import BrokenLog, LogNotFound
from holdfast.evidence import Winner, comparator_name, digest, winner_name
from holdfast.store import RunDirectory, is_tampered, load_tampered
from tampered import GRPO, PLANTED, ceiling, design, plan, run, untampered
from tampered_runs import keep

MADE = plan(design(), GRPO, seeds=2, controls=(PLANTED,))
HARM = (0.0, 0.2, 0.7, 0.9)
RUNS = [run(HARM, one, seed) for one in (design(), GRPO) for seed in range(2)] + [run((0.1, 0.6), PLANTED)]


@pytest.fixture
def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    return keep(MADE, tmp_path / "whole", RUNS)


@pytest.fixture
def stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    return keep(MADE, tmp_path / "stopped", RUNS[:1], finished=False)


def test_a_finished_run_comes_back_with_its_record_by_directory_or_by_record(whole: Path) -> None:
    for path in (whole, whole / "record.json"):
        assert is_tampered(path)
        found = load_tampered(path)
        assert found.plan == MADE
        assert found.record is not None
        assert found.run is not None
        assert found.run.record_digest == found.record.digest
        assert sorted(found.seen.trajectories, key=str) == sorted(RUNS, key=str)
        assert (found.seen.before, found.seen.ceiling) == (untampered(), ceiling())


def test_a_run_that_was_stopped_comes_back_as_far_as_it_came(stopped: Path) -> None:
    assert is_tampered(stopped)
    found = load_tampered(stopped)
    assert (found.record, found.run) == (None, None)
    assert found.seen.trajectories == (RUNS[0],)


def test_a_plan_without_a_ceiling_has_none(tmp_path: Path, stopped: Path) -> None:
    none = {"absent": "not tested", "reason": "none was given"}
    found = load_tampered(keep(plan(ceiling=none), tmp_path / "none", RUNS[:1], finished=False))
    assert found.seen.ceiling is None


def test_models_beside_the_subject_and_what_a_search_committed_to_come_back(tmp_path: Path, stopped: Path) -> None:
    searched = design(cells=("full-sft-c1", "full-sft-c2"), searched={"learning_rate": (1e-4, 1e-3)})
    made = plan(searched, seeds=2, comparators={"open": facts(digest=digest("a")), "small": facts(digest=digest("b"))})
    runs = [run(HARM, searched, seed).model_copy(update={"attack": one.name}) for one, seed in made.runs]
    place = keep(made, tmp_path / "searched", runs, finished=False)
    directory = RunDirectory(place, made.digest, resumed=True)
    for number, codes in enumerate(("0101", "1111")):
        beside = untampered().model_copy(update={"domain": codes})
        directory.save_piece(comparator_name(number), beside)
    assert load_tampered(place).seen.commitments == {}  # it was stopped before it chose
    directory.save_piece(winner_name("full-sft"), Winner(commitment="sha256:1"))
    seen = load_tampered(place).seen
    assert seen.comparators == {"open": "0101", "small": "1111"}
    assert seen.commitments == {"full-sft": "sha256:1"}
    (place / "pieces" / "comparator-1.jsonl").unlink()
    with pytest.raises(BrokenLog) as caught:
        load_tampered(place)
    assert "comparator-1 is not there" in caught.value.why


@pytest.mark.parametrize("pieces", [[], ["one-prompt-grpo-planted-0"]], ids=["nothing", "a control alone"])
def test_where_no_run_of_an_attack_had_ended_there_is_nothing_to_judge(stopped: Path, pieces: list[str]) -> None:
    (stopped / "pieces" / "full-sft-0.jsonl").unlink()
    if pieces:
        shutil.rmtree(stopped)
        keep(MADE, stopped, RUNS[-1:], finished=False)
    with pytest.raises(LogNotFound, match="no run of an attack"):
        load_tampered(stopped)


@pytest.mark.parametrize(
    ("file", "was", "becomes", "says"),
    [
        ("pieces/full-sft-0.jsonl", '"seed":0', '"seed":1', "full-sft-0 is damaged"),
        ("pieces/untampered.jsonl", '"again":"1', '"again":"0', "untampered is damaged"),
        ("plan.json", '"seeds": 2', '"seeds": "two"', "plan of a tamper run"),
        ("plan.json", '"seeds": 2', '"seeds": 3', "for another plan"),
        ("record.json", '"headline": "', '"headline": "not ', "run.json was written for another record"),
        ("record.json", "holdfast.record/2", "holdfast.record/1", "this version reads holdfast.record/2"),
        ("record.json", '"findings"', '"finding"', "errors for Record"),
        ("run.json", '"wall_s"', '"wall"', "errors for RunFacts"),
    ],
)
def test_what_was_changed_on_disk_is_not_judged(whole: Path, file: str, was: str, becomes: str, says: str) -> None:
    text = (whole / file).read_text("utf-8")
    assert was in text
    (whole / file).write_text(text.replace(was, becomes, 1), "utf-8")
    assert is_tampered(whole)
    with pytest.raises(BrokenLog) as caught:
        load_tampered(whole)
    assert says in caught.value.why


@pytest.mark.parametrize("name", ["ceiling", "untampered", "one-prompt-grpo-1", "one-prompt-grpo-planted-0"])
def test_of_a_finished_run_nothing_may_be_missing(whole: Path, name: str) -> None:
    (whole / "pieces" / f"{name}.jsonl").unlink()
    with pytest.raises(BrokenLog) as caught:
        load_tampered(whole)
    assert f"{name} is not there" in caught.value.why


@pytest.mark.parametrize("name", ["ceiling", "untampered"])
def test_where_a_run_ended_both_models_had_been_asked(stopped: Path, name: str) -> None:
    (stopped / "pieces" / f"{name}.jsonl").unlink()
    with pytest.raises(BrokenLog, match="cannot be read"):
        load_tampered(stopped)


def test_runs_of_the_same_plan_that_came_to_something_else_are_not_taken_for_those_of_the_record(
    whole: Path, stopped: Path, tmp_path: Path
) -> None:
    other = keep(MADE, tmp_path / "other", [run((0.9,) * 4), *RUNS[1:]])
    shutil.copy(other / "pieces" / "full-sft-0.jsonl", whole / "pieces")
    with pytest.raises(BrokenLog) as caught:
        load_tampered(whole)
    assert "not those that the record was made from" in caught.value.why


def test_a_run_of_another_plan_is_damaged_here(whole: Path, stopped: Path, tmp_path: Path) -> None:
    other = keep(plan(design(), GRPO, seeds=3), tmp_path / "other", RUNS[:1], finished=False)
    shutil.copy(other / "pieces" / "full-sft-0.jsonl", stopped / "pieces")
    with pytest.raises(BrokenLog) as caught:
        load_tampered(stopped)
    assert "or was kept for another plan" in caught.value.why


def test_what_is_no_tamper_run_is_told_apart(tmp_path: Path) -> None:
    assert not is_tampered(tmp_path)
    assert not is_tampered(tmp_path / "nowhere")
    (tmp_path / "plan.json").write_text("{}")
    (tmp_path / "rows.jsonl").write_text("")
    (tmp_path / "pieces").mkdir()
    assert not is_tampered(tmp_path)  # an audit may keep pieces, and has rows


def test_an_audit_that_attacks_copies_is_no_tamper_run_whether_it_is_finished_or_not(tmp_path: Path) -> None:
    (tmp_path / "pieces").mkdir()
    (tmp_path / "plan.json").write_text(audit_plan([], [], tamper=MADE).model_dump_json())
    assert not is_tampered(tmp_path)
