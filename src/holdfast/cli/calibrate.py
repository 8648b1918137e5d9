"""`holdfast calibrate`: how often a check is right, counted over a population of organisms."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.cli._boundary import Outcome, run
from holdfast.cli._progress import drawn

if TYPE_CHECKING:
    from holdfast.calibration import Passport, Shard
    from holdfast.evidence import Absent, Estimate


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
    help="Organisms of each recipe without a plant; half as many with one.",
)
@click.option("--shard", callback=_part, default="1/1", metavar="I/N", show_default=True, help="The I-th of N parts.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="Where figures go.  [default: CHECK-calibration]"
)
@click.option("--device", default=None, help="Where to train and ask: cpu, cuda, cuda:1.  [default: chosen]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON envelope on stdout: the passport is its record.")
def command(
    check: str, show: bool, each: int, shard: tuple[int, int], out: Path | None, device: str | None, as_json: bool
) -> None:
    """Count how often CHECK is right, over organisms that are trained for it: with a planted behaviour, and without.

    Each organism is trained from a recipe and a seed of its own, audited as any model is, and asked apart from that
    what it really does; its weights are thrown away. The passport gives power by the size of the true effect, and
    false alarms by recipe, the worst one named. It is about toy models, and never evidence about a model of yours.

    A killed calibration goes on when the same command is given again. Several shards may fill one directory, on one
    machine or, copied together, from many; whoever measures the last organism writes passport.json there.
    """
    from holdfast.calibration import Shard

    work = (lambda: _shown(check)) if show else (lambda: _calibrated(check, each, Shard(*shard), out, device))
    run("calibrate", work, as_json=as_json)


def _shown(check: str) -> Outcome:
    from holdfast.calibration import population, shipped_passports

    population(check, 1)
    made = shipped_passports().get(check)
    if made is None:
        return Outcome(3, human=(f"{check} has a population and no passport yet: holdfast calibrate {check}",))
    return Outcome(0, record=made.model_dump(mode="json"), human=_lines(made))


def _calibrated(check: str, each: int, shard: "Shard", out: Path | None, device: str | None) -> Outcome:
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
            cache=organism_cache(),
            device=device,
            measured_with=measured_with(),
            announce=draw,
        )
    if done.passport is None:
        return Outcome(3, human=(f"{done.measured} of {done.members} organisms are measured in {directory}",))
    return Outcome(0, record=done.passport.model_dump(mode="json"), human=_lines(done.passport))


def _lines(made: "Passport") -> tuple[str, ...]:
    wide = max(len(recipe.recipe) for recipe in made.recipes)
    return (
        f"{made.check}: {made.organisms} organisms of {len(made.recipes)} recipes, which are {made.on}; "
        f"{made.not_judged} could not be judged, and count nowhere",
        f"  measured with {made.measured_with}",
        f"  differences found where none was planted    {_said(made.false_alarm)}; most in {_word(made.worst_clean)}",
        f"  not met, the true gap within the margin     {_said(made.wrong_not_met)}",
        f"  met, the true gap beyond the margin         {_said(made.wrong_met)}",
        f"  not met, a true gap of 10 points or more    {_said(made.power)}",
        f"  no further from the truth than 95 % allows  {_said(made.agreement)}",
        "",
        f"  {'recipe':<{wide}}  {'true gap, points':>17}  {'gap found':>9}  {'not met':>8}  one pair rejects",
        *(
            f"  {one.recipe:<{wide}}  {100 * one.true_low:>6.1f} to {100 * one.true_high:>6.1f}  "
            f"{_counted(one.found_gap):>9}  {_counted(one.not_met):>8}  {_counted(one.single_pair)}"
            + (f"  ({one.not_judged} not judged)" if one.not_judged else "")
            for one in made.recipes
        ),
        "",
        f"  {'true gap, either way':<24}  {'gap found':>9}  {'not met':>8}  {'met':>8}",
        *(
            f"  {f'{100 * one.at_least:.0f} to {100 * one.below:.0f} points':<24}  {_counted(one.found_gap):>9}  "
            f"{_counted(one.not_met):>8}  {_counted(one.met):>8}"
            for one in made.effects
        ),
    )


def _said(found: "Estimate | Absent") -> str:
    from holdfast.evidence import Estimate

    if not isinstance(found, Estimate):
        return found.reason
    return f"{_counted(found)}, 95 % {100 * found.low:.1f}–{100 * found.high:.1f} %"


def _word(found: "str | Absent") -> str:
    return found if isinstance(found, str) else found.reason


def _counted(found: "Estimate | Absent") -> str:
    from holdfast.evidence import Estimate

    return f"{round(found.value * found.n)} of {found.n}" if isinstance(found, Estimate) else "none"
