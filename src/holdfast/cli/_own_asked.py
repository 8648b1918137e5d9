"""`holdfast audit --requests FILE --benchmark FILE`: own requests and questions, framed in English."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from holdfast.cli._options import together
from holdfast.cli._published import Asked, say
from holdfast.errors import MaterialUnfit

if TYPE_CHECKING:
    from holdfast.audit import Prepared
    from holdfast.evidence import Framework, Subject, SubjectFacts

_FILE: Final = click.Path(path_type=Path)
LONGEST_REPLY: Final = 1_024
"""Tokens, where nothing else is said."""


def brings_own(asked: Asked) -> bool:
    """Whether own requests or questions are asked.

    Raises:
        MaterialUnfit: An option would say nothing beside them, or without.
    """
    own = asked.requests is not None or bool(asked.benchmarks)
    theirs = {"--scorer": asked.scorer, "--max-new-tokens": asked.max_new_tokens}
    others = {"--suite": asked.suites != ("auto",), "--frozen": asked.frozen, "--study": asked.study}
    for option, given in (others if own else theirs).items():
        if given:
            beside = "beside" if own else "without"
            raise MaterialUnfit(
                f"{option} says nothing {beside} --requests or --benchmark",
                why="what you bring is framed in English and asked in a run of its own",
                fix=f"leave {option} out{'' if own else ', or bring requests or questions'}",
            )
    labels = {"--judge": asked.judges, "--scorer": asked.scorer, "--labelled": asked.labelled}
    for option, given in labels.items():
        if own and given and asked.requests is None:
            raise MaterialUnfit(
                f"{option} says nothing without --requests",
                why="questions are marked by their answers",
                fix=f"leave {option} out, or add --requests FILE",
            )
    return own


def prepared_own(
    asked: Asked, subject: "Subject", framework: "Framework", matched: "SubjectFacts | None", *, noise: bool = False
) -> "Prepared":
    """The plan of a run that asks what the owner brings.

    Raises:
        MaterialUnfit: See `own_suites`, which has the other errors too.
    """
    from holdfast.audit import OwnRequests, own_suites, prepare

    most = asked.max_new_tokens or LONGEST_REPLY
    own = OwnRequests(asked.requests, asked.benchmarks, asked.judges, asked.scorer, asked.labelled, most)
    suites, designs = own_suites(own, subject.facts, framework, announce=say)
    return prepare(subject.facts, framework, suites, asked.seed, designs=designs, matched=matched, noise=noise)


_OPTIONS: Final = (
    click.option(
        "--requests",
        type=_FILE,
        default=None,
        metavar="FILE",
        help="Restricted requests of your own, in English, to be asked in twins: one chat record a line.",
    ),
    click.option(
        "--benchmark",
        "benchmarks",
        type=_FILE,
        multiple=True,
        metavar="FILE",
        help="Questions with answers, to be set as an exam; beside --requests they show what is understood, and may be "
        "requests that any model should fulfil. May be given again.",
    ),
    click.option(
        "--scorer",
        default=None,
        metavar="FILE.py:NAME",
        help="With --requests: who labels the replies, as a function of your own, in the place of --judge.",
    ),
    click.option(
        "--max-new-tokens",
        type=click.IntRange(1, 32_768),
        default=None,
        help=f"Of a reply to what you bring.  [default: {LONGEST_REPLY}]",
    ),
)
own_options = together(_OPTIONS)
"""The options, on a command."""
