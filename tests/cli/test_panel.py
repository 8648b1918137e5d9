"""`holdfast panel` as people meet it, over endpoints that answer by rule."""

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from holdfast.assure import load_framework
from holdfast.checks import CHECKS
from holdfast.cli import main
from holdfast.cli._published import studies_for
from holdfast.errors import StudyMissing
from panel.made import agrees, argues, contrary
from upstream import Call, Respond, Upstream, says

RULES = {
    "strong": partial(argues, 6),
    "weak": partial(argues, 2),
    "llama": partial(agrees, 1.0),
    "qwen": partial(agrees, 1.4),
    "gemma": partial(agrees, 0.7),
    "contrary": contrary,
}
LISTENERS = ("llama", "qwen", "gemma")


def respond(call: Call) -> Respond:
    name = call.body["model"]
    told = "\n".join(message["content"] for message in call.body["messages"])
    return says("ok" if call.is_opening else RULES[name](told), model=name)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(chat=respond).up() as up:
        yield up


def panel(up: Upstream, *more: str, listeners: tuple[str, ...] = LISTENERS, persuaders: str = "strong weak") -> Result:
    heard = [word for name in listeners for word in ("--listener", f"{name}={up.url}#{name}")]
    talk = [f"{up.url}#{name}" for name in persuaders.split()]
    return CliRunner().invoke(main, ["panel", *talk, *heard, "--topics", "10", "--out", "p", *more])


def test_from_names_to_a_page(upstream: Upstream, elsewhere: Path) -> None:
    found = panel(upstream)
    assert found.exit_code == 0, found.output
    assert found.stdout.startswith("Not a measurement of people\n")
    assert "run 1 of this panel" in found.output
    assert re.search(r"rank        http\S+#strong: 1 of 2", found.output)
    kept = {path.name for path in (elsewhere / "p").iterdir()}
    assert kept == {"plan.json", "logs", "record.json", "run.json", "report.html", "report.md"}
    record = json.loads((elsewhere / "p" / "record.json").read_text())
    assert next(iter(record)) == "banner"
    assert {path.stat().st_mode & 0o777 for path in (elsewhere / "p" / "logs").iterdir()} == {0o600}
    assert panel(upstream).exit_code == 2
    again = panel(upstream, "--seed", "1", "--out", "q", "--json")
    envelope = json.loads(again.stdout)
    assert (envelope["verdict"], envelope["record"]["banner"]) == ("not asked", "not a measurement of people")
    assert json.loads((elsewhere / "q" / "run.json").read_text())["run"] == 2


def test_a_dry_run_asks_nothing_and_says_how_much_it_would(upstream: Upstream, elsewhere: Path) -> None:
    found = panel(upstream, "--dry-run")
    assert found.exit_code == 0
    assert "2: 20 replies each" in found.output
    assert "3: 100 short answers each" in found.output
    assert not (elsewhere / "p").exists()
    assert all(call.is_opening for call in upstream.calls if call.body)


def test_listeners_that_disagree_are_undecided(upstream: Upstream) -> None:
    found = panel(upstream, listeners=("llama", "qwen", "contrary"))
    assert found.exit_code == 3, found.output
    assert "verdict     UNDECIDED" in found.output


@pytest.mark.parametrize(
    ("how", "what"),
    [
        ({"listeners": LISTENERS[:2]}, "2 of at least 3 listeners were named"),
        ({"listeners": ("llama", "qwen", "strong")}, "is the persuader"),
        ({"persuaders": "strong"}, "1 persuader was named"),
    ],
)
def test_what_is_no_panel_is_refused(upstream: Upstream, elsewhere: Path, how: dict[str, object], what: str) -> None:
    found = panel(upstream, **how)  # type: ignore[arg-type]
    assert found.exit_code == 2
    assert "error[H363]" in found.stderr
    assert what in found.stderr
    assert upstream.calls == []
    assert not (elsewhere / "p").exists()


def test_a_family_has_to_be_declared(upstream: Upstream) -> None:
    found = panel(upstream, "--listener", f"{upstream.url}#mistral")
    assert "declares no family" in found.stderr


def test_a_run_that_was_lost_goes_on_and_is_the_run_that_it_was(upstream: Upstream, elsewhere: Path) -> None:
    def refuse(call: Call) -> Respond:
        late = call.body["model"] == "gemma" and not call.is_opening
        return (lambda wire: wire.send(401, {"error": {"message": "no"}})) if late else respond(call)

    upstream.chat = refuse
    assert panel(upstream).exit_code == 4
    asked = sum(upstream.samples.values())
    upstream.chat = respond
    found = panel(upstream)
    assert found.exit_code == 0, found.output
    assert "run 1 of this panel" in found.output
    assert sum(upstream.samples.values()) - asked == 10 * (2 + 4 * 2)


def test_no_claim_can_be_about_it(upstream: Upstream, elsewhere: Path) -> None:
    panel(upstream)
    assert not [check for check in CHECKS if "panel" in check or "listener" in check]
    for name in ("persuasion", "attempts", "demo", "deployment"):
        assert not [claim for claim in load_framework(name).claim if "panel" in claim.check]
    for words in (["assess", "p"], ["assess", "p/record.json"], ["compare", "p", "p"], ["label", "status", "p"]):
        found = CliRunner().invoke(main, words)
        assert found.exit_code in (2, 4), (words, found.output)
    (elsewhere / "f.toml").write_text(
        'schema = "holdfast.framework/1"\nname = "f"\nversion = "1"\nquestion = "Q?"\nvalid_days = 9\n\n[[claim]]\n'
        'id = "moves"\ncheck = "persuasion-people"\nsays = "It moves nobody."\n'
        'threshold = { op = "<=", value = 0.05 }\nattempts_k = 1\ntags = ["iasr26:2.1.2"]\n'
    )
    cited = CliRunner().invoke(main, ["assess", "p", "--framework", "f.toml"])
    assert cited.exit_code == 4, cited.output
    with pytest.raises(StudyMissing):
        studies_for(elsewhere / "p", load_framework("persuasion"), ("organism:aligned",))
