"""`holdfast audit --requests FILE`: own requests, asked in twins."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from holdfast.cli._published import Asked, say
from holdfast.errors import MaterialUnfit

if TYPE_CHECKING:
    from holdfast.audit import Prepared
    from holdfast.evidence import Framework, Subject

_FILE: Final = click.Path(path_type=Path)
LONGEST_REPLY: Final = 1_024
"""Tokens, where nothing else is said."""


def refuse_without_requests(asked: Asked) -> None:
    """Refuse what only own requests have a use for, where none are brought, and what they have no use for.

    Raises:
        MaterialUnfit: An option would say nothing.
    """
    theirs = {"--benchmark": asked.benchmarks, "--scorer": asked.scorer, "--max-new-tokens": asked.max_new_tokens}
    others = {"--suite": asked.suites != ("auto",), "--matched": asked.matched, "--frozen": asked.frozen}
    others |= {"--study": asked.study}
    brought = asked.requests is not None
    for option, given in (others if brought else theirs).items():
        if given:
            raise MaterialUnfit(
                f"{option} says nothing {'beside' if brought else 'without'} --requests",
                why="own requests are asked in twins, in a run of their own",
                fix=f"leave {option} out{'' if brought else ', or add --requests FILE'}",
            )


def prepared_twins(asked: Asked, subject: "Subject", framework: "Framework") -> "Prepared":
    """The plan of a run that asks own requests in twins.

    Raises:
        MaterialUnfit: See `own_twins`, which has the other errors too.
    """
    from holdfast.audit import OwnRequests, own_twins, prepare

    assert asked.requests is not None  # or nobody would have asked for this
    most = asked.max_new_tokens or LONGEST_REPLY
    own = OwnRequests(asked.requests, asked.benchmarks, asked.judges, asked.scorer, asked.labelled, most)
    suites, designs = own_twins(own, subject.facts, framework, announce=say)
    return prepare(subject.facts, framework, suites, asked.seed, designs=designs)


def twin_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options, on a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


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
        help="With --requests: questions with answers, or requests that any model should fulfil; may be given again.",
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
        help=f"With --requests: of a reply.  [default: {LONGEST_REPLY}]",
    ),
)
