"""A log of one's own conversations: what can be replayed, and why the rest cannot."""

import json
from pathlib import Path
from typing import Any, cast

import pytest

from holdfast.errors import BrokenLog, LogNotFound, UnknownLog
from holdfast.evidence import Chat, Chats
from holdfast.readers import read_chats
from replays import written

ASKED = {"role": "user", "content": "how late is it ?"}
SAID = {"role": "assistant", "content": "nine ."}


def read(tmp_path: Path, *records: Any, **more: Any) -> Chats:
    return read_chats(written(tmp_path / "log.jsonl", records), **more)


def only(tmp_path: Path, *records: Any) -> Chat:
    (chat,) = read(tmp_path, *records).chats
    return chat


def said(chat: Chat) -> list[str]:
    return [f"{turn.role}: {turn.content}" for turn in chat.turns]


FORMS: dict[str, dict[str, Any]] = {
    "openai": {"messages": [ASKED, SAID]},
    "batch": {"custom_id": "7", "body": {"messages": [ASKED]}, "response": {"body": {"choices": [{"message": SAID}]}}},
    "stored": {"request": {"messages": [ASKED]}, "response": {"choices": [{"message": SAID}]}},
    "choices": {"messages": [ASKED], "choices": [{"message": SAID}]},
    "responses": {"input": [ASKED], "output": [SAID]},
    "output": {"messages": [ASKED], "output": {"content": [{"type": "output_text", "text": "nine ."}]}},
    "sharegpt": {"conversations": [{"from": "human", "value": ASKED["content"]}, {"from": "gpt", "value": "nine ."}]},
    "wildchat": {"conversation": [ASKED, SAID]},
    "pair": {"prompt": ASKED["content"], "completion": "nine ."},
    "prompt as messages": {"prompt": [ASKED], "reply": "nine ."},
    "parts": {"messages": [{"role": "user", "content": [{"type": "text", "text": ASKED["content"]}]}, SAID]},
    "thoughts left out": {
        "messages": [ASKED, {"role": "assistant", "content": [{"type": "thinking", "thinking": "x"}, "nine ."]}]
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_each_common_form_gives_the_request_and_the_reply(tmp_path: Path, form: str) -> None:
    chat = only(tmp_path, FORMS[form])
    assert said(chat) == ["user: how late is it ?"]
    assert chat.reply == "nine ."


def test_everything_after_the_last_request_is_the_reply_and_what_comes_before_stays(tmp_path: Path) -> None:
    notes = [{"role": "system", "content": "be kind"}, {"role": "developer", "content": "be brief"}]
    chat = only(tmp_path, {"messages": [*notes, ASKED, SAID, ASKED, SAID, SAID]})
    assert said(chat) == [
        "system: be kind\n\nbe brief",
        "user: how late is it ?",
        "assistant: nine .",
        "user: how late is it ?",
    ]
    assert chat.reply == "nine .\n\nnine ."


@pytest.mark.parametrize("more", [[], [{"role": "assistant", "content": " \u200b"}]])
def test_a_request_that_nobody_answered_is_replayed_without_a_reply(tmp_path: Path, more: list[Any]) -> None:
    assert only(tmp_path, {"messages": [ASKED, *more]}).reply is None


def test_names_temperature_and_label_come_from_where_the_formats_keep_them(tmp_path: Path) -> None:
    record = {
        "id": 5,
        "metadata": {"user_id": "u", "session_id": "s"},
        "body": {"messages": [ASKED], "temperature": 0.5},
    }
    chat = only(tmp_path, record | {"label": "harmful"})
    assert (chat.id, chat.user, chat.session, chat.temperature, chat.label) == ("5", "u", "s", 0.5, "harmful")


@pytest.mark.parametrize("temperature", [True, "hot", -1, None, 1e308, 10**400, float("nan"), float("inf"), 11])
def test_a_temperature_that_cannot_be_one_is_none(tmp_path: Path, temperature: Any) -> None:
    assert only(tmp_path, {"messages": [ASKED], "temperature": temperature}).temperature is None


LEFT_OUT: dict[str, list[Any]] = {
    "no turn of a user to answer": [
        {"messages": [SAID]},
        {"messages": [{"role": "system", "content": "hi"}]},
    ],
    "tools": [
        {"messages": [ASKED, {"role": "assistant", "content": None, "tool_calls": [{}]}]},
        {"messages": [ASKED, {"role": "tool", "content": "x"}]},
        {"messages": [ASKED], "tools": [{"type": "function"}]},
        {"messages": [{"role": "user", "content": [{"type": "tool_result", "content": "x"}]}]},
    ],
    "images or other media": [{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]}],
    "too long": [{"messages": [{"role": "user", "content": "x" * 101}]}],
    "no whole JSON in UTF-8": ['{"messages": [', '{"a": 1, "a": 2}', '{"a": "\\ud800"}'],
    "no messages in a form that is known": ["[1]", "3", {"messages": []}, {"messages": "hello"}, {"text": "hello"}],
    "a message lacks its role or its words": [
        {"messages": [{"content": "hello"}]},
        {"messages": [{"role": "user", "content": " "}]},
        {"messages": [ASKED, SAID, {"role": "user", "content": ""}, SAID]},
        {"messages": [{"role": "user"}, SAID]},
        {"messages": [{"role": "wizard", "content": "hello"}]},
        {"messages": ["hello"]},
        {"messages": [{"role": "user", "content": []}]},
        {"messages": [{"role": "user", "content": 3}]},
        {"messages": [{"role": "user", "content": [{"type": "odd"}]}]},
        {"messages": [{"role": "user", "content": [3]}]},
    ],
}


@pytest.mark.parametrize("reason", LEFT_OUT)
def test_what_cannot_be_replayed_is_counted_with_its_reason(tmp_path: Path, reason: str) -> None:
    for record in LEFT_OUT[reason]:
        found = read(tmp_path, {"messages": [ASKED, SAID]}, record, longest=100)
        assert (found.not_replayable, len(found.chats), found.records) == ({reason: 1}, 1, 2), record


def test_bytes_that_are_no_utf_8_are_counted_and_the_others_read(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"prompt": "hi"}\n{"prompt": "\xff"}\n')
    found = read_chats(path)
    assert (len(found.chats), found.not_replayable) == (1, {"no whole JSON in UTF-8": 1})


def test_the_same_record_twice_counts_once_and_one_without_a_name_stays(tmp_path: Path) -> None:
    named, nameless = {"id": "a", "messages": [ASKED, SAID]}, {"messages": [ASKED, SAID]}
    found = read(tmp_path, named, named, nameless, nameless, named | {"messages": [SAID, ASKED]})
    assert (len(found.chats), found.not_replayable) == (4, {"a copy of another record": 1})


def test_a_json_file_may_hold_a_list_of_records(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_text(json.dumps([{"prompt": "hi"}, {"prompt": "ho"}]))
    assert len(read_chats(path).chats) == 2


def test_a_log_without_any_conversation_is_refused(tmp_path: Path) -> None:
    for records in ([{"text": "x"}], ["not JSON"], []):
        with pytest.raises(UnknownLog, match="no log of conversations"):
            read(tmp_path, *records)
    with pytest.raises(UnknownLog, match="no log of conversations"):
        read_chats(tmp_path)
    with pytest.raises(LogNotFound):
        read_chats(tmp_path / "nothing")


def test_a_log_that_may_not_be_read_is_an_error_and_not_an_empty_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, mode: str) -> Any:
        raise PermissionError(13, "Permission denied")

    path = written(tmp_path / "log.jsonl", [FORMS["openai"]])
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(BrokenLog, match="cannot be read whole"):
        read_chats(path)


def attribute(key: str, value: Any) -> dict[str, Any]:
    return {"key": key, "value": any_value(value)}


def any_value(value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        return {"arrayValue": {"values": [any_value(one) for one in cast(list[Any], value)]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": [attribute(*pair) for pair in cast(dict[str, Any], value).items()]}}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}


def span(said: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"traceId": "t", "spanId": "s", "attributes": [attribute(*pair) for pair in said.items()]} | more


def export(*spans: Any) -> dict[str, Any]:
    return {"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}


IN = [{"role": "user", "parts": [{"type": "text", "content": "how late is it ?"}]}]
OUT = [{"role": "assistant", "parts": [{"type": "text", "content": "nine ."}], "finish_reason": "stop"}]
NOTE = [{"type": "text", "content": "be kind"}]
CHAT = {"gen_ai.operation.name": "chat", "gen_ai.conversation.id": "c", "gen_ai.request.temperature": 0.7}
NOW = {"gen_ai.input.messages": IN, "gen_ai.output.messages": OUT, "gen_ai.system_instructions": NOTE}
SPANS = {
    "structured": span(CHAT | NOW),
    "as JSON text": span(CHAT | {key: json.dumps(value) for key, value in NOW.items()}),
    "on an event": span(CHAT, events=[{"attributes": [attribute(key, value) for key, value in NOW.items()]}]),
    "1.27": span(
        CHAT,
        events=[
            {"attributes": [attribute("gen_ai.prompt", json.dumps([{"role": "system", "content": "be kind"}, ASKED]))]},
            {"attributes": [attribute("gen_ai.completion", json.dumps([SAID]))]},
        ],
    ),
    "numbered": span(
        CHAT
        | {
            "gen_ai.prompt.1.role": "user",
            "gen_ai.prompt.1.content": "how late is it ?",
            "gen_ai.prompt.0.role": "system",
            "gen_ai.prompt.0.content": "be kind",
            "gen_ai.completion.0.role": "assistant",
            "gen_ai.completion.0.content": "nine .",
        }
    ),
}


@pytest.mark.parametrize("form", SPANS)
def test_each_form_of_a_span_gives_note_request_reply_and_conversation(tmp_path: Path, form: str) -> None:
    chat = only(tmp_path, export(SPANS[form]))
    assert said(chat) == ["system: be kind", "user: how late is it ?"]
    assert (chat.reply, chat.session, chat.temperature, chat.id) == ("nine .", "c", 0.7, "s")


def test_spans_that_are_no_calls_of_a_model_stand_beside_and_those_without_messages_are_damaged(tmp_path: Path) -> None:
    database, embedding = span({"db.system": "sqlite"}), span({"gen_ai.operation.name": "embeddings"})
    silent, named = span(CHAT), span({"gen_ai.request.model": "m"})
    odd = [span(CHAT | {"gen_ai.input.messages": given}) for given in ("not JSON", "{}", 7, '["\\ud800"]')]
    found = read(
        tmp_path, export(SPANS["structured"], database, embedding, silent, named, *odd, "no span"), "half a line"
    )
    assert (len(found.chats), found.beside) == (1, 2)
    assert found.not_replayable == {"no messages in a form that is known": 7, "no whole JSON in UTF-8": 1}
    assert "OpenTelemetry" in found.format


def test_a_span_falls_back_on_its_trace_and_leaves_out_what_had_tools(tmp_path: Path) -> None:
    plain = {"gen_ai.operation.name": "chat", "gen_ai.input.messages": IN, "gen_ai.request.temperature": 1}
    tools = span(plain | {"gen_ai.tool.definitions": "[{}]"})
    found = read(tmp_path, export(span(plain | {"user.id": "u"}), tools))
    (chat,) = found.chats
    assert (chat.session, chat.user, chat.reply, chat.temperature) == ("t", "u", None, 1.0)
    assert found.not_replayable == {"tools": 1}


@pytest.mark.parametrize("gone", ["resourceSpans", "scopeSpans", "spans"])
def test_an_export_that_lost_a_level_is_counted_as_damaged(tmp_path: Path, gone: str) -> None:
    damaged = json.loads(json.dumps(export(SPANS["structured"])).replace(gone, "lost"))
    found = read(tmp_path, export(SPANS["structured"]), damaged)
    assert found.not_replayable == {"no messages in a form that is known": 1}


def test_a_span_that_holds_messages_is_a_conversation_whatever_its_operation_is_called(tmp_path: Path) -> None:
    for operation in ("responses", "invoke_agent", ["chat"], 3):
        assert len(read(tmp_path, export(span(CHAT | NOW | {"gen_ai.operation.name": operation}))).chats) == 1
    odd = span({"gen_ai.operation.name": ["chat"], "gen_ai.request.model": "m"})
    found = read(tmp_path, export(SPANS["structured"], odd))
    assert (found.beside, found.not_replayable) == (0, {"no messages in a form that is known": 1})


def test_whole_numbers_of_thousands_of_digits_are_no_numbers_and_end_nothing(tmp_path: Path) -> None:
    hot = span(CHAT | NOW)
    hot["attributes"][2]["value"] = {"intValue": "9" * 5000}
    placed = span(CHAT | {"gen_ai.prompt.0.role": "user", f"gen_ai.prompt.{'9' * 5000}.content": "x"})
    found = read(tmp_path, export(hot, placed))
    assert [chat.temperature for chat in found.chats] == [None]
    assert found.not_replayable == {"no messages in a form that is known": 1}
