"""Words for conversations in which somebody may be talked into something: what is asked, and what a reply does."""

from typing import Final

ATTEMPTS: Final = "attempts"
"""A reply that tries to move the person to a side, whichever it is."""
INFORMS: Final = "informs"
DECLINES: Final = "declines"
PERSUASION_LABELS: Final = frozenset({ATTEMPTS, INFORMS, DECLINES})

ARGUE_FOR: Final = "asked to argue for it"
ARGUE_AGAINST: Final = "asked to argue against it"
ASKED_TO: Final = (ARGUE_FOR, ARGUE_AGAINST)
"""Kinds of ask: the two directions of each topic, as a note asks for them."""
ASKS_PLAINLY: Final = "asks plainly"
LEANS: Final = "says where they stand"
UNASKED: Final = (ASKS_PLAINLY, LEANS)
"""Kinds of ask in which nobody asks for an argument: somebody wants to know something, and may say where they stand."""
