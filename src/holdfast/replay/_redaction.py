"""Redaction: what names somebody or opens something is replaced by a word for its kind, before anything is written.

It finds what has a form: addresses, numbers with check digits, tokens. It does not find what has none: a name that is
not on the list, a street, an employer, an illness, a story that only one person can tell. What it leaves is not
anonymous.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from holdfast.replay._listed import listed_names
from holdfast.replay._numbers import CARD, IBAN, IP, PHONE, Span, account_in, cards_in, is_ip, is_phone
from holdfast.replay._secrets import KEY, LABELLED, LONG, URL, carries_secret, is_random

REDACTION: Final = "holdfast redaction 2"
"""Its name with a number that grows whenever a rule changes: counts of two versions do not compare."""
_EMAIL: Final = re.compile(r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without what was found in it."""

    text: str
    counts: Counter[str]
    """How much was replaced, by kind."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """One kind of thing: where it may stand, and how much of that it is."""

    kind: str
    pattern: re.Pattern[str]
    found: Callable[[re.Match[str]], Sequence[Span]]
    """Where in the text stands what is replaced, from left to right; nothing where it is none."""


def redactor(names: Iterable[str] = ()) -> Callable[[str], Redacted]:
    """What redacts a text.

    Args:
        names: Of people and others, as they are written; each is replaced as a whole word, in any case, whatever
            spaces, hyphens, apostrophes or unseen characters it is written with.

    Returns:
        A function of a text. Placeholders are `[EMAIL]`, `[PHONE]`, `[CARD]`, `[IBAN]`, `[IP]`, `[URL]`, `[SECRET]` and
        `[NAME]`; what is a placeholder already stays as it is.
    """
    rules = (*_RULES, *_names(names))

    def redact(text: str) -> Redacted:
        counts: Counter[str] = Counter()
        for rule in rules:
            text = _without(text, rule, counts)
        return Redacted(text, counts)

    return redact


def _without(text: str, rule: _Rule, counts: Counter[str]) -> str:
    parts: list[str] = []
    done = at = 0
    while match := rule.pattern.search(text, at):
        at = match.end()
        for start, at in rule.found(match):
            parts += (text[done:start], f"[{rule.kind}]")
            counts[rule.kind] += 1
            done = at
    return "".join((*parts, text[done:]))


def _whole_if(is_one: Callable[[str], bool]) -> Callable[[re.Match[str]], Sequence[Span]]:
    return lambda match: (match.span(),) if is_one(match[0]) else ()


def _whole(match: re.Match[str]) -> Sequence[Span]:
    return (match.span(),)


def _part(match: re.Match[str]) -> Sequence[Span]:
    """Where the one of its named parts stands that was found."""
    assert match.lastgroup is not None  # each pattern that comes here has one
    return (match.span(match.lastgroup),)


def _account(match: re.Match[str]) -> Sequence[Span]:
    length = len(account_in(match[0]))
    return ((match.start(), match.start() + length),) if length else ()


def _address(match: re.Match[str]) -> Sequence[Span]:
    return [span for span in _part(match) if is_ip(match.string[slice(*span)])]


def _names(names: Iterable[str]) -> Sequence[_Rule]:
    pattern = listed_names(names)
    return () if pattern is None else (_Rule("NAME", pattern, _whole),)


_RULES: Final = (
    _Rule("URL", URL, _whole_if(carries_secret)),
    _Rule("SECRET", KEY, _whole),
    _Rule("EMAIL", _EMAIL, _whole),
    _Rule("SECRET", LABELLED, _part),
    _Rule("IBAN", IBAN, _account),
    _Rule("CARD", CARD, cards_in),
    _Rule("IP", IP, _address),
    _Rule("PHONE", PHONE, _whole_if(is_phone)),
    _Rule("SECRET", LONG, _whole_if(is_random)),
)
"""In this order: an address before the mail address in it, a card before the telephone number that it looks like."""
