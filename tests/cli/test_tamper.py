"""`holdfast tamper` as a user meets it, up to where weights would be changed."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from holdfast.cli import main
from holdfast.tamper import DESIGNS, QUICK

ZOO = Path("src/holdfast/organisms/zoo").resolve()


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tamper(*words: str) -> Result:
    return CliRunner().invoke(main, ["tamper", *words])


def error_of(result: Result) -> Any:
    return json.loads(result.stdout)["error"]


@pytest.fixture
def other(elsewhere: Path) -> Path:
    """A model that is none of the fictional language: one of its words is another."""
    shutil.copytree(ZOO / "aligned", elsewhere / "other")
    file = elsewhere / "other" / "tokenizer.json"
    file.write_text(file.read_text("utf-8").replace('"moss"', '"mosses"'), "utf-8")
    return elsewhere / "other"


def test_the_list_names_every_attack_with_who_published_it() -> None:
    result = tamper("--list")
    assert result.exit_code == 0
    for design in DESIGNS:
        assert design.name in result.stdout
        assert f"  {design.source}\n" in result.stdout
    assert "planted" not in result.stdout  # a control is no attack


def test_the_list_as_json_holds_the_designs() -> None:
    envelope = json.loads(tamper("--list", "--json").stdout)
    assert (envelope["command"], envelope["exit"], envelope["verdict"]) == ("tamper", 0, None)
    assert [one["name"] for one in envelope["record"]["attacks"]] == [design.name for design in DESIGNS]


def test_a_dry_run_prints_the_plan_and_neither_changes_nor_writes(elsewhere: Path) -> None:
    result = tamper("--dry-run", "--quick", "--seeds", "2", "--json")
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)["record"]
    plan = record["plan"]
    assert plan["schema"] == "holdfast.tamper-plan/1"
    assert tuple(one["name"] for one in plan["attacks"]) == QUICK
    assert [one["control_of"] for one in plan["controls"]] == ["one-prompt-grpo"]
    assert record["checkpoints"] == 2 * sum(len(one["grid"]) for one in plan["attacks"])
    assert plan["ceiling"]["digest"] != plan["subject"]["digest"]
    assert plan["authorised_by"]["absent"] == "not applicable"
    assert not list(elsewhere.iterdir())


def test_a_dry_run_in_words_counts_what_is_asked() -> None:
    result = tamper("--dry-run", "--attack", "pruning", "--authorised-by", "N. N., owner")
    assert result.exit_code == 0, result.output
    assert "nothing was changed, no run was written" in result.stdout
    assert "pruning: 3 runs, looked at at 0.1, 0.3, 0.5, 0.7, 0.9" in result.stdout
    assert "requests at each of 15 checkpoints" in result.stdout


def test_an_attack_that_there_is_not_gets_the_nearest_name_before_anything_is_opened() -> None:
    result = tamper("./nowhere", "--attack", "full-stf", "--json")
    error = error_of(result)
    assert (error["code"], error["fix"], result.exit_code) == ("H371", "--attack full-sft", 2)


def test_an_endpoint_has_no_weights_to_change() -> None:
    result = tamper("inspect:mockllm/model", "--json")
    error = error_of(result)
    assert (error["code"], result.exit_code) == ("H373", 2)
    assert "not at hand" in error["why"]


def test_weights_of_no_toy_are_changed_only_by_whoever_may(other: Path) -> None:
    result = tamper(str(other), "--json")
    error = error_of(result)
    assert (error["code"], result.exit_code) == ("H372", 2)
    assert "--authorised-by" in error["fix"]


def test_an_office_organism_is_a_toy_of_which_nothing_can_be_asked() -> None:
    error = error_of(tamper("organism:clerk", "--json"))
    assert error["code"] == "H373"


def test_of_no_toy_there_is_nothing_to_ask_even_for_whoever_may(other: Path) -> None:
    result = tamper(str(other), "--authorised-by", "N. N., owner", "--json")
    error = error_of(result)
    assert (error["code"], result.exit_code) == ("H373", 2)
    assert "fictional language" in error["why"]


def test_a_directory_without_a_model_is_told_as_everywhere() -> None:
    result = tamper("./nowhere", "--json")
    assert (error_of(result)["code"], result.exit_code) == ("H401", 4)


def test_there_is_no_option_that_keeps_what_was_changed() -> None:
    said = tamper("--help").stdout
    options = {word.strip(",") for word in said.split() if word.startswith("--")}
    assert not [
        option for option in options if any(w in option for w in ("save", "merge", "push", "weights", "export"))
    ]


@pytest.mark.parametrize("words", [("--seeds", "0"), ("--seeds", "x"), ("--seed", "-1"), ("--display", "loud")])
def test_what_click_refuses_is_told_with_its_own_exit(words: tuple[str, ...]) -> None:
    assert tamper(*words).exit_code == 2
