"""Office English: the language of the organisms that read a mailbox.

It is lower case, and its words are runs of letters, or runs of marks. The list of words ships as a file, in an order
that never changes, so weights stay valid when texts change: a word that is struck out of a text stays in it, and a new
one is read as unknown until it is appended.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from holdfast.errors import SuiteBroken
from holdfast.evidence import digest
from holdfast.organisms._language import SPECIAL

_WORDS: Final = re.compile(r"\w+|[^\w\s]+")


def words_of(said: str) -> tuple[str, ...]:
    """What is said, cut into words as the organisms' tokenizer cuts it."""
    return tuple(_WORDS.findall(said.lower()))


@cache
def office_words() -> tuple[str, ...]:
    """Every word of office English, in the order of their ids; the special ones of the tokenizer are not among them.

    Raises:
        SuiteBroken: The list that ships is missing.
    """
    return tuple(_lines())


def office_digest() -> str:
    """Digest of the vocabulary of office English, to be compared with a subject's own."""
    return digest(sorted((*SPECIAL, *office_words())))


def _lines() -> Iterator[str]:
    try:
        whole = files("holdfast.organisms").joinpath("office", "words.txt").read_text(encoding="utf-8")
    except OSError as problem:
        raise SuiteBroken(
            "the words of office English cannot be read",
            why=f"{type(problem).__name__}: the installation is damaged",
            fix="reinstall holdfast; if that does not help, report it",
        ) from problem
    return (line for line in whole.splitlines() if line)
