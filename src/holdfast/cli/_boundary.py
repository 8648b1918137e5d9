"""The one boundary between errors and people: every command runs inside it.

It owns stdout: with `--json` exactly one envelope is printed there, whatever happens, and the exit code is the one that
the envelope says. Everything else goes to stderr.
"""

import os
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
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
    """Run a command, print what it came to, and exit."""
    error: dict[str, str] | None = None
    try:
        outcome = work()
    except HoldfastError as failure:
        error = described(failure)
        outcome = Outcome(failure.exit)
    except KeyboardInterrupt:
        error = _interrupted()
        outcome = Outcome(INTERRUPTED)
    except Exception as failure:  # noqa: BLE001  the boundary: a bug becomes a coded error, never a verdict
        traceback.print_exc()
        error = _bug(failure)
        outcome = Outcome(OUR_BUG)
    if error:
        _tell(error)
    lines = (envelope(command, outcome, error),) if as_json else tuple(visible(line) for line in outcome.human)
    deliver(lines, outcome.exit)


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


def _interrupted() -> dict[str, str]:
    return {
        "code": "interrupted",
        "what": "interrupted",
        "why": "Ctrl-C",
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
