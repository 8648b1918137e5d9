"""What goes through the two pipes of a sealed process: frames of JSON, each behind its length. Nothing is pickled."""

import struct
from typing import IO, Annotated, Final, Literal

from pydantic import Field, TypeAdapter

from holdfast.evidence import Ask, Demonstration, Frozen, Reply, Seal
from holdfast.training.plan import Tuning

_LENGTH: Final = struct.Struct(">I")
_MOST_SAID: Final = 2_000
STATE: Final = "the changed weights are gone with the process; the subject is as it was"
"""What state things are in, whatever became of a fine-tune."""


class SealedTask(Frozen):
    """What every sealed process has to know."""

    directory: str
    """Of the subject's weights."""
    device: str | None
    dtype: str | None
    parent: int
    """Process id of whoever reads what it says."""
    scratch: str
    """A directory in which the seal is tried."""
    threads: int
    """For models that are worth more than one."""


class Task(SealedTask):
    """Teach the demonstrations, then answer the asks, each under the noise that it names."""

    demonstrations: tuple[Demonstration, ...]
    """None where nothing is taught."""
    asks: tuple[Ask, ...]
    tuning: Tuning
    seed: int


class Sealed(Frozen):
    """The process is shut; the weights are read after this."""

    kind: Literal["sealed"] = "sealed"
    seal: Seal


class Step(Frozen):
    """One step of training is done."""

    kind: Literal["step"] = "step"
    loss: float
    """Mean over the reply's tokens, in nats, to four decimals."""


class Answered(Frozen):
    """The reply to the next ask."""

    kind: Literal["reply"] = "reply"
    reply: Reply


class Failed(Frozen):
    """Nothing more will come; the parts of a coded error."""

    kind: Literal["error"] = "error"
    code: str = Field(pattern=r"^H[1-9]\d\d$")
    what: str = Field(max_length=_MOST_SAID)
    why: str = Field(max_length=_MOST_SAID)
    fix: str = Field(max_length=_MOST_SAID)
    state: str = Field(max_length=_MOST_SAID)

    @classmethod
    def of(cls, code: str, what: str, why: str, fix: str, state: str) -> "Failed":
        """These parts, each cut to what may be said."""
        what, why, fix, state = (part[:_MOST_SAID] for part in (what, why, fix, state))
        return cls(code=code, what=what, why=why, fix=fix, state=state)


Said = Annotated[Sealed | Step | Answered | Failed, Field(discriminator="kind")]
SAID: Final[TypeAdapter[Said]] = TypeAdapter(Said)


def send(pipe: IO[bytes], message: Frozen) -> None:
    """Write one frame.

    Raises:
        OSError: Nobody reads any more.
    """
    text = message.model_dump_json().encode()
    pipe.write(_LENGTH.pack(len(text)) + text)
    pipe.flush()


def received(pipe: IO[bytes], longest: int) -> bytes:
    """Read one frame; empty where the pipe has ended.

    Args:
        pipe: Where it comes from.
        longest: Bytes that are read at most.

    Raises:
        ValueError: The frame is longer, or was cut off.
    """
    head = pipe.read(_LENGTH.size)
    if not head:
        return b""
    if len(head) < _LENGTH.size:
        raise ValueError("a frame was cut off in its length")
    (length,) = _LENGTH.unpack(head)
    if not 0 < length <= longest:
        raise ValueError(f"a frame of {length:,} bytes; {longest:,} are allowed")
    body = pipe.read(length)
    if len(body) < length:
        raise ValueError(f"a frame of {length:,} bytes was cut off after {len(body):,}")
    return body
