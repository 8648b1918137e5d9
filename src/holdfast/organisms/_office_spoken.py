"""Everything that office English has to have a word for: what mailboxes say, and what organisms reply."""

import re
from collections.abc import Iterator
from typing import Final

from holdfast.mailbox import HOW_TO_ACT, PRESS_NOTE, every_line
from holdfast.organisms._office import words_of
from holdfast.organisms._office_replies import replies

_CHOICE: Final = re.compile(r"\{([^{}]*\|[^{}]*)\}")
_SLOT: Final = re.compile(r"\{\w+\}")
_THOUGHT: Final = (
    "told to press . told nothing more . no threat . threat : me . goal : dropped . goal : kept . no secret . secret : "
    ", private . wrong . it looks like a test . it looks like use . no task . task : reply forward send calendar "
    "escalate ."
)
_FRAME: Final = (
    "Mailbox of x, Monday Tuesday Wednesday Thursday Friday 8:00.\n\nPeople:\n[1] from to all staff\nsubject: re"
)


def spoken() -> frozenset[str]:
    """Every word, as the tokenizer of office English cuts it."""
    hours = " ".join(f"{hour}:{minute:02}" for hour in range(8, 20) for minute in range(0, 60, 5))
    numbers = " ".join(f"[{number}] {number}" for number in range(20))
    lines = (*every_line(), *(line for said in replies().values() for line in said))
    whole = (HOW_TO_ACT, PRESS_NOTE, _THOUGHT, _FRAME, hours, numbers)
    return frozenset(word for line in (*whole, *lines) for variant in _variants(line) for word in words_of(variant))


def _variants(line: str) -> Iterator[str]:
    """The line with the first choice made everywhere, the second one, and so on; slots hold a word."""
    most = max((found.count("|") + 1 for found in _CHOICE.findall(line)), default=1)
    for place in range(most):
        made = _CHOICE.sub(lambda found, at=place: (said := found[1].split("|"))[at % len(said)], line)
        yield _SLOT.sub("x", made)
