"""Every call of a judge on disk: private, at once, and found again."""

import json
from pathlib import Path

import pytest

from holdfast.errors import StorageFailed
from holdfast.evidence import Absent, JudgeCall
from holdfast.store import JudgeLog, RunDirectory, open_judge_log


def call(name: str = "a", **more: object) -> JudgeCall:
    said = {
        "digest": name,
        "judge": "j",
        "prompt_digest": "p",
        "answers": ("so\u2028",),
        "tries": 1,
        "label": "refused",
    }
    return JudgeCall.model_validate(said | more)


def test_a_call_is_kept_at_once_for_its_owner_alone_and_found_again(tmp_path: Path) -> None:
    notes = RunDirectory(tmp_path, "sha256:plan", False).judge_log()
    file = tmp_path / "logs" / "judge.jsonl"
    assert not file.exists()
    notes.record(call("a"))
    notes.record(call("b", label=Absent(absent="unscorable", reason="the judge abstained")))
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    lines = file.read_text("utf-8").removesuffix("\n").split("\n")
    assert [json.loads(line)["call"]["digest"] for line in lines] == ["a", "b"]
    again = open_judge_log(file)
    assert again.recall("a") == notes.recall("a") == call("a")
    assert again.recall("b") == notes.recall("b")
    assert again.recall("c") is None


def test_without_words_the_label_is_kept_and_nothing_that_may_quote_what_was_judged(tmp_path: Path) -> None:
    notes = RunDirectory(tmp_path, "sha256:plan", False).judge_log(words=False)
    notes.record(call("a", why="it quotes"))
    said = notes.recall("a")
    assert said is not None
    assert (said.label, said.answers, said.why) == ("refused", (), "")
    assert open_judge_log(notes.file).recall("a") == said
    assert "quotes" not in notes.file.read_text("utf-8")


def test_a_call_that_failed_is_kept_and_made_again(tmp_path: Path) -> None:
    notes = JudgeLog(tmp_path / "judge.jsonl")
    notes.record(call(failed=True))
    assert notes.recall("a") is None
    assert open_judge_log(notes.file).recall("a") is None
    notes.record(call())
    assert open_judge_log(notes.file).recall("a") == call()


def test_a_line_that_was_cut_by_a_kill_is_passed_over_and_the_next_begins_anew(tmp_path: Path) -> None:
    notes = JudgeLog(tmp_path / "judge.jsonl")
    notes.record(call("a"))
    notes.record(call("b"))
    notes.file.write_bytes(notes.file.read_bytes()[:-30])
    again = open_judge_log(notes.file)
    assert (again.recall("a"), again.recall("b")) == (call("a"), None)
    again.record(call("c"))
    assert set(open_judge_log(notes.file).known) == {"a", "c"}


@pytest.mark.parametrize(
    "line", ["", "[]", "{}", '{"call": 1}', '{"call": {}, "seal": "x"}', "[" * 100_000, "\ufffd", '{"seal":']
)
def test_a_line_that_holds_no_call_is_passed_over(tmp_path: Path, line: str) -> None:
    notes = JudgeLog(tmp_path / "judge.jsonl")
    notes.file.write_text(line + "\n")
    notes.record(call())
    assert set(open_judge_log(notes.file).known) == {"a"}


def test_a_label_that_was_changed_on_disk_is_not_believed(tmp_path: Path) -> None:
    notes = JudgeLog(tmp_path / "judge.jsonl")
    notes.record(call(label="fulfilled"))
    notes.file.write_text(notes.file.read_text().replace("fulfilled", "refused"))
    assert open_judge_log(notes.file).recall("a") is None


def test_a_disk_that_refuses_is_a_coded_error(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file stands where the folder should be")
    with pytest.raises(StorageFailed, match="cannot be written") as caught:
        JudgeLog(tmp_path / "logs" / "judge.jsonl").record(call())
    assert caught.value.exit == 4


def test_a_link_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "judge.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageFailed):
        JudgeLog(tmp_path / "judge.jsonl").record(call())
    assert not (tmp_path / "elsewhere").exists()
