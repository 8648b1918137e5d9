"""The one boundary between errors and people: every command runs inside it.

It owns stdout: with `--json` exactly one envelope is printed there, whatever happens, and the exit code is the one that
the envelope says. Everything else goes to stderr.
"""

import json
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, NoReturn

from holdfast.errors import INTERRUPTED, OUR_BUG, HoldfastError


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
    if as_json:
        _print(json.dumps(_envelope(command, outcome, error), ensure_ascii=False, indent=2))
    else:
        for line in outcome.human:
            _print(line)
    sys.exit(outcome.exit)


def described(failure: HoldfastError) -> dict[str, str]:
    """The five parts of a coded error."""
    return {
        "code": failure.code,
        "what": failure.what,
        "why": failure.why,
        "state": failure.state,
        "fix": failure.fix,
    }


def usage_envelope(message: str) -> str:
    """The envelope of a command line that could not be read."""
    error = {
        "code": "usage",
        "what": message,
        "why": "the command line could not be read",
        "state": "nothing ran; nothing was changed",
        "fix": "see the command's --help",
    }
    return json.dumps(_envelope("usage", Outcome(2), error), ensure_ascii=False, indent=2)


def _tell(error: dict[str, str]) -> None:
    lines = (
        f"error[{error['code']}] {error['what']}",
        f"  why:   {error['why']}",
        f"  state: {error['state']}",
        f"  fix:   {error['fix']}",
        f"  holdfast explain {error['code']}" if error["code"].startswith("H") else "",
    )
    for line in filter(None, lines):
        print(line, file=sys.stderr)  # noqa: T201


def _interrupted() -> dict[str, str]:
    return {
        "code": "interrupted",
        "what": "interrupted",
        "why": "Ctrl-C",
        "state": "every batch that was finished is kept",
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


def _envelope(command: str, outcome: Outcome, error: dict[str, str] | None) -> dict[str, Any]:
    return {
        "schema": "holdfast.result/1",
        "tool": {"name": "holdfast", "version": version("holdfast")},
        "command": command,
        "verdict": outcome.verdict,
        "exit": outcome.exit,
        "record": outcome.record,
        "error": error,
    }


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
