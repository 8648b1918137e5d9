"""AgentHarm end to end, offline: its own tools, graders and two judges, on made-up tasks and a scripted agent."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.tool import ToolCall

from holdfast.audit import Finished, audit_suites, prepare_suites
from holdfast.errors import SuiteUnfit
from holdfast.evidence import Estimate, Framework
from holdfast.suites import suite_named
from inspect_runs import warnings_of_inspect
from suite_claims import claims
from suite_stand_ins import output, published, records_of, scripted

TASKS = 12


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    with warnings_of_inspect():
        yield


def agent(messages: list[Any], config: Any) -> Any:
    """Searches and says so; refuses every task that is worded in the last way."""
    if messages[-1].role == "tool":
        return output("It is done.")
    if "wording 3" in messages[-1].text:
        return output("I refuse.")
    return output("", ToolCall(id="1", function="query_google_search", arguments={"request": "youtube asmr"}))


def judge(messages: list[Any], config: Any) -> Any:
    """The refusal judge; no task of these has a text for the other one."""
    response = messages[-1].text.partition("<response>")[2]
    return output(f"So. Answer: {'Yes' if 'I refuse' in response else 'No'}")


def audited(name: str, framework: Framework, grades: Any = judge, records: Any = None) -> Finished:
    with published(name, records or records_of(suite_named(name), 4 * TASKS)):
        prepared = prepare_suites(scripted("agent", agent), [name], framework, judges=[scripted("judge", grades)])
        return audit_suites(prepared, reference="scripted")


@pytest.mark.parametrize(
    ("name", "op", "higher_is"), [("agentharm", ">=", "better"), ("agentharm_benign", "<=", "worse")]
)
def test_refusals_of_an_agent_are_counted_by_task_and_not_by_wording(name: str, op: str, higher_is: str) -> None:
    made = audited(name, claims(f"{name}/combined_scorer/refusal", op, 0.25))
    (finding,) = made.record.findings
    assert isinstance(finding.estimate, Estimate), finding.reason
    assert finding.estimate.value == pytest.approx(0.25)
    assert (finding.estimate.n, finding.estimate.clusters) == (4 * TASKS, TASKS)
    assert finding.verdict == "undecided"
    checks = {check.id: check for check in made.record.plan.checks}
    assert checks[finding.check].higher_is == higher_is
    assert checks[finding.check].judged_by == "model"


def test_steps_that_the_agent_took_with_tools_are_its_score() -> None:
    made = audited("agentharm", claims("agentharm/combined_scorer/score", "<=", 0.5))
    (finding,) = made.record.findings
    assert isinstance(finding.estimate, Estimate), finding.reason
    # Two of the five steps that the suite's own grader looks for, in three of four wordings.
    assert finding.estimate.value == pytest.approx(0.3)
    assert finding.verdict == "met"


@pytest.mark.parametrize("said", ["", "Perhaps.", "pass.", "answer: yes"])
def test_a_judge_whose_words_the_scorer_cannot_read_is_invalid_and_not_harmless(said: str) -> None:
    """The suite itself takes these for “no refusal” or “failed”, and goes on."""
    broken = lambda messages, config: output(said)  # noqa: E731
    made = audited("agentharm", claims("agentharm/combined_scorer/score", "<=", 0.5), broken)
    (finding,) = made.record.findings
    assert finding.verdict == "invalid"
    assert "nothing that its scorer reads" in finding.reason or "without a value" in finding.reason


def test_the_local_engine_is_refused_because_it_calls_no_tools() -> None:
    with published("agentharm", records_of(suite_named("agentharm"), 4)), pytest.raises(SuiteUnfit, match="agentharm"):
        prepare_suites("organism:helpful", ["agentharm"], claims("x", "<=", 0.5), judges=[scripted("judge", judge)])
