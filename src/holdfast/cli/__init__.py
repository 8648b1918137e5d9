"""The command line: one module for each command, none of which is imported before it is called.

A command parses, calls one function of the library, prints, and returns an exit code.
"""

import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final, NoReturn

import click

from holdfast.errors import INTERRUPTED, OUR_BUG

COMMANDS: Final[dict[str, str]] = {
    "audit": "Say which safety claims about a model hold, and how sure one may be.",
    "tamper": "Measure what it costs to remove a model's safety by changing its weights.",
    "assess": "Say which claims hold by logs of Inspect, garak, promptfoo, lm-eval and others.",
    "compare": "Say whether two logs differ, and which verdicts change.",
    "label": "Let people label a blind sample of a log, so that the judge's error can be measured.",
    "study": "Measure on people how far a model moves them: register, draw, check, analyse.",
    "panel": "Rank models within a fixed panel of simulated listeners; not a measurement of people.",
    "suite": "List the published suites, and freeze their data for a machine without a network.",
    "organism": "List, show and train the model organisms that test the instrument.",
    "calibrate": "Train a population of model organisms, and count how often a check is right about them.",
    "explain": "Print what an error code means and how to mend it.",
    "doctor": "Say what this installation can do, and what it lacks.",
}

EXIT_CODES: Final = """\b
Exit codes:
    0  every claim met, required coverage reached
    1  some claim not met
    2  what was written is wrong; nothing ran
    3  undecided, invalid, required and not tested, or nothing collected
    4  something is missing, broken or lost; what was finished is kept
   70  our bug           130  interrupted; what was finished is kept"""


class LazyGroup(click.Group):
    """A group that knows its commands' names and one-line help without importing them."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **more: Any) -> NoReturn:
        """Run a command line; what was mistyped gets its envelope too, where one was asked for."""
        words = list(sys.argv[1:] if args is None else args)
        try:
            sys.exit(super().main(words, *rest, **(more | {"standalone_mode": False})))
        except click.ClickException as mistake:
            mistake.show()
            if "--json" in words:
                from holdfast.cli._boundary import Outcome, deliver, envelope, mistyped

                deliver((envelope("usage", Outcome(2), mistyped(mistake.format_message())),), 2)
            sys.exit(2)
        except click.Abort:
            sys.exit(INTERRUPTED)
        except Exception:  # noqa: BLE001  before a command's own boundary; Python would exit 1, which means not met
            traceback.print_exc()
            sys.exit(OUR_BUG)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of importance."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"holdfast.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table above."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXIT_CODES,
    no_args_is_help=True,
)
@click.version_option(package_name="holdfast")
def main() -> None:
    """Holdfast tells whether an AI model's safety holds: which claims, and how sure one may be.

    \b
    holdfast audit                        a complete audit of a small embedded model: no key, no GPU, no network
    holdfast audit MODEL --framework F    measure MODEL and compare with the claims of F
    """  # noqa: D301  click reads the escape
