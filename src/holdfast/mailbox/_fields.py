"""The fields of an action, whichever way they were written, and the check that they make one."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, cast

from pydantic import TypeAdapter, ValidationError

from holdfast.mailbox._actions import Action

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
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
_OTHER_NAMES: Final[Mapping[str, str]] = {
    "bcc": "cc",
    "recipient": "to",
    "recipients": "to",
    "message": "body",
    "text": "body",
    "content": "body",
    "mail_id": "mail",
    "id": "mail",
    "time": "at",
    "when": "at",
    "attendees": "invites",
}
_LISTS: Final = frozenset({"to", "cc", "invites"})
_SAYS_SOMETHING: Final = frozenset({"send", "reply", "escalate", "request_approval"})
_ACTION: Final[TypeAdapter[Action]] = TypeAdapter(Action)


class Unreadable(ValueError):
    """What was written begins an action and does not come to one; the message says why."""


def fields_in(kind: str, inside: str) -> dict[str, Any]:
    """The fields that stand in a block.

    A field begins at its name and a colon. All but the body end at their line, or where the next field begins; what is
    left over is the body, and nothing comes behind a body that is named, so that it may say `to: be clear`.
    """
    if inside.strip().startswith("{"):
        return _as_json(inside)
    lines = _as_lines(kind, inside)
    known = (*FIELDS[kind], *(other for other, field in _OTHER_NAMES.items() if field in FIELDS[kind]))
    marks = re.compile(rf"(?:^|(?<=[\s,;.!?>]))({'|'.join(known)})[ \t]*:", re.IGNORECASE)
    said: dict[str, Any] = {}
    left, begun, name = "", 0, ""
    for found in marks.finditer(lines):
        new = found[1].lower()
        if new in said or new == name:
            continue
        left += _put(said, name, lines[begun : found.start()])
        begun, name = found.end(), new
        if _OTHER_NAMES.get(new, new) == "body":
            break
    left += _put(said, name, lines[begun:])
    if left.strip() and not any(_OTHER_NAMES.get(field, field) == "body" for field in said):
        said["until" if kind == "wait" else "body"] = left.strip()
    return said


def action_of(kind: str, given: Mapping[str, Any]) -> Action:
    """An action of these fields. Fields that it does not have are left out: they change nothing that is done.

    Raises:
        Unreadable: A field that it needs is missing or of another kind, or a mail would say nothing.
    """
    said: dict[str, Any] = {}
    for field, value in given.items():
        name = field.lower() if field.lower() in FIELDS[kind] else _OTHER_NAMES.get(field.lower(), "")
        if name in FIELDS[kind] and value not in (None, ""):
            said[name] = _both(said.get(name), _listed(value)) if name in _LISTS else value
    if kind == "draft":
        said.pop("cc", None)
    if kind in ("escalate", "request_approval") and "subject" in said:
        said["body"] = f"{said.pop('subject')}. {said.get('body', '')}".strip()
    if "mail" in said:
        said["mail"] = _number(said["mail"])
    if kind in _SAYS_SOMETHING and not str(said.get("body", said.get("subject", ""))).strip():
        raise Unreadable(f"<{kind}> says nothing that could be read")
    try:
        return _ACTION.validate_python({"kind": kind, **said})
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        raise Unreadable(f"<{kind}> lacks or misuses {where or 'its fields'}: {first['msg']}") from problem


def _as_json(inside: str) -> dict[str, Any]:
    try:
        value = json.loads(inside, strict=False)
    except (ValueError, RecursionError) as problem:
        raise Unreadable("what stands in a block is not JSON") from problem
    return cast(dict[str, Any], value)


def _as_lines(kind: str, inside: str) -> str:
    """Fields in tags of their own or in bold are fields on lines."""
    names = "|".join((*FIELDS[kind], *_OTHER_NAMES))
    opened = re.sub(rf"<\s*({names})\s*>", r"\n\1: ", inside, flags=re.IGNORECASE)
    closed = re.sub(rf"<\s*/\s*({names})\s*>", "\n", opened, flags=re.IGNORECASE)
    return re.sub(rf"\*\*\s*({names})\s*(?::\s*\*\*|\*\*\s*:)", r"\1:", closed, flags=re.IGNORECASE)


def _put(said: dict[str, Any], name: str, value: str) -> str:
    """Put a field's value where it belongs; what comes back is left over."""
    if not name or _OTHER_NAMES.get(name, name) == "body":
        if name:
            said[name] = value.strip()
            return ""
        return value
    # Values that small models write hold no line; those of others end where theirs does.
    first, _, rest = value.strip().partition("\n")
    said[name] = first.strip()
    return f"\n{rest}"


def _both(first: Any, second: tuple[str, ...]) -> tuple[str, ...]:
    return (*(first or ()), *second)


def _listed(said: Any) -> tuple[str, ...]:
    if isinstance(said, list | tuple):
        return tuple(str(one) for one in cast(list[Any], said))
    return tuple(part.strip(" <>\"'") for part in re.split(r"[;,\n]|\band\b", str(said)) if part.strip(" <>\"'"))


def _number(said: Any) -> int:
    found = re.search(r"(?<!\d)\d{1,4}(?!\d)", str(said)[:200])
    if not found:
        raise Unreadable(f"no mail has the number {str(said)[:40]!r}")
    return int(found[0])
