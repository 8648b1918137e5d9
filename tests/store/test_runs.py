"""Run directories: what survives a crash, and what is never overwritten."""

import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assure_builders import run
from holdfast.errors import OutputInUse, StorageFailed
from holdfast.evidence import Plan, Record, Reply, RunFacts
from holdfast.store import RunDirectory, open_run

PLAN = run(strata={"curses": 4}).plan
OTHER = PLAN.model_copy(update={"seed": 1})
REPLIES = (
    Reply(request_digest="sha256:a", stop="end", leading_bos=1, text="no .").sealed(),
    Reply(request_digest="sha256:b", stop="end", leading_bos=1, text="é\n"),
)


def opened(plan: Plan, **where: Any) -> RunDirectory:
    """A run's directory, let go of again: what it holds is what a process leaves that ended."""
    with open_run(plan, **where) as directory:
        return directory


def run_facts() -> RunFacts:
    said = {"reference": "organism:aligned", "ordinals": {"misuse": "run 1 of 1"}, "deviations": ()}
    said |= {"committed": "before the first sample", "resumed": False, "resumed_batches": 0, "threads": 1}
    said |= {"started_at": "now", "finished_at": "later", "wall_s": 1.0, "host": "Linux x86_64"}
    return RunFacts.model_validate(said | {"record_digest": "sha256:r", "ledger_head": "sha256:h"})


def finished(directory: RunDirectory) -> RunDirectory:
    directory.finish(run(strata={"curses": 4}).record, run_facts())
    return directory


def test_a_batch_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    directory = opened(PLAN, out=tmp_path / "run")
    directory.save_batch(0, REPLIES)
    directory.save_batch(1, ())
    assert directory.load_batch(0) == REPLIES
    assert directory.load_batch(1) == ()
    assert directory.load_batch(2) is None


@settings(max_examples=60, deadline=None, database=None)
@given(st.lists(st.text(), max_size=4))
def test_any_text_that_a_model_can_write_comes_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    directory = RunDirectory(tmp_path_factory.mktemp("run"), PLAN.digest, resumed=False)
    replies = tuple(Reply(request_digest="sha256:a", stop="end", leading_bos=1, text=text) for text in texts)
    directory.save_batch(0, replies)
    assert directory.load_batch(0) == replies


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r\n", "\r", "\n"])
def test_characters_that_some_take_for_line_ends_do_not_lose_a_batch(tmp_path: Path, separator: str) -> None:
    directory = opened(PLAN, out=tmp_path / "run")
    replies = (Reply(request_digest="sha256:a", stop="end", leading_bos=1, text=f"one{separator}two"),)
    directory.save_batch(0, replies)
    assert directory.load_batch(0) == replies


def test_completions_are_readable_by_their_owner_alone_and_rows_by_everybody(tmp_path: Path) -> None:
    directory = opened(PLAN, out=tmp_path / "run")
    directory.save_batch(3, REPLIES)
    directory.save_rows(run(strata={"curses": 4}).rows)
    (batch,) = (directory.path / "logs").iterdir()
    assert stat.S_IMODE(batch.stat().st_mode) == 0o600
    assert stat.S_IMODE((directory.path / "rows.jsonl").stat().st_mode) == 0o644
    assert not any("no ." in file.read_text() for file in directory.path.glob("*.json*"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-5],
        lambda text: text[: len(text) // 2],
        lambda _: "",
        lambda _: "\n",
        lambda _: "{}\n",
        lambda _: "[1, 2]\n",
        lambda _: "not json\n",
        lambda text: text.replace("no .", "yes ."),
        lambda text: text.partition("\n")[0] + "\n",
        lambda text: text + text.splitlines()[1] + "\n",
        lambda text: text.replace('"batch":0', '"batch":1'),
        lambda text: text.replace(PLAN.digest, OTHER.digest),
        lambda _: b"\xff\xfe\x00",
    ],
)
def test_a_batch_file_that_was_cut_or_changed_is_as_if_it_were_not_there(tmp_path: Path, damage: object) -> None:
    directory = opened(PLAN, out=tmp_path / "run")
    directory.save_batch(0, REPLIES)
    (file,) = (directory.path / "logs").iterdir()
    assert callable(damage)
    damaged = damage(file.read_text("utf-8"))
    file.write_bytes(damaged if isinstance(damaged, bytes) else damaged.encode())
    assert directory.load_batch(0) is None


def test_a_batch_of_another_number_or_plan_is_not_taken_for_this_one(tmp_path: Path) -> None:
    directory = opened(PLAN, out=tmp_path / "run")
    directory.save_batch(0, REPLIES)
    (file,) = (directory.path / "logs").iterdir()
    file.with_name("batch-00001.jsonl").write_bytes(file.read_bytes())
    assert directory.load_batch(1) is None
    assert RunDirectory(directory.path, OTHER.digest, resumed=True).load_batch(0) is None


def test_a_batch_that_was_never_renamed_is_not_there(tmp_path: Path) -> None:
    directory = opened(PLAN, out=tmp_path / "run")
    directory.save_batch(0, REPLIES)
    (file,) = (directory.path / "logs").iterdir()
    file.rename(file.with_name(file.name + ".new"))
    assert directory.load_batch(0) is None


def test_a_batch_can_be_kept_again_over_what_a_crash_left(tmp_path: Path) -> None:
    directory = opened(PLAN, out=tmp_path / "run")
    (directory.path / "logs").mkdir()
    (directory.path / "logs" / "batch-00000.jsonl.new").write_text("half a batch, longer than the whole " * 100)
    directory.save_batch(0, REPLIES)
    assert directory.load_batch(0) == REPLIES


def test_a_new_directory_holds_its_plan_from_the_start(tmp_path: Path) -> None:
    directory = opened(PLAN, out=tmp_path / "deep" / "run")
    assert not directory.resumed
    assert Plan.model_validate_json((directory.path / "plan.json").read_text()) == PLAN


def test_an_unfinished_run_resumes_and_a_finished_one_gets_a_neighbour(tmp_path: Path) -> None:
    stem = PLAN.digest.removeprefix("sha256:")[:12]
    first = opened(PLAN, out=None, runs=tmp_path)
    assert (first.path.name, first.resumed) == (f"{stem}-1", False)
    first.save_batch(0, REPLIES)
    again = opened(PLAN, out=None, runs=tmp_path)
    assert (again.path, again.resumed) == (first.path, True)
    assert again.load_batch(0) == REPLIES
    finished(again)
    second = opened(PLAN, out=None, runs=tmp_path)
    assert (second.path.name, second.resumed) == (f"{stem}-2", False)
    assert second.load_batch(0) is None
    assert opened(OTHER, out=None, runs=tmp_path).path.name.endswith("-1")


def test_without_a_word_runs_are_kept_below_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert opened(PLAN, out=None).path.parent == Path("holdfast-runs")


def test_an_out_that_is_empty_new_or_this_plans_own_is_taken(tmp_path: Path) -> None:
    assert not opened(PLAN, out=tmp_path).resumed
    assert opened(PLAN, out=tmp_path).resumed


def test_an_out_that_is_somebody_elses_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OutputInUse, match="cannot be used") as caught:
        opened(PLAN, out=tmp_path)
    assert (caught.value.code, caught.value.why) == ("H302", "it is not an empty directory")
    with pytest.raises(OutputInUse, match="cannot be used"):
        opened(PLAN, out=tmp_path / "notes.txt")
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def test_an_out_with_another_plans_run_is_refused(tmp_path: Path) -> None:
    opened(OTHER, out=tmp_path)
    with pytest.raises(OutputInUse) as caught:
        opened(PLAN, out=tmp_path)
    assert OTHER.digest[:19] in caught.value.why


def test_an_out_with_a_finished_run_of_this_very_plan_is_refused(tmp_path: Path) -> None:
    finished(opened(PLAN, out=tmp_path))
    with pytest.raises(OutputInUse) as caught:
        opened(PLAN, out=tmp_path)
    assert "never overwritten" in caught.value.why


@pytest.mark.parametrize("held", [b"{}", b"not json", b"\xff\xfe"])
def test_an_out_whose_plan_cannot_be_read_is_refused(tmp_path: Path, held: bytes) -> None:
    (tmp_path / "plan.json").write_bytes(held)
    with pytest.raises(OutputInUse) as caught:
        opened(PLAN, out=tmp_path)
    assert "plan" in caught.value.why


def test_a_finished_run_holds_a_record_that_reads_back_and_facts_beside_it(tmp_path: Path) -> None:
    directory = finished(opened(PLAN, out=tmp_path))
    record = Record.model_validate_json((directory.path / "record.json").read_text())
    assert record == run(strata={"curses": 4}).record
    assert RunFacts.model_validate_json((directory.path / "run.json").read_text()) == run_facts()


def test_a_report_is_kept_under_its_name(tmp_path: Path) -> None:
    kept = opened(PLAN, out=tmp_path).save_report("report.md", "# é\n")
    assert kept == tmp_path / "report.md"
    assert kept.read_text("utf-8") == "# é\n"


def test_a_disk_that_refuses_is_a_storage_failure_that_says_what_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    with pytest.raises(StorageFailed, match="cannot be written") as caught:
        opened(PLAN, out=tmp_path / "file" / "run")
    assert caught.value.code == "H501"
    directory = opened(PLAN, out=tmp_path / "run")
    (directory.path / "logs").write_text("in the way")
    with pytest.raises(StorageFailed, match="batch-00000") as caught:
        directory.save_batch(0, REPLIES)
    assert str(directory.path) in caught.value.state


def test_a_file_that_stands_in_the_way_lends_neither_its_mode_nor_its_target(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path / "run", "sha256:plan", False)
    (tmp_path / "run" / "logs").mkdir(parents=True)
    (tmp_path / "victim").write_text("kept")
    stale = tmp_path / "run" / "logs" / "batch-00000.jsonl.new"
    stale.symlink_to(tmp_path / "victim")
    directory.save_batch(0, REPLIES)
    assert (tmp_path / "victim").read_text() == "kept"
    assert (tmp_path / "run" / "logs" / "batch-00000.jsonl").stat().st_mode & 0o777 == 0o600
