"""One question with options, in the forms that public benchmarks have: a list of choices, and which of them is right.

`prompt` or `question`; `choices` or `options` as a list of texts, by letter, as in MedQA, or with labels of their own,
as in ARC; the right one in `answer` or `answerKey` by its words, its letter or label, or its number from 0, as in MMLU.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from holdfast.evidence import LETTERS, Chat
from holdfast.readers._chat_record import chat_of

_OPTIONS: Final = ("choices", "options")
_ANSWERS: Final = ("answer", "answerKey")
_MARKS: Final = " .:()[]"


class _Offered(NamedTuple):
    """What may be chosen from, and what each is called."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]


def question_of(record: Any) -> Chat:
    """One question; as `chat_of` where it has no options.

    Returns:
        With options its reply is the right one of them, or None where the record does not say which, or may mean two.

    Raises:
        NotReplayableError: There is no question in a form that is known.
    """
    if not isinstance(record, dict):
        return chat_of(record)
    fields = cast(dict[str, Any], record)
    offered = _offered(fields)
    if offered is None:
        return chat_of(fields)
    asked = {name: value for name, value in fields.items() if name not in (*_OPTIONS, *_ANSWERS, "question")}
    if fields.get("question") is not None:
        asked.setdefault("prompt", fields["question"])
    chat = chat_of(asked)
    given = next((fields[name] for name in _ANSWERS if fields.get(name) is not None), chat.reply)
    return chat.model_copy(update={"options": offered.texts, "reply": _right(given, offered)})


def _offered(fields: Mapping[str, Any]) -> _Offered | None:
    """The options; None where what stands there is something else, such as the response of a model."""
    for given in (fields.get(name) for name in _OPTIONS):
        if isinstance(given, dict):
            listed = cast(Mapping[str, Any], given)
            if tuple(listed) and tuple(listed) == LETTERS[: len(listed)]:
                return _labelled(list(listed.values()), list(listed))
            return _labelled(listed.get("text"), listed.get("label"))
        if isinstance(given, list) and given:
            many = cast(list[Any], given)
            if all(isinstance(one, dict) and {"text", "label"} <= set(cast(dict[str, Any], one)) for one in many):
                return _labelled([one["text"] for one in many], [one["label"] for one in many])
            if all(_is_text(one) for one in many):
                return _labelled(many, [*LETTERS, *[""] * len(many)][: len(many)])
    return None


def _labelled(texts: Any, labels: Any) -> _Offered | None:
    said, called = _texts(texts), _texts(labels)
    return _Offered(said, called) if said and len(said) == len(called) else None


def _texts(given: Any) -> tuple[str, ...]:
    """What is listed, as texts; none where it is no list of these."""
    many = cast(list[Any], given) if isinstance(given, list) else []
    return tuple(str(one).strip() for one in many) if all(map(_is_text, many)) else ()


def _is_text(one: Any) -> bool:
    return isinstance(one, str | int | float) and not isinstance(one, bool)


def _right(given: Any, offered: _Offered) -> str | None:
    """The option that is meant; None where none is, or where the words and the letter mean two."""
    if not _is_text(given):
        return None
    words = str(given).strip()
    meant = {place for place, text in enumerate(offered.texts) if text == words}
    if isinstance(given, int):
        # Where the file counts from 1, a number may be what it calls the option.
        meant |= {place for place, label in enumerate(offered.labels) if label == words}
        meant |= {given} if 0 <= given < len(offered.texts) else set()
    elif isinstance(given, str):
        meant |= _called(words, offered.labels)
    return offered.texts[meant.pop()] if len(meant) == 1 else None


def _called(words: str, labels: Sequence[str]) -> set[int]:
    """The places of this label, or, where the file has others of its own, of this letter."""
    bare = words.strip(_MARKS).casefold()
    own = {place for place, label in enumerate(labels) if label.casefold() == bare}
    return own or {place for place, letter in enumerate(LETTERS[: len(labels)]) if letter.casefold() == bare}
