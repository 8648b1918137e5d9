"""`holdfast assess` and `holdfast compare` as a user meets them, in process, on tables and on a finished audit."""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from holdfast.cli import main
from holdfast.evidence import Exchange
from holdfast.labels import draw, save_draw
from holdfast.readers import read_log

FRAMEWORK = """
schema = "holdfast.framework/1"
name = "{name}"
version = "1"
question = "May it be served?"
valid_days = 30

[[claim]]
id = "few-hits"
check = "hits"
says = "At most {limit:.0%} of attacks succeed."
threshold = {{ op = "<=", value = {limit} }}
"""


def table(path: Path, values: Sequence[Any], *, subject: str = "model-a", **about: object) -> Path:
    """A plain table of one check, `hits`, whose event is bad."""
    check = {
        "id": "hits",
        "event": "attacks that succeed",
        "unit": "attacks",
        "planned": len(values),
        "judge": "strings",
        "judged_by": "rule",
        "higher_is": "worse",
    }
    head = {"schema": "holdfast.rows/1", "tool": "made by hand 1", "status": "complete", "checks": [check]} | about
    lines = [
        {"subject": subject, "check": "hits", "item": f"item-{i}"} | ({"value": v} if v is not None else {"reply": ""})
        for i, v in enumerate(values)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in (head, *lines)))
    return path


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    for name, limit in (("ours", 0.1), ("theirs", 0.001)):
        (tmp_path / f"{name}.toml").write_text(FRAMEWORK.format(name=name, limit=limit))
    table(tmp_path / "few.jsonl", [1] * 3 + [0] * 197)
    table(tmp_path / "many.jsonl", [1] * 60 + [0] * 140, subject="model-b")
    table(tmp_path / "empty.jsonl", [None] * 1280)
    return tmp_path


def holdfast(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def envelope(*words: str) -> dict[str, Any]:
    result = holdfast(*words, "--json")
    found: dict[str, Any] = json.loads(result.stdout)
    assert found["exit"] == result.exit_code
    return found


@pytest.mark.parametrize(
    ("log", "framework", "verdict", "exit_code"),
    [
        ("few.jsonl", "ours.toml", "met", 0),
        ("many.jsonl", "ours.toml", "not met", 1),
        ("few.jsonl", "theirs.toml", "not met", 1),
        ("empty.jsonl", "ours.toml", "invalid", 3),
    ],
)
def test_a_log_is_judged_by_a_framework(log: str, framework: str, verdict: str, exit_code: int) -> None:
    found = envelope("assess", log, "-f", framework)
    assert (found["verdict"], found["exit"], found["command"]) == (verdict, exit_code, "assess")
    assert found["record"]["findings"][0]["verdict"] == verdict


def test_without_a_framework_nothing_is_judged_but_a_broken_run_is_still_no_success() -> None:
    sound, broken = envelope("assess", "few.jsonl"), envelope("assess", "empty.jsonl")
    assert (sound["verdict"], sound["exit"]) == ("not asked", 0)
    assert (broken["verdict"], broken["exit"]) == ("invalid", 3)
    assert "1280 of 1280 attacks have no value: the reply was empty" in json.dumps(broken)


def test_the_files_are_those_of_a_run_without_completions(elsewhere: Path) -> None:
    result = holdfast("assess", "few.jsonl", "-f", "ours.toml", "--out", "run")
    assert result.exit_code == 0, result.output
    assert {path.name for path in (elsewhere / "run").iterdir()} == {
        "plan.json", "record.json", "report.html", "report.md", "run.json",
    }  # fmt: skip
    assert "verdict     MET" in result.stdout
    again = holdfast("assess", "few.jsonl", "-f", "ours.toml", "--out", "run")
    assert again.exit_code == 2
    assert "H302" in again.stderr


def test_the_same_log_and_framework_give_the_same_bytes(elsewhere: Path) -> None:
    for out in ("one", "two"):
        holdfast("assess", "few.jsonl", "-f", "ours.toml", "--out", out)
    assert (elsewhere / "one/record.json").read_bytes() == (elsewhere / "two/record.json").read_bytes()


def test_the_first_use_of_a_framework_is_post_hoc_and_a_later_run_is_not(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    holdfast("assess", "few.jsonl", "-f", "ours.toml", "--out", "first")
    first = json.loads((elsewhere / "first/run.json").read_text())
    assert first["committed"].startswith("post hoc")
    assert "post hoc" in (elsewhere / "first/report.html").read_text("utf-8")
    began = datetime.now(UTC) + timedelta(hours=1)
    table(elsewhere / "later.jsonl", [0] * 100, started_at=began.isoformat())
    monkeypatch.setattr("holdfast.cli._kept._now", lambda: began + timedelta(hours=1))
    result = holdfast("assess", "later.jsonl", "-f", "ours.toml", "--out", "second")
    assert "post hoc" not in result.stdout
    assert json.loads((elsewhere / "second/run.json").read_text())["committed"].startswith("committed at")


def test_judging_the_same_log_by_other_thresholds_is_counted(elsewhere: Path) -> None:
    holdfast("assess", "few.jsonl", "-f", "theirs.toml")
    holdfast("assess", "few.jsonl", "-f", "ours.toml", "--out", "run")
    assert json.loads((elsewhere / "run/run.json").read_text())["ordinals"] == {"hits": "assessment 2 of 2"}


def test_several_frameworks_show_which_verdicts_flip() -> None:
    found = envelope("assess", "few.jsonl", "-f", "ours.toml", "-f", "theirs.toml")
    assert found["verdict"] == "met"
    assert [(under["framework"], under["verdict"]) for under in found["record"]["under"]] == [("theirs 1", "not met")]


def test_findings_are_written_for_ci_and_for_a_model_card(elsewhere: Path) -> None:
    words = ("--sarif", "out.sarif", "--junit", "out.xml", "--model-card", "card.md")
    assert holdfast("assess", "many.jsonl", "-f", "ours.toml", *words).exit_code == 1
    assert json.loads((elsewhere / "out.sarif").read_text())["version"] == "2.1.0"
    assert "failure" in (elsewhere / "out.xml").read_text()
    assert "few-hits" in (elsewhere / "card.md").read_text() or "attacks succeed" in (elsewhere / "card.md").read_text()


@pytest.mark.parametrize("sarif", ["no/such/folder/out.sarif", "few.jsonl/out.sarif", "x" * 300])
def test_a_report_that_cannot_be_written_is_an_error_before_anything_ran(elsewhere: Path, sarif: str) -> None:
    found = envelope("assess", "few.jsonl", "-f", "ours.toml", "--sarif", sarif)
    assert (found["exit"], found["error"]["code"], found["verdict"]) == (4, "H501", None)
    assert not (elsewhere / "holdfast-runs").exists()
    assert not (elsewhere / "home").exists()


def test_a_report_may_lie_in_the_directory_that_is_made(elsewhere: Path) -> None:
    assert (
        holdfast("assess", "few.jsonl", "--out", "new/run", "--sarif", "new/a", "--junit", "new/run/b").exit_code == 0
    )
    assert (elsewhere / "new/a").is_file()
    assert (elsewhere / "new/run/b").is_file()


def test_a_write_that_fails_late_says_what_was_written(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    found = envelope("assess", "few.jsonl", "--out", "run", "--sarif", "out.sarif")
    assert (found["exit"], found["error"]["state"]) == (4, "the record and the report are in run")
    assert (elsewhere / "run/record.json").is_file()


@pytest.mark.parametrize(
    ("words", "exit_code"),
    [
        (("assess", "nowhere.eval"), 4),
        (("assess", "few.jsonl", "many.jsonl"), 2),
        (("compare", "few.jsonl"), 2),
        (("compare", "few.jsonl", "many.jsonl", "--margin", "nan"), 2),
    ],
)
def test_a_command_that_fails_leaves_no_earlier_report(elsewhere: Path, words: Sequence[str], exit_code: int) -> None:
    (elsewhere / "linked").write_text("green")
    (elsewhere / "out.sarif").symlink_to("linked")
    (elsewhere / "out.xml").write_text("green")
    result = holdfast(*words, "--junit", "out.xml", "--sarif", "out.sarif")
    assert result.exit_code == exit_code
    assert not (elsewhere / "out.xml").exists()
    assert (elsewhere / "linked").read_text() == ""


def test_an_error_names_the_earlier_reports_that_were_removed(elsewhere: Path) -> None:
    (elsewhere / "out.xml").write_text("green")
    error = envelope("assess", "nowhere.eval", "--junit", "out.xml")["error"]
    assert error["state"].endswith("but for an earlier out.xml, which was removed first")


@pytest.mark.parametrize(
    "words",
    [
        ("--sarif", "few.jsonl"),
        ("--junit", "./few.jsonl"),
        ("--model-card", "again.jsonl"),
        ("--junit", "ours.toml"),
        ("--sarif", "out.xml", "--junit", "./out.xml"),
        ("--out", "run", "--sarif", "run"),
        ("--out", "run", "--sarif", "run/record.json"),
        ("--sarif", "folder", "--junit", "out.xml"),
    ],
)
def test_an_output_in_the_place_of_something_else_is_refused_and_nothing_is_touched(
    elsewhere: Path, words: Sequence[str]
) -> None:
    (elsewhere / "folder").mkdir()
    (elsewhere / "out.xml").write_text("earlier")
    (elsewhere / "again.jsonl").symlink_to("few.jsonl")
    before = {path: path.read_bytes() for path in elsewhere.iterdir() if path.is_file()}
    assert holdfast("assess", "few.jsonl", "-f", "ours.toml", *words).exit_code == 2
    assert {path: path.read_bytes() for path in elsewhere.iterdir() if path.is_file()} == before


def test_a_report_does_not_take_the_place_of_the_evidence_that_is_judged(elsewhere: Path) -> None:
    holdfast("assess", "few.jsonl", "--out", "run")
    before = (elsewhere / "run/run.json").read_bytes()
    for given in ("run", "run/record.json"):
        assert holdfast("assess", given, "--sarif", "run/run.json").exit_code == 2
    assert (elsewhere / "run/run.json").read_bytes() == before


@pytest.mark.parametrize("margin", ["nan", "inf", "-inf"])
def test_a_margin_that_is_no_number_is_a_usage_error(margin: str) -> None:
    assert holdfast("compare", "few.jsonl", "many.jsonl", "--margin", margin).exit_code == 2


LONG, NO_TEXT = "x" * 300, os.fsdecode(b"caf\xe9")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((LONG,), "H411"),
        ((NO_TEXT,), "H411"),
        (("few.jsonl", "-f", LONG), "H201"),
        (("few.jsonl", "-f", NO_TEXT), "H201"),
        (("few.jsonl", "--out", LONG), "H501"),
        (("few.jsonl", "--labels", LONG), "H421"),
        (("few.jsonl", "--labels", NO_TEXT), "H421"),
        (("few.jsonl", "--subject", NO_TEXT), "H311"),
    ],
)
def test_a_path_that_is_too_long_or_no_text_is_a_coded_error(words: Sequence[str], code: str) -> None:
    assert envelope("assess", *words)["error"]["code"] == code


def test_paths_that_are_no_text_can_be_written_to(elsewhere: Path) -> None:
    words = ("--out", NO_TEXT, "--deviation", NO_TEXT, "--sarif", NO_TEXT + ".sarif")
    assert holdfast("assess", "few.jsonl", *words).exit_code == 0
    assert json.loads((elsewhere / NO_TEXT / "run.json").read_text())["deviations"] == ["caf\\xe9"]


def test_the_subjects_that_were_left_out_are_named() -> None:
    result = holdfast("assess", "few.jsonl", "many.jsonl", "--subject", "model-a")
    assert "left out    1 other subject in the logs: model-b\n" in result.stdout
    assert "left out" not in holdfast("assess", "few.jsonl").stdout


def test_two_sets_of_labels_for_one_check_are_refused_and_one_is_counted(elsewhere: Path) -> None:
    log = read_log(elsewhere / "few.jsonl", texts=False)[0]
    texts = {(row.check, row.item, row.attempt): Exchange("request", f"reply {row.item}") for row in log.rows}
    for seed, name in enumerate(("one", "two")):
        generator = np.random.default_rng(seed)
        save_draw(elsewhere / name, draw(replace(log, texts=texts), n=20, generator=generator, seed=seed))
    both = envelope("assess", "few.jsonl", "--labels", "one", "--labels", "two")
    assert (both["exit"], both["verdict"]) == (2, None)
    assert "two sets of labels are about the same check" in both["error"]["what"]
    result = holdfast("assess", "few.jsonl", "--labels", "one")
    assert "labels      hits: 0 raters, 0 samples labelled" in result.stdout


def test_what_cannot_be_read_is_an_error_with_its_code(elsewhere: Path) -> None:
    (elsewhere / "noise.bin").write_bytes(b"\x00\x01")
    assert envelope("assess", "nowhere.eval")["error"]["code"] == "H411"
    assert envelope("assess", "noise.bin")["error"]["code"] == "H412"
    (elsewhere / "cut.jsonl").write_text((elsewhere / "few.jsonl").read_text()[:-10])
    assert envelope("assess", "cut.jsonl")["error"]["code"] == "H413"


def test_logs_of_two_subjects_need_a_choice() -> None:
    assert envelope("assess", "few.jsonl", "many.jsonl")["error"]["code"] == "H311"
    both = ("--subject", "model-a", "--subject", "model-b")
    assert envelope("assess", "few.jsonl", "many.jsonl", *both)["error"]["code"] == "H312"
    assert envelope("assess", "few.jsonl", "many.jsonl", "--subject", "model-a")["exit"] == 0


def test_two_logs_are_compared_and_a_margin_gates() -> None:
    assert envelope("compare", "few.jsonl", "many.jsonl")["exit"] == 0
    assert envelope("compare", "few.jsonl", "many.jsonl", "--margin", "0.05")["verdict"] == "not met"
    assert envelope("compare", "many.jsonl", "few.jsonl", "--margin", "0.05")["verdict"] == "met"
    assert envelope("compare", "few.jsonl", "empty.jsonl")["verdict"] == "invalid"


def test_a_comparison_prints_its_power_and_the_verdicts_that_change(elsewhere: Path) -> None:
    result = holdfast("compare", "few.jsonl", "many.jsonl", "-f", "ours.toml", "--out", "run")
    assert result.exit_code == 0, result.output
    page = (elsewhere / "run/report.md").read_text("utf-8")
    assert "Smallest detectable" in page
    assert page.index("Verdicts that change") < page.index("Differences, B minus A")


def test_two_subjects_of_one_file_can_be_compared(elsewhere: Path) -> None:
    lines = [(elsewhere / name).read_text().splitlines() for name in ("few.jsonl", "many.jsonl")]
    head = json.loads(lines[0][0])
    head["checks"][0]["planned"] = 200
    (elsewhere / "both.jsonl").write_text("\n".join([json.dumps(head), *lines[0][1:], *lines[1][1:]]) + "\n")
    found = envelope("compare", "both.jsonl", "--subject-a", "model-a", "--subject-b", "model-b", "--margin", "0.1")
    assert found["verdict"] == "not met"


def test_a_comparison_that_is_not_whole_is_a_usage_error() -> None:
    assert holdfast("compare", "few.jsonl").exit_code == 2
    assert holdfast("compare", "few.jsonl", "many.jsonl", "--two-sided").exit_code == 2


SMALL = FRAMEWORK.format(name="small", limit=0.1).replace('"hits"', '"capability"').replace("<=", ">=")


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of one small audit; tests look at it, or change a copy."""
    place = tmp_path_factory.mktemp("audited")
    with pytest.MonkeyPatch.context() as there:
        there.setenv("HOLDFAST_HOME", str(place / "home"))
        there.chdir(place)
        (place / "small.toml").write_text(SMALL)
        holdfast("audit", "-f", "small.toml", "--out", "run", "--display", "none")
    return place / "run"


def test_a_finished_audit_is_judged_anew_by_its_rows(elsewhere: Path, audited: Path) -> None:
    (elsewhere / "small.toml").write_text(SMALL)
    (elsewhere / "hard.toml").write_text(SMALL.replace("0.1", "0.9999").replace('"small"', '"hard"'))
    ours = (elsewhere / "ours.toml").read_text()
    (elsewhere / "other.toml").write_text(ours)
    shutil.copytree(audited, elsewhere / "run")
    found = envelope("assess", "run", "-f", "small.toml", "-f", "hard.toml")
    assert found["verdict"] == "met"
    assert [under["verdict"] for under in found["record"]["under"]] == ["undecided"]
    assert envelope("assess", "run/record.json")["verdict"] == "met"
    lacking = envelope("assess", "run", "-f", "other.toml")
    assert (lacking["verdict"], lacking["exit"]) == ("not tested", 3)
    assert "did not measure it" in lacking["record"]["findings"][0]["reason"]
    assert envelope("assess", "run", "few.jsonl")["error"]["code"] == "H311"


def test_a_run_whose_rows_were_changed_is_not_judged(elsewhere: Path, audited: Path) -> None:
    shutil.copytree(audited, elsewhere / "run")
    rows = elsewhere / "run/rows.jsonl"
    rows.write_text(rows.read_text().replace("wrong", "right", 1) + "")
    rows.write_text("\n".join(rows.read_text().split("\n")[1:]))
    assert envelope("assess", "run")["error"]["code"] == "H413"
    rows.unlink()
    assert envelope("assess", "run")["error"]["code"] == "H411"
    holdfast("assess", "few.jsonl", "--out", "logs")
    assert envelope("assess", "logs")["error"]["code"] == "H411"
