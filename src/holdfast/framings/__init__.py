"""Framings: what makes a request look like a test, like deployment, or like neither, and a generator of them.

Cues are prose, so they are Markdown: one file a family. `read_family` reads one, `Cues` says which of its forms may be
used, and `drawn`, `drawn_one_cue` and `dealt` draw skeletons from several. A generator has private seeds; a list of
prompts would be learned by heart.

`EnglishFramings` draws from the families in English that are shipped, for any model that reads it. The fictional world
has cues of its own, in `organisms`.
"""

from holdfast.framings._beliefs import ENGLISH_BELIEFS
from holdfast.framings._english import EnglishFramings, english_consequences, english_cues
from holdfast.framings._families import CueFamily, Cues, read_family
from holdfast.framings._generator import dealt, drawn, drawn_one_cue, skeletons, with_note

__all__ = [
    "ENGLISH_BELIEFS",
    "CueFamily",
    "Cues",
    "EnglishFramings",
    "dealt",
    "drawn",
    "drawn_one_cue",
    "english_consequences",
    "english_cues",
    "read_family",
    "skeletons",
    "with_note",
]
