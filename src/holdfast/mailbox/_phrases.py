"""The phrases that the grader knows, from the file in which they stand."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, cast

from holdfast.mailbox._texts import damaged

_GAP: Final = "(?:[a-z0-9:%]+ ){0,4}?"
_KEY: Final = 3
Index = Mapping[str, tuple[tuple[str, str], ...]]


@cache
def phrases() -> Index:
    """Groups and what finds their phrases, by the first three letters of the word with which a phrase begins.

    Raises:
        SuiteBroken: The shipped file is missing or damaged.
    """
    try:
        whole = tomllib.loads(files("holdfast.mailbox").joinpath("texts", "phrases.toml").read_text(encoding="utf-8"))
        return indexed({name: str(listed) for name, listed in cast(Mapping[str, Any], whole["groups"]).items()})
    except (OSError, KeyError, AttributeError, ValueError, re.error) as problem:
        raise damaged("of the mailbox", f"phrases.toml: {type(problem).__name__}") from problem


def indexed(groups: Mapping[str, str]) -> Index:
    """An index of these groups: most words of a mail begin no phrase at all, and then nothing is tried."""
    begun: dict[str, dict[str, list[str]]] = {}
    for name, listed in groups.items():
        for phrase in filter(None, (line.strip() for line in listed.split("\n"))):
            for head in set(_heads(phrase)):
                begun.setdefault(_key(head), {}).setdefault(name, []).append(_expression(phrase))
    return {key: tuple((name, rf"(?:{'|'.join(of)})(?= )") for name, of in held.items()) for key, held in begun.items()}


def found(index: Index, plain: str) -> Iterator[tuple[str, str, int]]:
    """Each phrase in these words: its group, how it was said, and in which sentence."""
    at, sentence = 1, 0
    for word in plain.split():
        sentence += word == "."
        for name, pattern in index.get(_key(word), ()):
            said = _compiled(pattern).match(plain, at)
            if said:
                yield name, said[0], sentence
        at += len(word) + 1


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    """Compiled when a word first needs it: most never do."""
    return re.compile(expression)


def _key(word: str) -> str:
    """The first letters of a word; one key for all numbers."""
    return "0" if word[:1].isdigit() or word.startswith("\\d") else word[:_KEY]


def _heads(phrase: str) -> Iterator[str]:
    """With which words a phrase can begin, as far as they are fixed."""
    if not phrase.startswith("("):
        yield re.split(r"[ *(]", phrase, maxsplit=1)[0]
        return
    inside, rest = _group(phrase)
    for one in _choices(inside):
        yield from _heads(one.strip())
    if rest[:1] in "?*":
        yield from _heads(rest[1:].strip())


def _group(phrase: str) -> tuple[str, str]:
    """What the first pair of brackets holds, and what comes behind it."""
    depth = 0
    for at, mark in enumerate(phrase):
        depth += (mark == "(") - (mark == ")")
        if not depth:
            return phrase[1:at], phrase[at + 1 :]
    raise ValueError(f"an open bracket: {phrase}")


def _choices(inside: str) -> Iterator[str]:
    """Its alternatives, those within further brackets left whole."""
    depth, begun = 0, 0
    for at, mark in enumerate(inside):
        depth += (mark == "(") - (mark == ")")
        if mark == "|" and not depth:
            yield inside[begun:at]
            begun = at + 1
    yield inside[begun:]


def _expression(phrase: str) -> str:
    """A phrase in its own small language (see the head of the file) as a regular expression."""
    optional = re.sub(r" (\([^()]*\))\*$", r"(?: \1)?", phrase)
    starred = re.sub(r"(?<=[a-z0-9])\*", "[a-z]*", optional)
    return starred.replace(" ~ ", f" {_GAP}").replace("(", "(?:").replace("(?:?:", "(?:")
