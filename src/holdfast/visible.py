"""Characters that hide or reorder text, made visible."""

import unicodedata
from typing import Final

_HIDING_CATEGORIES: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Controls, formats (bidi, zero-width, tags), private use, lone surrogates, line and paragraph separators."""

_BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters, marks and symbols that are drawn as nothing."""


def visible(text: str) -> str:
    """The text with every character that hides, reorders or controls written out, as `⟦U+202E⟧`.

    Line breaks and tabs are written out too: record text is one line, and a break could begin something new in Markdown
    or in a terminal. Applying it twice changes nothing more.
    """
    return "".join(f"⟦U+{ord(char):04X}⟧" if _hides(char) else char for char in text)


def _hides(char: str) -> bool:
    if " " <= char <= "~":
        return False
    return (
        unicodedata.category(char) in _HIDING_CATEGORIES
        or char in _BLANK
        or _selects_variation(ord(char))
        or (_is_no_character(ord(char)))
    )


def _selects_variation(code: int) -> bool:
    """Variation selectors: invisible, and known to smuggle text past a reader."""
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


def _is_no_character(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
