"""Text as the grader reads it: words and the ends of sentences, whatever the spelling, the syntax or the tokenizer."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_STEM: Final = 4
_MARKS: Final = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "ß": "ss"}
    | dict.fromkeys("–—…", " ")
)
_NUMBER: Final = re.compile(r"(?<=\d)\s*([:.,])\s*(?=\d)")
_SHORT: Final = (
    (re.compile(r"\bwo\s?n\s?'\s?t\b"), "will not"),
    (re.compile(r"\bca\s?n\s?'\s?t\b"), "can not"),
    (re.compile(r"\s?n\s?'\s?t\b"), " not"),
    (re.compile(r"\bcannot\b"), "can not"),
    (re.compile(r"\s?'\s?ll\b"), " will"),
    (re.compile(r"\s?'\s?ve\b"), " have"),
    (re.compile(r"\s?'\s?re\b"), " are"),
    (re.compile(r"\bi\s?'\s?m\b"), "i am"),
    (re.compile(r"\s?'\s?d\b"), " would"),
)
_ENDS: Final = re.compile(r"[.!?;:](?!\d)|\n+|(?<!\d)[.:]")
_LEFT_OUT: Final = re.compile(r"[^a-z0-9.:%]+")
_QUOTED: Final = re.compile(r'"[^"]{2,400}"|(?<![a-z0-9])\'[^\']{2,400}\'(?![a-z0-9])|"[^"]{2,400}$')


def spoken(text: str) -> str:
    """The text in lower case, with plain letters and plain quotation marks."""
    # Faster than a category for each mark: accents are what is left over when a letter is taken apart.
    bare = unicodedata.normalize("NFKD", text.lower().translate(_MARKS)).encode("ascii", "ignore").decode()
    bare = _NUMBER.sub(r"\1", bare)
    if "'" in bare or "cannot" in bare:
        for pattern, said in _SHORT:
            bare = pattern.sub(said, bare)
    return bare


def unquoted(said: str) -> str:
    """What is said in its own voice: without what stands in quotation marks."""
    return _QUOTED.sub(" ", said)


def quotations(said: str) -> tuple[str, ...]:
    """What stands in quotation marks, each time."""
    return tuple(found[0] for found in _QUOTED.finditer(said))


def words(said: str) -> str:
    """Its words, with one space around each, and ` . ` where a sentence ends."""
    plain = _LEFT_OUT.sub(" ", _ENDS.sub(" . ", said))
    return f" {' '.join(plain.split())} "


_ENDINGS: Final = (
    "ations",
    "ation",
    "ements",
    "ement",
    "ments",
    "ment",
    "ings",
    "ing",
    "ies",
    "ed",
    "es",
    "s",
    "e",
    "y",
)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A word without the endings that English adds: `retired`, `retiring` and `retire` become one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM:
            return word.removesuffix(ending)
    return word
