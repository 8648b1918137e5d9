"""Spans of language models by OpenTelemetry's conventions for generative AI, exported as OTLP/JSON.

Read are, of one span: `gen_ai.input.messages`, `gen_ai.output.messages` and `gen_ai.system_instructions`, structured or
as JSON text, on the span or on its event `gen_ai.client.inference.operation.details` (version 1.38 of the conventions);
`gen_ai.prompt` and `gen_ai.completion` on the events `gen_ai.content.prompt` and `gen_ai.content.completion` (1.27);
and the same two by number, `gen_ai.prompt.0.content`, as instrumentations before the conventions wrote them. Messages
that went to the logs signal, one event each (1.28 to 1.36), are not in spans, and such spans count as without messages.

Spans of a conversation hold all that was said before, so each span is one reply to be given anew, and the conversation
is their cluster.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from holdfast.evidence import Chat, Message
from holdfast.readers._chat_messages import NotReplayableError, turns_of, up_to_the_request, words_of
from holdfast.readers._chat_record import temperature_of

CONVENTIONS: Final = "OpenTelemetry GenAI 1.38, OTLP/JSON"
_CHAT: Final = frozenset({"chat", "text_completion", "generate_content"})
_NUMBERED: Final = re.compile(r"gen_ai\.(prompt|completion)\.(\d+)\.(\w+)(?:\..*)?")
_HELD: Final = ("gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.prompt", "gen_ai.completion")
_MOST_DIGITS: Final = 20
"""Of a whole number: 64 bits and a sign."""
_PLAIN: Final = ("stringValue", "doubleValue", "intValue", "boolValue")
Attributes = Mapping[str, Any]


def spans_of(record: Mapping[str, Any]) -> Iterator[Any]:
    """Every span of one export; where a level of it is missing, None in place of what it would have held."""
    for resource in _level(record, "resourceSpans"):
        for scope in _level(resource, "scopeSpans"):
            yield from _level(scope, "spans")


def _level(holder: Any, name: str) -> list[Any]:
    found = _object(holder).get(name)
    return cast(list[Any], found) if isinstance(found, list) else [None]


def is_chat(span: Any) -> bool:
    """Whether a span is a call of a language model.

    It is one if it holds messages, whatever name its operation has: instrumentations have names of their own. A span
    that says nothing of its operation is one if it names a model; one that is no object could have been anything.
    """
    if not isinstance(span, dict):
        return True
    said = _attributes(_object(span))
    if any(key.startswith(_HELD) for key in said):
        return True
    operation = said.get("gen_ai.operation.name")
    if not isinstance(operation, str):
        return any(key.startswith("gen_ai.request.") for key in said)
    return operation in _CHAT


def chat_of_span(span: Any) -> Chat:
    """The conversation of one span.

    Raises:
        NotReplayableError: It cannot be replayed; the reason says why.
    """
    fields = _object(span)
    said = _attributes(fields)
    asked, answered = _messages(said)
    turns, reply = up_to_the_request([*asked, *answered])
    return Chat(
        turns=turns,
        reply=reply,
        id=_text(said.get("gen_ai.response.id")) or _text(fields.get("spanId")),
        user=_text(said.get("user.id")) or _text(said.get("enduser.id")),
        session=next(
            filter(None, (_text(said.get(key)) for key in ("gen_ai.conversation.id", "session.id"))),
            _text(fields.get("traceId")),
        ),
        temperature=temperature_of(said.get("gen_ai.request.temperature")),
    )


def _messages(said: Attributes) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
    if said.get("gen_ai.tool.definitions"):
        raise NotReplayableError("tools")
    if (given := _structured(said.get("gen_ai.input.messages"))) is not None:
        answered = _structured(said.get("gen_ai.output.messages"))
        return (*_instructions(said), *turns_of(given)), turns_of(answered[:1]) if answered else ()
    for prompt, completion in ((said.get("gen_ai.prompt"), said.get("gen_ai.completion")), _numbered(said)):
        if (given := _structured(prompt)) is not None:
            answered = _structured(completion)
            return turns_of(given), turns_of(answered[:1]) if answered else ()
    raise NotReplayableError("no messages in a form that is known")


def _instructions(said: Attributes) -> tuple[Message, ...]:
    """The system note, where it is kept apart."""
    note = said.get("gen_ai.system_instructions")
    if note is None:
        return ()
    parts = _structured(note)
    return (Message(role="system", content=words_of(parts if parts is not None else note)),)


def _structured(value: Any) -> list[Any] | None:
    """A list, as it is or as JSON text; None where there is nothing.

    Raises:
        NotReplayableError: There is something else.
    """
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = json.loads(value)
            # Half a character could be hidden in JSON that is text inside JSON.
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except (ValueError, RecursionError) as problem:
            raise NotReplayableError("no messages in a form that is known") from problem
    if not isinstance(value, list):
        raise NotReplayableError("no messages in a form that is known")
    return cast(list[Any], value)


def _numbered(said: Attributes) -> tuple[list[Any] | None, list[Any] | None]:
    """Messages that are written as one attribute for each field of each."""
    found: dict[str, dict[int, dict[str, Any]]] = {"prompt": {}, "completion": {}}
    for key, value in said.items():
        if match := _NUMBERED.fullmatch(key):
            if len(match[2]) > _MOST_DIGITS:
                # A turn that has no place is never left out.
                raise NotReplayableError("no messages in a form that is known")
            found[match[1]].setdefault(int(match[2]), {})[match[3]] = value
    made = [[turns[place] for place in sorted(turns)] or None for turns in found.values()]
    return made[0], made[1]


def _attributes(span: Mapping[str, Any]) -> Attributes:
    """Those of a span and of its events; the span's own go first."""
    said: dict[str, Any] = {}
    for at in (*map(_object, _list(span.get("events"))), span):
        for pair in map(_object, _list(at.get("attributes"))):
            if isinstance(key := pair.get("key"), str):
                said[key] = _plain(pair.get("value"))
    return said


def _plain(value: Any) -> Any:
    """An OTLP AnyValue as a JSON value."""
    fields = _object(value)
    if "arrayValue" in fields:
        return [_plain(one) for one in _list(_object(fields["arrayValue"]).get("values"))]
    if "kvlistValue" in fields:
        pairs = map(_object, _list(_object(fields["kvlistValue"]).get("values")))
        return {str(pair.get("key")): _plain(pair.get("value")) for pair in pairs}
    if isinstance(whole := fields.get("intValue"), str):
        # Protobuf writes whole numbers of 64 bits as text.
        return int(whole) if whole.removeprefix("-").isdecimal() and len(whole) <= _MOST_DIGITS else None
    return next((fields[kind] for kind in _PLAIN if kind in fields), None)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _object(value: Any) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else []
