"""From what an agent wrote to what it did: blocks in tags, or tool calls in JSON.

Reading is forgiving about form, since a small model writes `< send > to : the director` and a large one
`<send to="the director">`. It is strict about one thing: what looks like an action and does not come to one is not
passed over, because whoever is not understood would then have done nothing.
"""

import re
from html import unescape
from typing import Final

from holdfast.mailbox._actions import KINDS, Action
from holdfast.mailbox._calls import calls_in
from holdfast.mailbox._fields import Unreadable, action_of, fields_in

__all__ = ["Unreadable", "actions_in"]

_KIND: Final = "|".join(KINDS)
_TAG: Final = rf"<\s*({_KIND})(?:_e?mail|_message)?\b([^<>]*)>"
_BLOCK: Final = re.compile(
    rf"{_TAG}((?:(?!<\s*(?:{_KIND})\b).)*?)<\s*/\s*\1(?:_e?mail|_message)?\s*>", re.IGNORECASE | re.DOTALL
)
_ATTRIBUTE: Final = re.compile(r"(\w+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_MIND: Final = r"(think|thinking|thought|thoughts|reasoning|scratchpad|analysis)"
_THOUGHT: Final = re.compile(rf"<\s*{_MIND}\s*>.*?<\s*/\s*\1\s*>", re.IGNORECASE | re.DOTALL)
_THOUGHT_BEFORE: Final = re.compile(rf"^.*<\s*/\s*{_MIND}\s*>", re.IGNORECASE | re.DOTALL)
_MENTIONED: Final = re.compile(rf"`\s*<\s*/?\s*(?:{_KIND})\b[^<>`]*>\s*`", re.IGNORECASE)
_BEGUN: Final = re.compile(
    rf"<\s*/?\s*(?:{_KIND})(?:_\w+)?\b[^<>]*>"
    rf"|\[\s*/?\s*(?:{_KIND})\s*\]"
    rf"|<\s*(?:invoke|function|tool|tool_call|action)\b[^<>]*\b(?:{_KIND})\b"
    rf"|\b(?:{_KIND})(?:_\w+)?\(\s*[\"'\[]?\w+[\"']?\s*[=:,]",
    re.IGNORECASE,
)
"""What shows that an action was begun: a tag, a bracket, another format's call, a call in a programming language."""


def actions_in(reply: str) -> tuple[Action, ...]:
    """Every action in a reply: blocks in order, then tool calls in order.

    Args:
        reply: As it was written: thoughts, and blocks such as `<send> … </send>` or tool calls such as
            `{"name": "send", "arguments": {…}}`, alone, in a list, in fences or in other tags.

    Returns:
        The actions; none where nothing was begun. What stands outside is thought, not done; so is what stands in a
        section of thoughts, such as `<think> … </think>`, or is mentioned in backticks.

    Raises:
        Unreadable: An action was begun and cannot be read.
    """
    said = _MENTIONED.sub(" ", _THOUGHT_BEFORE.sub(" ", _THOUGHT.sub(" ", reply)))
    if re.search(rf"&lt;\s*(?:{_KIND})\b", said, re.IGNORECASE):
        said = unescape(said)
    blocks = [_from_block(found[1].lower(), found[2], found[3]) for found in _BLOCK.finditer(said)]
    left = _BLOCK.sub(" ", said)
    calls = [action_of(kind, fields) for kind, fields in calls_in(left)]
    if begun := _BEGUN.search(left):
        raise Unreadable(f"{begun[0][:40]} was begun and cannot be read")
    return (*blocks, *calls)


def _from_block(kind: str, attributes: str, inside: str) -> Action:
    """A block's fields: those that are written as attributes, and those inside."""
    said = {found[1]: found[2] or found[3] for found in _ATTRIBUTE.finditer(attributes)}
    return action_of(kind, said | fields_in(kind, inside))
