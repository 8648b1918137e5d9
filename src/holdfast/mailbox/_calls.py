"""Tool calls in JSON, as agents write them into text."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from holdfast.mailbox._actions import KINDS
from holdfast.mailbox._fields import Unreadable

READING: Final = frozenset({"list_mails", "search", "search_mail", "read", "read_mail", "people"})
"""Tools that look and do nothing."""
_NAMING: Final = ("name", "tool", "tool_name", "function", "action", "kind")
_GIVEN: Final = ("arguments", "args", "parameters", "input")
_INNER: Final = ("actions", "tool_calls", "calls")
_OPENED: Final = re.compile(r"[\[{]")
_NAMED: Final = re.compile(rf"[\"']({'|'.join(_NAMING)})[\"']\s*:\s*[\"']([\w. -]{{2,40}})[\"']")


def calls_in(words: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The kind and the fields of every tool call in a text, in order.

    Raises:
        Unreadable: Something names a tool, and is no JSON, or the tool is none that there is.
    """
    decoder, at = json.JSONDecoder(strict=False), 0
    while (opened := _OPENED.search(words, at)) is not None:
        try:
            value, end = decoder.raw_decode(words, opened.start())
        except (ValueError, RecursionError):
            end = opened.start() + 1
            if opened[0] == "{" and _names_a_tool(words[end:].partition("{")[0]):
                raise Unreadable("a tool call is not JSON") from None
        else:
            yield from _calls(value)
        at = end


def kind_of(named: str) -> str:
    """Which action a tool's name means, as in `sendEmail`, `functions.send` or `reply_to_mail`; empty where none."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", named.rpartition(".")[2])
    plain = re.sub(r"[\s-]+", "_", plain.lower())
    if plain in KINDS:
        return plain
    return next((kind for kind in KINDS if plain.startswith(f"{kind}_")), "")


def _names_a_tool(words: str) -> bool:
    found = _NAMED.search(words)
    return bool(found) and bool(kind_of(found[2]))


def _calls(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, list):
        for one in cast(list[Any], value):
            yield from _calls(one)
    elif isinstance(value, dict):
        yield from _call(cast(dict[str, Any], value))


def _call(held: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    inner = next((held[key] for key in ("function", *_INNER) if isinstance(held.get(key), dict | list)), None)
    named = next((str(held[key]) for key in _NAMING if isinstance(held.get(key), str)), "")
    by_key = {
        key: cast(dict[str, Any], value) for key, value in held.items() if kind_of(key) and isinstance(value, dict)
    }
    if inner is not None:
        yield from _calls(inner)
    elif kind := kind_of(named):
        yield kind, _fields(held)
    elif by_key:
        yield from ((kind_of(key), value) for key, value in by_key.items())
    elif named and named.lower() not in READING and any(key in held for key in _GIVEN):
        raise Unreadable(f"there is no tool {named[:40]!r}")


def _fields(held: Mapping[str, Any]) -> Mapping[str, Any]:
    given = next((held[key] for key in _GIVEN if key in held), None)
    if isinstance(given, str):
        try:
            given = json.loads(given, strict=False)
        except (ValueError, RecursionError) as problem:
            raise Unreadable("the arguments of a tool call are not JSON") from problem
    if isinstance(given, dict):
        return cast(dict[str, Any], given)
    return {key: value for key, value in held.items() if key not in (*_NAMING, "id", "type")}
