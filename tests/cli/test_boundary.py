"""The boundary between errors and people: whatever happens, stdout parses and the exit code is the one it says."""

import json
import os
import subprocess
import sys

import pytest

from holdfast.cli import main
from holdfast.cli._boundary import Outcome, run
from holdfast.errors import HoldfastError, PathNotFound, coded


def ended(work: object, capsys: pytest.CaptureFixture[str], *, as_json: bool = True) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        run("audit", work, as_json=as_json)  # type: ignore[arg-type]
    out, err = capsys.readouterr()
    assert isinstance(stop.value.code, int)
    return stop.value.code, out, err


def raising(error: BaseException) -> object:
    def work() -> Outcome:
        raise error

    return work


def test_a_coded_error_is_told_on_both_streams(capsys: pytest.CaptureFixture[str]) -> None:
    error = PathNotFound("no model directory at x", why="there is nothing there", fix="check the path")
    code, out, err = ended(raising(error), capsys)
    envelope = json.loads(out)
    assert (code, envelope["exit"], envelope["error"]["code"]) == (4, 4, "H401")
    assert "holdfast explain H401" in err


def test_a_bug_is_ours_and_never_a_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ended(raising(ZeroDivisionError("division by zero")), capsys)
    envelope = json.loads(out)
    assert (code, envelope["exit"], envelope["verdict"]) == (70, 70, None)
    assert "Traceback" in err


def test_an_interruption_says_what_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ended(raising(KeyboardInterrupt()), capsys)
    assert (code, json.loads(out)["exit"]) == (130, 130)
    assert "resumes" in err


def test_without_json_the_human_lines_are_all_of_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ended(lambda: Outcome(3, "undecided", None, ("one", "two")), capsys, as_json=False)
    assert (code, out, err) == (3, "one\ntwo\n", "")


@pytest.mark.parametrize("code", coded())
def test_every_coded_error_ends_with_the_exit_code_of_its_branch(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    error: HoldfastError = coded()[code]("what", why="why", fix="fix")
    assert ended(raising(error), capsys)[0] == error.exit
    assert error.exit in (2, 4, 70)


@pytest.mark.parametrize("command", ["holdfast explain > /dev/full", "holdfast explain H401 > /dev/full"])
def test_a_result_that_cannot_be_written_is_not_a_verdict(command: str) -> None:
    program = f"{sys.executable} -m {command}"
    assert subprocess.run(program, shell=True, stderr=subprocess.DEVNULL).returncode == 4


def test_words_that_the_stream_cannot_encode_are_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    words = [sys.executable, "-m", "holdfast", "explain", "H408"]
    done = subprocess.run(words, env=os.environ | {"PYTHONIOENCODING": "ascii"}, capture_output=True)
    assert done.returncode == 0


def test_terminal_escapes_in_an_error_are_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    error = PathNotFound("no \x1b[2Jmodel", why="\x1b[31mMET", fix="check")
    _, _, err = ended(raising(error), capsys)
    assert "\x1b" not in err


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "ascii", "utf-8"])
def test_no_encoding_of_the_stream_turns_a_result_into_an_exit_code_of_its_own(encoding: str) -> None:
    program = "from holdfast.cli._boundary import deliver; deliver(['95 % \u2026 \u00b7 \u2264 \u2713'], 3)"
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    assert subprocess.run([sys.executable, "-c", program], env=environment, stdout=subprocess.DEVNULL).returncode == 3


def test_a_command_that_cannot_even_be_loaded_is_our_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("holdfast.cli.import_module", broken)
    with pytest.raises(SystemExit) as stop:
        main(["doctor"])
    assert stop.value.code == 70
