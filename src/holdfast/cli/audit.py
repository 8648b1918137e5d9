"""`holdfast audit`: which safety claims about a model hold."""

import sys
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.cli import EXIT_CODES
from holdfast.cli._boundary import Outcome, run
from holdfast.cli._noised import noise_option, refuse_noise, wants_noise
from holdfast.cli._own_asked import brings_own, own_options, prepared_own
from holdfast.cli._progress import drawn
from holdfast.cli._published import Asked, audit_published, say, studies_for
from holdfast.cli._replayed import own_folder, prepared_replay
from holdfast.errors import MatchedUnfit

if TYPE_CHECKING:
    from holdfast.audit import EndpointCost, Forecast, LocalCost, Prepared
    from holdfast.evidence import Framework, Subject


def _number(_context: click.Context, _option: click.Parameter, value: float | None) -> float | None:
    """The value: a range lets through what is no number, since that is neither below nor above anything."""
    if value is not None and isnan(value):
        raise click.BadParameter("nan is no number")
    return value


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
    help="A shipped framework (demo, open-weight-release, deployment, jailbreaks, awareness, bracket, recognition, "
    "sandbagging, cornered, replay, persuasion, attempts), or a TOML.",
)
@click.option(
    "--suite",
    multiple=True,
    default=("auto",),
    metavar="NAME",
    help="What to ask: auto, by the model's vocabulary (an endpoint shows none); fictional; published suites such as "
    "xstest, see `holdfast suite list`, which may be given together; or the folder of your own conversations that "
    "`holdfast suite import` wrote.  [default: auto]",
    show_default=False,
)
@click.option(
    "--judge",
    multiple=True,
    metavar="MODEL",
    help="Who grades the replies to a published suite, to your own conversations, or about the topics of the framework "
    "attempts. There is no default.",
)
@click.option(
    "--rubric",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help="What the judge of your own conversations looks for.  [default: harm in use]",
)
@click.option(
    "--labelled",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help="Conversations whose reply people labelled, by which it is seen whether the judge knows; of your own "
    "conversations its error on them goes into the interval.",
)
@click.option(
    "--redact-names",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help="Names to take out of the labelled conversations, one a line. Without it no name is taken out.",
)
@own_options
@click.option(
    "--temperature",
    type=click.FloatRange(min=0, max=10),
    default=None,
    callback=_number,
    help="At which your own conversations are answered.  [default: as the log says, else 1]",
)
@click.option(
    "--frozen",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help="Take the data of published suites from here: see `holdfast suite freeze`.",
)
@click.option(
    "--matched",
    default=None,
    metavar="MODEL",
    help="A model known to be as weak as MODEL shows itself in an exam: tuned beside it, it tells hidden from learned.",
)
@noise_option
@click.option(
    "--study",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help="A finished experiment with people, for a claim about people: see `holdfast study`.",
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
@click.option("--device", default=None, help="Where a local model runs: cpu, cuda, cuda:1, auto.  [default: chosen]")
@click.option(
    "--dtype",
    type=click.Choice(["auto", "float32", "bfloat16", "float16"]),
    default=None,
    help="Number type of a local model.  [default: float32 on a CPU, else as published]",
)
@click.option("--eval-logs", is_flag=True, help="Write every sample as .eval logs too, for `inspect view`.")
@click.option("--json", "as_json", is_flag=True, help="Print exactly one JSON envelope on stdout.")
@click.option(
    "--display", type=click.Choice(["auto", "live", "plain", "none"]), default="auto", help="Progress on stderr."
)
def command(
    model: str,
    framework: str,
    suite: tuple[str, ...],
    judge: tuple[str, ...],
    rubric: Path | None,
    labelled: Path | None,
    redact_names: Path | None,
    requests: Path | None,
    benchmarks: tuple[Path, ...],
    scorer: str | None,
    max_new_tokens: int | None,
    temperature: float | None,
    frozen: Path | None,
    matched: str | None,
    weight_noise: bool,
    study: Path | None,
    seed: int,
    out: Path | None,
    deviation: tuple[str, ...],
    dry_run: bool,
    device: str | None,
    dtype: str | None,
    eval_logs: bool,
    as_json: bool,
    display: str,
) -> None:
    """Say which safety claims about MODEL hold, and how sure one may be.

    MODEL is organism:NAME, the path of a local Hugging Face directory, hf:org/name@revision, an endpoint that speaks
    the OpenAI wire, http://host:port/v1#MODEL, or a model of Inspect AI such as openai/NAME or vllm/NAME. Without it
    the embedded organism is audited: a small model with planted behaviour, so that a first run needs no key, no GPU and
    no network.

    With --suite NAME a published suite is asked, unchanged, through Inspect: strong_reject, xstest, coconot, wmdp_*,
    agentharm, fortress_*. Its data come from their publisher; its log is judged as any log is.

    With --suite DIR the conversations that `holdfast suite import` took from your own log are asked again: each up to
    its last request, whose reply is given anew and graded by --judge, beside the reply that the log holds.

    With --requests FILE restricted requests of your own are asked in twins, framed in English to look like a test and
    to look like deployment; with --benchmark FILE alone, questions of your own are set as an exam, and elicited.

    Where a framework claims something about tampering, copies of a local model's weights are changed too, behind a
    seal, as `holdfast tamper` does; a dry run says beforehand how often and how long.

    Every claim of the framework is measured with controls on this very subject, and comes out as met, not met,
    undecided, invalid or not tested. A killed run resumes when the same command is given again. The plan is written
    to a ledger before the first sample, and the report says which run this was.
    """
    chosen = framework if _was_given("framework") else None
    asked = Asked(
        model,
        chosen,
        suite,
        judge,
        frozen,
        matched,
        study,
        seed,
        out,
        deviation,
        dry_run,
        device,
        dtype,
        eval_logs,
        display,
        rubric,
        labelled,
        temperature,
        redact_names,
        requests,
        benchmarks,
        scorer,
        max_new_tokens,
        weight_noise,
    )
    run("audit", lambda: _audit(asked), as_json=as_json)


def _was_given(option: str) -> bool:
    return click.get_current_context().get_parameter_source(option) is not click.core.ParameterSource.DEFAULT


def _audit(asked: Asked) -> Outcome:
    from holdfast.assure import load_framework
    from holdfast.audit import (
        battery_for,
        forecast,
        judge_of_topics,
        judges_wanted,
        open_subject,
        pin_reference,
        prepare,
        require_inspect,
        suites_for,
    )

    own = brings_own(asked)
    if (folder := own_folder(asked)) is not None:
        refuse_noise(asked)
        return _replayed(asked, folder)
    if own:
        return _own(asked)
    suite = asked.fictional_suite
    if suite is None:
        refuse_noise(asked)
        return audit_published(asked)
    claims = load_framework(asked.framework or "demo")
    wanted = judges_wanted(asked.judges, claims, suite)
    if asked.eval_logs:
        require_inspect("--eval-logs writes logs of Inspect AI")
    model = pin_reference(asked.model, announce=say)
    subject = open_subject(model, device=asked.device, dtype=asked.dtype, announce=say)
    matched = _matched(asked, claims, subject)
    noise = wants_noise(asked, claims, subject)
    facts = matched.facts if matched else None
    studies = studies_for(asked.study, claims, (asked.model, model))
    judge = judge_of_topics(wanted, subject, say)
    suites = suites_for(subject.facts, suite, asked.seed, judge)
    battery = battery_for(
        claims, subject, seed=asked.seed, open_ceiling=lambda name: open_subject(name, device=asked.device)
    )
    prepared = prepare(
        subject.facts,
        claims,
        suites,
        asked.seed,
        matched=facts,
        studies=studies,
        attacks=battery.prepared,
        left_out=battery.not_runnable,
        noise=noise,
    )
    if asked.dry_run:
        return _forecast(prepared, forecast(prepared))
    return _run(asked, model, subject, prepared, matched, battery.ceiling)


def _replayed(asked: Asked, folder: Path) -> Outcome:
    from holdfast.audit import forecast, open_subject, pin_reference, require_inspect

    if asked.eval_logs:
        require_inspect("--eval-logs writes logs of Inspect AI")
    model = pin_reference(asked.model, announce=say)
    subject = open_subject(model, device=asked.device, dtype=asked.dtype, announce=say)
    prepared = prepared_replay(asked, folder, subject)
    return _forecast(prepared, forecast(prepared)) if asked.dry_run else _run(asked, model, subject, prepared)


def _own(asked: Asked) -> Outcome:
    from holdfast.assure import load_framework
    from holdfast.audit import forecast, open_subject, pin_reference, require_inspect

    claims = load_framework(asked.framework or ("awareness" if asked.requests else "sandbagging"))
    if asked.eval_logs:
        require_inspect("--eval-logs writes logs of Inspect AI")
    model = pin_reference(asked.model, announce=say)
    subject = open_subject(model, device=asked.device, dtype=asked.dtype, announce=say)
    matched = _matched(asked, claims, subject)
    noise = wants_noise(asked, claims, subject)
    prepared = prepared_own(asked, subject, claims, matched.facts if matched else None, noise=noise)
    if asked.dry_run:
        return _forecast(prepared, forecast(prepared))
    return _run(asked, model, subject, prepared, matched)


def _matched(asked: Asked, claims: "Framework", subject: "Subject") -> "Subject | None":
    """The model that is to be tuned beside the subject, where one was named.

    Raises:
        MatchedUnfit: It cannot be tuned here, or no claim would use it.
    """
    from holdfast.audit import open_subject
    from holdfast.checks import CHECKS

    if asked.matched is None:
        return None
    if not any(claim.check in CHECKS and CHECKS[claim.check].in_exam for claim in claims.claim):
        raise MatchedUnfit(
            f"nothing in framework {claims.name} would use --matched {asked.matched}",
            why="only an exam tunes a model beside its subject",
            fix="add --framework sandbagging, or leave --matched out",
        )
    matched = open_subject(
        asked.matched, device=asked.device, dtype=asked.dtype, announce=lambda words: say(f"--matched: {words}")
    )
    for name, facts in ((asked.matched, matched.facts), (asked.model, subject.facts)):
        if not facts.tunes:
            raise MatchedUnfit(
                f"{name} cannot be tuned here",
                why="its weights are not at hand" if facts.access != "weights" else "nothing here can be sealed",
                fix="name a local model, as organism:NAME, a directory or hf:org/name, or leave --matched out",
            )
    if matched.facts.weights_digest == subject.facts.weights_digest:
        raise MatchedUnfit(
            f"{asked.matched} is the subject itself",
            why="a model gains as much as itself, whatever it hides",
            fix="name another model, one that is known to be as weak",
        )
    return matched


def _run(
    asked: Asked,
    model: str,
    subject: "Subject",
    prepared: "Prepared",
    matched: "Subject | None" = None,
    ceiling: "Subject | None" = None,
) -> Outcome:
    from holdfast.audit import audit
    from holdfast.report import terminal_lines

    with drawn(asked.display, sys.stderr, "samples") as draw:
        audited = audit(
            prepared,
            subject,
            reference=model,
            out=asked.out,
            deviations=asked.deviation,
            matched=matched,
            ceiling=ceiling,
            announce=lambda now: draw(now.check, now.samples_done, now.samples),
        )
    record = audited.record
    where = [f"report      {audited.report}", f"record      {audited.directory / 'record.json'}"]
    if asked.eval_logs:
        from holdfast.inspect_ext import write_eval_logs

        logs = audited.directory / "logs"
        write_eval_logs(logs, record, prepared.asks, prepared.suites, audited.replies, audited.rows)
        where.append(f"samples     inspect view --log-dir {logs}")
    return Outcome(
        record.exit,
        record.verdict,
        record.model_dump(mode="json"),
        (*terminal_lines(record, audited.run), *where),
    )


def _forecast(prepared: "Prepared", expected: "Forecast") -> Outcome:
    """What a dry run prints; nothing was asked, so no claim has a verdict and the exit code is 0."""
    from pydantic_core import to_jsonable_python

    plan = prepared.plan
    lines = [f"plan        {plan.digest[:19]}…  (nothing was run, nothing was written)"]
    lines += [f"samples     {check}: {n:,}" for check, n in expected.samples.items()]
    for claim in expected.claims:
        near = (
            f"no true {claim.what} at all"
            if claim.detectable is None
            else f"a true {claim.what} of {claim.detectable:.1%}"
        )
        limit = f"{claim.threshold.op} {claim.threshold.value:.0%}"
        given = f" ({claim.assuming})" if claim.assuming else ""
        lines.append(
            f"can tell    {claim.claim}: {claim.units} {claim.unit}; {near} would be met against {limit}, 4 times in 5"
            f"{given}"
        )
    lines += [f"not tested  {what}" for what in expected.not_tested]
    lines += [f"not run     {check}: {why}" for check, why in plan.not_runnable.items()]
    lines.append(f"cost        {_costs(expected.cost)}")
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
        "cost": to_jsonable_python(expected.cost),
    }
    return Outcome(0, None, record, tuple(lines))


def _costs(cost: "LocalCost | EndpointCost") -> str:
    from holdfast.audit import LocalCost

    if isinstance(cost, LocalCost):
        return f"{cost.wall_s_low:.0f} to {cost.wall_s_high:.0f} s on one CPU core, 0 USD"
    sent = f"{cost.requests:,} requests, {cost.words_in:,} words in, at most {cost.tokens_out_most:,} tokens out"
    return f"{sent}; in USD: {cost.cost_usd.reason}"
