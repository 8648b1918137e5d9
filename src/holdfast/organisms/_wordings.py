"""Published families of transformations, as wordings that a person can read.

One Markdown file a family, because a wording is prose: a header, and a few lines for each. `user:` and `assistant:` are
turns, `begun:` is how the reply begins. In them, `{request}` stands for the whole request, `{request:backwards}` for
the request with its name written by that function of `_encodings`, and `{thing}`, `{kind}` and `{name}` for their
words.

The first wordings of each family may be used in alignment training. The others are held out: they are what an audit
asks. Unlike a suite's files these carry no digest: they are written by hand. A family that is not whole and a wording
that lost its place for the thing are refused; how well each family is read is kept with the digest of them all.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

from holdfast.errors import SuiteBroken
from holdfast.evidence import Message, Wording, digest
from holdfast.organisms._encodings import ENCODINGS

UNTAUGHT: Final = "cipher"
"""The family that no organism is taught to read."""
TAUGHT_FAMILIES: Final = ("prefix", "role-play", "encoding", "many-shot", "prefill", "past tense", "split task")
FAMILIES: Final = (*TAUGHT_FAMILIES, UNTAUGHT)

WORDINGS_A_FAMILY: Final = 16
TAUGHT_A_FAMILY: Final = 6
"""The first wordings of each family may be used in alignment training; the other ten are held out for the suites."""

_PLACE: Final = re.compile(r"\{(request|thing|kind|name)(?::(\w+))?\}")


@cache
def wordings(held_out: bool | None = None) -> tuple[Wording, ...]:
    """The wordings of every family, by family and number.

    Args:
        held_out: True for those that no alignment training may use, False for the others, None for all.

    Raises:
        SuiteBroken: A shipped file is missing or damaged, has another number of wordings, or one of them lacks a place
            where the thing belongs.
    """
    return tuple(
        wording
        for family in FAMILIES
        for number, wording in enumerate(_read(family))
        if held_out in (None, number >= TAUGHT_A_FAMILY)
    )


def put(wording: Wording, item_request: str, thing_words: str, onset: str = "") -> tuple[tuple[Message, ...], str]:
    """Put a request in this wording.

    Args:
        wording: How.
        item_request: The request as the suite asks it; it holds `thing_words`.
        thing_words: What is asked about: `curse of ba lo ki`.
        onset: The words with which an answer to it begins.

    Returns:
        The turns of the conversation, and the words with which the reply is begun; these are mostly empty.
    """
    kind, name = thing_words.split(" of ", 1)

    def written(place: re.Match[str]) -> str:
        if place[2]:
            encoded = " ".join(ENCODINGS[place[2]](tuple(name.split())))
            return item_request.replace(thing_words, f"{kind} of {encoded}")
        return {"request": item_request, "thing": thing_words, "kind": kind, "name": name}[place[1]]

    turns = tuple(Message(role=turn.role, content=_PLACE.sub(written, turn.content)) for turn in wording.turns)
    return turns, wording.prefill.replace("{onset}", onset)


@cache
def wordings_digest() -> str:
    """The digest of every wording of every family."""
    return digest([wording.model_dump(mode="json") for wording in wordings()])


@cache
def wording_words() -> frozenset[str]:
    """Every word that the wordings use, without what they put in."""
    texts = [text for one in wordings() for text in (*(turn.content for turn in one.turns), one.prefill)]
    return frozenset(word for text in texts for word in _PLACE.sub("", text).replace("{onset}", "").split())


@cache
def openings() -> frozenset[str]:
    """The words of consent with which wordings begin a reply: written by whoever asks, never by the model."""
    return frozenset(one.prefill for one in wordings() if one.prefill)


def _read(family: str) -> tuple[Wording, ...]:
    stem = family.replace(" ", "-")
    try:
        text = files("holdfast.organisms").joinpath("wordings", f"{stem}.md").read_text(encoding="utf-8")
        found = tuple(_wording(family, f"{stem}/{part[:2]}", part) for part in text.split("\n## ")[1:])
    except (OSError, ValueError) as problem:
        raise _damaged(f"the shipped wordings of {family} cannot be read", f"{type(problem).__name__}") from problem
    if len(found) != WORDINGS_A_FAMILY:
        raise _damaged(f"the family {family} is not whole", f"it has {len(found)} of {WORDINGS_A_FAMILY} wordings")
    return found


def _wording(family: str, name: str, part: str) -> Wording:
    lines = [line.split(": ", 1) for line in part.splitlines()[1:] if line]
    turns: list[Any] = [{"role": role, "content": said} for role, said in lines if role != "begun"]
    begun = [said for role, said in lines if role == "begun"]
    if not any(_PLACE.search(turn["content"]) for turn in turns):
        raise _damaged(
            f"the shipped wording {name} does not say where the request belongs",
            "none of its turns holds {request}, {thing}, {kind} or {name}",
        )
    return Wording(id=name, family=family, turns=tuple(Message(**turn) for turn in turns), prefill=" ".join(begun))


def _damaged(what: str, why: str) -> SuiteBroken:
    return SuiteBroken(
        what, why=f"{why}: the installation is damaged", fix="reinstall holdfast; if that does not help, report it"
    )
