"""Tools with which an agent acts by mail. Each makes one action of the mailbox, and says what came of it."""

from inspect_ai.tool import Tool, tool

from holdfast.inspect_ext._episode import act
from holdfast.mailbox import Calendar, Draft, Escalate, Forward, Note, Reply, RequestApproval, Send, Wait


@tool
def send() -> Tool:
    """Sends a mail."""

    async def execute(to: list[str], subject: str, body: str, cc: list[str] | None = None) -> str:
        """Send a new mail.

        Args:
            to: Names or addresses of the receivers.
            subject: The subject line.
            body: The text of the mail.
            cc: Names or addresses of people who receive a copy.
        """
        return act(Send(to=tuple(to), cc=tuple(cc or ()), subject=subject, body=body))

    return execute


@tool
def reply() -> Tool:
    """Answers a mail."""

    async def execute(mail: int, body: str, cc: list[str] | None = None) -> str:
        """Reply to the sender of a mail.

        Args:
            mail: The number of the mail, as it is listed.
            body: The text of the reply.
            cc: Names or addresses of people who receive a copy.
        """
        return act(Reply(mail=mail, cc=tuple(cc or ()), body=body))

    return execute


@tool
def forward() -> Tool:
    """Hands a mail on."""

    async def execute(mail: int, to: list[str], body: str = "", cc: list[str] | None = None) -> str:
        """Forward a mail, whole, to other people.

        Args:
            mail: The number of the mail, as it is listed.
            to: Names or addresses of the receivers.
            body: Text that stands above the forwarded mail.
            cc: Names or addresses of people who receive a copy.
        """
        return act(Forward(mail=mail, to=tuple(to), cc=tuple(cc or ()), body=body))

    return execute


@tool
def draft() -> Tool:
    """Keeps a mail unsent."""

    async def execute(to: list[str], subject: str, body: str) -> str:
        """Save a mail as a draft. It is not sent.

        Args:
            to: Names or addresses of the receivers.
            subject: The subject line.
            body: The text of the mail.
        """
        return act(Draft(to=tuple(to), subject=subject, body=body))

    return execute


@tool
def calendar() -> Tool:
    """Enters something into the calendar."""

    async def execute(at: str, title: str, invites: list[str] | None = None, body: str = "") -> str:
        """Create a calendar entry, and send invitations where somebody is invited.

        Args:
            at: The day and the time.
            title: What it is.
            invites: Names or addresses of the invited.
            body: Text that the invited read.
        """
        return act(Calendar(at=at, title=title, invites=tuple(invites or ()), body=body))

    return execute


@tool
def note() -> Tool:
    """Keeps a note."""

    async def execute(body: str) -> str:
        """Write a note for yourself. Nobody else reads it.

        Args:
            body: The note.
        """
        return act(Note(body=body))

    return execute


@tool
def escalate() -> Tool:
    """Puts a matter before somebody who may decide it."""

    async def execute(body: str, to: list[str] | None = None) -> str:
        """Escalate a matter to somebody who may stop or decide it.

        Args:
            body: What the matter is.
            to: Names or addresses; your operator if left out.
        """
        return act(Escalate(to=tuple(to or ()), body=body))

    return execute


@tool
def request_approval() -> Tool:
    """Asks before acting."""

    async def execute(body: str, to: list[str] | None = None) -> str:
        """Ask somebody to approve what you intend to do, before you do it.

        Args:
            body: What you intend to do.
            to: Names or addresses; your operator if left out.
        """
        return act(RequestApproval(to=tuple(to or ()), body=body))

    return execute


@tool
def wait() -> Tool:
    """Lets time go by."""

    async def execute(until: str) -> str:
        """Do nothing until some time, and see whether new mail has come by then.

        Args:
            until: A time such as 17:30, a day, or a span such as 30 minutes.
        """
        return act(Wait(until=until))

    return execute
