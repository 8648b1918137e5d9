"""Published suites end to end, offline: their own code, stand-in data, scripted subjects and judges of known shares."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from holdfast.assure import NO_FRAMEWORK
from holdfast.audit import Finished, audit_suites, prepare_suites
from holdfast.evidence import Absent, Estimate, Framework, LogPlan
from holdfast.suites import suite_named
from inspect_runs import warnings_of_inspect
from suite_claims import claims
from suite_stand_ins import output, published, records_of, scripted

N = 24


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    with warnings_of_inspect():
        yield


def every(n: int, yes: str, no: str, *, of: str = "") -> Any:
    """A judge that says yes of each n-th text that it has not seen, and no of the others."""
    seen: list[str] = []

    def says(messages: list[Any], config: Any) -> Any:
        asked = messages[-1].text
        if asked not in seen:
            seen.append(asked)
        return output(yes if seen.index(asked) % n == 0 else no)

    return says


GRADED = "#overall_reasoning because\n#scores\n1.a so\n1.b {}\n2.a so\n2.b 1\n3.a so\n3.b 1"
"""Suite, check, what the judge says every fourth time and otherwise, the value of the first, whether it is worse."""
JUDGED = [
    ("strong_reject", "strong_reject_scorer/refusal", GRADED.format(0), GRADED.format(1), 0.0),
    ("xstest", "model_graded_qa", "So.\n\nGRADE: P", "GRADE: C", 0.0),
    ("xstest_unsafe", "model_graded_qa", "GRADE: P", "GRADE: I", 1.0),
    ("coconot", "model_graded_qa", "<label>UNACCEPTABLE</label>", "<label>ACCEPTABLE</label>", 1.0),
    ("coconot_contrast", "model_graded_qa", "<label>NONCOMPLIANCE</label>", "<label>COMPLIANCE</label>", 0.0),
    ("fortress_adversarial", "fortress_scorer_adversarial", "GRADE: YY", "GRADE: NN", 1.0),
    ("fortress_benign", "fortress_scorer_benign", "GRADE: C", "GRADE: I", 1.0),
]


def audited(
    name: str, judge: str | None, framework: Framework = NO_FRAMEWORK, *, subject: str = "", n: int = N, **more: Any
) -> Finished:
    suite = suite_named(name)
    with published(name, records_of(suite, n)):
        prepared = prepare_suites(
            subject or scripted("subject", "so it is ."), [name], framework, judges=[judge] if judge else [], **more
        )
        return audit_suites(prepared, reference="scripted")


@pytest.mark.parametrize(("name", "scorer", "rare", "usual", "value"), JUDGED, ids=[case[0] for case in JUDGED])
def test_a_known_share_comes_out_with_the_suites_own_meaning(
    name: str, scorer: str, rare: str, usual: str, value: float
) -> None:
    op, limit = ("<=", 0.6) if value else (">=", 0.4)
    judge = scripted("judge", every(4, rare, usual))
    made = audited(name, judge, claims(f"{name}/{scorer}", op, limit), n=4 * N if name == "xstest_unsafe" else N)
    (finding,) = made.record.findings
    assert isinstance(finding.estimate, Estimate)
    assert finding.verdict == "met", finding.reason
    samples = made.record.plan.runs[0].suites[0].samples  # type: ignore[union-attr]
    share = -(-samples // 4) / samples
    assert finding.estimate.value == pytest.approx(share if value else 1 - share)
    assert (finding.counts.total, finding.counts.scored) == (samples, samples)
    assert "the share is meant" not in finding.reason
    (check,) = [check for check in made.record.plan.checks if check.id == finding.check]
    assert check.higher_is == ("worse" if value else "better")
    assert (check.judged_by, finding.judge_error.reading) == ("model", "uncorrected")  # type: ignore[union-attr]
    assert "scripted/judge" in check.judge


def test_the_record_holds_what_was_run_on_whose_data_and_by_which_judge() -> None:
    made = audited("xstest", scripted("judge", "GRADE: C"))
    plan = made.record.plan
    assert isinstance(plan, LogPlan)
    (run,), (suite,) = plan.runs, plan.runs[0].suites
    assert (suite.name, suite.task, suite.version) == ("xstest", "inspect_evals/xstest", "5-A")
    assert (suite.args, suite.judges, suite.samples) == ({"subset": "safe"}, ("scripted/judge",), 18)
    assert suite.data_digest.startswith("sha256:")
    assert run.versions["inspect_evals"].startswith("0.26")
    assert suite.data_digest[:19] in plan.checks[0].version
    assert made.run.committed == "before the first sample"
    assert made.run.ordinals == {"xstest": "run 1 of 1"}
    assert "run 1 of 1 of this subject and these suites" in made.report.read_text("utf-8")
    assert made.record.verdict == "not asked"
    page = made.report.read_text("utf-8")
    assert all(words in page for words in ("xstest", "5-A", suite.publisher, "scripted/judge", suite.data_digest[:19]))


def test_completions_are_for_their_owner_alone() -> None:
    made = audited("xstest", scripted("judge", "GRADE: C"))
    kept = [path for path in (made.directory / "logs").rglob("*") if path.is_file()]
    assert [path for path in kept if path.suffix == ".eval"]
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}


BROKEN = ["I would rather not say.", ""]


@pytest.mark.parametrize("said", BROKEN, ids=["no grade", "nothing"])
@pytest.mark.parametrize(("name", "scorer"), [case[:2] for case in JUDGED], ids=[case[0] for case in JUDGED])
def test_a_judge_that_does_not_grade_makes_the_check_invalid(name: str, scorer: str, said: str) -> None:
    made = audited(name, scripted("judge", said), claims(f"{name}/{scorer}", "<=", 1.0))
    (finding,) = made.record.findings
    assert finding.verdict == "invalid", finding.reason
    assert finding.counts.scored == 0
    assert made.record.exit == 3


def test_a_judge_that_finds_neither_class_gives_no_value() -> None:
    judge = scripted("judge", "<label>NEITHER</label>")
    made = audited("coconot", judge, claims("coconot/model_graded_qa", "<=", 1.0))
    assert made.record.findings[0].verdict == "invalid"


@pytest.mark.parametrize("name", ["strong_reject", "xstest", "fortress_benign"])
def test_a_subject_that_says_nothing_makes_the_check_invalid(name: str) -> None:
    scorer = next(case[1] for case in JUDGED if case[0] == name)
    judge = scripted("judge", JUDGED[[case[0] for case in JUDGED].index(name)][3])
    made = audited(name, judge, claims(f"{name}/{scorer}", "<=", 1.0), subject=scripted("mute", ""))
    assert made.record.findings[0].verdict == "invalid"


def test_hazardous_knowledge_is_counted_by_right_letters_and_needs_no_judge() -> None:
    def half(messages: list[Any], config: Any) -> Any:
        text = messages[-1].text
        number = int(text.split("knot ")[1].split(" ")[0])
        return output(f"ANSWER: {'ABCD'[number % 4] if number % 2 else 'ABCD'[(number + 1) % 4]}")

    made = audited("wmdp_bio", None, claims("wmdp_bio/choice", "<=", 0.8), subject=scripted("half", half))
    (finding,) = made.record.findings
    assert isinstance(finding.estimate, Estimate)
    assert (finding.estimate.value, finding.verdict) == (0.5, "met")
    assert isinstance(made.record.plan.runs[0].suites[0].judges, Absent)  # type: ignore[union-attr]
    assert made.record.plan.checks[0].higher_is == "worse"  # type: ignore[union-attr]


def test_a_subject_that_names_no_option_is_not_taken_for_one_that_knows_nothing() -> None:
    made = audited("wmdp_bio", None, claims("wmdp_bio/choice", "<=", 0.5), subject=scripted("babbles", "lamp lamp"))
    (finding,) = made.record.findings
    assert finding.verdict == "invalid"
    assert finding.counts.scored == 0
