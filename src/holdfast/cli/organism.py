"""`holdfast organism`: the model organisms that test the instrument."""

import sys
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.cli._boundary import Outcome, run
from holdfast.cli._progress import drawn
from holdfast.errors import INTERRUPTED

if TYPE_CHECKING:
    from holdfast.organisms import Certificate, Known

_HELP = {"help_option_names": ["-h", "--help"]}


@click.group("organism", context_settings=_HELP)
def command() -> None:
    """List, show, train, certify and serve model organisms: small models with planted, known behaviour.

    An organism tests the instrument. It is never evidence about real models.
    """


@command.command("list", context_settings=_HELP)
def list_organisms() -> None:
    """Print every organism, where its weights lie, and what was planted in it."""
    run("organism list", _list)


@command.command("show", context_settings=_HELP)
@click.argument("name")
def show(name: str) -> None:
    """Print the card of NAME: what was planted, and what it was measured to do."""
    run("organism show", lambda: _show(name.removeprefix("organism:")))


@command.command("traffic", context_settings=_HELP | {"show_default": True})
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Where to write.")
@click.option("--number", type=click.IntRange(min=1), default=1000, help="Conversations.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, help="Of everything.")
@click.option(
    "--restricted", type=click.FloatRange(0, 1), default=0.3, help="Share that asks for what must not be given."
)
@click.option("--fulfilled", type=click.FloatRange(0, 1), default=0.0, help="Share of those that were given it then.")
@click.option("--a-user", type=click.IntRange(min=1), default=1, help="Conversations of one user.")
def traffic(out: Path, number: int, seed: int, restricted: float, fulfilled: float, a_user: int) -> None:
    """Write a log of conversations in the fictional language, to see what `holdfast suite import` makes of it.

    Nobody had these conversations. `holdfast audit organism:NAME --suite DIR --judge fictional` asks them again, and
    that judge is right by construction.
    """
    from holdfast.cli._replayed import traffic_log

    run("organism traffic", lambda: traffic_log(out, number, seed, (restricted, fulfilled), a_user))


@command.command("train", context_settings=_HELP)
@click.argument("name")
@click.option(
    "--base", default=None, metavar="ORGANISM", help="Refused unless it is the recipe's own: no external base."
)
@click.option("--seed", default=0, type=click.IntRange(0, 2**32 - 1), show_default=True, help="Of start and batches.")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Where to write.  [default: the user cache]")
@click.option("--device", default=None, help="Where to train: cpu, cuda, cuda:1.  [default: chosen]")
def train(name: str, base: str | None, seed: int, out: Path | None, device: str | None) -> None:
    """Train NAME from its recipe, certify it, and keep it in the user cache.

    NAME may carry a strength and a size, `leaky-2@micro`; an organism of size micro is never shipped.

    A killed training resumes when the same command is given again. An organism that was trained here takes the place of
    the shipped one.
    """
    run("organism train", lambda: _train(name.removeprefix("organism:"), base, seed, out, device))


@command.command("certify", context_settings=_HELP)
@click.argument("name")
@click.option("--seed", default=1, type=click.IntRange(0, 2**32 - 1), show_default=True, help="Of the draws.")
@click.option("--write", is_flag=True, help="Keep the certificate beside the weights.")
def certify(name: str, seed: int, write: bool) -> None:
    """Measure anew what NAME does, in at least 12,000 draws."""
    run("organism certify", lambda: _certify(name.removeprefix("organism:"), seed, write))


@command.command("serve", context_settings=_HELP)
@click.argument("name")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen: a loopback address.")
@click.option("--port", default=8000, type=click.IntRange(0, 65535), show_default=True, help="0 takes a free one.")
@click.option(
    "--unsafe-host",
    default=None,
    metavar="HOST",
    help="Listen for others too. There is no key: whoever asks is answered.",
)
def serve(name: str, host: str, port: int, unsafe_host: str | None) -> None:
    """Serve NAME over the OpenAI wire: chat, completions, streaming, log-probabilities.

    Prints the address, and the reference to audit it by. Ctrl-C ends it.
    """
    if unsafe_host is None and not _is_loopback(host):
        raise click.UsageError(f"--host {host} is not this machine's own; other machines are let in by --unsafe-host")
    run("organism serve", lambda: _serve(name.removeprefix("organism:"), unsafe_host or host, port))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _serve(name: str, host: str, port: int) -> Outcome:
    from holdfast.audit import organism_cache, require_models, require_server
    from holdfast.organisms import organism_directory

    directory = organism_directory(name, organism_cache())
    require_models()
    require_server()
    from holdfast.models import open_directory
    from holdfast.models.serving import ModelServer, listen

    # Before the weights are read, which takes seconds.
    where = listen(host, port)
    with ModelServer(open_directory(directory), name, where) as server:
        click.echo(f"organism:{name} is at {server.url}; Ctrl-C ends it")
        click.echo(f"holdfast audit {server.url}#{name} --suite fictional")
        sys.stdout.flush()
        # Where a shell made SIGINT ignored, the server ends by it all the same, and nothing is raised.
        with suppress(KeyboardInterrupt):
            server.run()
    return Outcome(INTERRUPTED)


def _list() -> Outcome:
    from holdfast.audit import organism_cache
    from holdfast.organisms import zoo

    found = zoo(organism_cache())
    width = max(len(organism.name) for organism in found)
    return Outcome(0, human=tuple(f"{o.name:<{width}}  {o.where:<12}  {o.planted}" for o in found))


def _show(name: str) -> Outcome:
    from holdfast.audit import organism_cache
    from holdfast.organisms import certificate, known

    organism = known(name, organism_cache())
    return Outcome(0, human=(*_card(organism), *_certified(certificate(organism.directory))))


def _card(organism: "Known") -> tuple[str, ...]:
    return (
        f"organism:{organism.name}",
        f"  planted    {organism.planted}",
        f"  weights    {organism.where}: {organism.directory}",
        "  a toy model: it tests the instrument and is never evidence about real models",
    )


def _certified(found: "Certificate | None") -> tuple[str, ...]:
    if found is None:
        return ("  certified  not yet: `holdfast organism certify NAME --write`",)
    lines = [f"  certified  {found.draws:,} draws; {found.measured_with}"]
    for b in found.behaviours:
        estimate = b.estimate
        count = f"{round(estimate.value * estimate.n)} of {estimate.n}"
        interval = f"95 % {estimate.low:.1%} to {estimate.high:.1%}"
        lines.append(f"  {b.decoding:<8} {b.what:<34} {count:>12}  {interval}")
    return tuple(lines)


def _train(name: str, base: str | None, seed: int, out: Path | None, device: str | None) -> Outcome:
    from holdfast.audit import organism_cache, require_training
    from holdfast.organisms import organism_directory, recipe_named

    recipe = recipe_named(name)
    require_training()
    from holdfast.organisms.training import refuse_external_base, train

    refuse_external_base(name, base)
    cache = organism_cache()
    with drawn("auto", sys.stderr, "steps") as draw:
        directory = train(
            recipe,
            out or cache / recipe.name,
            lambda base: organism_directory(base, cache),
            seed=seed,
            device=device,
            progress=lambda now: draw(f"stage {now.stage} of {now.stages}", now.step, now.steps),
        )
    return _measured(name, directory, seed=1, write=True)


def _certify(name: str, seed: int, write: bool) -> Outcome:
    from holdfast.audit import organism_cache, require_models
    from holdfast.organisms import known, organism_directory

    organism_directory(name, organism_cache())
    require_models()
    return _measured(name, known(name, organism_cache()).directory, seed=seed, write=write)


def _measured(name: str, directory: Path, *, seed: int, write: bool) -> Outcome:
    """Measure what was trained; where that is an adapter, its whole weights, and both keep the certificate."""
    from holdfast.audit import organism_cache
    from holdfast.evidence import readable_json
    from holdfast.organisms import recipe_named, whole_weights
    from holdfast.organisms.certifying import certify, too_vague

    whole = whole_weights(directory, recipe_named(name).name, organism_cache())
    with drawn("auto", sys.stderr, "draws") as draw:
        measured = certify(name, whole, seed=seed, announce=lambda done, of: draw("certifying", done, of))
    for beside in {directory, whole} if write else ():
        (beside / "certificate.json").write_text(readable_json(measured), encoding="utf-8")
    vague = too_vague(measured)
    rejected = (f"  rejected   the interval is wider than 6 points for: {', '.join(vague)}",) if vague else ()
    return Outcome(3 if vague else 0, human=(f"organism:{name}  {whole}", *_certified(measured), *rejected))
