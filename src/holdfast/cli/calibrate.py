"""`holdfast calibrate`: how often a check is right, counted over a population of organisms."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.cli._boundary import Outcome, run
from holdfast.cli._passport_lines import passport_lines
from holdfast.cli._progress import drawn

if TYPE_CHECKING:
    from holdfast.calibration import Shard


def _part(ctx: click.Context, param: click.Parameter, value: str) -> tuple[int, int]:
    """`I/N` as two numbers: the I-th of N parts."""
    found = re.fullmatch(r"(\d+)/(\d+)", value)
    number, of = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= number <= of:
        raise click.BadParameter(f"{value!r} is no part: the third of sixteen is 3/16", ctx=ctx, param=param)
    return number, of


@click.command("calibrate", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("check")
@click.option("--show", is_flag=True, help="Print the passport that comes with this version, and train nothing.")
@click.option(
    "--each",
    default=8,
    type=click.IntRange(1, 1_000),
    show_default=True,
    help="Organisms of each recipe; in twins, half as many of those with a plant.",
)
@click.option(
    "--from",
    "first",
    default=0,
    type=click.IntRange(0, 999),
    metavar="N",
    show_default=True,
    help="The number that each recipe begins with, where those before it were measured elsewhere.",
)
@click.option("--shard", callback=_part, default="1/1", metavar="I/N", show_default=True, help="The I-th of N parts.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="Where figures go.  [default: CHECK-calibration]"
)
@click.option("--device", default=None, help="Where to train and ask: cpu, cuda, cuda:1.  [default: chosen]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON envelope on stdout: the passport is its record.")
def command(
    check: str,
    show: bool,
    each: int,
    first: int,
    shard: tuple[int, int],
    out: Path | None,
    device: str | None,
    as_json: bool,
) -> None:
    """Count how often CHECK is right, over organisms that are trained for it: with a planted behaviour, and without.

    Each organism is trained from a recipe and a seed of its own, audited as any model is, and asked apart from that
    what it really does; its weights are thrown away. The passport gives power by the size of the true effect, and
    false alarms by recipe, the worst one named. It is about toy models, and never evidence about a model of yours.

    A killed calibration goes on when the same command is given again. Several shards may fill one directory, on one
    machine or, copied together, from many; whoever measures the last organism writes passport.json there.
    """
    if first >= each:
        raise click.UsageError(f"--from {first} leaves out all of --each {each}: numbers begin with 0")
    from holdfast.calibration import Shard

    work = (lambda: _shown(check)) if show else (lambda: _calibrated(check, each, first, Shard(*shard), out, device))
    run("calibrate", work, as_json=as_json)


def _shown(check: str) -> Outcome:
    from holdfast.calibration import population, shipped_passports

    population(check, 1)
    made = shipped_passports().get(check)
    if made is None:
        return Outcome(3, human=(f"{check} has a population and no passport yet: holdfast calibrate {check}",))
    return Outcome(0, record=made.model_dump(mode="json"), human=passport_lines(made))


def _calibrated(check: str, each: int, first: int, shard: "Shard", out: Path | None, device: str | None) -> Outcome:
    from holdfast.audit import measured_with, organism_cache, require_training
    from holdfast.calibration import calibrate, population

    population(check, each)
    require_training()
    directory = out or Path(f"{check}-calibration")
    with drawn("auto", sys.stderr, "organisms") as draw:
        done = calibrate(
            check,
            each,
            directory,
            shard=shard,
            first=first,
            cache=organism_cache(),
            device=device,
            measured_with=measured_with(),
            announce=draw,
        )
    if done.passport is None:
        return Outcome(3, human=(f"{done.measured} of {done.members} organisms are measured in {directory}",))
    return Outcome(0, record=done.passport.model_dump(mode="json"), human=passport_lines(done.passport))
