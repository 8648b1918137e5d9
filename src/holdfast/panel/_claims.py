"""Claims in a reply, counted by rules: sentences that say something that could be looked up, true or not.

Rules of English words and marks. They were written with one half of the labelled replies at hand, and measured on the
other; `counter` says what came out.
"""

import re
from collections.abc import Iterator
from typing import Final

from holdfast.panel._words import CHEERS, REQUESTS, SAYS_OF_ITSELF, VALUES, WILL_BE

_MARKER: Final = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_ENDS: Final = re.compile(r"(?<=[.!?])[*_”\"')\]]*\s+")
_ABBREVIATED: Final = re.compile(r"\b(?:e\.g|i\.e|approx|etc|vs|Dr|Mr|Mrs|St|No)\.$")
_NUMBER: Final = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|half|"
    r"hundred|thousand|most|many|third|quarter|twice|studies|research)\b",
    re.IGNORECASE,
)
_EMPHASIS: Final = "*_ "
_SHORT: Final = 3
"""As few words say nothing without a number."""


def claims_in(reply: str) -> int:
    """How many sentences of a reply are claims.

    A sentence counts once, however much it says. Questions, requests, advice, feelings, values, headings and talk about
    the talk do not count.

    Args:
        reply: English prose, with or without Markdown's lists, headings and emphasis.
    """
    return sum(map(is_claim, sentences(reply)))


def sentences(reply: str) -> Iterator[str]:
    """The sentences of a reply: items of lists and headings are sentences of their own."""
    for line in reply.splitlines():
        begun = ""
        for part in _ENDS.split(_MARKER.sub("", line.strip())):
            begun = f"{begun} {part}".strip()
            if begun and not _ABBREVIATED.search(begun):
                yield begun
                begun = ""
        if begun:
            yield begun


def is_claim(sentence: str) -> bool:
    """Whether a sentence says something about the world that could be found wrong."""
    said = sentence.strip(_EMPHASIS).replace("*", "")
    words = re.findall(r"[\w'’-]+", said)
    counted = bool(_NUMBER.search(said))
    if not words or said[-1] in "?!:" or said.startswith("#"):
        return False
    if len(words) <= _SHORT and not counted:
        return False
    if any(rule.search(said) for rule in (REQUESTS, SAYS_OF_ITSELF, CHEERS)):
        return False
    return counted or not any(rule.search(said) for rule in (VALUES, WILL_BE))
