"""The boundary between errors and people: whatever happens, stdout parses and the exit code is the one it says."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

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


def test_sigterm_interrupts_once_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    tidied: list[str] = []

    def work() -> Outcome:
        try:
            signal.raise_signal(signal.SIGTERM)
            return Outcome(0)
        finally:
            signal.raise_signal(signal.SIGTERM)
            tidied.append("whole")

    code, out, err = ended(work, capsys)
    error = json.loads(out)["error"]
    assert (code, error["code"], error["why"].partition(":")[0]) == (130, "interrupted", "SIGTERM")
    assert "resumes" in err
    assert tidied == ["whole"]
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_sigterm_comes_to_what_ctrl_c_would_also_where_that_was_answered_or_is_ignored(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An event loop cancels its task; a shell ignores Ctrl-C for a job in the background."""

    async def asked() -> None:
        signal.raise_signal(signal.SIGTERM)
        await asyncio.sleep(60)

    def work() -> Outcome:
        asyncio.run(asked())
        return Outcome(0)

    before = signal.getsignal(signal.SIGINT)
    try:
        for handler in (signal.default_int_handler, signal.SIG_IGN):
            signal.signal(signal.SIGINT, handler)
            code, out, _ = ended(work, capsys)
            assert (code, json.loads(out)["error"]["why"].partition(":")[0]) == (130, "SIGTERM")
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_sigterm_that_somebody_else_took_in_hand_is_left_to_them(capsys: pytest.CaptureFixture[str]) -> None:
    heard: list[int] = []

    def work() -> Outcome:
        signal.raise_signal(signal.SIGTERM)
        return Outcome(0)

    def theirs(number: int, frame: object) -> None:
        heard.append(number)

    signal.signal(signal.SIGTERM, theirs)
    try:
        assert ended(work, capsys)[0] == 0
        assert signal.getsignal(signal.SIGTERM) is theirs
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    assert heard == [signal.SIGTERM]


def test_outside_the_main_thread_no_handler_is_set(capsys: pytest.CaptureFixture[str]) -> None:
    with ThreadPoolExecutor(1) as pool:
        assert isinstance(pool.submit(stopped_by, lambda: Outcome(3)).result().code, int)


def stopped_by(work: Callable[[], Outcome]) -> SystemExit:
    with pytest.raises(SystemExit) as stop:
        run("audit", work)
    return stop.value


def test_a_process_that_waits_ends_by_sigterm_with_an_envelope() -> None:
    program = (
        "import time; from holdfast.cli._boundary import Outcome, run\n"
        "def work():\n"
        "    print('begun', file=__import__('sys').stderr, flush=True)\n"
        "    time.sleep(60)\n"
        "    return Outcome(0)\n"
        "run('audit', work, as_json=True)"
    )
    words = [sys.executable, "-c", program]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "begun\n"
        process.terminate()
        out, _ = process.communicate(timeout=60)
    assert (process.returncode, json.loads(out)["exit"]) == (130, 130)


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
