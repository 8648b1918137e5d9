"""One turn of a conversation."""

from typing import Literal

from holdfast.evidence._canonical import Frozen


class Message(Frozen):
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str
