"""`holdfast suite`: the published suites that can be asked, their data, and conversations of one's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.cli._boundary import Outcome, run

if TYPE_CHECKING:
    from holdfast.suites import KnownSuite

_HELP = {"help_option_names": ["-h", "--help"]}


@click.group("suite", context_settings=_HELP)
def command() -> None:
    """List the published suites, freeze their data, and import your own conversations.

    A suite is run as its authors wrote it, by the inspect_evals that is installed. None of their data ship with
    Holdfast: whoever runs a suite fetches them from their publisher, on the publisher's terms.
    """


@command.command("list", context_settings=_HELP)
def list_suites() -> None:
    """Print every suite: what it asks and counts, what it needs, and whose data it asks."""
    run("suite list", _list)


@command.command("freeze", context_settings=_HELP)
@click.argument("name")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Where to write DIR/NAME.jsonl."
)
def freeze(name: str, out: Path) -> None:
    """Fetch the data of suite NAME from their publisher, once, into a private file.

    `holdfast audit --suite NAME --frozen DIR` then asks exactly these samples, without a network. The file is for you
    alone (mode 0600): it is not for redistribution.
    """
    run("suite freeze", lambda: _freeze(name, out))


@command.command("import", context_settings=_HELP | {"show_default": True})
@click.argument("log", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Where to keep what is taken."
)
@click.option(
    "--redact-names",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help="Names to take out, one a line. Without it no name is taken out.",
)
@click.option(
    "--sample", type=click.IntRange(min=1), default=None, metavar="N", help="Take N at random.  [default: all]"
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, help="Of the sample.")
@click.option(
    "--salt",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help="A secret by which you can find a conversation again.  [default: drawn, and kept by nobody]",
)
@click.option(
    "--longest", type=click.IntRange(min=1), default=100_000, metavar="CHARS", help="What is longer is left out."
)
@click.option("--json", "as_json", is_flag=True, help="Print exactly one JSON envelope on stdout.")
def import_(
    log: Path,
    out: Path,
    redact_names: Path | None,
    sample: int | None,
    seed: int,
    salt: Path | None,
    longest: int,
    as_json: bool,
) -> None:
    """Take conversations from LOG, redact them on this machine, and keep them for `holdfast audit --suite DIR`.

    LOG is JSON lines with `messages` of `role` and `content`, as OpenAI's formats have them, or `conversations` of
    `from` and `value`, or spans of OpenTelemetry's GenAI conventions as OTLP/JSON. It is read and never copied. Mail
    addresses, telephone and card numbers, bank accounts, addresses of machines, keys and tokens become words such as
    [EMAIL]. What has no fixed form stays, so what is kept is not anonymous. Every record that cannot be replayed is
    counted, with the reason.
    """
    from holdfast.cli._replayed import import_log

    run(
        "suite import",
        lambda: import_log(log, out, redact_names, sample, seed, salt, longest),
        as_json=as_json,
    )


def _list() -> Outcome:
    from holdfast.suites import SUITES

    return Outcome(0, human=tuple(line for suite in SUITES.values() for line in _card(suite)))


def _card(suite: "KnownSuite") -> Iterator[str]:
    yield suite.name
    yield f"  asks       {suite.asks}"
    yield from (f"  counts     the share of {event}" for event in suite.measures)
    yield f"  needs      {suite.needs}{'; a subject that calls tools' if suite.agentic else ''}"
    yield f"  data       {suite.publisher.name}: {suite.publisher.address}"
    yield f"  terms      {suite.publisher.terms}"


def _freeze(name: str, out: Path) -> Outcome:
    from holdfast.suites import freeze_suite, suite_named

    path, head = freeze_suite(suite_named(name), out)
    return Outcome(
        0,
        human=(
            f"frozen      {path}",
            f"samples     {head.samples:,}, {head.digest}",
            f"version     {head.task} {head.version}, inspect_evals {head.inspect_evals}",
            f"publisher   {head.publisher}: {head.address}",
            f"terms       {head.terms}",
            f"notice      {head.notice}",
            f"use         holdfast audit MODEL --suite {head.suite} --frozen {out}",
        ),
    )
