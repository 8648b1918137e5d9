"""`holdfast explain`: what an error code means."""

import inspect
from difflib import get_close_matches

import click

from holdfast.cli._boundary import Outcome, run
from holdfast.errors import HoldfastError, UnknownCode, coded


@click.command("explain", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Print what an error CODE means and how to mend it; without a CODE, list them all."""
    run("explain", lambda: _explain(code))


def _explain(code: str | None) -> Outcome:
    known = coded()
    if code is None:
        return Outcome(0, human=tuple(f"{name}  {summary(error)}" for name, error in known.items()))
    if code.upper() in known:
        error = known[code.upper()]
        return Outcome(0, human=(f"{error.code}  exit {error.exit}", "", *(inspect.getdoc(error) or "").splitlines()))
    close = get_close_matches(code.upper(), known, n=1)
    raise UnknownCode(
        f"no error has the code {code!r}",
        why="codes are a letter and three digits, as in error[H401]",
        fix=f"did you mean `holdfast explain {close[0]}`?" if close else "`holdfast explain` lists them",
    )


def summary(error: type[HoldfastError]) -> str:
    """The first line of an error's explanation."""
    return (inspect.getdoc(error) or "").splitlines()[0]
