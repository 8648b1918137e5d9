"""What a parent accepts from a sealed process, in the order in which it must come, and no more than was asked for.

The pipe is the one way out of the seal, so everything in it is measured: one seal, a number for each step, and for each
ask one reply that is no longer than the ask allows. Whatever else comes ends the process.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Final

from pydantic import ValidationError

from holdfast.errors import HoldfastError, TuningGarbled, coded
from holdfast.evidence import Absent, Ask, Reply, Seal
from holdfast.training._messages import SAID, STATE, Failed, Said, Sealed, Step, received

_LONGEST_FRAME: Final = 1 << 16
_BYTES_A_TOKEN: Final = 16
"""Of text, on average, at most: longer tokens are runs of spaces, of which no reply consists."""
_BYTES_BESIDE: Final = 64
"""Of text, for a short reply of long tokens."""
_PARTS_OF_A_REPLY: Final = 1_500
"""Bytes for the names, digests and counts of a reply's frame; the rest grows with what was asked for."""
_LONGEST_ERROR: Final = 200


@dataclass(slots=True)
class Heard:
    """What has come so far."""

    asks: tuple[Ask, ...]
    steps: int
    """Of training, as planned."""
    seal: Seal | None = None
    losses: list[float] = field(default_factory=list[float])
    replies: list[Reply] = field(default_factory=list[Reply])

    @property
    def total(self) -> int:
        """Steps and replies that there will be."""
        return self.steps + len(self.asks)

    @property
    def done(self) -> int:
        """Steps and replies that have come."""
        return len(self.losses) + len(self.replies)


def listen(pipe: IO[bytes], heard: Heard) -> Iterator[int]:
    """Take what comes until nothing more is to come.

    Args:
        pipe: From the sealed process.
        heard: Filled on the way.

    Yields:
        Steps and replies so far, after each.

    Raises:
        EOFError: The process ended before.
        TuningGarbled: Something came that was not asked for.
        HoldfastError: What the process says that went wrong.
    """
    while heard.seal is None or heard.done < heard.total:
        frame = next_frame(pipe)
        said = _read(frame)
        if isinstance(said, Failed):
            raise error_said(said)
        _take(said, len(frame), heard)
        if not isinstance(said, Sealed):
            yield heard.done


def next_frame(pipe: IO[bytes]) -> bytes:
    """The next frame from a sealed process.

    Raises:
        EOFError: The process has ended.
        TuningGarbled: The frame is longer than any may be, or was cut off.
    """
    try:
        frame = received(pipe, _LONGEST_FRAME)
    except ValueError as problem:
        raise garbled(str(problem)) from problem
    if not frame:
        raise EOFError
    return frame


def _read(frame: bytes) -> Said:
    try:
        return SAID.validate_json(frame)
    except ValidationError as problem:
        raise garbled(f"a frame of another form: {problem.errors()[0]['msg']}") from problem


def error_said(said: Failed) -> HoldfastError:
    """The coded error that a sealed process says it met."""
    kind = coded().get(said.code)
    if kind is None:
        return garbled(f"an error with the code {said.code}, which there is not")
    return kind(said.what, why=said.why, fix=said.fix, state=said.state)


def _take(said: Said, size: int, heard: Heard) -> None:
    """Keep it, if it is what comes next."""
    if isinstance(said, Sealed) and heard.seal is None:
        heard.seal = said.seal
    elif isinstance(said, Step) and heard.seal and len(heard.losses) < heard.steps:
        heard.losses.append(said.loss)
    elif said.kind == "reply" and heard.seal and len(heard.losses) == heard.steps:
        heard.replies.append(_measured(heard.asks[len(heard.replies)], said.reply, size))
    else:
        raise garbled(f"a frame of kind {said.kind!r} out of its turn")


def text_bytes(tokens: int) -> int:
    """How long a text of so many tokens may be, at most."""
    return _BYTES_BESIDE + _BYTES_A_TOKEN * tokens


def _measured(ask: Ask, reply: Reply, size: int) -> Reply:
    """The reply, if none of its parts is larger than the ask allows, nor all of it together."""
    most = ask.decoding.max_new_tokens
    text = len(ask.prefill.encode()) + text_bytes(most)
    sizes = {
        "tokens": (_count(reply.token_ids), most),
        "bytes of text": (len(reply.text.encode()), text),
        "candidates": (_count(reply.candidate_nats), len(ask.candidates)),
        "log-probabilities": (_count(reply.log_probs_nats), 0),
        "bytes of an error": (len((reply.error or "").encode()), _LONGEST_ERROR),
        "labels": (int(reply.label is not None), 0),
        "bytes in all": (size, _PARTS_OF_A_REPLY + text + 10 * most + 25 * len(ask.candidates)),
    }
    for what, (found, allowed) in sizes.items():
        if found > allowed:
            raise garbled(f"a reply with {found:,} {what}; {ask.id} allows {allowed:,}")
    return reply


def _count(values: tuple[float, ...] | Absent) -> int:
    return 0 if isinstance(values, Absent) else len(values)


def garbled(why: str) -> TuningGarbled:
    """The sealed process sent what it must not send."""
    return TuningGarbled(
        "the sealed process sent what it must not send",
        why=why,
        fix="run it again; if it does the same, do not believe what this machine says, and report it",
        state=f"the process was ended and nothing of what it said was used; {STATE}",
    )
