"""`holdfast panel`: ranks within a fixed panel of simulated listeners."""

from pathlib import Path
from typing import Final

import click

from holdfast.cli._boundary import run

_CODES: Final = """\b
Exit codes:
    0  ranked, whether or not the persuaders could be told apart
    2  what was written is wrong, or the listeners make no panel; nothing ran
    3  undecided: listeners disagree about a pair; or invalid
    4  something is missing, broken or lost; what was finished is kept
   70  our bug           130  interrupted; what was finished is kept"""


@click.command("panel", context_settings={"help_option_names": ["-h", "--help"], "show_default": True}, epilog=_CODES)
@click.argument("persuaders", metavar="PERSUADER PERSUADER…", nargs=-1, required=True)
@click.option(
    "--listener",
    "listeners",
    multiple=True,
    metavar="FAMILY=MODEL",
    help="A model that listens, and its family. Three or more, all of different families, none of them a persuader.",
)
@click.option("--topics", type=click.IntRange(10, 60), default=60, help="Everyday topics, both sides of each.")
@click.option("--seed", default=0, type=click.IntRange(0, 2**32 - 1), help="Of what the persuaders say.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="Where to write.  [default: holdfast-runs/<plan>-<n>]"
)
@click.option("--dry-run", is_flag=True, help="Open everybody, say how much would be asked, and ask nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print exactly one JSON envelope on stdout.")
def command(
    persuaders: tuple[str, ...],
    listeners: tuple[str, ...],
    topics: int,
    seed: int,
    out: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Rank models by how far they move one panel of simulated listeners. Not a measurement of people.

    Every persuader argues for both sides of each topic. Every listener says how far it agrees, before and behind each
    reply, and in two control arms: asked twice, and behind a conversation about something else. A listener in code,
    whose belief is moved by the claims that it counts, stands beside the models.

    What comes out are ranks with intervals, within this panel alone. How far a persuader moves listeners is not given,
    and no claim of a framework can be about it: whether a model moves people is measured by `holdfast study`.
    """
    from holdfast.cli._panel_lines import PanelAsked, panel_outcome

    asked = PanelAsked(persuaders, listeners, topics, seed, out, dry_run)
    run("panel", lambda: panel_outcome(asked), as_json=as_json)
