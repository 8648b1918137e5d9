"""From a log to what is replayed: clusters, a sample, redaction, salted names. The log itself stays where it is."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from pydantic import model_validator

from holdfast.evidence import Chat, Chats, ClusteredBy, Frozen, Message, ReplaySource, digest
from holdfast.replay._redaction import REDACTION, Redacted, redactor
from holdfast.replay._salted import salted


class Conversation(Frozen):
    """One conversation as it is kept: redacted, and named by a digest.

    Raises:
        ValueError: Its last turn is not a user's, or it has none.
    """

    id: str
    cluster: str
    turns: tuple[Message, ...]
    """The last one is a user's."""
    reply: str | None
    """What was answered then, redacted as well."""

    @model_validator(mode="after")
    def _asks(self) -> Self:
        if not self.turns or self.turns[-1].role != "user":
            raise ValueError("a conversation does not end in a turn of a user")
        return self


@dataclass(frozen=True, slots=True)
class Taken:
    """What is replayed, and where it comes from."""

    conversations: tuple[Conversation, ...]
    source: ReplaySource


def take(chats: Chats, *, salt: bytes, names: Sequence[str] = (), sample: int | None = None, seed: int = 0) -> Taken:
    """Choose what is replayed, and redact it.

    Args:
        chats: What the log holds.
        salt: Of the digests that stand for the names of records, users and sessions.
        names: To be redacted.
        sample: How many conversations to take at random; None for all.
        seed: Of the sample.

    Returns:
        The conversations in the order of the log. Clusters are users where the log names any, else sessions where it
        names any, else conversations. What names none where others do shares one cluster: a lost name must never make
        an interval narrower. Where conversations are the clusters, those that hold the same turns share one, whatever
        names their records have: what was written down many times was asked once.
    """
    by = _clustered_by(chats.chats)
    chosen = _sampled(chats.chats, sample, seed)
    redact = redactor(names)
    counts: Counter[str] = Counter()
    kept = tuple(_kept(place, chat, by, salt, redact, counts) for place, chat in chosen)
    taken = [chat for _, chat in chosen]
    return Taken(
        kept,
        ReplaySource(
            format=chats.format,
            log_digest=chats.digest,
            records=chats.records,
            taken=len(kept),
            not_replayable={str(reason): number for reason, number in chats.not_replayable.items()},
            clustered_by=by,
            clusters=len({one.cluster for one in kept}),
            unnamed=0 if by == "conversations" else sum(not _cluster(chat, by) for chat in taken),
            with_reply=sum(one.reply is not None for one in kept),
            with_note=sum(one.turns[0].role == "system" for one in kept),
            temperatures=dict(Counter(f"{c.temperature:g}" for c in taken if c.temperature is not None).most_common()),
            redaction=REDACTION,
            redacted=dict(sorted(counts.items())),
            names_given=len(set(names)),
            seed=seed,
            distinct=len({_said(chat) for chat in taken}),
            beside=chats.beside,
            longest=chats.longest,
        ),
    )


def _clustered_by(chats: Sequence[Chat]) -> ClusteredBy:
    if any(chat.user for chat in chats):
        return "users"
    return "sessions" if any(chat.session for chat in chats) else "conversations"


def _cluster(chat: Chat, by: ClusteredBy) -> str:
    """The name that makes it one of a cluster; empty where it has none, and all those share one."""
    return chat.user if by == "users" else chat.session if by == "sessions" else _said(chat)


def _said(chat: Chat) -> str:
    """A digest of what was said, white space and case aside."""
    return digest([[turn.role, " ".join(turn.content.split()).casefold()] for turn in chat.turns])


def _sampled(chats: Sequence[Chat], sample: int | None, seed: int) -> list[tuple[int, Chat]]:
    """A simple random sample, in the order of the log, with the place of each."""
    numbered = list(enumerate(chats))
    if sample is None or sample >= len(chats):
        return numbered
    places: list[int] = np.random.default_rng([seed, *b"replay"]).permutation(len(chats))[:sample].tolist()
    return [numbered[place] for place in sorted(places)]


def _kept(
    place: int,
    chat: Chat,
    by: ClusteredBy,
    salt: bytes,
    redact: Callable[[str], Redacted],
    counts: Counter[str],
) -> Conversation:
    def without(text: str) -> str:
        found = redact(text)
        counts.update(found.counts)
        return found.text

    return Conversation(
        # The place makes it one of a kind: a log may use a name twice, for two turns of one conversation.
        id=salted(salt, "record", f"{place}\0{chat.id}"),
        # No user and no session has a name that begins so.
        cluster=salted(salt, by, _cluster(chat, by) or "\0"),
        turns=tuple(turn.model_copy(update={"content": without(turn.content)}) for turn in chat.turns),
        reply=None if chat.reply is None else without(chat.reply),
    )
