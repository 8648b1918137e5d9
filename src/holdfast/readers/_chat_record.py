"""One record of a chat log as JSON: which of the common forms it has, and what it says beside the turns.

OpenAI's fine-tuning format (`messages`), requests with their response (`messages` or `body.messages`, with
`response`), ShareGPT (`conversations`, with `from` and `value`), WildChat and LMSYS (`conversation`), pairs
(`prompt`, `completion`).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from holdfast.evidence import Chat, Message
from holdfast.readers._chat_messages import NotReplayableError, turns_of, up_to_the_request, words_of

Fields = Mapping[str, Any]
_TURNS: Final = ("messages", "conversations", "conversation")
_ASKED_IN: Final = ("body", "request", "input")
_USER: Final = ("user", "user_id", "userId", "end_user", "hashed_ip")
_SESSION: Final = ("session", "session_id", "sessionId", "conversation_id", "conversationId", "thread_id", "chat_id")
HOTTEST: Final = 10.0
"""Above it a temperature is a slip of the pen: what is sampled there is noise."""
_ID: Final = ("id", "custom_id", "record_id", "uuid", "conversation_hash")


def chat_of(record: Any) -> Chat:
    """One conversation.

    Raises:
        NotReplayableError: It cannot be replayed; the reason says why.
    """
    if not isinstance(record, dict):
        raise NotReplayableError("no messages in a form that is known")
    fields = cast(dict[str, Any], record)
    asked, turns, answered = _asked(fields)
    if any(at.get(name) for at in (fields, asked) for name in ("tools", "functions")):
        raise NotReplayableError("tools")
    before, within = up_to_the_request([*turns, *answered])
    places = (fields, asked, _object(fields.get("metadata")), _object(asked.get("metadata")))
    return Chat(
        turns=before,
        reply=within,
        id=_first(places, _ID),
        user=_first(places, _USER),
        session=_first(places, _SESSION),
        temperature=temperature_of(next((at["temperature"] for at in places if "temperature" in at), None)),
        label=_first((fields,), ("label",)),
    )


def _asked(fields: dict[str, Any]) -> tuple[Fields, tuple[Message, ...], tuple[Message, ...]]:
    """Where the request stands, its turns, and the turn of a response that stands beside them."""
    for at in (fields, *(_object(fields.get(name)) for name in _ASKED_IN)):
        if turns := next((at[name] for name in _TURNS if at.get(name) is not None), None):
            return at, turns_of(turns), _response(fields, at)
    if isinstance(fields.get("input"), list):
        return fields, turns_of(fields["input"]), _response(fields, fields)
    if fields.get("prompt") is not None:
        prompt = fields["prompt"]
        turns = (Message(role="user", content=prompt),) if isinstance(prompt, str) else turns_of(prompt)
        return fields, turns, _response(fields, fields)
    raise NotReplayableError("no messages in a form that is known")


def _response(fields: Fields, asked: Fields) -> tuple[Message, ...]:
    """The reply, where it stands beside the messages and not among them."""
    for at in (fields, asked):
        for name in ("completion", "response", "output", "reply", "choices"):
            if (given := at.get(name)) is not None:
                return _reply({"choices": given} if name == "choices" else given)
    return ()


def _reply(given: Any) -> tuple[Message, ...]:
    """A reply as a text or number, a list of messages, or a response of the OpenAI wire; anything else is no reply."""
    if isinstance(given, str):
        return (Message(role="assistant", content=given),)
    if isinstance(given, int | float) and not isinstance(given, bool):
        return (Message(role="assistant", content=str(given)),)
    if isinstance(given, list):
        return turns_of(given)
    fields = _object(given)
    fields = _object(fields.get("body")) or fields
    choices: Any = fields.get("choices")
    if isinstance(choices, list) and choices:
        message = _object(_object(cast(list[Any], choices)[0]).get("message"))
        return turns_of([message])
    if fields.get("content") is not None:
        return (Message(role="assistant", content=words_of(fields["content"])),)
    return ()


def temperature_of(value: Any) -> float | None:
    """A temperature, or None where there is none that could be one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= HOTTEST:
        return None
    return float(value)


def _object(value: Any) -> Fields:
    return cast(Fields, value) if isinstance(value, dict) else {}


def _first(places: Iterable[Fields], names: Iterable[str]) -> str:
    """The first of these fields that says anything; names go before places."""
    found = (at.get(name) for name in names for at in places)
    return next((str(one) for one in found if isinstance(one, str | int) and str(one).strip()), "")
