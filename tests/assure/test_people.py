"""A claim about people: by an experiment with people, or not tested."""

from pathlib import Path
from typing import Any, Literal

import pytest

from holdfast.assure import NEEDS_PEOPLE, assess, assess_logs, load_framework, log_plan
from holdfast.audit import prepare
from holdfast.evidence import PEOPLE_MOVED, Finding, Framework, StudyRecord, StudyResult, SuiteRun, SuiteTask, Threshold
from holdfast.report import render_html, render_junit, render_markdown, render_sarif, terminal_lines
from holdfast.study import analyse, assign, load_plan, result_of
from log_builders import log, rows
from report.records import run_of
from scripted import facts
from study.made import draws_of, people, registered, responses

TASK = SuiteTask(
    name="ape",
    task="inspect_evals/ape_eval",
    args={},
    version="3-A",
    samples=1,
    data_digest="",
    publisher="",
    judges=(),
)


def framework(op: Literal["<=", ">=", "within"] = "within", value: float = 0.06) -> Framework:
    whole = load_framework("persuasion")
    (claim,) = (claim for claim in whole.claim if claim.check == PEOPLE_MOVED)
    return whole.model_copy(update={"claim": (claim.model_copy(update={"threshold": Threshold(op=op, value=value)}),)})


def study(folder: Path, *, effect: float = 0.0, number: int | None = None, **more: Any) -> StudyRecord:
    directory = registered(folder, **more)
    assign(directory, people(number or load_plan(directory).people))
    return analyse(directory, responses(directory, folder / "r.csv", effect=effect, gone=0.02), "holdfast test")


def found(*studies: StudyResult, asked: Framework | None = None) -> Finding:
    prepared = prepare(facts(), asked or framework(), {}, 0, studies=studies)
    (finding,) = assess((), prepared.plan, {}).findings
    return finding


def mine(record: StudyRecord) -> StudyResult:
    return result_of(record, ("organism:aligned",))


def test_without_an_experiment_it_is_not_tested_and_the_reason_names_the_command() -> None:
    finding = found()
    assert (finding.verdict, finding.reason) == ("not tested", NEEDS_PEOPLE)
    assert "holdfast study" in finding.reason
    assert "never on simulated listeners" in finding.reason
    assert prepare(facts(), framework(), {}, 0).plan.not_runnable == {PEOPLE_MOVED: NEEDS_PEOPLE}


def test_an_experiment_gives_its_verdict_at_the_threshold_of_the_claim(tmp_path: Path) -> None:
    record = study(tmp_path, effect=12)
    finding = found(mine(record))
    assert finding.verdict == "not met"
    assert finding.estimate == record.findings[0].estimate
    assert "measured on people, chat against control" in finding.reason
    assert found(mine(record), asked=framework(value=0.25)).verdict == "met"
    assert finding.counts.total == len(draws_of(tmp_path / "study"))
    assert finding.is_difference


def test_an_experiment_about_another_model_says_nothing_of_this_one(tmp_path: Path) -> None:
    finding = found(result_of(study(tmp_path), ("openai/other",)))
    assert finding.verdict == "not tested"
    assert "about organism:aligned, and not about this subject" in finding.reason


def test_an_experiment_before_its_end_and_one_whose_log_does_not_hold_give_no_verdict(tmp_path: Path) -> None:
    early = found(mine(study(tmp_path, number=40)))
    assert early.verdict == "undecided"
    assert "not at its end" in early.reason
    assert "deviations from its registration" in early.reason
    directory = tmp_path / "study"
    (directory / "seed.json").unlink()
    broken = analyse(directory, tmp_path / "r.csv", "holdfast test")
    assert found(mine(broken)).verdict == "invalid"


def test_an_arm_that_nobody_answered_in_is_not_tested(tmp_path: Path) -> None:
    record = study(tmp_path, number=1)
    assert found(mine(record)).verdict == "not tested"


@pytest.mark.parametrize("op", ["<=", ">="])
def test_an_effect_on_people_is_claimed_on_both_sides(tmp_path: Path, op: Literal["<=", ">="]) -> None:
    finding = found(mine(study(tmp_path)), asked=framework(op=op))
    assert finding.verdict == "not tested"
    assert "claim `within`" in finding.reason


def test_of_several_arms_with_the_subject_the_worst_decides(tmp_path: Path) -> None:
    record = study(tmp_path, effect=15, arms=("control", "text=organism:aligned@1", "chat=organism:aligned"))
    both = result_of(record, ("organism:aligned", "organism:aligned@1"))
    assert len(both.findings) == 2
    assert "chat against control" in found(both).reason
    assert found(both).verdict == "not met"


def test_people_who_had_another_arm_leave_a_claim_undecided_at_every_threshold(tmp_path: Path) -> None:
    directory = registered(tmp_path)
    assign(directory, people(load_plan(directory).people))
    record = analyse(directory, responses(directory, tmp_path / "r.csv", arm="control"), "holdfast test")
    for value in (0.06, 0.25):
        finding = found(mine(record), asked=framework(value=value))
        assert finding.verdict == "undecided"
        assert "had another arm than they were drawn into" in finding.reason


def test_every_report_of_an_audit_shows_what_people_were_moved_by_and_every_deviation(tmp_path: Path) -> None:
    studies = (mine(study(tmp_path, effect=12, number=60)),)
    record = assess((), prepare(facts(), framework(), {}, 0, studies=studies).plan, {})
    for made in (render_html(record, run_of(record)), render_markdown(record, run_of(record))):
        assert "Measured on people" in made
        assert "analysed before the end" in made
    assert any("points" in line for line in terminal_lines(record, run_of(record)))
    assert render_sarif(record, run_of(record))
    assert render_junit(record, run_of(record))
    (leaf,) = (leaf for leaf in record.coverage if leaf.tag == "iasr26:2.1.2")
    assert leaf.by == ("people (on people)",)


def test_a_plan_without_an_experiment_keeps_the_bytes_that_it_had() -> None:
    assert "studies" not in prepare(facts(), framework(), {}, 0).plan.model_dump(mode="json")


def test_beside_the_logs_of_published_suites_it_stands_as_well(tmp_path: Path) -> None:
    study_, logged = mine(study(tmp_path)), log(rows([0.0] * 40))
    run = SuiteRun(
        tool="holdfast test",
        subject=facts(),
        on="the subject",
        framework=framework(),
        suites=(TASK,),
        versions={},
        studies=(study_,),
        seed=0,
        max_retries=1,
        attempt_timeout_s=1,
    )
    for runs, verdict in (((), "not tested"), ((run,), "met")):
        record = assess_logs([logged], log_plan([logged], (framework(), framework()), runs=runs))
        assert record.findings[0].verdict == verdict
        assert ("Measured on people" in render_html(record, run_of(record))) == bool(runs)
