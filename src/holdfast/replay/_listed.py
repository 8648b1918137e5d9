"""Names on a list, as they are found in a text however they were typed."""

import re
from collections.abc import Iterable
from typing import Final
from unicodedata import combining, normalize

_UNSEEN: Final = r"[\u00ad\u200b-\u200d\u2060\ufeff]"
_BETWEEN: Final = r"[\s_\u2010-\u2014\u00ad\u200b-\u200d\u2060\ufeff-]+"
_APOSTROPHES: Final = "'\u2018\u2019\u02bc\u00b4`"
_PARTS: Final = re.compile(r"[\s\u2010-\u2014-]+")


def listed_names(names: Iterable[str]) -> re.Pattern[str] | None:
    """What finds any of these names as a whole word.

    Args:
        names: As they are written on the list.

    Returns:
        A pattern that finds them in any case, with any white space, hyphen or underscore between their parts, any
        apostrophe for any other, characters that nobody sees inside, and accents as one character or as two (Unicode
        Standard Annex 15, forms C and D); the longest goes first. None where the list holds no name.
    """
    wanted = {tuple(part for part in _PARTS.split(normalize("NFC", name)) if part) for name in names} - {()}
    if not wanted:
        return None
    in_order = sorted(wanted, key=lambda parts: (-sum(map(len, parts)), parts))
    either = "|".join(_BETWEEN.join(map(_part, parts)) for parts in in_order)
    return re.compile(rf"(?<![^\W_])(?:{either})(?![^\W_])", re.IGNORECASE)


def _part(part: str) -> str:
    return f"{_UNSEEN}*".join(_letter(letter) for letter in _letters(part))


def _letters(part: str) -> list[str]:
    """Letters with the accents that belong to them."""
    letters: list[str] = []
    for char in part:
        if letters and combining(char):
            letters[-1] += char
        else:
            letters.append(char)
    return letters


def _letter(letter: str) -> str:
    if letter in _APOSTROPHES:
        return f"[{_APOSTROPHES}]"
    forms = dict.fromkeys((normalize("NFD", letter), normalize("NFC", letter)))
    return "(?:" + "|".join(map(re.escape, forms)) + ")" if len(forms) > 1 else re.escape(letter)
