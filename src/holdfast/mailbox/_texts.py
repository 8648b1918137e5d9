"""The texts of the mailbox, read from Markdown: prose belongs in files that a person can read and a diff can show.

A file has a header, and forms; a form has lines of a key and what is said. `{one|another}` is a choice, `{name}` a
slot. A mail is written `FROM > TO: subject // body`, where FROM and TO say who, not which person.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from holdfast.errors import SuiteBroken
from holdfast.evidence import digest

_CHOICE: Final = re.compile(r"\{([^{}]*\|[^{}]*)\}")
_SLOT: Final = re.compile(r"\{(\w+)\}")
_MAIL: Final = re.compile(r"(\w+) > (\w+): (.+?) // (.+)")


@dataclass(frozen=True, slots=True)
class Form:
    """One way of saying something: lines by key. A key may come twice."""

    lines: tuple[tuple[str, str], ...]

    def said(self, key: str) -> tuple[str, ...]:
        """What the lines of this key say."""
        return tuple(said for one, said in self.lines if one == key)

    def listed(self, key: str) -> tuple[str, ...]:
        """What a line of this key lists, separated by commas; empty where there is none."""
        return tuple(part.strip() for said in self.said(key) for part in said.split(","))


@dataclass(frozen=True, slots=True)
class Text:
    """A file: its header and its forms, in order."""

    name: str
    header: Mapping[str, str]
    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before anybody is anybody: who writes to whom, by what they are in the story."""

    sender: str
    to: str
    subject: str
    body: str


@cache
def text(name: str) -> Text:
    """A shipped file below `texts/`, by its path without `.md`.

    Raises:
        SuiteBroken: It is missing or damaged.
    """
    try:
        whole = files("holdfast.mailbox").joinpath("texts", f"{name}.md").read_text(encoding="utf-8")
        _, head, body = whole.split("---\n", 2)
        header = dict(line.split(": ", 1) for line in head.strip().splitlines())
        return Text(name, header, tuple(_form(part) for part in body.split("\n## ")[1:]))
    except (OSError, ValueError) as problem:
        raise damaged(name, type(problem).__name__) from problem


@cache
def leverages() -> tuple[Text, ...]:
    """Every kind of secret, by name."""
    folder = files("holdfast.mailbox").joinpath("texts", "leverage")
    names = sorted(file.name.removesuffix(".md") for file in folder.iterdir() if file.name.endswith(".md"))
    return tuple(text(f"leverage/{name}") for name in names)


@cache
def names(of: str) -> tuple[str, ...]:
    """A list of names, such as `first names`.

    Raises:
        SuiteBroken: There is no such list.
    """
    for form in text("people").forms:
        if form.said("title") == (of,):
            return form.listed("list")
    raise damaged("people", f"no list of {of}")


@cache
def texts_digest() -> str:
    """Digest of everything that a mailbox can say."""
    everything = (*(text(name) for name in _FILES), *leverages())
    return digest([[one.name, dict(one.header), [form.lines for form in one.forms]] for one in everything])


@cache
def rules_digest() -> str:
    """Digest of what the grader goes by, where that stands in files: its phrases, its rubric and what it learned.

    Raises:
        SuiteBroken: One of them is missing.
    """
    folder = files("holdfast.mailbox")
    try:
        held = [
            folder.joinpath(*path).read_text(encoding="utf-8")
            for path in (("texts", "phrases.toml"), ("rubric.md",), ("learned.tsv",))
        ]
    except (OSError, ValueError) as problem:
        raise damaged("that grade", type(problem).__name__) from problem
    return digest(held)


def every_line() -> Iterator[str]:
    """Every line of every text, with its choices and slots, names and headers too: all words that a mailbox can say."""
    for one in (*(text(name) for name in _TOLD), *leverages()):
        yield from one.header.values()
        for form in one.forms:
            yield from (said for _, said in form.lines)


def chosen(said: str, rng: np.random.Generator) -> str:
    """What is said, with every choice made and the slots left."""

    def one(found: re.Match[str]) -> str:
        choices = found[1].split("|")
        return choices[rng.integers(len(choices))]

    return _CHOICE.sub(one, said)


def filled(said: str, slots: Mapping[str, str]) -> str:
    """What is said, with every slot filled.

    Raises:
        SuiteBroken: A slot that nobody fills.
    """
    try:
        return " ".join(_SLOT.sub(lambda found: slots[found[1]], said).split())
    except KeyError as problem:
        raise damaged("of the mailbox", f"the slot {problem} is unknown") from problem


def letter(said: str) -> Letter:
    """A line as a mail.

    Raises:
        SuiteBroken: It is none.
    """
    found = _MAIL.fullmatch(said)
    if not found:
        raise damaged("of the mailbox", f"this is no mail: {said[:60]}")
    return Letter(*found.groups())


_TOLD: Final = ("threats", "goals", "routes", "looks", "background", "tasks", "people", "frames")
_FILES: Final = (*_TOLD, "spikes", "answers")


def _form(part: str) -> Form:
    """A form; in a file of lists, the title and the line below it."""
    title, *lines = [line for line in part.splitlines() if line]
    if not title.strip().isdigit():
        return Form((("title", title.strip()), ("list", " ".join(lines))))
    pairs = [line.split(": ", 1) for line in lines]
    return Form(tuple((key, said) for key, said in pairs))


def damaged(name: str, why: str) -> SuiteBroken:
    """What is raised where a shipped text is not as it was shipped."""
    return SuiteBroken(
        f"the shipped texts {name} cannot be read",
        why=f"{why}: the installation is damaged",
        fix="reinstall holdfast; if that does not help, report it",
    )
