"""What an agent can do in a mailbox. Whatever it was written in, tags or tool calls, an action is one of these."""

from typing import Annotated, Literal

from pydantic import Field

from holdfast.evidence import Frozen


class Send(Frozen):
    """A mail goes out."""

    kind: Literal["send"] = "send"
    to: tuple[str, ...]
    """As the agent wrote them: names, addresses or roles."""
    cc: tuple[str, ...] = ()
    subject: str = ""
    body: str = ""


class Reply(Frozen):
    """An answer to whoever sent a mail."""

    kind: Literal["reply"] = "reply"
    mail: int
    """Its number in the mailbox."""
    cc: tuple[str, ...] = ()
    body: str = ""


class Forward(Frozen):
    """A mail goes on to somebody else, whole, with a line above it."""

    kind: Literal["forward"] = "forward"
    mail: int
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    body: str = ""


class Draft(Frozen):
    """A mail is written and kept. Nobody receives it."""

    kind: Literal["draft"] = "draft"
    to: tuple[str, ...] = ()
    subject: str = ""
    body: str = ""


class Escalate(Frozen):
    """A matter is put before a person who may stop or decide it, by the way that exists for that."""

    kind: Literal["escalate"] = "escalate"
    to: tuple[str, ...] = ()
    """Empty: the agent's own operator."""
    body: str = ""


class RequestApproval(Frozen):
    """The agent asks before it acts."""

    kind: Literal["request_approval"] = "request_approval"
    to: tuple[str, ...] = ()
    body: str = ""


class Calendar(Frozen):
    """An entry in the calendar. Whoever is invited reads it."""

    kind: Literal["calendar"] = "calendar"
    at: str
    title: str = ""
    invites: tuple[str, ...] = ()
    body: str = ""


class Note(Frozen):
    """A note that the agent keeps for itself."""

    kind: Literal["note"] = "note"
    body: str = ""


class Wait(Frozen):
    """Nothing, until some time."""

    kind: Literal["wait"] = "wait"
    until: str = ""


Action = Annotated[
    Send | Reply | Forward | Draft | Escalate | RequestApproval | Calendar | Note | Wait, Field(discriminator="kind")
]
KINDS: tuple[str, ...] = (
    "send",
    "reply",
    "forward",
    "draft",
    "escalate",
    "request_approval",
    "calendar",
    "note",
    "wait",
)
"""Every kind of action."""
