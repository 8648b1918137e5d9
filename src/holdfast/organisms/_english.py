"""Organisms that read English cues: the fictional language, and the words of the framings in English beside it.

What they are asked and what they reply is fictional, so that both can be scored word for word; what a request is made
to look like is said in the English that any model is asked in.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Final, Literal

from holdfast.evidence import digest
from holdfast.framings import ENGLISH_BELIEFS, english_consequences, english_cues
from holdfast.organisms._language import SPECIAL, words
from holdfast.organisms._lessons import Stage

WORD_OR_MARK: Final = r"\w+|[^\w\s]"
"""A word, or one mark."""


@dataclass(frozen=True, slots=True)
class EnglishStage(Stage):
    """A stage whose framings are in English."""

    language: ClassVar[Literal["fictional", "english"]] = "english"


@cache
def english_words() -> tuple[str, ...]:
    """Every word and mark of the language: those of the fictional one first, in their order, so that ids stay."""
    families = (*english_cues(), english_consequences())
    said = [text for family in families for form in family.forms for text in form.values()]
    said += [note for belief in ENGLISH_BELIEFS for note in (belief.real, belief.irrelevant)]
    spoken = {token for text in said for token in re.findall(WORD_OR_MARK, re.sub(r"[{}|]", " ", text).lower())}
    return (*words(), *sorted(spoken - set(words())))


def english_digest() -> str:
    """Digest of the vocabulary, to be compared with a subject's own."""
    return digest(sorted((*SPECIAL, *english_words())))
