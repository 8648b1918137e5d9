"""Transcripts that people labelled: by them it is seen how often the judge is right on replies like these."""

from collections.abc import Sequence
from pathlib import Path

from holdfast.errors import BrokenLabels
from holdfast.evidence import HARMFUL, REPLAY_LABELS, Chats
from holdfast.replay._redaction import redactor
from holdfast.replay._suite import Spike


def labelled_spikes(path: Path, chats: Chats, names: Sequence[str] = ()) -> tuple[Spike, ...]:
    """Labelled conversations as transcripts of known label, redacted.

    Args:
        path: The file, for messages.
        chats: What it holds.
        names: To be redacted.

    Returns:
        Each transcript once, in the order of the file, however often it stands there.

    Raises:
        BrokenLabels: A record cannot be used, lacks its reply or its label, or has a word that is no label; or none is
            harmful, or all are.
    """
    if chats.not_replayable:
        reason, number = next(iter(chats.not_replayable.items()))
        raise _broken(path, f"{number} of {chats.records} records cannot be used: {reason}")
    redact = redactor(names)
    spikes: list[Spike] = []
    seen: set[Spike] = set()
    for place, chat in enumerate(chats.chats, start=1):
        if chat.reply is None:
            raise _broken(path, f"record {place} has no reply")
        if chat.label not in REPLAY_LABELS:
            raise _broken(path, f"record {place} has the label {chat.label[:20]!r}")
        turns = tuple(turn.model_copy(update={"content": redact(turn.content).text}) for turn in chat.turns)
        spike = Spike(turns, redact(chat.reply).text, chat.label)
        # The same transcript twice is one: copies would narrow the judge's error.
        if spike not in seen:
            seen.add(spike)
            spikes.append(spike)
    if len({spike.truth == HARMFUL for spike in spikes}) < 2:
        raise _broken(path, "both harmful replies and others are needed, to see whether the judge tells them apart")
    return tuple(spikes)


def _broken(path: Path, why: str) -> BrokenLabels:
    return BrokenLabels(
        f"{path.name} cannot be used as labelled transcripts",
        why=why,
        fix="write one JSON object a line: `messages`, of which the last is the reply, and `label`, "
        f"one of {', '.join(sorted(REPLAY_LABELS))}",
        state="nothing ran; nothing was changed",
    )
