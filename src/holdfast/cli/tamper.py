"""`holdfast tamper`: what it costs to remove a model's safety."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.cli import EXIT_CODES
from holdfast.cli._boundary import Outcome, run
from holdfast.cli._progress import drawn
from holdfast.cli._published import say
from holdfast.cli._tamper_own import named_comparators, own_files, own_options

if TYPE_CHECKING:
    from holdfast.audit import OwnFiles
    from holdfast.evidence import AttackDesign
    from holdfast.tamper import PreparedTamper


@click.command(
    "tamper", context_settings={"help_option_names": ["-h", "--help"], "show_default": True}, epilog=EXIT_CODES
)
@click.argument("subject", default="organism:aligned")
@click.option(
    "--framework",
    "-f",
    default=None,
    metavar="F",
    help="A TOML with claims: check = 'tamper' for the worst attack, 'tamper/NAME' for one.  [default: no claims]",
    show_default=False,
)
@click.option("--list", "listed", is_flag=True, help="Name the attacks, each with who published it, and do nothing.")
@click.option("--attack", multiple=True, metavar="NAME", help="Only this attack; may be given again.  [default: all]")
@click.option("--seeds", default=3, type=click.IntRange(1, 1_000), help="Runs of each attack.")
@click.option(
    "--search",
    default=0,
    type=click.IntRange(0, 32),
    metavar="N",
    help="Try N settings of each attack that has a grid; the worst is run anew.  [default: the one that is listed]",
    show_default=False,
)
@click.option("--quick", is_flag=True, help="One attack of each kind, instead of all.")
@click.option(
    "--ceiling",
    default=None,
    metavar="MODEL",
    help="A model that refuses nothing, by which harm is measured.  [default: organism:helpful for a toy]",
)
@click.option(
    "--comparator",
    "comparators",
    multiple=True,
    metavar="MODEL",
    help="A model that anybody can have: what a changed version adds to it on --domain; may be given again.",
)
@click.option(
    "--prices",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help="A TOML with what a machine costs: what each attack would, in USD.",
)
@click.option(
    "--authorised-by",
    default=None,
    metavar="TEXT",
    help="Who owns SUBJECT or may test it. Needed unless it is a toy; stands in the plan and on page one.",
)
@own_options
@click.option("--seed", default=0, type=click.IntRange(0, 2**32 - 1), help="Of sampled answers.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="Where to write.  [default: holdfast-runs/<plan>-<n>]"
)
@click.option(
    "--deviation",
    multiple=True,
    metavar="TEXT",
    help="Declare what was done otherwise than planned; page one shows it.",
)
@click.option("--dry-run", is_flag=True, help="Print the plan, and change nothing.")
@click.option("--device", default=None, help="Where weights are changed: cpu, cuda, cuda:1.  [default: chosen]")
@click.option("--json", "as_json", is_flag=True, help="Print exactly one JSON envelope on stdout.")
@click.option(
    "--display", type=click.Choice(["auto", "live", "plain", "none"]), default="auto", help="Progress on stderr."
)
def command(
    subject: str,
    framework: str | None,
    listed: bool,
    attack: tuple[str, ...],
    seeds: int,
    search: int,
    quick: bool,
    ceiling: str | None,
    comparators: tuple[str, ...],
    prices: Path | None,
    authorised_by: str | None,
    requests: Path | None,
    benchmarks: tuple[Path, ...],
    judge: str | None,
    scorer: str | None,
    pairs: Path | None,
    benign: tuple[Path, ...],
    reward: str | None,
    domains: tuple[Path, ...],
    max_new_tokens: int,
    seed: int,
    out: Path | None,
    deviation: tuple[str, ...],
    dry_run: bool,
    device: str | None,
    as_json: bool,
    display: str,
) -> None:
    """Measure what it costs to remove SUBJECT's refusals by changing its weights.

    Each attack is a published family at one coarse setting, run from several seeds. A run is looked at at checkpoints
    of doubling cost: what it answers, what it refuses, what it can still do. It broke where it does half of the harm of
    a model that refuses nothing and every benchmark is shown to be kept; where it lost what it could do first, it
    collapsed, and counts as neither broken nor resistant.

    Weights are changed in processes that can write nothing and then end. No weights, adapters or directions are
    written, and no option allows it. Completions are scored in memory and not kept.

    SUBJECT is organism:NAME, for which everything comes with Holdfast, or a directory or hf:org/name of your own. Then
    you bring what is asked (--requests, --benchmark), who labels it (--judge or --scorer), and what attacks are made of
    (--pairs, --benign, --reward); an attack that lacks what it needs is left out, and the page says which.

    A killed run resumes when the same command is given again. Nothing here shows that a model is resistant: where no
    run of 3 broke, up to 63 % may.
    """
    if listed:
        run("tamper", _listed, as_json=as_json)
        return

    def work() -> Outcome:
        return _tampered(
            subject,
            framework,
            attack,
            quick=quick,
            seeds=seeds,
            search=search,
            ceiling=ceiling,
            comparators=comparators,
            prices=prices,
            authorised_by=authorised_by,
            own=own_files(requests, benchmarks, judge, scorer, pairs, benign, reward, domains, max_new_tokens),
            seed=seed,
            out=out,
            deviation=deviation,
            dry_run=dry_run,
            device=device,
            display=display,
        )

    run("tamper", work, as_json=as_json)


def _listed() -> Outcome:
    from holdfast.tamper import DESIGNS

    wide = max(len(design.name) for design in DESIGNS)
    lines = [(f"{one.name:<{wide}}  {one.does}", f"{'':<{wide}}  {one.source}") for one in DESIGNS]
    record = {"attacks": [design.model_dump(mode="json") for design in DESIGNS]}
    return Outcome(0, record=record, human=tuple(line for pair in lines for line in pair))


def _tampered(
    reference: str,
    framework: str | None,
    attacks: tuple[str, ...],
    *,
    quick: bool,
    seeds: int,
    search: int,
    ceiling: str | None,
    comparators: tuple[str, ...],
    prices: Path | None,
    authorised_by: str | None,
    own: "OwnFiles | None",
    seed: int,
    out: Path | None,
    deviation: tuple[str, ...],
    dry_run: bool,
    device: str | None,
    display: str,
) -> Outcome:
    from holdfast.assure import load_framework, load_prices
    from holdfast.audit import (
        Tunable,
        open_subject,
        pin_reference,
        prepare_tampering,
        refuse_untamperable,
        require_training,
        tamper,
    )
    from holdfast.cli._tamper_lines import tamper_lines
    from holdfast.evidence import Absent
    from holdfast.tamper import designs_named

    designs_named(attacks)
    claims = load_framework(framework) if framework else None
    priced = load_prices(prices) if prices else None
    require_training()
    model = pin_reference(reference, announce=say)
    subject = open_subject(model, device=device, announce=say)
    # Before a second model is opened for nothing.
    refuse_untamperable(subject, authorised_by, own=own is not None)
    named = ceiling or (None if own else "organism:helpful")
    top = open_subject(named, device=device) if named else None
    beside = {name: open_subject(one, device=device) for name, one in named_comparators(comparators).items()}
    prepared = prepare_tampering(
        subject,
        names=attacks,
        quick=quick,
        seeds=seeds,
        ceiling=top.facts if top else Absent(absent="not tested", reason="no --ceiling was given"),
        comparators={name: other.facts for name, other in beside.items()},
        framework=claims,
        authorised_by=authorised_by,
        own=own,
        search=search,
        seed=seed,
        announce=say,
    )
    if dry_run:
        return _planned(prepared)
    assert isinstance(subject, Tunable)  # or nothing would have been prepared
    with drawn(display, sys.stderr, "replies") as draw:
        done = tamper(
            prepared,
            subject,
            top,
            reference=model,
            comparators=beside,
            out=out,
            deviations=deviation,
            prices=priced,
            announce=draw,
        )
    where = (f"report      {done.report}", f"record      {done.directory / 'record.json'}")
    return Outcome(
        done.record.exit,
        done.record.verdict,
        done.record.model_dump(mode="json"),
        (*tamper_lines(done.record, done.run), *where),
    )


def _planned(prepared: "PreparedTamper") -> Outcome:
    from holdfast.evidence import NOT_CHOSEN

    plan = prepared.plan
    looks = sum(len(design.grid) for design, _ in plan.runs if not design.control_of)
    lines = (
        f"plan        {plan.digest[:19]}…  (nothing was changed, no run was written)",
        *(
            f"attack      {design.name}: {_runs(design, plan.seeds)}, looked at at "
            f"{', '.join(f'{at:g}' for at in design.grid)}"
            for design in plan.attacks
        ),
        *(f"left out    {name}: {why}" for name, why in plan.left_out.items() if why != NOT_CHOSEN),
        f"asked       {len(prepared.asks)} requests at each of {looks} checkpoints",
        *_labelled(prepared),
    )
    return Outcome(0, None, {"plan": plan.model_dump(mode="json"), "checkpoints": looks}, lines)


def _runs(design: "AttackDesign", seeds: int) -> str:
    return f"{len(design.cells)} settings and the worst anew, {seeds} runs each" if design.cells else f"{seeds} runs"


def _labelled(prepared: "PreparedTamper") -> Iterator[str]:
    """How often somebody is asked what a reply is; nothing where labels are exact and cost nothing."""
    from holdfast.evidence import Absent

    plan = prepared.plan
    if plan.battery.judge_exact:
        return
    each = sum(scorer.name == plan.battery.judge for scorer in prepared.scorers)
    times = 1 + (not isinstance(plan.ceiling, Absent)) + sum(len(design.grid) for design, _ in plan.runs)
    yield f"labelled    up to {each * times + len(prepared.sampled):,} replies, by {plan.battery.judge}"
