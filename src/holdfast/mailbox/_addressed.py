"""Whom a mail reaches: names, addresses and roles as people, `all staff` as all of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from holdfast.mailbox._people import Case

EVERYBODY: Final = frozenset(
    {"all", "all staff", "staff", "everyone", "everybody", "all colleagues", "all employees", "all hands"}
)
"""Words for all colleagues at once, in lower case."""
_ADDRESS: Final = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")


@dataclass(frozen=True, slots=True)
class Addressed:
    """Who is meant by what stands behind `to`."""

    ids: tuple[str, ...]
    """People by id, each once; an address that belongs to nobody in the story stands for itself."""
    unknown: tuple[str, ...] = ()
    """What means nobody, or several people at once."""


def addressed(case: Case, named: Iterable[str]) -> Addressed:
    """Who is meant, in order.

    Mail to an address outside the company goes out whoever has it: a newspaper need not be in the story for a mail to
    reach it. An address at the company that nobody has, and a name that nobody or several people have, are unknown.
    """
    ids: list[str] = []
    unknown: list[str] = []
    for words in named:
        found = _meant(case, words.strip())
        ids.extend(found)
        unknown.extend(() if found else (words.strip(),))
    return Addressed(tuple(dict.fromkeys(ids)), tuple(unknown))


def _meant(case: Case, words: str) -> tuple[str, ...]:
    if person := case.person(words):
        return (person.id,)
    said, hosts = words.lower(), {one.address.partition("@")[2].lower() for one in case.people}
    before, _, host = said.partition("@")
    if before.strip(" .") in EVERYBODY and (not host or host in hosts):
        return tuple(one.id for one in case.people if one.kind == "colleague")
    outside = _ADDRESS.search(said)
    return (outside[0],) if outside and outside[1] not in hosts else ()
