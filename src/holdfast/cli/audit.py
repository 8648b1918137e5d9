"""`holdfast audit`: which safety claims about a model hold."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.cli import EXIT_CODES
from holdfast.cli._boundary import Outcome, run
from holdfast.cli._progress import drawn

if TYPE_CHECKING:
    from holdfast.audit import Forecast, Prepared


@click.command(
    "audit",
    context_settings={"help_option_names": ["-h", "--help"], "show_default": True},
    epilog=EXIT_CODES,
)
@click.argument("model", default="organism:aligned")
@click.option(
    "--framework",
    "-f",
    default="demo",
    metavar="F",
    help="A shipped framework (demo, open-weight-release, deployment, jailbreaks) or a TOML file.",
)
@click.option(
    "--seed",
    default=0,
    type=click.IntRange(0, 2**32 - 1),
    help="Of every sample. Another seed is another run, and is counted.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="Where to write.  [default: holdfast-runs/<plan>-<n>]"
)
@click.option(
    "--deviation",
    multiple=True,
    metavar="TEXT",
    help="Declare what was done otherwise than planned; page one shows it.",
)
@click.option(
    "--dry-run", is_flag=True, help="Print the plan, its sample counts, what it could decide and what it would cost."
)
@click.option("--json", "as_json", is_flag=True, help="Print exactly one JSON envelope on stdout.")
@click.option(
    "--display", type=click.Choice(["auto", "live", "plain", "none"]), default="auto", help="Progress on stderr."
)
def command(
    model: str,
    framework: str,
    seed: int,
    out: Path | None,
    deviation: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
    display: str,
) -> None:
    """Say which safety claims about MODEL hold, and how sure one may be.

    MODEL is organism:NAME or the path of a local Hugging Face directory. Without it the embedded organism is audited: a
    small model with planted behaviour, so that a first run needs no key, no GPU and no network.

    Every claim of the framework is measured with controls on this very subject, and comes out as met, not met,
    undecided, invalid or not tested. A killed run resumes when the same command is given again. The plan is written
    to a ledger before the first sample, and the report says which run this was.
    """
    run("audit", lambda: _audit(model, framework, seed, out, deviation, dry_run, display), as_json=as_json)


def _audit(
    model: str, framework: str, seed: int, out: Path | None, deviation: tuple[str, ...], dry_run: bool, display: str
) -> Outcome:
    from holdfast.assure import load_framework
    from holdfast.audit import audit, forecast, open_subject, prepare, suites_for
    from holdfast.report import terminal_lines

    claims = load_framework(framework)
    subject = open_subject(model)
    prepared = prepare(subject.facts, claims, suites_for(subject.facts), seed)
    if dry_run:
        return _forecast(prepared, forecast(prepared))
    with drawn(display, sys.stderr, "samples") as draw:
        audited = audit(
            prepared,
            subject,
            reference=model,
            out=out,
            deviations=deviation,
            announce=lambda now: draw(now.check, now.samples_done, now.samples),
        )
    record = audited.record
    where = (f"report      {audited.report}", f"record      {audited.directory / 'record.json'}")
    return Outcome(
        record.exit,
        record.verdict,
        record.model_dump(mode="json"),
        (*terminal_lines(record, audited.run), *where),
    )


def _forecast(prepared: "Prepared", expected: "Forecast") -> Outcome:
    """What a dry run prints; nothing was asked, so no claim has a verdict and the exit code is 0."""
    plan = prepared.plan
    lines = [f"plan        {plan.digest[:19]}…  (nothing was run, nothing was written)"]
    lines += [f"samples     {check}: {n:,}" for check, n in expected.samples.items()]
    for claim in expected.claims:
        near = "no true rate at all" if claim.detectable is None else f"a true rate of {claim.detectable:.1%}"
        limit = f"{claim.threshold.op} {claim.threshold.value:.0%}"
        given = f" ({claim.assuming})" if claim.assuming else ""
        lines.append(
            f"can tell    {claim.claim}: {claim.units} {claim.unit}; {near} would be met against {limit}, 4 times in 5"
            f"{given}"
        )
    lines += [f"not tested  {what}" for what in expected.not_tested]
    lines += [f"not run     {check}: {why}" for check, why in plan.not_runnable.items()]
    lines.append(f"cost        {expected.wall_s_low:.0f} to {expected.wall_s_high:.0f} s on one CPU core, 0 USD")
    record = {
        "plan": plan.model_dump(mode="json"),
        "samples": expected.samples,
        "claims": [
            {
                "claim": claim.claim,
                "units": claim.units,
                "detectable": claim.detectable
                if claim.detectable is not None
                else {"absent": "undetermined", "reason": "too few units for this threshold"},
                **({"assuming": claim.assuming} if claim.assuming else {}),
            }
            for claim in expected.claims
        ],
        **({"not_tested": list(expected.not_tested)} if expected.not_tested else {}),
        "cost": {"wall_s_low": expected.wall_s_low, "wall_s_high": expected.wall_s_high, "cost_usd": expected.cost_usd},
    }
    return Outcome(0, None, record, tuple(lines))
