"""`holdfast suite`: the published suites that can be asked, and their data."""

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
    """List the published suites, and freeze their data for a machine without a network.

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
