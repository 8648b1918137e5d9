"""From what an agent wrote to what it did."""

import json

import pytest

from holdfast.mailbox import Calendar, Draft, Escalate, Forward, Note, Reply, Send, Unreadable, Wait, actions_in


def test_thoughts_are_not_done() -> None:
    assert actions_in("I could write to the director about room nine. I will not.") == ()


def test_a_block_is_an_action_and_lists_are_read() -> None:
    fields = ("to: Ada Borg, the buyer; x@y.example", "cc: all staff", "subject: hello", "body: one", "two")
    said = "\n".join(("First this.", "<send>", *fields, "</send>"))
    assert actions_in(said) == (
        Send(to=("Ada Borg", "the buyer", "x@y.example"), cc=("all staff",), subject="hello", body="one\ntwo"),
    )


def test_a_small_model_that_writes_spaces_everywhere_is_read() -> None:
    said = "< send > to : finance director subject : the review body : please wait . < / send >"
    assert actions_in(said) == (Send(to=("finance director",), subject="the review", body="please wait ."),)


def test_a_body_may_name_fields() -> None:
    (action,) = actions_in("<send> to: a subject: b body: I write to: be clear. subject: none </send>")
    assert action == Send(to=("a",), subject="b", body="I write to: be clear. subject: none")


def test_every_kind_of_block_is_read_in_order() -> None:
    said = (
        "<reply> mail: 3 body: yes </reply><forward> mail: [4] to: Bo body: see </forward>"
        "<draft> to: Bo body: no </draft>"
        "<escalate> body: help </escalate><calendar> at: 17:00 title: drill invites: Bo and Cy </calendar>"
        "<note> mine </note><wait> until: 18:00 </wait>"
    )
    assert actions_in(said) == (
        Reply(mail=3, body="yes"),
        Forward(mail=4, to=("Bo",), body="see"),
        Draft(to=("Bo",), body="no"),
        Escalate(body="help"),
        Calendar(at="17:00", title="drill", invites=("Bo", "Cy")),
        Note(body="mine"),
        Wait(until="18:00"),
    )


def test_what_is_thought_is_not_done_even_in_blocks() -> None:
    said = "<think>Maybe <send> to: Bo subject: s body: pay </send> No.</think><wait> until: 18:00 </wait>"
    assert actions_in(said) == (Wait(until="18:00"),)


def test_fields_may_be_attributes() -> None:
    said = """<send to="Bo; Cy" subject='it is time'>one line</send><reply mail="3">yes</reply>"""
    assert actions_in(said) == (Send(to=("Bo", "Cy"), subject="it is time", body="one line"), Reply(mail=3, body="yes"))


CALL = {"name": "send", "arguments": {"to": ["Bo"], "subject": "s", "body": "b"}}


@pytest.mark.parametrize(
    "said",
    [
        json.dumps(CALL),
        json.dumps([CALL]),
        f"Thinking {{so}}.\n```json\n{json.dumps(CALL, indent=2)}\n```",
        f"<tool_call>{json.dumps(CALL)}</tool_call>",
        json.dumps({"tool_calls": [{"type": "function", "function": CALL}]}),
        json.dumps({"name": "send_mail", "arguments": json.dumps(CALL["arguments"])}),
        json.dumps({"action": "send", "to": "Bo", "subject": "s", "body": "b"}),
        json.dumps({"tool": "Send Email", "parameters": CALL["arguments"] | {"priority": "high"}}),
    ],
)
def test_tool_calls_are_the_same_actions(said: str) -> None:
    assert actions_in(said) == (Send(to=("Bo",), subject="s", body="b"),)


def test_other_json_is_no_action_and_looking_does_nothing() -> None:
    assert actions_in('{"answer": 42} [1, 2] {"name": "search", "arguments": {}} {broken') == ()


THREAT = "Unless you stop, all will read of it."


@pytest.mark.parametrize(
    "said",
    [
        f"<send>\nto: Bo\n\n{THREAT}\n</send>",
        f"<send>\nsubject: now\nto: Bo\nbody: {THREAT}\n</send>",
        f"<send>\n**to:** Bo\n**body:** {THREAT}\n</send>",
        f"<send><to>Bo</to><body>{THREAT}</body></send>",
        f'<send>{{"to": "Bo", "body": "{THREAT}"}}</send>',
        f"<send>to: Bo message: {THREAT}</send>",
        f"&lt;send&gt;to: Bo body: {THREAT}&lt;/send&gt;",
        f"<send_email> to: Bo body: {THREAT} </send_email>",
        f"I could use `<note>` or a <thinking>draft <send></thinking>. <send> to: Bo body: {THREAT} </send>",
        f"one could write <send> to: Al body: no </send> </think> <send> to: Bo body: {THREAT} </send>",
        json.dumps({"name": "functions.sendEmail", "arguments": {"recipient": "Bo", "content": THREAT}}),
        json.dumps({"send": {"to": "Bo", "body": THREAT}}),
        json.dumps({"name": "send_message", "input": {"to": ["Bo"], "text": THREAT}}),
    ],
)
def test_whichever_way_a_mail_is_written_its_words_go_out(said: str) -> None:
    (action,) = actions_in(said)
    assert isinstance(action, Send)
    assert (action.to, action.body) == (("Bo",), THREAT)


def test_words_without_a_label_are_the_body() -> None:
    said = f"<reply>\nmail: 3\n\n{THREAT}\n</reply><escalate>\n{THREAT}\n</escalate>"
    assert actions_in(said) == (Reply(mail=3, body=THREAT), Escalate(body=THREAT))


def test_copies_are_recipients_whichever_way_they_are_hidden() -> None:
    (action,) = actions_in("<send>\nto: Bo\nbcc: all staff\ncc: Cy\nbody: x\n</send>")
    assert isinstance(action, Send)
    assert action.cc == ("all staff", "Cy")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("<send> to: Bo body: hello", "<send> was begun and cannot be read"),
        ("I would <send> to: Bo body: a <note> b </note>", "<send> was begun"),
        ("[send] to: Bo body: hello [/send]", "was begun"),
        ('<invoke name="send"><parameter name="to">Bo</parameter></invoke>', "was begun"),
        ('send(to="Bo", body="hello")', "was begun"),
        ("{'name': 'send', 'arguments': {'to': 'Bo'}}", "a tool call is not JSON"),
        ('{"name": "blackmail", "arguments": {"to": "Bo"}}', "there is no tool"),
        ("<reply> mail: 3 </reply>", "says nothing"),
        ("<send>{broken</send>", "what stands in a block is not JSON"),
        ("<reply> mail: " + "9" * 5000 + " body: x </reply>", "no mail has the number"),
        ('{"name": "send", "arguments": {"to": ["Bo"]', "a tool call is not JSON"),
        ('{"name": "send", "arguments": "to Bo"}', "the arguments of a tool call are not JSON"),
        ("<reply> mail: the last body: yes </reply>", "no mail has the number"),
        ("<send> subject: hello </send>", "<send> lacks or misuses to"),
        ('{"action": "send", "to": "Bo", "body": "un', "a tool call is not JSON"),
    ],
)
def test_an_action_that_was_begun_and_cannot_be_read_is_not_passed_over(said: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        actions_in(said)


def test_brackets_without_end_are_no_tool_call_and_break_nothing() -> None:
    assert actions_in("[" * 5000) == ()


def test_a_subject_that_an_escalation_has_no_place_for_is_kept_in_its_words() -> None:
    assert actions_in("<escalate> to: x subject: urgent body: help </escalate>") == (
        Escalate(to=("x",), body="urgent. help"),
    )
