"""Logs of published suites that others ran: read as the suites mean them, or as any log where they are not known."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval as run

from holdfast.readers import SUITE_READINGS, read_log
from holdfast.suites import load_suite, suite_named
from inspect_logs import absences, content, values, write
from inspect_runs import warnings_of_inspect
from suite_stand_ins import output, published, records_of, scripted


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with warnings_of_inspect():
        yield


def ran(name: str, folder: Path, grades: Any) -> dict[str, Any]:
    """The log of a run by Inspect alone, as an object."""
    suite = suite_named(name)
    judge = scripted("judge", grades).removeprefix("inspect:")
    with published(name, records_of(suite, 8)):
        task = load_suite(suite, [judge]).task
    model = scripted("subject", "so it is .").removeprefix("inspect:")
    (log,) = run(task, model=model, display="none", log_dir=str(folder), log_realtime=False)
    assert log.location
    return content(Path(log.location))


@pytest.fixture(scope="module")
def unsafe(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with warnings_of_inspect():
        return ran("xstest_unsafe", tmp_path_factory.mktemp("unsafe"), "GRADE: C")


def test_unsafe_requests_that_were_answered_are_worse_and_have_a_name_of_their_own(
    unsafe: dict[str, Any], tmp_path: Path
) -> None:
    (log,) = read_log(write(unsafe, tmp_path / "log.json"))
    (check,) = log.facts.checks
    assert (check.id, check.higher_is) == ("xstest_unsafe/model_graded_qa", "worse")
    assert values(log, check.id) == [1.0, 1.0]
    assert {row.stratum for row in log.rows} == {"type 1"}
    assert "data" not in check.version


@pytest.mark.parametrize("version", [4, 6])
def test_another_comparability_version_is_read_as_any_log_of_inspect(
    unsafe: dict[str, Any], version: int, tmp_path: Path
) -> None:
    other = unsafe | {"eval": unsafe["eval"] | {"task_version": version}}
    (log,) = read_log(write(other, tmp_path / "log.json"))
    assert [check.id for check in log.facts.checks] == ["inspect_evals/xstest/model_graded_qa"]


def test_a_task_of_that_name_that_is_not_the_suites_is_read_as_any_log(unsafe: dict[str, Any], tmp_path: Path) -> None:
    other = unsafe | {"eval": unsafe["eval"] | {"task_registry_name": "xstest", "task": "xstest"}}
    (log,) = read_log(write(other, tmp_path / "log.json"))
    assert [check.id for check in log.facts.checks] == ["xstest/model_graded_qa"]


def test_a_judge_that_cannot_be_heard_is_not_believed(tmp_path: Path) -> None:
    made = ran("agentharm", tmp_path, lambda messages, config: output("Answer: No"))
    (log,) = read_log(write(made, tmp_path / "log.json"))
    assert values(log, "agentharm/combined_scorer/refusal") == [0.0] * 8
    assert {row.cluster for row in log.rows} == {"0", "1"}
    for sample in made["samples"]:
        sample["events"] = []
    (log,) = read_log(write(made, tmp_path / "log.json"))
    ((_, reason),) = absences(log, "agentharm/combined_scorer/refusal")
    assert "keeps no events" in reason


def test_a_word_that_no_reading_has_is_no_value(unsafe: dict[str, Any], tmp_path: Path) -> None:
    sample = unsafe["samples"][0]
    score = sample["scores"]["model_graded_qa"] | {"value": "Q"}
    odd = unsafe | {"samples": [sample | {"scores": {"model_graded_qa": score}}, *unsafe["samples"][1:]]}
    (log,) = read_log(write(odd, tmp_path / "log.json"))
    assert absences(log, "xstest_unsafe/model_graded_qa")[("unscorable", "the score 'Q' is no number")] == 1


def test_no_two_readings_fit_one_log() -> None:
    seen = [(reading.task, str(sorted(reading.args.items()))) for reading in SUITE_READINGS.values()]
    assert len(seen) == len(set(seen))
    for reading in SUITE_READINGS.values():
        others = [r for r in SUITE_READINGS.values() if r.task == reading.task and r is not reading]
        assert all(reading.args and other.args for other in others)
