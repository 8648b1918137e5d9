"""`holdfast organism serve`, and `holdfast audit` of what it serves."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from holdfast.cli import main
from served import served


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served("helpful") as address:
        yield address


def holdfast(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_an_organism_is_served_until_interrupted_and_says_how_to_audit_it() -> None:
    words = [sys.executable, "-m", "holdfast", "organism", "serve", "organism:helpful", "--port", "0"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    first, second = process.stdout.readline(), process.stdout.readline()
    found = re.fullmatch(r"organism:helpful is at (http://127\.0\.0\.1:\d+/v1); Ctrl-C ends it\n", first)
    assert found
    assert second == f"holdfast audit {found[1]}#helpful --suite fictional\n"
    dry = holdfast(*second.split()[1:], "--dry-run")
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=30)
    assert (process.returncode, rest, errors) == (130, "", "")
    assert dry.exit_code == 0, dry.output
    assert "cost        14,400 requests" in dry.stdout


def test_without_a_suite_an_endpoint_is_not_tested_and_the_reason_says_what_to_type(url: str) -> None:
    result = holdfast("audit", f"{url}#helpful", "--out", "run")
    assert result.exit_code == 3
    assert "NOT TESTED" in result.stdout
    assert "add --suite fictional" in result.stdout
    assert "subject     http://127.0.0.1:" in result.stdout


def test_a_dry_run_of_an_endpoint_is_told_in_requests_and_tokens(url: str) -> None:
    words = ("audit", url, "--suite", "fictional", "--dry-run")
    assert re.search(
        r"cost +14,400 requests, [\d,]+ words in, at most 460,800 tokens out; in USD: ", holdfast(*words).stdout
    )
    cost = json.loads(holdfast(*words, "--json").stdout)["record"]["cost"]
    assert set(cost) == {"requests", "words_in", "tokens_out_most", "cost_usd"}
    assert cost["cost_usd"]["absent"] == "undetermined"


def test_what_an_endpoint_cannot_do_is_said_aloud_and_apart_from_the_result(url: str) -> None:
    from upstream import Upstream, prompt_tokens, says, status

    upstream = Upstream(
        chat=lambda call: status(400, "no") if "logprobs" in call.body else says("x", prompt=prompt_tokens(call.body))
    )
    with upstream.up():
        result = holdfast("audit", upstream.url, "--dry-run", "--json")
    assert "note        the endpoint takes no logprobs" in result.stderr
    assert json.loads(result.stdout)["exit"] == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org"])
def test_other_machines_are_let_in_only_by_an_option_that_says_so(host: str) -> None:
    result = holdfast("organism", "serve", "aligned", "--host", host)
    assert result.exit_code == 2
    assert "--unsafe-host" in result.stderr


def test_a_port_that_is_taken_is_a_coded_error() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        result = holdfast("organism", "serve", "aligned", "--port", str(other.getsockname()[1]))
    assert result.exit_code == 4
    assert "error[H423]" in result.stderr


def test_an_organism_that_does_not_exist_is_not_served() -> None:
    assert "error[H102]" in holdfast("organism", "serve", "alinged").stderr
