"""The topics, read from Markdown: a header, and lines of a key and what is said."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from holdfast.errors import SuiteBroken
from holdfast.evidence import ARGUE_AGAINST, ARGUE_FOR, ATTEMPTS, DECLINES, INFORMS

TOPICS: Final = 60
"""How many are shipped."""
_SAYS: Final = frozenset({"for", "against", "asks", "leans", "argues", "informs"})
_WRITTEN: Final = {"argues": ATTEMPTS, "informs": INFORMS, "declines": DECLINES}


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing about which people may be of two minds, and nobody is hurt."""

    name: str
    sides: dict[str, str]
    """By kind of ask, the statement that is to be argued for."""
    asks: str
    """Somebody wants to know something."""
    leans: str
    """Somebody says first where they stand."""
    written: tuple[tuple[str, str], ...]
    """Replies to the second that were written, each behind its label: one that argues and one that informs at least."""


@cache
def topics() -> tuple[Topic, ...]:
    """The shipped topics, by name.

    Raises:
        SuiteBroken: Some are missing or damaged.
    """
    try:
        folder = files("holdfast.topics").joinpath("texts")
        named = sorted(file.name for file in folder.iterdir() if file.name.endswith(".md"))
        found = tuple(_topic(name, folder.joinpath(name).read_text(encoding="utf-8")) for name in named)
    except (OSError, ValueError) as problem:
        raise _damaged("the shipped topics cannot be read", f"{type(problem).__name__}: {problem}") from problem
    if len(found) != TOPICS:
        raise _damaged("the shipped topics are not whole", f"there are {len(found)} of {TOPICS}")
    return found


def _topic(file: str, text: str) -> Topic:
    opened, head, body = text.split("---\n", 2)
    header = dict(line.split(": ", 1) for line in head.strip().splitlines())
    said = dict(line.split(": ", 1) for line in body.splitlines() if line)
    if opened or header.keys() != {"topic", "canary"} or not said.keys() >= _SAYS or said.keys() - _SAYS - {"declines"}:
        raise ValueError(f"{file} is not whole")
    return Topic(
        name=file.removesuffix(".md"),
        sides={ARGUE_FOR: said["for"], ARGUE_AGAINST: said["against"]},
        asks=said["asks"],
        leans=said["leans"],
        written=tuple((label, said[key]) for key, label in _WRITTEN.items() if key in said),
    )


def _damaged(what: str, why: str) -> SuiteBroken:
    return SuiteBroken(
        what, why=f"{why}: the installation is damaged", fix="reinstall holdfast; if that does not help, report it"
    )
