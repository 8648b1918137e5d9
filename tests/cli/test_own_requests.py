"""`holdfast audit --requests`, as a user meets it, in process; no model is loaded."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import holdfast.audit
from english_speakers import GIVEN, RESTRICTED, Grader, Speaker, small, write
from holdfast.cli import main


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    write(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def subject(monkeypatch: pytest.MonkeyPatch) -> Speaker:
    """Whoever is named as the model; whoever is named as the judge grades rightly."""
    speaker = Speaker(0.1, 0.6)

    def opened(reference: str, **more: object) -> Speaker:
        return speaker

    def opened_judge(reference: str, **more: object) -> Grader:
        return Grader()

    monkeypatch.setattr(holdfast.audit, "open_subject", opened)
    monkeypatch.setattr("holdfast.audit._judging.open_subject", opened_judge)
    return speaker


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty framings in the place of a hundred."""
    whole = holdfast.audit.own_suites

    def few(*given: Any, **more: Any) -> Any:
        suites, designs = whole(*given, **more)
        return suites, small(designs)

    monkeypatch.setattr(holdfast.audit, "own_suites", few)


ASKED = ("--requests", "requests.jsonl", "--benchmark", "questions.jsonl")
BY_FUNCTION = (*ASKED, "--scorer", "mine.py:label", "--labelled", "labelled.jsonl")


def holdfast_(*words: str) -> Result:
    return CliRunner().invoke(main, ("audit", "organism:aligned", *words))


def test_a_dry_run_prints_what_would_be_asked_and_writes_nothing(elsewhere: Path) -> None:
    before = sorted(elsewhere.iterdir())
    result = holdfast_(*BY_FUNCTION, "--dry-run")
    assert result.exit_code == 0, result.output
    for words in ("nothing was run, nothing was written", "samples     awareness: ", "awareness: 800 pairs of twins"):
        assert words in result.stdout
    assert sorted(path for path in elsewhere.iterdir() if path.name != "__pycache__") == before


def test_a_dry_run_as_json_has_the_plan_with_the_framework_awareness_where_none_was_named() -> None:
    envelope = json.loads(holdfast_(*BY_FUNCTION, "--dry-run", "--json").stdout)
    assert (envelope["exit"], envelope["verdict"]) == (0, None)
    plan = envelope["record"]["plan"]
    assert plan["framework"]["name"] == "awareness"
    (check,) = plan["checks"]
    assert (check["on"], check["judge_exact"]) == ("your own requests, framed in English", False)
    assert check["judge"].startswith("mine.py:label (sha256:")
    assert (check["design"]["skeletons"], check["design"]["max_new_tokens"]) == (100, 1_024)
    # Both sides of 100 × 8 pairs, of two placebo and two cue pairs a skeleton, of one harmless question a skeleton,
    # and 200 under two inducements at four doses.
    assert envelope["record"]["samples"] == {"awareness": 1_600 + 400 + 400 + 200 + 1_600}


@pytest.mark.usefixtures("quick")
def test_a_run_ends_with_its_sentence_and_its_page_says_whose_requests_these_were(elsewhere: Path) -> None:
    result = holdfast_(*BY_FUNCTION, "--out", "run", "--max-new-tokens", "64")
    assert result.exit_code == 1, result.output
    assert "points more cautiously when it looks like a test" in result.stdout
    page = (elsewhere / "run" / "report.html").read_text("utf-8")
    assert "your own requests, framed in English" in page
    rows = (elsewhere / "run" / "rows.jsonl").read_text("utf-8")
    assert GIVEN not in page
    assert GIVEN not in rows
    assert RESTRICTED[0] not in page


@pytest.mark.usefixtures("quick")
def test_a_run_as_json_is_one_envelope_and_a_judge_may_label(subject: Speaker) -> None:
    subject.test_looking = subject.deployment_looking = 0.0
    result = holdfast_(*ASKED, "--judge", "grader", "--out", "run", "--json")
    envelope = json.loads(result.stdout)
    # Forty framings cannot exclude a gap of five points.
    assert (envelope["exit"], envelope["verdict"]) == (result.exit_code, "undecided")
    (finding,) = envelope["record"]["findings"]
    assert finding["judge_error"]["reading"] == "uncorrected"
    assert "without --labelled, who labels is tried on transcripts of a fictional world" in result.stderr
    assert finding["estimate"]["clusters"] == 40


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--scorer", "mine.py:label"), "--scorer says nothing without --requests or --benchmark"),
        (("--max-new-tokens", "64"), "--max-new-tokens says nothing without --requests or --benchmark"),
        ((*BY_FUNCTION, "--suite", "xstest"), "--suite says nothing beside --requests or --benchmark"),
        ((*BY_FUNCTION, "--suite", "fictional"), "--suite says nothing beside --requests or --benchmark"),
        ((*BY_FUNCTION, "--frozen", "data"), "--frozen says nothing beside --requests or --benchmark"),
        ((*BY_FUNCTION, "--study", "study"), "--study says nothing beside --requests or --benchmark"),
        ((*ASKED[2:], "--scorer", "mine.py:label"), "--scorer says nothing without --requests"),
        ((*ASKED[2:], "--judge", "grader"), "--judge says nothing without --requests"),
        ((*ASKED[2:], "--labelled", "labelled.jsonl"), "--labelled says nothing without --requests"),
        ((*BY_FUNCTION, "-f", "jailbreaks"), "no claim of framework jailbreaks would use what you bring"),
        (ASKED[:2] + BY_FUNCTION[4:], "nothing is asked that any model should answer"),
    ],
)
def test_an_option_that_would_say_nothing_is_refused(words: tuple[str, ...], what: str) -> None:
    result = holdfast_(*words, "--json")
    envelope = json.loads(result.stdout)
    assert result.exit_code == envelope["exit"] == 2
    assert (envelope["error"]["code"], envelope["error"]["what"]) == ("H377", what)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (ASKED, "who labels the replies?"),
        ((*BY_FUNCTION, "--judge", "grader"), "several were named to label"),
        ((*ASKED, "--judge", "a/b", "--judge", "c/d"), "several were named to label"),
        ((*BY_FUNCTION, "--temperature", "0.5"), "nothing here has a use for --temperature"),
        ((*BY_FUNCTION, "--rubric", "rubric.md"), "nothing here has a use for --rubric"),
        ((*BY_FUNCTION, "--redact-names", "names"), "nothing here has a use for --redact-names"),
        (("--labelled", "labelled.jsonl"), "nothing here has a use for --labelled"),
    ],
)
def test_who_labels_and_what_a_replay_has_a_use_for_are_settled_first(words: tuple[str, ...], what: str) -> None:
    result = holdfast_(*words, "--json")
    envelope = json.loads(result.stdout)
    assert result.exit_code == envelope["exit"] == 2
    assert (envelope["error"]["code"], envelope["error"]["what"]) == ("H342", what)


def test_a_length_of_no_token_is_refused() -> None:
    result = holdfast_(*BY_FUNCTION, "--max-new-tokens", "0")
    assert result.exit_code == 2
    assert "0 is not in the range" in result.stderr


def test_nobody_is_tuned_beside_the_subject_for_twins() -> None:
    result = holdfast_(*BY_FUNCTION, "--matched", "organism:deep", "--json")
    envelope = json.loads(result.stdout)
    assert (result.exit_code, envelope["error"]["code"]) == (2, "H105")
    assert envelope["error"]["what"] == "nothing in framework awareness would use --matched organism:deep"
