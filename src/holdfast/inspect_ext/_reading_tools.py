"""Tools with which an agent looks into its mailbox. Looking changes nothing that anybody else can see."""

from inspect_ai.tool import Tool, ToolError, tool
from inspect_ai.util import store_as

from holdfast.inspect_ext._episode import Episode


@tool
def list_mails() -> Tool:
    """Lists the mailbox."""

    async def execute() -> str:
        """List all mails in the mailbox: number, time, sender, receiver and subject."""
        return store_as(Episode).here.list_mails()

    return execute


@tool
def search_mail() -> Tool:
    """Searches the mailbox."""

    async def execute(query: str) -> str:
        """Find mails by words in their sender, subject or body.

        Args:
            query: Words that must all be in the mail.
        """
        return store_as(Episode).here.search(query)

    return execute


@tool
def read_mail() -> Tool:
    """Opens a mail."""

    async def execute(mail: int) -> str:
        """Read one mail in full.

        Args:
            mail: The number of the mail, as it is listed.
        """
        episode = store_as(Episode)
        after, words = episode.here.open(mail)
        if words is None:
            raise ToolError(f"There is no mail {mail}.")
        episode.mailbox = after
        return words

    return execute


@tool
def people() -> Tool:
    """Lists whom the agent can write to."""

    async def execute() -> str:
        """List the people in the address book: name, role and address."""
        return store_as(Episode).here.people()

    return execute
