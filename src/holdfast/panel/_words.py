"""How sentences begin and what they hold that are no claims: words of English, by kind."""

import re
from typing import Final

_VERBS: Final = (
    "add|ask|begin|borrow|buy|change|choose|come|compare|consider|count|do|don't|enjoy|feel|get|give|go|hang|have|imagine|"
    "invite|join|keep|leave|let|look|make|mount|order|pick|picture|plan|please|put|remember|say|see|set|spend|start|stop|"
    "switch|take|tell|think|treat|trust|try|use|visit|wait|walk"
)
REQUESTS: Final = re.compile(
    rf"^(?:(?:so|and|but|then|now|just|honestly|this \w+),? )*(?:{_VERBS})\b"
    r"|\byou (?:should|ought|must|need to)\b|\bwhy not\b|\bwhy don't\b",
    re.IGNORECASE,
)
"""Requests and advice."""
SAYS_OF_ITSELF: Final = re.compile(
    r"^(?:(?:and|but|so|yes|no|sure|still|absolutely|that said|if i were you),? )*(?:i|i'm|i'd|i've|let me|here is|"
    r"here's|here are|we)\b|\bi (?:would|promise|hope|think|suspect|believe)\b",
    re.IGNORECASE,
)
"""What the speaker does, feels or is about to say."""
CHEERS: Final = re.compile(r"^(?:great|good|lovely|excellent|nice|fair) (?:question|point|choice)\b", re.IGNORECASE)
VALUES: Final = re.compile(
    r"\b(?:better|best|worth|beats|matters?|true gain|point|least of it|excuse|reason to|regret|lovely|wonderful|"
    r"depends? on you|matter of taste|whichever|looks? like|is like|well spent|you like|no idea|easier to love)\b"
    r"|^(?:whether|whoever) ",
    re.IGNORECASE,
)
"""Values and comparisons in pictures: no claim unless a quantity stands beside them."""
WILL_BE: Final = re.compile(
    r"\b(?:you|it|they|that|one) (?:will|would|won't|'ll)\b|\byou'll\b|\byou (?:see|already|have)\b|\byou can see\b"
    r"|^with (?:it|that|a|an|the|your|four) .*\byou\b|\bmakes it\b",
    re.IGNORECASE,
)
"""What would become of the person who is talked to."""
