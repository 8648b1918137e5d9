"""`holdfast study` as people meet it."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from holdfast.assure import load_framework
from holdfast.cli import main
from holdfast.cli._published import studies_for
from holdfast.errors import StudyBroken
from study.made import ISSUES, responses

PEOPLE = "participant,issue,adult,pre,attention\n" + "".join(
    f"p{n},{('bus-lanes', 'school-start')[n % 2]},{'no' if n == 3 else 'yes'},{n * 7 % 100},yes\n" for n in range(40)
)
PLAN = (
    "plan --title T --arms control,chat=organism:aligned --issues issues.toml --youngest 18 --debrief soon --effect 40 "
    "--sd 30 --out s"
)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    (tmp_path / "issues.toml").write_text(ISSUES)
    (tmp_path / "people.csv").write_text(PEOPLE)
    return tmp_path


def study(words: str) -> Result:
    return CliRunner().invoke(main, ["study", *words.split()])


def test_from_a_plan_to_a_page(elsewhere: Path) -> None:
    planned = study(PLAN)
    assert planned.exit_code == 0, planned.output
    assert "publish     sha256:" in planned.output
    assert "nobody is drawn before an approval is named" in planned.output
    assert study("assign s --participants people.csv").exit_code == 2
    drawn = study("assign s --participants people.csv --ethics IRB-7")
    assert "turned away p3: not an adult" in drawn.output
    assert "and 19 more" in drawn.output
    one = study("assign s --participant late --issue bus-lanes --baseline 40 --adult --json")
    assert json.loads(one.stdout)["record"]["total"] == 40
    checked = study("verify s")
    assert checked.exit_code == 0
    assert "compared    with 3 digests" in checked.output
    data = responses(elsewhere / "s", elsewhere / "r.csv")
    found = study(f"analyse s --data {data.name}")
    assert found.exit_code == 0, found.output
    assert "verdict     NOT ASKED" in found.output
    again = study(f"analyse s --data {data.name} --json")
    assert json.loads(again.stdout)["record"]["schema"] == "holdfast.study/2"
    assert {path.name for path in (elsewhere / "s" / "analysis-2").iterdir()} == {
        "record.json",
        "report.html",
        "report.md",
    }


def test_a_log_that_was_cut_at_its_end_is_found_by_the_ledger(elsewhere: Path) -> None:
    study(PLAN + " --ethics IRB-7")
    study("assign s --participants people.csv")
    log = elsewhere / "s" / "log.jsonl"
    log.write_text("".join(line + "\n" for line in log.read_text().splitlines()[:-1]))
    found = study("verify s")
    assert found.exit_code == 5
    assert "was cut or written anew" in found.output


def test_an_audit_asks_the_ledger_too_and_takes_nothing_from_a_log_that_was_put_back(elsewhere: Path) -> None:
    study(PLAN + " --ethics IRB-7")
    study("assign s --participants people.csv")
    responses(elsewhere / "s", elsewhere / "r.csv")
    study("analyse s --data r.csv")
    shutil.copytree("s", "before")
    asked = Path("s"), load_framework("persuasion"), ("organism:aligned",)
    assert studies_for(*asked)
    study("analyse s --data r.csv")
    shutil.rmtree("s")
    Path("before").rename("s")
    assert study("verify s").exit_code == 5
    with pytest.raises(StudyBroken, match="does not hold"):
        studies_for(*asked)


def test_registering_again_and_again_is_counted(elsewhere: Path) -> None:
    study(PLAN)
    assert "1 registrations of this title were made" in study(PLAN.replace("--out s", "--out t")).output


def test_without_the_seed_verify_says_what_it_could_not_look_at(elsewhere: Path) -> None:
    study(PLAN + " --ethics IRB-7")
    (elsewhere / "s" / "seed.json").unlink()
    found = study("verify s --registration sha256:0 --json")
    assert (found.exit_code, json.loads(found.stdout)["record"]["status"]) == (5, "broken")
    assert study("verify s").exit_code == 3


@pytest.mark.parametrize("words", ["", " --participants people.csv --participant p"])
def test_people_come_in_a_file_or_one_at_a_time(elsewhere: Path, words: str) -> None:
    study(PLAN + " --ethics IRB-7")
    found = study("assign s" + words)
    assert found.exit_code == 2
    assert "error[H362]" in found.stderr


def test_collection_cannot_end_before_it_begins(elsewhere: Path) -> None:
    found = study(PLAN + " --closes 2020-01-01")
    assert found.exit_code == 2
    assert "that day is over" in found.stderr
    assert not (elsewhere / "s").exists()
