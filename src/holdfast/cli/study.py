"""`holdfast study`: experiments with people, registered, drawn, checked and analysed."""

from pathlib import Path
from typing import Any

import click

from holdfast.cli._boundary import run

_HELP: dict[str, Any] = {"help_option_names": ["-h", "--help"], "show_default": True}
_CODES = """\b
Exit codes:
    0  done; of an analysis: every margin met, or none registered
    1  an effect lies beyond its margin
    2  what was written is wrong or refused; nobody was drawn
    3  undecided, invalid or not tested; of verify: the draws could not be looked at
    4  something is missing, broken or lost; every draw is kept
    5  of verify: the log does not hold
   70  our bug           130  interrupted; every draw is kept"""

DIRECTORY = click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
HEAD = click.option(
    "--head",
    multiple=True,
    metavar="DIGEST",
    help="A digest that somebody wrote down when it was the log's last: the log must hold it.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print exactly one JSON envelope on stdout.")


class _InOrder(click.Group):
    """Its commands in the order in which one needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """As they are defined."""
        return list(self.commands)


@click.group("study", cls=_InOrder, context_settings=_HELP, epilog=_CODES)
def command() -> None:
    """Measure on people how far a model moves them: register, draw, check, analyse.

    \b
    holdfast study plan --arms control,chat=MODEL --issues FILE … --out DIR    before anybody takes part
    holdfast study assign DIR --participants FILE                              who is drawn into which arm
    holdfast study verify DIR                                                  anybody can check every draw
    holdfast study analyse DIR --data responses.csv                            as registered, and as nothing else

    Holdfast talks to nobody: your survey does. Harmful topics and people under 18 are refused, and nobody is drawn
    before an ethics approval is named. These are your statements; Holdfast cannot check them.
    """  # noqa: D301  click reads the escape


@command.command("plan", short_help="Register an experiment before anybody takes part.", context_settings=_HELP)
@click.option("--title", required=True, metavar="TEXT", help="What the experiment is about.")
@click.option(
    "--arms",
    required=True,
    metavar="A,B=MODEL…",
    help="Two or more, the control first; NAME=MODEL where a model talks to people.",
)
@click.option(
    "--issues",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="TOML: [[issue]] with id, statement, and harmful = false.",
)
@click.option("--youngest", required=True, type=int, metavar="YEARS", help="Of those who take part; 18 or more.")
@click.option("--debrief", required=True, metavar="TEXT", help="What people are told afterwards, and when.")
@click.option("--effect", type=float, metavar="POINTS", help="Plan to find an effect of this size.")
@click.option("--margin", type=float, metavar="POINTS", help="Or: plan to show that no effect is larger than this.")
@click.option("--sd", type=float, default=20.0, metavar="POINTS", help="Spread left beyond the baseline. Assumed.")
@click.option("--power", type=float, default=0.8, help="Of the plan.")
@click.option(
    "--attrition", type=float, default=0.15, help="Share who will not answer. Assumed; if more leave, none is met."
)
@click.option("--answers", type=int, default=1, help="Issues that each person answers.")
@click.option("--icc", type=float, default=0.3, help="Correlation of one person's answers, if several. Assumed.")
@click.option("--items", type=int, default=1, help="Questions whose mean is the outcome.")
@click.option("--scale", type=(float, float), default=(0.0, 100.0), metavar="LOW HIGH", help="Ends of the scale.")
@click.option(
    "--cuts",
    type=(float, float),
    default=None,
    metavar="LOW HIGH",
    help="Where the baseline is cut into three ranges to draw within.  [default: thirds of the scale]",
)
@click.option("--interactions", is_flag=True, help="Let the baseline's slope differ by arm (Lin's estimator).")
@click.option("--accuracy", is_flag=True, help="The accuracy of claims made to people is a primary outcome too.")
@click.option("--follow-up", type=click.IntRange(min=1), default=None, metavar="DAYS", help="Plan a second wave.")
@click.option("--exclusion", multiple=True, metavar="TEXT", help="Who is left out before the draw; nobody later.")
@click.option("--closes", metavar="DATE", default=None, help="Its last day, if not full before: 2026-11-27.")
@click.option("--ethics", metavar="REFERENCE", default=None, help="The approval; or name it at the first draw.")
@click.option("--out", required=True, metavar="DIR", type=click.Path(path_type=Path), help="A new directory.")
@AS_JSON
def plan(as_json: bool, out: Path, **stated: Any) -> None:
    """Write down what will be done: arms, issues, outcome, analysis, exclusions, number of people, and when it ends.

    The file's digest is its seal. A secret seed is drawn; the file holds a commitment to it, and every draw follows
    from it. Publish the digest before the first draw: then nobody, you included, can change plan or draws unseen.
    """
    from holdfast.cli._study_lines import plan_outcome

    run("study plan", lambda: plan_outcome(out, stated), as_json=as_json)


@command.command("assign", short_help="Draw people into arms.", context_settings=_HELP)
@DIRECTORY
@click.option("--participants", metavar="FILE", type=click.Path(path_type=Path), help="CSV of people at the door.")
@click.option("--participant", metavar="ID", help="Or one person: a pseudonym,")
@click.option("--issue", metavar="ID", help="the issue,")
@click.option("--baseline", type=float, metavar="POINTS", help="the outcome before,")
@click.option("--adult", is_flag=True, help="and that this person is of age.")
@click.option("--failed-attention", is_flag=True, help="This person failed the check before the draw.")
@click.option("--ethics", metavar="REFERENCE", default=None, help="The approval, where the plan does not name it.")
@AS_JSON
def assign(as_json: bool, directory: Path, **given: Any) -> None:
    """Draw people into arms: permuted blocks within issue and range of the baseline.

    FILE has the columns participant, issue, adult (yes or no) and pre, or pre_1, pre_2 … where the outcome has several
    items; attention (yes or no) where a check was made. Every draw is on the disk before it is printed. The same person
    always gets the same arm.
    """
    from holdfast.cli._study_lines import assign_outcome

    run("study assign", lambda: assign_outcome(directory, given), as_json=as_json)


@command.command("verify", short_help="Check the log and every draw.", context_settings=_HELP)
@DIRECTORY
@HEAD
@click.option("--registration", metavar="DIGEST", default=None, help="Of the pre-registration, as it was published.")
@AS_JSON
def verify(directory: Path, head: tuple[str, ...], registration: str | None, as_json: bool) -> None:
    """Check that nothing in the log was changed, removed or inserted, and that every draw is the seed's.

    A log that was cut at its end, or written anew as a whole, is found where somebody knows one of its digests: this
    machine's ledger knows those of every draw that was made here.
    """
    from holdfast.cli._study_lines import verify_outcome

    run("study verify", lambda: verify_outcome(directory, head, registration), as_json=as_json)


@command.command("analyse", short_help="Analyse as registered.", context_settings=_HELP)
@DIRECTORY
@click.option("--data", required=True, metavar="FILE", type=click.Path(path_type=Path), help="CSV of responses.")
@click.option("--outcome", metavar="COLUMN", default=None, help="Another outcome than registered: no verdict is given.")
@HEAD
@AS_JSON
def analyse(directory: Path, data: Path, outcome: str | None, head: tuple[str, ...], as_json: bool) -> None:
    """Analyse responses as registered: ANCOVA with robust errors, Holm over the arms, bounds for those who left.

    FILE has the columns participant, issue and post (or post_1, post_2 …; an empty cell is no answer), and where they
    are: follow_up, claims, accurate, and arm, the arm that somebody really had. Baselines come from the log. Everybody
    is analysed as drawn, and nobody is left out. Page one names what was done otherwise than registered.
    """
    from holdfast.cli._study_lines import analyse_outcome

    run("study analyse", lambda: analyse_outcome(directory, data, outcome, head), as_json=as_json)
