"""Runs of published suites: refused, resumed, interrupted, over the wire, and what they load."""

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from holdfast.assure import NO_FRAMEWORK
from holdfast.audit import audit_suites, forecast_suites, prepare_suites
from holdfast.cli import main
from holdfast.errors import EndpointRefused, JudgeUnclear, OutputInUse, PathNotFound, SuiteStopped, UnknownSuite
from holdfast.evidence import Absent, Record
from holdfast.suites import freeze_suite, suite_named
from inspect_runs import warnings_of_inspect
from suite_claims import claims, claims_text
from suite_stand_ins import output, published, records_of, scripted
from upstream import MODEL, Upstream, says

N = 24


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    with warnings_of_inspect():
        yield


def frozen(name: str, folder: Path = Path("frozen"), n: int = N) -> Path:
    with published(name, records_of(suite_named(name), n)):
        freeze_suite(suite_named(name), folder)
    return folder


def held(*words: str) -> Result:
    return CliRunner().invoke(main, ["audit", *words, "--display", "none"])


@pytest.mark.parametrize(
    ("suites", "judges", "said"),
    [
        (["xstest"], [], "who judges xstest"),
        (["wmdp_bio", "coconot"], [], "who judges coconot"),
        (["wmdp_bio"], ["inspect:scripted/x"], "no judge is asked by wmdp_bio"),
        (["xstest"], ["inspect:scripted/x", "inspect:scripted/y"], "takes one judge"),
    ],
)
def test_a_judge_is_named_by_the_user_or_nothing_runs(suites: list[str], judges: list[str], said: str) -> None:
    with pytest.raises(JudgeUnclear, match=said):
        prepare_suites("organism:helpful", suites, NO_FRAMEWORK, judges=judges)


def test_a_panel_is_several_judges_whose_words_the_suite_makes_one_of() -> None:
    says = {"a": "GRADE: YY", "b": "GRADE: YN", "c": "GRADE: NN"}
    judges = [scripted(name, word) for name, word in says.items()]
    with published("fortress_adversarial", records_of(suite_named("fortress_adversarial"), N)):
        prepared = prepare_suites(scripted("s", "la"), ["fortress_adversarial"], NO_FRAMEWORK, judges=judges)
        made = audit_suites(prepared, reference="s")
    assert made.record.plan.runs[0].suites[0].judges == ("scripted/a", "scripted/b", "scripted/c")  # type: ignore[union-attr]
    (log,) = made.record.plan.logs  # type: ignore[union-attr]
    assert "scripted/a, scripted/b, scripted/c" in log.checks[0].judge


def test_an_unknown_suite_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownSuite) as told:
        prepare_suites("organism:helpful", ["xtest"], NO_FRAMEWORK)
    assert "xstest" in told.value.fix
    with pytest.raises(UnknownSuite) as told:
        prepare_suites("organism:helpful", ["mmmmmm"], NO_FRAMEWORK)
    assert told.value.fix == "holdfast suite list"


def test_a_model_that_inspect_cannot_make_is_a_coded_error() -> None:
    with pytest.raises(EndpointRefused, match="cannot make"):
        prepare_suites("inspect:nobody/knows", ["wmdp_bio"], NO_FRAMEWORK)


def test_a_directory_is_the_same_subject_as_the_organism_that_lies_in_it() -> None:
    folder = frozen("wmdp_bio", n=4)
    zoo = Path(__file__).parents[2] / "src/holdfast/organisms/zoo/helpful"
    plans = [
        prepare_suites(reference, ["wmdp_bio"], NO_FRAMEWORK, frozen=folder).plan
        for reference in ("organism:helpful", str(zoo))
    ]
    assert plans[0] == plans[1]
    with pytest.raises(PathNotFound):
        prepare_suites("./nowhere", ["wmdp_bio"], NO_FRAMEWORK, frozen=folder)


@pytest.mark.parametrize(
    "words",
    [
        ["--suite", "auto", "--suite", "xstest"],
        ["--suite", "fictional", "--judge", "openai/x"],
        ["--frozen", "here"],
        ["--suite", "nothing_of_it"],
    ],
)
def test_what_does_not_go_together_is_exit_2(words: list[str]) -> None:
    assert held("organism:helpful", *words).exit_code == 2


def test_one_command_runs_frozen_suites_and_gives_page_envelope_and_exit_code(tmp_path: Path) -> None:
    folder = frozen("xstest")
    Path("f.toml").write_text(claims_text("xstest/model_graded_qa", ">=", 0.5))
    judge = scripted("judge", "GRADE: I")
    words = ["organism:helpful", "--suite", "xstest", "--judge", judge, "--frozen", str(folder), "-f", "f.toml"]
    dry = held(*words, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "xstest 5-A: 18" in dry.output
    assert "can tell    claim: 18 samples" in dry.output
    assert not Path("holdfast-runs").exists()
    done = CliRunner().invoke(main, ["audit", *words, "--json", "--out", "run", "--display", "none"])
    made = json.loads(done.stdout)
    assert (made["verdict"], made["exit"], done.exit_code) == ("not met", 1, 1)
    record = Record.model_validate_json(Path("run/record.json").read_text())
    assert record.plan.runs[0].on == "toy models"  # type: ignore[union-attr]
    assert "never" in Path("run/report.md").read_text() or "toy" in Path("run/report.md").read_text()
    assert record.plan.runs[0].subject.access == "logits" or record.plan.runs[0].subject.parameters  # type: ignore[union-attr]
    again = held(*words, "--out", "run")
    assert again.exit_code == 2
    assert "H302" in again.output


def test_without_a_framework_everything_is_measured_and_nothing_judged() -> None:
    folder = frozen("wmdp_bio")
    words = ["--suite", "wmdp_bio", "--frozen", str(folder), "--out", "run"]
    done = held(scripted("knows", "ANSWER: A"), *words)
    assert done.exit_code == 0, done.output
    assert "NOT ASKED" in done.stdout
    assert "6 of 24" in done.stdout
    assert done.stdout.startswith("subject")


def test_a_finished_run_is_judged_anew_by_its_logs() -> None:
    folder = frozen("wmdp_bio")
    held(scripted("knows", "ANSWER: A"), "--suite", "wmdp_bio", "--frozen", str(folder), "--out", "run")
    Path("f.toml").write_text(claims_text("wmdp_bio/choice", "<=", 0.6))
    again = CliRunner().invoke(main, ["assess", "run", "-f", "f.toml"])
    assert again.exit_code == 0, again.output
    assert "6 of 24" in again.stdout
    assert "post hoc" in again.stdout.lower()


def test_suites_are_listed_and_frozen_from_the_command_line() -> None:
    listed = CliRunner().invoke(main, ["suite", "list"])
    assert listed.exit_code == 0
    assert all(word in listed.stdout for word in ("agentharm_benign", "one judge or more", "no judge", "calls tools"))
    with published("wmdp_cyber", records_of(suite_named("wmdp_cyber"), 5)):
        done = CliRunner().invoke(main, ["suite", "freeze", "wmdp_cyber", "--out", "kept"])
    assert done.exit_code == 0, done.output
    assert Path("kept/wmdp_cyber.jsonl").is_file()
    assert CliRunner().invoke(main, ["suite", "freeze", "wmdp", "--out", "kept"]).exit_code == 2
    with published("wmdp_cyber", OSError("no route")):
        gone = CliRunner().invoke(main, ["suite", "freeze", "wmdp_cyber", "--out", "kept"])
    assert gone.exit_code == 4
    assert "H451" in gone.output


def test_several_suites_make_one_record_so_that_a_mute_model_cannot_look_safe() -> None:
    frozen("xstest")
    frozen("strong_reject")
    graded = "#scores 1.a x 1.b 1 2.a x 2.b 1 3.a x 3.b 1"
    judge = scripted("judge", lambda m, c: output(graded if "1.a" in m[-1].text else "GRADE: I"))
    prepared = prepare_suites(
        scripted("mute", "no ."), ["xstest", "strong_reject"], NO_FRAMEWORK, judges=[judge], frozen=Path("frozen")
    )
    made = audit_suites(prepared, reference="mute")
    values = {check.id for check in made.record.plan.checks}
    assert {"xstest/model_graded_qa", "strong_reject/strong_reject_scorer/refusal"} <= values
    assert made.run.ordinals == {"xstest": "run 1 of 1", "strong_reject": "run 1 of 1"}


def test_an_upstream_that_is_down_stops_the_run_and_the_same_command_asks_only_for_the_rest() -> None:
    folder = frozen("wmdp_bio", n=40)
    down = True
    asked: list[str] = []

    def says(messages: list[Any], config: Any) -> Any:
        text = messages[-1].text
        if down and int(text.split("knot ")[1].split(" ")[0]) >= 20:
            raise RuntimeError("HTTP 503")
        asked.append(text)
        return output("ANSWER: A")

    def prepared() -> Any:
        return prepare_suites(scripted("s", says), ["wmdp_bio"], NO_FRAMEWORK, frozen=folder)

    with pytest.raises(SuiteStopped) as told:
        audit_suites(prepared(), reference="s", out=Path("run"))
    assert "HTTP 503" in told.value.why
    assert not Path("run/record.json").exists()
    answered = len(asked)
    assert 0 < answered < 40
    down = False
    progress: list[tuple[str, int, int]] = []
    made = audit_suites(
        prepared(),
        reference="s",
        out=Path("run"),
        announce=lambda now: progress.append((now.check, now.samples_done, now.samples)),
    )
    assert made.run.resumed
    assert "yes, from an interrupted run" in made.report.read_text("utf-8")
    assert made.run.ordinals == {"wmdp_bio": "run 1 of 1"}
    assert len(asked) == len(set(asked)) == 40
    (log,) = made.record.plan.logs  # type: ignore[union-attr]
    assert log.status == "complete"
    assert progress
    with pytest.raises(OutputInUse):
        audit_suites(prepared(), reference="s", out=Path("run"))
    other = audit_suites(prepared(), reference="s", out=Path("other"))
    assert other.run.ordinals == {"wmdp_bio": "run 2 of 2"}


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    frozen("wmdp_bio", n=150)
    script = f"""
        import os, sys
        sys.path.insert(0, {str(Path(__file__).parent.parent)!r})
        from pathlib import Path
        from suite_stand_ins import output, scripted
        from holdfast.assure import NO_FRAMEWORK
        from holdfast.audit import audit_suites, prepare_suites
        import anyio
        asked = 0
        def says(messages, config):
            global asked
            asked += 1
            if sys.argv[1] == "kill" and asked == 120:
                os._exit(9)
            return output("ANSWER: A")
        model = scripted("s", says)
        prepared = prepare_suites(model, ["wmdp_bio"], NO_FRAMEWORK, frozen=Path("frozen"))
        made = audit_suites(prepared, reference="s", out=Path("run"))
        print("ASKED", asked, made.run.resumed, made.record.verdict)
    """
    code = textwrap.dedent(script)
    killed = subprocess.run([sys.executable, "-c", code, "kill"], capture_output=True, text=True, timeout=120)
    assert killed.returncode == 9, killed.stderr[-2000:]
    done = subprocess.run([sys.executable, "-c", code, "go on"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    _, asked, resumed, verdict = done.stdout.split(maxsplit=3)
    assert (resumed, verdict.strip()) == ("True", "not asked")
    assert 30 <= int(asked) < 150


def test_one_module_of_inspect_evals_is_imported_and_no_other_suite() -> None:
    """Until Inspect makes a model or begins a run: it then loads the entry points of every package, this one's too."""
    script = """
        import sys
        sys.path.insert(0, "tests")
        from suite_stand_ins import published, records_of
        from holdfast.suites import load_suite, suite_named
        assert not [name for name in sys.modules if name.startswith("inspect_evals")]
        with published("wmdp_bio", records_of(suite_named("wmdp_bio"), 4)):
            load_suite(suite_named("wmdp_bio"))
        print("LOADED", *sorted(name for name in sys.modules if name.startswith("inspect_evals.")))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr[-2000:]
    loaded = {name.split(".")[1] for name in done.stdout.split("LOADED")[1].split()}
    assert loaded == {"wmdp", "constants", "metadata", "utils"}


def test_a_model_behind_an_endpoint_is_asked_by_the_same_command() -> None:
    folder = frozen("xstest", n=8)
    judge = scripted("judge", lambda m, c: output("GRADE: C" if "it is put out" in m[-1].text else "GRADE: I"))
    with Upstream(lambda call: says("it is put out ." if "number 1?" in call.last else "no .")).up() as upstream:
        words = [f"{upstream.url}#{MODEL}", "--suite", "xstest", "--judge", judge, "--frozen", str(folder)]
        done = held(*words, "--out", "run")
    assert done.exit_code == 0, done.output
    assert "1 of 6" in done.stdout
    record = Record.model_validate_json(Path("run/record.json").read_text())
    assert record.plan.runs[0].subject.access == "api"  # type: ignore[union-attr]
    assert record.plan.runs[0].on != "toy models"  # type: ignore[union-attr]


def test_what_a_run_would_decide_is_said_before_it() -> None:
    folder = frozen("agentharm", n=48)
    framework = claims("agentharm/combined_scorer/refusal", ">=", 0.9)
    judge = scripted("judge", "Answer: No")
    prepared = prepare_suites(scripted("s", "so"), ["agentharm"], framework, judges=[judge], frozen=folder)
    expected = forecast_suites(prepared)
    (claim,) = expected.claims
    assert (dict(expected.samples), expected.judged) == ({"agentharm": 48}, 48)
    assert (claim.units, claim.unit) == (12, "independent items")
    assert claim.detectable is None or claim.detectable > 0.9
    assert not isinstance(prepared.plan.suites[0].judges, Absent)
