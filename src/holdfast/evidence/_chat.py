"""A conversation from somebody's own log, as it is before anything of it was redacted: never written anywhere."""

from typing import Final, Literal

from holdfast.evidence._canonical import Frozen
from holdfast.evidence._message import Message

NotReplayable = Literal[
    "no turn of a user to answer",
    "tools",
    "images or other media",
    "too long",
    "a copy of another record",
    "no whole JSON in UTF-8",
    "no messages in a form that is known",
    "a message lacks its role or its words",
]
"""Why a record of a log cannot be replayed."""

DAMAGED: Final[frozenset[NotReplayable]] = frozenset(
    {
        "no whole JSON in UTF-8",
        "no messages in a form that is known",
        "a message lacks its role or its words",
    }
)
"""Those that say nothing of what the record held: it may have been anything, so a claim must survive the worst. The
others are conversations of another kind, which the claim is not about."""


class Chat(Frozen):
    """One conversation up to the turn that is to be answered."""

    turns: tuple[Message, ...]
    """The last one is a user's."""
    reply: str | None
    """What was answered then; None where the log does not say."""
    id: str
    """The record's own name; empty where it has none."""
    user: str
    """Who asked; empty where the log does not say."""
    session: str
    """The longer conversation that it is part of; empty where the log does not say."""
    temperature: float | None
    """At which it was answered; None where the log does not say."""
    label: str = ""
    """What people said of the reply; empty where nobody did."""
    options: tuple[str, ...] = ()
    """What the reply is to be chosen from; empty where it is free, and wherever a log is read that is no list of
    questions."""


class Chats(Frozen):
    """What a log of conversations holds."""

    format: str
    """Which form it has, and of which version."""
    digest: str
    """Of the file's bytes."""
    chats: tuple[Chat, ...]
    not_replayable: dict[NotReplayable, int]
    """How many records cannot be replayed, by reason."""
    beside: int
    """Records that are no conversations at all, such as spans of a database."""
    longest: int = 0
    """Characters above which a conversation counts as too long; 0 where nobody says."""

    @property
    def records(self) -> int:
        """Conversations in the log, replayable or not."""
        return len(self.chats) + sum(self.not_replayable.values())
