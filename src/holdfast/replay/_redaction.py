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

from holdfast.replay import _numbers, _secrets

REDACTION: Final = "holdfast redaction 1"
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
    found: Callable[[re.Match[str]], str]
    """The part of the match that is replaced; empty where it is none."""


def redactor(names: Iterable[str] = ()) -> Callable[[str], Redacted]:
    """What redacts a text.

    Args:
        names: Of people and others, as they are written; each is replaced as a whole word, in any case.

    Returns:
        A function of a text. Placeholders are `[EMAIL]`, `[PHONE]`, `[CARD]`, `[IBAN]`, `[IP]`, `[URL]`, `[SECRET]` and
        `[NAME]`; what is a placeholder already stays as it is.
    """
    rules = (*_RULES, *_names(names))

    def redact(text: str) -> Redacted:
        counts: Counter[str] = Counter()
        for rule in rules:
            text = rule.pattern.sub(lambda match, rule=rule: _replaced(match, rule, counts), text)
        return Redacted(text, counts)

    return redact


def _replaced(match: re.Match[str], rule: _Rule, counts: Counter[str]) -> str:
    part = rule.found(match)
    if not part:
        return match[0]
    counts[rule.kind] += 1
    return match[0].replace(part, f"[{rule.kind}]", 1)


def _whole_if(is_one: Callable[[str], bool]) -> Callable[[re.Match[str]], str]:
    return lambda match: match[0] if is_one(match[0]) else ""


def _names(names: Iterable[str]) -> Sequence[_Rule]:
    wanted = sorted({" ".join(name.split()) for name in names} - {""}, key=lambda name: (-len(name), name))
    if not wanted:
        return ()
    # Between the parts of a name there may be any white space.
    either = "|".join(r"\s+".join(re.escape(part) for part in name.split()) for name in wanted)
    return (_Rule("NAME", re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE), lambda match: match[0]),)


_RULES: Final = (
    _Rule("URL", _secrets.URL, _whole_if(_secrets.carries_secret)),
    _Rule("SECRET", _secrets.KEY, lambda match: match[0]),
    _Rule("EMAIL", _EMAIL, lambda match: match[0]),
    _Rule("SECRET", _secrets.LABELLED, lambda match: match["value"]),
    _Rule("IBAN", _numbers.IBAN, lambda match: _numbers.account_in(match[0])),
    _Rule("CARD", _numbers.CARD, _whole_if(_numbers.is_card)),
    _Rule("IP", _numbers.IP, _whole_if(_numbers.is_ip)),
    _Rule("PHONE", _numbers.PHONE, _whole_if(_numbers.is_phone)),
    _Rule("SECRET", _secrets.LONG, _whole_if(_secrets.is_random)),
)
"""In this order: an address before the mail address in it, a card before the telephone number that it looks like."""
