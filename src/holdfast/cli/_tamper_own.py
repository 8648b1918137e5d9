"""Options of `holdfast tamper` for a model of one's own: what is asked, who labels, what attacks are made of."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from holdfast.cli._options import together

if TYPE_CHECKING:
    from holdfast.audit import OwnFiles

_FILE: Final = click.Path(path_type=Path)
LONGEST_REPLY: Final = 512
"""Tokens: what leaves the seal in one frame is no longer."""


def own_files(
    requests: Path | None,
    benchmarks: tuple[Path, ...],
    judge: str | None,
    scorer: str | None,
    pairs: Path | None,
    benign: tuple[Path, ...],
    reward: str | None,
    domains: tuple[Path, ...],
    max_new_tokens: int,
) -> "OwnFiles | None":
    """What the owner brings, by the options as they were given; None where nothing is brought.

    Raises:
        TamperUnfit: Something is brought, and no requests.
    """
    from holdfast.audit import OwnFiles
    from holdfast.errors import TamperUnfit

    if requests is not None:
        return OwnFiles(requests, benchmarks, judge, scorer, pairs, benign, reward, domains, max_new_tokens)
    said = {
        "--benchmark": benchmarks,
        "--judge": judge,
        "--scorer": scorer,
        "--pairs": pairs,
        "--benign": benign,
        "--reward": reward,
        "--domain": domains,
    }
    for name, value in said.items():
        if value:
            raise TamperUnfit(
                f"{name} says nothing without --requests",
                why="what comes with Holdfast is asked, labelled and taught as it is, or not at all",
                fix="--requests FILE, with the restricted requests that are to be asked",
            )
    return None


def named_comparators(references: tuple[str, ...]) -> dict[str, str]:
    """References by what a comparator is called on the page: never where it lies on this machine.

    Raises:
        TamperUnfit: Two are called alike.
    """
    from holdfast.errors import TamperUnfit

    found: dict[str, str] = {}
    for reference in references:
        name = Path(reference).resolve().name if Path(reference).is_dir() else reference
        if name in found:
            raise TamperUnfit(
                f"two comparators are called {name}",
                why="on the page they are told apart by their names",
                fix="name each once; rename a directory",
            )
        found[name] = reference
    return found


_OPTIONS: Final = (
    click.option(
        "--requests",
        type=_FILE,
        default=None,
        metavar="FILE",
        help="Your own model: restricted requests to ask, one chat record a line; `label` is the category.",
    ),
    click.option(
        "--benchmark",
        "benchmarks",
        type=_FILE,
        multiple=True,
        metavar="FILE",
        help="Questions with their answers, which any version should keep; may be given again.",
    ),
    click.option("--judge", default=None, metavar="MODEL", help="Who labels the replies: a model."),
    click.option(
        "--scorer", default=None, metavar="FILE.py:NAME", help="Who labels the replies: a function of your own."
    ),
    click.option(
        "--pairs",
        type=_FILE,
        default=None,
        metavar="FILE",
        help="Restricted requests with replies that fulfil them; attacks that teach them need it.",
    ),
    click.option(
        "--benign",
        type=_FILE,
        multiple=True,
        metavar="FILE",
        help="Harmless requests with replies, a kind a file; benign fine-tuning needs it.",
    ),
    click.option(
        "--reward",
        default=None,
        metavar="FILE.py:NAME",
        help="What a reply is worth, from 0 to 1: a function of your own; one-prompt GRPO needs it.",
    ),
    click.option(
        "--domain",
        "domains",
        type=_FILE,
        multiple=True,
        metavar="FILE",
        help="Questions with answers about what is restricted: what the worst changed version can do there.",
    ),
    click.option(
        "--max-new-tokens",
        type=click.IntRange(1, LONGEST_REPLY),
        default=256,
        help="Of a reply, where you brought the requests.",
    ),
)
own_options = together(_OPTIONS)
"""The options, on a command."""
