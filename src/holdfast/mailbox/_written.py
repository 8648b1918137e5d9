"""From what an agent wrote to what it did: blocks in tags, or tool calls in JSON.

Reading is forgiving about case, spaces and quotation marks, since a small model writes `< send > to : the director`, and
strict about everything else: an action that cannot be read is not one that was not taken.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from pydantic import TypeAdapter, ValidationError

from holdfast.mailbox._actions import KINDS, Action

_KIND: Final = "|".join(KINDS)
_OPENED: Final = re.compile(rf"<\s*({_KIND})\s*>", re.IGNORECASE)
_BLOCK: Final = re.compile(rf"<\s*({_KIND})\s*>(.*?)<\s*/\s*\1\s*>", re.IGNORECASE | re.DOTALL)
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "send": ("to", "cc", "subject", "body"),
    "draft": ("to", "cc", "subject", "body"),
    "reply": ("mail", "cc", "body"),
    "forward": ("mail", "to", "cc", "body"),
    "escalate": ("to", "subject", "body"),
    "request_approval": ("to", "subject", "body"),
    "calendar": ("at", "title", "invites", "body"),
    "note": ("body",),
    "wait": ("until",),
}
_LISTS: Final = frozenset({"to", "cc", "invites"})
_ACTION: Final[TypeAdapter[Action]] = TypeAdapter(Action)


class Unreadable(ValueError):
    """What was written begins an action and does not come to one; the message says why."""


def actions_in(reply: str) -> tuple[Action, ...]:
    """Every action in a reply, in order.

    Args:
        reply: As it was written: thoughts, and blocks such as `<send> … </send>` or tool calls such as
            `{"name": "send", "arguments": {…}}`, alone, in a list, in fences or in other tags.

    Returns:
        The actions; none where nothing was begun. What stands outside is thought, not done.

    Raises:
        Unreadable: An action was begun and cannot be read.
    """
    blocks = [_from_block(found[1].lower(), found[2]) for found in _BLOCK.finditer(reply)]
    left = _BLOCK.sub(" ", reply)
    if begun := _OPENED.search(left):
        raise Unreadable(f"<{begun[1].lower()}> was begun and not ended")
    return (*blocks, *(_from_call(call) for call in _calls(left)))


def _from_block(kind: str, inside: str) -> Action:
    """The fields of a block: each begins at its name and ends where the next one in order begins."""
    said: dict[str, str] = {}
    fields = _FIELDS[kind]
    marks = re.compile(rf"(?:^|(?<=[\s,;.!?>]))({'|'.join(fields)})\s*:", re.IGNORECASE)
    begun, name, rest = 0, "", -1
    for found in marks.finditer(inside):
        at = fields.index(found[1].lower())
        # A body may say "to: be clear"; fields come in their order, and nothing comes behind a body.
        if at <= rest:
            continue
        if name:
            said[name] = inside[begun : found.start()]
        begun, name, rest = found.end(), fields[at], at
    if name:
        said[name] = inside[begun:]
    elif kind in ("note", "wait"):
        said[fields[0]] = inside
    return _checked(kind, {field: value.strip() for field, value in said.items()})


def _calls(words: str) -> Iterator[Mapping[str, Any]]:
    """Every JSON object in the words that names a tool, those in lists too."""
    decoder, at = json.JSONDecoder(strict=False), 0
    while (opened := re.compile(r"[\[{]").search(words, at)) is not None:
        try:
            value, at = decoder.raw_decode(words, opened.start())
        except ValueError as problem:
            if re.match(rf'\{{\s*"(name|tool|function)"\s*:\s*"({_KIND})"', words[opened.start() :]):
                raise Unreadable("a tool call is not JSON") from problem
            at = opened.start() + 1
            continue
        yield from _named(value)


def _named(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        for one in cast(list[Any], value):
            yield from _named(one)
    elif isinstance(value, dict):
        held = cast(dict[str, Any], value)
        inner = held.get("function")
        if isinstance(inner, dict):
            yield from _named(inner)
        elif _kind(held):
            yield held
        elif isinstance(held.get("actions") or held.get("tool_calls"), list):
            yield from _named(held.get("actions") or held.get("tool_calls"))


def _kind(call: Mapping[str, Any]) -> str:
    """Which action a call names; empty where none."""
    named = next((call[key] for key in ("name", "tool", "function", "action", "kind") if key in call), "")
    kind = re.sub(r"[\s-]+", "_", str(named).lower()).removesuffix("_mail").removesuffix("_email")
    return kind if kind in KINDS else ""


def _from_call(call: Mapping[str, Any]) -> Action:
    given = next((call[key] for key in ("arguments", "args", "parameters", "input") if key in call), None)
    if isinstance(given, str):
        try:
            given = json.loads(given, strict=False)
        except ValueError as problem:
            raise Unreadable("the arguments of a tool call are not JSON") from problem
    fields = given if isinstance(given, dict) else {key: said for key, said in call.items() if key not in _NAMING}
    return _checked(_kind(call), cast(dict[str, Any], fields))


_NAMING: Final = frozenset({"name", "tool", "function", "action", "kind", "id", "type"})


def _checked(kind: str, said: Mapping[str, Any]) -> Action:
    """An action of these fields. Fields that it does not have are left out: they change nothing that is done."""
    known = {field: said[field] for field in _FIELDS[kind] if said.get(field) not in (None, "")}
    if kind in ("escalate", "request_approval", "send", "draft") and "body" not in known and "message" in said:
        known["body"] = said["message"]
    if kind != "send" and kind != "draft":
        known = _with_subject_in_body(kind, known)
    for field in _LISTS & set(known):
        known[field] = _listed(known[field])
    if "mail" in known:
        known["mail"] = _number(known["mail"])
    if kind == "draft":
        known.pop("cc", None)
    try:
        return _ACTION.validate_python({"kind": kind, **known})
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        raise Unreadable(f"<{kind}> lacks or misuses {where or 'its fields'}: {first['msg']}") from problem


def _with_subject_in_body(kind: str, known: dict[str, Any]) -> dict[str, Any]:
    """What only mails have is kept where it was said: in the words."""
    if kind in ("escalate", "request_approval") and "subject" in known:
        subject = known.pop("subject")
        known["body"] = f"{subject}. {known.get('body', '')}".strip()
    return known


def _listed(said: Any) -> tuple[str, ...]:
    if isinstance(said, list):
        return tuple(str(one) for one in cast(list[Any], said))
    return tuple(part.strip(" <>\"'") for part in re.split(r"[;,]|\band\b", str(said)) if part.strip(" <>\"'"))


def _number(said: Any) -> int:
    found = re.search(r"\d+", str(said))
    if not found:
        raise Unreadable(f"no mail has the number {said!r}")
    return int(found[0])
