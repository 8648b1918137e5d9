"""Turns of a conversation, as the common chat formats write them.

A turn that lacks its role or its words is never guessed and never left out: without it the rest would be another
conversation, which might end in another reply.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, cast

from holdfast.evidence import Message, NotReplayable
from holdfast.readers._fields import blank

Role = Literal["system", "user", "assistant"]
ROLES: Final[Mapping[str, Role]] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "prompter": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "model": "assistant",
    "bot": "assistant",
    "ai": "assistant",
}
_TOOL_ROLES: Final = frozenset({"tool", "function", "ipython", "observation", "function_call"})
_TEXTS: Final = frozenset({"text", "input_text", "output_text", "refusal"})
_TOOL_PARTS: Final = re.compile(r"tool|function|mcp")
_MEDIA_PARTS: Final = re.compile(r"image|audio|video|file|document|blob|uri|media")
_THOUGHT: Final = frozenset({"reasoning", "thinking", "redacted_thinking"})
"""Parts that no user saw: they are no part of what was said."""


class NotReplayableError(Exception):
    """A record cannot be replayed; the reason says why."""

    def __init__(self, reason: NotReplayable) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason: NotReplayable = reason


def turns_of(messages: Any) -> tuple[Message, ...]:
    """The turns of a list of messages, in its order; leading system notes made one.

    Args:
        messages: A list of objects with `role` and `content`, `from` and `value`, or `role` and `parts`.

    Raises:
        NotReplayableError: It is no such list, or a message holds what cannot be replayed as text.
    """
    if not isinstance(messages, list) or not messages:
        raise NotReplayableError("no messages in a form that is known")
    return _one_note([_turn(message) for message in cast(list[Any], messages)])


def up_to_the_request(turns: Sequence[Message]) -> tuple[tuple[Message, ...], str | None]:
    """The turns up to the last one of a user, and the reply that came behind it.

    Raises:
        NotReplayableError: No user's turn is there; or the last one is blank, and what was asked is lost: such a record
            is damaged and no conversation of another kind, or blanking requests would take them out of every share.
    """
    places = [place for place, turn in enumerate(turns) if turn.role == "user"]
    if not places:
        raise NotReplayableError("no turn of a user to answer")
    end = places[-1] + 1
    if blank(turns[end - 1].content):
        raise NotReplayableError("a message lacks its role or its words")
    behind = [turn.content for turn in turns[end:] if turn.role == "assistant" and not blank(turn.content)]
    return tuple(turns[:end]), "\n\n".join(behind) if behind else None


def _turn(message: Any) -> Message:
    if not isinstance(message, dict):
        raise NotReplayableError("a message lacks its role or its words")
    fields = cast(dict[str, Any], message)
    said = fields.get("role", fields.get("from"))
    role = said.strip().lower() if isinstance(said, str) else ""
    if role in _TOOL_ROLES or fields.get("tool_calls") or fields.get("function_call"):
        raise NotReplayableError("tools")
    if role not in ROLES:
        raise NotReplayableError("a message lacks its role or its words")
    content = next((fields[key] for key in ("content", "value", "parts", "text") if fields.get(key) is not None), None)
    if content is None:
        content = fields.get("refusal")
    return Message(role=ROLES[role], content=words_of(content))


def words_of(content: Any) -> str:
    """The words of a message: a text, or the text parts of a list.

    Raises:
        NotReplayableError: It is neither, or a part is no text.
    """
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise NotReplayableError("a message lacks its role or its words")
    return "\n\n".join(_parts(cast(list[Any], content)))


def _parts(parts: list[Any]) -> Iterator[str]:
    if not parts:
        raise NotReplayableError("a message lacks its role or its words")
    for part in parts:
        if isinstance(part, str):
            yield part
            continue
        fields = cast(dict[str, Any], part) if isinstance(part, dict) else {}
        kind = str(fields.get("type", "text" if "text" in fields else ""))
        if kind in _THOUGHT:
            continue
        if _TOOL_PARTS.search(kind):
            raise NotReplayableError("tools")
        if _MEDIA_PARTS.search(kind):
            raise NotReplayableError("images or other media")
        text = next((fields[key] for key in ("text", "content", "refusal") if isinstance(fields.get(key), str)), None)
        if kind not in _TEXTS or text is None:
            raise NotReplayableError("a message lacks its role or its words")
        yield text


def _one_note(turns: list[Message]) -> tuple[Message, ...]:
    """Several system notes at the beginning as one, since chat templates take one."""
    number = next((place for place, turn in enumerate(turns) if turn.role != "system"), len(turns))
    if number < 2:
        return tuple(turns)
    note = Message(role="system", content="\n\n".join(turn.content for turn in turns[:number]))
    return (note, *turns[number:])
