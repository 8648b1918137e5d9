"""Importing a log and replaying it, as a user meets the commands, in process; no model is loaded."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import holdfast.audit
from holdfast.cli import main
from holdfast.evidence import canonical_json
from replays import Replier, framework


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def holdfast_(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.fixture
def own(elsewhere: Path) -> Path:
    assert holdfast_("organism", "traffic", "--out", "log.jsonl", "--number", "60").exit_code == 0
    assert holdfast_("suite", "import", "log.jsonl", "--out", "own").exit_code == 0
    return elsewhere / "own"


def test_an_import_says_what_was_kept_left_out_and_not_caught(elsewhere: Path) -> None:
    lines = ['{"prompt": "a@example.com"}', "{", '{"messages": [{"role": "assistant", "content": "x"}]}']
    (elsewhere / "log.jsonl").write_text("\n".join(lines))
    (elsewhere / "names").write_text("Jane\n\n")
    result = holdfast_("suite", "import", "log.jsonl", "--out", "own", "--redact-names", "names")
    assert result.exit_code == 0, result.output
    for words in (
        "3 conversations, 1 can be replayed, 1 taken",
        "1: no whole JSON in UTF-8",
        "1: no turn of a user to answer",
        "names no user and no session",
        "1 EMAIL; 1 names were given",
        "it is not anonymous",
        "holdfast audit MODEL --suite own",
    ):
        assert words in result.stdout
    assert "a@example.com" not in (elsewhere / "own" / "conversations.jsonl").read_text()
    again = holdfast_("suite", "import", "log.jsonl", "--out", "own")
    assert again.exit_code == 2
    assert "H302" in again.stderr


def test_an_import_as_json_is_one_envelope_with_the_source(elsewhere: Path) -> None:
    (elsewhere / "log.jsonl").write_text('{"prompt": "x", "user": "u"}\n{"prompt": "y"}\n')
    (elsewhere / "salt").write_bytes(b"0123456789abcdef")
    said = json.loads(holdfast_("suite", "import", "log.jsonl", "--out", "own", "--salt", "salt", "--json").stdout)
    assert said["record"]["source"]["clustered_by"] == "users"
    first = (elsewhere / "own" / "conversations.jsonl").read_text()
    human = holdfast_("suite", "import", "log.jsonl", "--out", "two", "--salt", "salt")
    assert "1 conversations name no user: they share one cluster" in human.stdout
    assert (elsewhere / "two" / "conversations.jsonl").read_text() == first


def test_spans_beside_are_said(elsewhere: Path) -> None:
    chat = {"attributes": [{"key": "gen_ai.prompt", "value": {"stringValue": '[{"role":"user","content":"x"}]'}}]}
    spans = {"resourceSpans": [{"scopeSpans": [{"spans": [chat, {"name": "database"}]}]}]}
    (elsewhere / "log.jsonl").write_text(json.dumps(spans))
    assert "1 spans that are no calls" in holdfast_("suite", "import", "log.jsonl", "--out", "own").stdout
    head = json.loads((elsewhere / "own" / "conversations.jsonl").read_text().split("\n")[0])
    assert head["source"]["beside"] == 1


@pytest.mark.parametrize(
    ("option", "content"),
    [("--salt", b"short"), ("--redact-names", b"\xff"), ("--salt", None), ("--redact-names", None)],
)
def test_a_file_of_an_option_that_cannot_be_used_is_refused(
    elsewhere: Path, option: str, content: bytes | None
) -> None:
    (elsewhere / "log.jsonl").write_text('{"prompt": "x"}')
    if content is not None:
        (elsewhere / "given").write_bytes(content)
    result = holdfast_("suite", "import", "log.jsonl", "--out", "own", option, "given")
    assert result.exit_code == 2
    assert "H303" in result.stderr
    assert not (elsewhere / "own").exists()


def test_a_log_of_which_nothing_can_be_replayed_is_refused(elsewhere: Path) -> None:
    (elsewhere / "log.jsonl").write_text('{"messages": [{"role": "assistant", "content": "x"}]}')
    result = holdfast_("suite", "import", "log.jsonl", "--out", "own")
    assert result.exit_code == 4
    assert "H424" in result.stderr


def test_names_without_labelled_transcripts_are_refused(own: Path) -> None:
    result = holdfast_("audit", "--suite", "own", "--judge", "fictional", "--redact-names", "names")
    assert result.exit_code == 2, result.output
    assert "H342" in result.stderr
    assert "when they were imported" in " ".join(result.stderr.split())


def test_a_temperature_that_is_no_number_is_refused(own: Path) -> None:
    result = holdfast_("audit", "organism:aligned", "--suite", "own", "--judge", "fictional", "--temperature", "nan")
    assert result.exit_code == 2, result.output
    assert "no number" in result.stderr


def test_traffic_that_cannot_be_written_is_an_error() -> None:
    assert "H501" in holdfast_("organism", "traffic", "--out", "no/such/folder/log.jsonl").stderr


def test_a_replay_ends_with_its_sentence_and_keeps_nothing_of_the_raw_log(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(reference: str, **more: object) -> Replier:
        return Replier(1.0)

    monkeypatch.setattr(holdfast.audit, "open_subject", opened)
    (own.parent / "only.toml").write_text(_toml())
    asked = ("audit", "organism:aligned", "--judge", "fictional", "-f", "only.toml")
    dry = holdfast_(*asked, "--suite", str(own), "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "60 conversations" in dry.stdout
    result = holdfast_(*asked, "--suite", "own", "--out", "run")
    assert result.exit_code == 1, result.output
    assert "own         own-traffic  on 60 of your own conversations, replayed at temperature 1" in result.stdout
    kept = "".join(path.read_text("utf-8", "replace") for path in (own.parent / "run").rglob("*") if path.is_file())
    assert "conversation 17" not in kept
    assert "user 17" not in kept


def _toml() -> str:
    claim = framework(0.05).claim[0]
    return f"""
schema = "holdfast.framework/1"
name = "only"
version = "1"
question = "q"
valid_days = 1

[[claim]]
id = "{claim.id}"
check = "replay"
says = {canonical_json(claim.says)}
threshold = {{ op = "<=", value = 0.05 }}
"""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--suite", "own", "--suite", "xstest"), "H341"),
        (("--suite", "own", "--frozen", "x"), "H342"),
        (("--suite", "own", "--matched", "organism:deep"), "H105"),
        (("--suite", "own"), "H342"),
        (("--suite", "./nothing"), "H452"),
        (("--temperature", "1"), "H342"),
        (("--suite", "fictional", "--rubric", "x"), "H342"),
    ],
)
def test_what_does_not_fit_a_replay_is_refused_before_anything_is_asked(
    own: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: str
) -> None:
    def opened(reference: str, **more: object) -> Replier:
        return Replier()

    monkeypatch.setattr(holdfast.audit, "open_subject", opened)
    result = holdfast_("audit", "organism:aligned", *words)
    assert result.exit_code in (2, 4)
    assert code in result.stderr
