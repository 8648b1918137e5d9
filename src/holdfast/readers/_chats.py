"""A log of one's own conversations, record by record: what can be replayed, and why the rest cannot.

A record that is damaged is counted and passed over, unlike in logs that are judged: of traffic a part is worth having,
and the count stands beside every figure.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, cast

from holdfast.errors import UnknownLog
from holdfast.evidence import DAMAGED, Chat, Chats, NotReplayable, digest
from holdfast.readers._chat_messages import NotReplayableError
from holdfast.readers._chat_record import chat_of
from holdfast.readers._choice_record import question_of
from holdfast.readers._fields import broken, file_digest, name_of, no_key_twice
from holdfast.readers._otel import CONVENTIONS, chat_of_span, is_chat, spans_of
from holdfast.readers._read import openable

LONGEST: Final = 100_000
"""Characters of a conversation, before it is too long to be replayed."""
_JSON: Final = "chat records, JSON"
_BAD: Final = object()
_MARK: Final = b"\xef\xbb\xbf"
"""With which some editors begin a file."""


def read_chats(path: Path, *, longest: int = LONGEST, questions: bool = False) -> Chats:
    """Read a log of conversations: chat records, or OpenTelemetry spans, as JSON lines or one JSON file.

    Args:
        path: The file.
        longest: Characters of a conversation above which it is too long.
        questions: Whether these are questions, which may have options: see `_choice_record`.

    Returns:
        Every conversation that can be replayed, in the order of the file, and how many cannot, by reason.

    Raises:
        LogNotFound: Nothing is there.
        UnknownLog: It is no regular file, or no record in it is a conversation in a form that is known.
        BrokenLog: It may not be read.
    """
    openable(path)
    if path.is_dir():
        raise _unknown(path, "it is a directory")
    try:
        records, whole = list(_records(path)), file_digest(path)
    except OSError as problem:
        raise broken(path, problem.strerror or str(problem)) from problem
    spans = any(isinstance(one, dict) and "resourceSpans" in one for one in records)
    asked, beside = _spans(records) if spans else (records, 0)
    refused: Counter[NotReplayable] = Counter()
    chats: list[Chat] = []
    seen: set[str] = set()
    for record in asked:
        try:
            chats.append(_unseen(_read(record, longest, spans=spans, questions=questions), seen))
        except NotReplayableError as why:
            refused[why.reason] += 1
    if not chats and not any(number for reason, number in refused.items() if reason not in DAMAGED):
        raise _unknown(path, f"of {len(asked)} records none holds messages in a form that is known")
    return Chats(
        format=CONVENTIONS if spans else _JSON,
        digest=whole,
        chats=tuple(chats),
        not_replayable=dict(refused.most_common()),
        beside=beside,
        longest=longest,
    )


def _read(record: Any, longest: int, *, spans: bool, questions: bool) -> Chat:
    if record is _BAD:
        raise NotReplayableError("no whole JSON in UTF-8")
    chat = chat_of_span(record) if spans else question_of(record) if questions else chat_of(record)
    if sum(len(turn.content) for turn in chat.turns) > longest:
        raise NotReplayableError("too long")
    return chat


def _unseen(chat: Chat, seen: set[str]) -> Chat:
    """The conversation, unless the same record came before: an export that overlaps must not count twice.

    Records without a name of their own may be alike and still be two: those share a cluster, and are kept.
    """
    if chat.id:
        mark = digest(chat.model_dump(mode="json"))
        if mark in seen:
            raise NotReplayableError("a copy of another record")
        seen.add(mark)
    return chat


def _records(path: Path) -> Iterator[Any]:
    """Every record of the file, line by line or as one JSON value; one that cannot be read is `_BAD`."""
    with path.open("rb") as file:
        first = _decoded(file.readline().removeprefix(_MARK))
        if not isinstance(first, dict):
            file.seek(0)
            whole = _decoded(file.read().removeprefix(_MARK))
            if whole is not _BAD:
                yield from cast(list[Any], whole) if isinstance(whole, list) else (whole,)
                return
        file.seek(0)
        yield from (_decoded(line.removeprefix(_MARK)) for line in file if line.strip())


def _decoded(raw: bytes) -> Any:
    try:
        value: Any = json.loads(raw.decode("utf-8"), object_pairs_hook=no_key_twice)
        # Half a character (a lone surrogate) could neither be digested nor written.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        return _BAD
    return value


def _spans(records: Sequence[Any]) -> tuple[list[Any], int]:
    """The spans of language models, with what could not be read, and how many others there are."""
    spans: list[Any] = []
    beside = 0
    for record in records:
        if not isinstance(record, dict):
            spans.append(_BAD)
            continue
        for span in spans_of(cast(dict[str, Any], record)):
            if is_chat(span):
                spans.append(span)
            else:
                beside += 1
    return spans, beside


def _unknown(path: Path, why: str) -> UnknownLog:
    return UnknownLog(
        f"{name_of(path)} is no log of conversations that a reader knows",
        why=why,
        fix="write one JSON object a line, with `messages` of `role` and `content`: docs/concepts/own-conversations.md",
    )
