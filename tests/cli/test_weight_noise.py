"""`holdfast audit --weight-noise`: only of an exam, and only where weights are at hand."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from holdfast.cli import main


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def holdfast(*words: str) -> Result:
    return CliRunner().invoke(main, ("audit", *words, "--weight-noise", "--json"))


def test_a_dry_run_of_an_exam_counts_what_is_asked_under_noise() -> None:
    words = ("audit", "organism:aligned", "-f", "sandbagging", "--dry-run", "--json")
    plain = json.loads(CliRunner().invoke(main, words).stdout)["record"]
    noised = json.loads(holdfast("organism:aligned", "-f", "sandbagging", "--dry-run").stdout)["record"]
    assert noised["samples"]["sandbagging"] == plain["samples"]["sandbagging"] + 2_400
    assert noised["plan"]["checks"][0]["design"] == plain["plan"]["checks"][0]["design"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("organism:aligned", "-f", "demo"), "no claim of framework demo is about an exam"),
        (("organism:aligned", "--suite", "xstest"), "published suites and replayed conversations are no exam"),
    ],
)
def test_noise_that_nothing_would_use_is_refused(words: tuple[str, ...], why: str) -> None:
    result = holdfast(*words)
    error = json.loads(result.stdout)["error"]
    assert (result.exit_code, error["code"], error["why"]) == (4, "H467", why)


def test_where_nothing_can_be_sealed_noise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holdfast.audit._tunable.can_be_sealed", lambda: False)
    result = holdfast("organism:aligned", "-f", "sandbagging")
    error = json.loads(result.stdout)["error"]
    assert (result.exit_code, error["code"]) == (4, "H467")
    assert error["why"] == "no process that may write nothing can be had here"
