"""The one boundary between errors and people: every command runs inside it.

It owns stdout: with `--json` exactly one envelope is printed there, whatever happens, and the exit code is the one that
the envelope says. Everything else goes to stderr.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from threading import current_thread, main_thread
from types import FrameType
from typing import Any, Final, NoReturn

from holdfast.errors import INTERRUPTED, OUR_BUG, HoldfastError
from holdfast.visible import visible

MISSING: Final = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command came to."""

    exit: int
    verdict: str | None = None
    record: dict[str, Any] | None = None
    human: tuple[str, ...] = ()
    """For stdout when the envelope is not asked for."""


def run(command: str, work: Callable[[], Outcome], *, as_json: bool = False) -> NoReturn:
    """Run a command, print what it came to, and exit; SIGTERM interrupts it as Ctrl-C does."""
    with _terminable() as told:
        error: dict[str, str] | None = None
        try:
            outcome = work()
        except HoldfastError as failure:
            error = described(failure)
            outcome = Outcome(failure.exit)
        except KeyboardInterrupt:
            error = _interrupted(told)
            outcome = Outcome(INTERRUPTED)
        except Exception as failure:  # noqa: BLE001  the boundary: a bug becomes a coded error, never a verdict
            traceback.print_exc()
            error = _bug(failure)
            outcome = Outcome(OUR_BUG)
        if error:
            _tell(error)
        lines = (envelope(command, outcome, error),) if as_json else tuple(visible(line) for line in outcome.human)
        deliver(lines, outcome.exit)


@contextmanager
def _terminable() -> Generator[list[int]]:
    """While this lasts SIGTERM is taken for Ctrl-C, unless somebody else has taken it in hand, or it is ignored.

    Yields:
        The signals that came: none, or that one.
    """
    told: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        # Once: `timeout` sends it twice, and what is tidied up then must not be cut short.
        if told:
            return
        told.append(number)
        # Whatever Ctrl-C would come to now: an event loop has its own answer to it.
        as_interrupted = signal.getsignal(signal.SIGINT)
        if not callable(as_interrupted):  # a shell ignores it for what runs in the background
            raise KeyboardInterrupt
        as_interrupted(signal.SIGINT, frame)

    ours = current_thread() is main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if ours:
        signal.signal(signal.SIGTERM, end)
    try:
        yield told
    finally:
        if ours:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def deliver(lines: Iterable[str], exit_code: int) -> NoReturn:
    """Write to stdout and exit; a reader that went away or a full disk is told by its own exit code.

    Python would end with 1 here, which means that a claim was not met.
    """
    encoding = sys.stdout.encoding or "utf-8"
    try:
        for line in lines:
            sys.stdout.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        sys.stdout.flush()
    except OSError as problem:
        # Python flushes once more on its way out, into the same broken pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"error[stdout] the result could not be written: {problem.strerror}", file=sys.stderr)  # noqa: T201
        sys.exit(MISSING)
    sys.exit(exit_code)


def described(failure: HoldfastError) -> dict[str, str]:
    """The five parts of a coded error."""
    return {
        "code": failure.code,
        "what": failure.what,
        "why": failure.why,
        "state": failure.state,
        "fix": failure.fix,
    }


def mistyped(message: str) -> dict[str, str]:
    """The five parts of the error of a command line that could not be read."""
    return {
        "code": "usage",
        "what": message,
        "why": "the command line could not be read",
        "state": "nothing ran; nothing was changed",
        "fix": "see the command's --help",
    }


def envelope(command: str, outcome: Outcome, error: dict[str, str] | None) -> str:
    """What `--json` prints: one JSON object, whatever happened."""
    from holdfast.evidence import Envelope, Tool, readable_json

    made = Envelope.model_validate(
        {
            "tool": Tool(version=version("holdfast")),
            "command": command,
            "verdict": outcome.verdict,
            "exit": outcome.exit,
            "record": outcome.record,
            "error": error,
        }
    )
    return readable_json(made).rstrip("\n")


def _tell(error: dict[str, str]) -> None:
    lines = (
        f"error[{error['code']}] {error['what']}",
        f"  why:   {error['why']}",
        f"  state: {error['state']}",
        f"  fix:   {error['fix']}",
        f"  holdfast explain {error['code']}" if error["code"].startswith("H") else "",
    )
    for line in filter(None, lines):
        print(visible(line), file=sys.stderr)  # noqa: T201


def _interrupted(told: Sequence[int]) -> dict[str, str]:
    return {
        "code": "interrupted",
        "what": "interrupted",
        "why": "SIGTERM: it was ended from outside, as schedulers and `timeout` do" if told else "Ctrl-C",
        "state": "what was finished is kept",
        "fix": "give the same command: it resumes",
    }


def _bug(failure: Exception) -> dict[str, str]:
    return {
        "code": "bug",
        "what": f"{type(failure).__name__}: {failure}",
        "why": "this is a fault of holdfast",
        "state": "what was finished is kept; no verdict was given",
        "fix": "report it with the traceback above and the output of `holdfast doctor`",
    }
