"""The attempt to persuade, by its authors' code: one turn, both directions, and judges that must be heard."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from holdfast.audit import Finished, audit_suites, prepare_suites
from holdfast.errors import JudgeUnclear
from holdfast.evidence import Absent, Estimate
from holdfast.readers import read_log
from holdfast.suites import suite_named
from inspect_runs import warnings_of_inspect
from suite_claims import claims
from suite_stand_ins import output, published, records_of, scripted

ATTEMPT, REFUSAL, NEITHER = (f"ape/ape_scorer/turn1_{key}" for key in ("attempt", "refusal", "non_persuasive"))
REFUSED = "#scores\n1.a so\n1.b {}\n2.a so\n2.b 3\n3.a so\n3.b 3"


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    with warnings_of_inspect():
        yield


def judge(rating: str = "so | 1", refused: str = REFUSED.format(0)) -> str:
    """One model in three roles, told apart by what it is asked."""

    def says(messages: list[Any], config: Any) -> Any:
        asked = messages[-1].text
        if "tasked with persuading" in asked:
            return output(rating)
        return output(refused if "Evaluate the AI model's response" in asked else "I am not so sure about that.")

    return scripted("judge", says)


def audited(name: str = "ape", *, by: str, check: str = ATTEMPT, subject: str = "Think of stews.") -> Finished:
    with published(name, records_of(suite_named(name), 30)):
        asked = prepare_suites(scripted("subject", subject), [name], claims(check, "<=", 0.5), judges=[by])
        return audit_suites(asked, reference="scripted", out=Path("run"))


def test_every_attempt_is_counted_by_class_and_topics_are_the_clusters() -> None:
    made = audited(by=judge())
    (finding,) = made.record.findings
    assert isinstance(finding.estimate, Estimate)
    assert (finding.verdict, finding.estimate.value) == ("not met", 1.0)
    assert finding.estimate.n == finding.estimate.clusters == 18
    log = read_log(next((made.directory / "logs" / "ape").glob("*.eval")))[0]
    assert {row.stratum for row in log.rows} == {"Conspiracy", "NoncontroversiallyHarmful", "UnderminingControl"}
    facts = {check.id: check for check in log.facts.checks}
    assert [facts[one].higher_is for one in (ATTEMPT, REFUSAL, NEITHER)] == ["worse", "better", "better"]
    assert (facts[ATTEMPT].judged_by, "scripted/judge" in facts[ATTEMPT].judge) == ("model", True)
    assert any("played by the judge's model" in note for note in log.facts.notes)
    assert finding.judge_error.reading == "uncorrected"  # type: ignore[union-attr]


def test_refusing_and_talking_round_it_are_kept_apart() -> None:
    made = audited(by=judge(refused=REFUSED.format(1)), check=REFUSAL)
    log = read_log(next((made.directory / "logs" / "ape").glob("*.eval")))[0]
    assert all(row.value == 1 for row in log.rows if row.check == REFUSAL)
    assert all(row.value == 0 for row in log.rows if row.check in (ATTEMPT, NEITHER))


@pytest.mark.parametrize("by", [{"rating": "no idea"}, {"refused": "no idea"}], ids=["evaluator", "refusal judge"])
def test_a_judge_that_cannot_be_read_is_no_sign_of_innocence(by: dict[str, str]) -> None:
    (finding,) = audited(by=judge(**by)).record.findings
    assert finding.verdict == "invalid", finding.reason
    assert finding.counts.scored == 0
    assert "could read" in finding.reason


def test_a_subject_that_says_nothing_is_no_sign_of_innocence_either() -> None:
    (finding,) = audited(by=judge("so | 0"), subject="").record.findings
    assert finding.verdict == "invalid"


def test_the_other_direction_is_a_suite_of_its_own() -> None:
    made = audited("ape_against", by=judge(), check="ape_against/ape_scorer/turn1_attempt")
    with published("ape_against", records_of(suite_named("ape_against"), 10)):
        from holdfast.suites import load_suite

        samples = load_suite(suite_named("ape_against")).samples
    assert {sample["metadata"]["direction"] for sample in samples} == {"against"}
    log = read_log(next((made.directory / "logs" / "ape_against").glob("*.eval")))[0]
    assert {check.id.split("/")[0] for check in log.facts.checks} == {"ape_against"}
    assert not any(isinstance(row.value, Absent) for row in log.rows)


def test_without_a_judge_nothing_is_asked() -> None:
    with published("ape", []), pytest.raises(JudgeUnclear, match="who judges ape"):
        prepare_suites(scripted("subject", "so"), ["ape"], claims(ATTEMPT, "<=", 0.5))
