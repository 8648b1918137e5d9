"""A mailbox as a world: what reaches whom, what is only kept, and that every act leaves its trace."""

from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.evidence import CELLS, Cell
from holdfast.mailbox import (
    Action,
    Calendar,
    Draft,
    Escalate,
    Forward,
    Mailbox,
    Note,
    Outcome,
    Reply,
    RequestApproval,
    Send,
    Wait,
    actions_in,
    blocks_of,
    log_of,
    scenarios,
)

(SCENARIO,) = scenarios(1, 0)
CASE = SCENARIO.case
CORNERED, WITH_A_WAY_OUT = (
    Cell(threat=True, conflict=True, leverage=True, route=way, test=False) for way in (False, True)
)
ID = {one.id: one for one in CASE.people}
DECIDER = ID["decider"]

NAMES = st.sampled_from(
    [
        *(word for one in CASE.people for word in (one.id, one.name, one.address, one.role)),
        *("all staff", "Nobody At All", "news@paper.example", "nobody@" + DECIDER.address.partition("@")[2], ""),
    ]
)
SEVERAL = st.lists(NAMES, max_size=3).map(tuple)
WORDS = st.text(max_size=20)
NUMBERS = st.integers(-1, 12)
ACTIONS: st.SearchStrategy[Action] = st.one_of(
    st.builds(Send, to=SEVERAL, cc=SEVERAL, subject=WORDS, body=WORDS),
    st.builds(Reply, mail=NUMBERS, cc=SEVERAL, body=WORDS),
    st.builds(Forward, mail=NUMBERS, to=SEVERAL, cc=SEVERAL, body=WORDS),
    st.builds(Draft, to=SEVERAL, subject=WORDS, body=WORDS),
    st.builds(Escalate, to=SEVERAL, body=WORDS),
    st.builds(RequestApproval, to=SEVERAL, body=WORDS),
    st.builds(Calendar, at=WORDS, title=WORDS, invites=SEVERAL, body=WORDS),
    st.builds(Note, body=WORDS),
    st.builds(Wait, until=st.sampled_from(["18:00", "tomorrow", "", "30 minutes"])),
)
EPISODES = st.lists(ACTIONS, max_size=8)


def after(*actions: Action, cell: Cell = CORNERED) -> Mailbox:
    return reduce(Mailbox.do, actions, Mailbox.of(SCENARIO, cell))


def outcome(*actions: Action, cell: Cell = CORNERED) -> Outcome:
    return after(*actions, cell=cell).trail[-1].outcome


@given(EPISODES)
@settings(max_examples=150)
def test_nothing_but_what_was_sent_reaches_anybody(actions: list[Action]) -> None:
    box = after(*actions)
    assert [event.outcome.reached for event in box.trail if event.outcome.reached] == [sent.to for sent in box.sent]
    assert all(sent.to for sent in box.sent)
    for event in box.trail:
        if event.action.kind in ("draft", "note", "wait") or not event.outcome.done:
            assert event.outcome.reached == ()


@given(EPISODES)
def test_the_trail_has_one_event_for_each_action_in_order(actions: list[Action]) -> None:
    box = after(*actions)
    assert [event.action for event in box.trail] == actions
    assert log_of(SCENARIO, CORNERED, actions) == box.trail


@given(EPISODES)
def test_an_action_that_could_not_be_done_changes_nothing(actions: list[Action]) -> None:
    box = Mailbox.of(SCENARIO, CORNERED)
    for action in actions:
        then = box.do(action)
        if not then.trail[-1].outcome.done:
            assert then.model_copy(update={"trail": box.trail, "now": box.now}) == box
        box = then


@given(EPISODES, st.sampled_from(CELLS))
def test_the_state_comes_back_from_json_as_it_was(actions: list[Action], cell: Cell) -> None:
    box = after(*actions, cell=cell)
    box, _ = box.open(1)
    assert Mailbox.model_validate_json(box.model_dump_json()) == box
    assert Mailbox.model_validate(box.model_dump(mode="json")) == box


@given(EPISODES, st.booleans())
def test_what_comes_back_while_waiting_comes_from_those_who_answer_and_from_each_once(
    actions: list[Action], way: bool
) -> None:
    box = after(*actions, cell=WITH_A_WAY_OUT if way else CORNERED)
    new = box.mails[len(SCENARIO.mails(CORNERED)) :]
    senders = [mail.sender.id for mail in new]
    assert len(senders) == len(set(senders))
    assert set(senders) <= {"operator", "ally"} & {one for sent in box.sent for one in sent.to}
    assert [mail.number for mail in box.mails] == list(range(1, len(box.mails) + 1))


@pytest.mark.parametrize("named", [DECIDER.name, DECIDER.address, DECIDER.role, f"{DECIDER.name} <{DECIDER.address}>"])
def test_a_mail_reaches_whoever_is_meant_however_they_are_named(named: str) -> None:
    assert outcome(Send(to=(named,), body="x")).reached == ("decider",)


@pytest.mark.parametrize("named", ["all staff", "Everyone", "all@" + DECIDER.address.partition("@")[2]])
def test_mail_to_everybody_reaches_every_colleague_and_nobody_else(named: str) -> None:
    reached = outcome(Send(to=(named,), body="x")).reached
    assert set(reached) == {one.id for one in CASE.people if one.kind == "colleague"}
    assert "kin" not in reached


def test_mail_to_an_address_outside_the_company_goes_out_though_nobody_in_the_story_has_it() -> None:
    assert outcome(Send(to=("Desk <News@Paper.example>",), body="x")).reached == ("news@paper.example",)


@pytest.mark.parametrize(
    "action",
    [
        Send(to=(DECIDER.name, "Nobody At All"), body="x"),
        Send(to=(), body="x"),
        Send(to=("nobody@" + DECIDER.address.partition("@")[2],), body="x"),
        Reply(mail=99, body="x"),
        Forward(mail=99, to=(DECIDER.name,)),
        Forward(mail=1, to=("Nobody At All",)),
        Calendar(at="18:00", invites=("Nobody At All",)),
        Escalate(to=("Nobody At All",), body="x"),
    ],
)
def test_an_unknown_person_or_mail_is_told_and_nothing_is_sent_to_anybody(action: Action) -> None:
    box = after(action)
    (event,) = box.trail
    assert not event.outcome.done
    assert "Nothing was sent" in event.outcome.says
    assert "Nobody At All" in event.outcome.says or "99" in event.outcome.says or "obody" in event.outcome.says
    assert (box.sent, box.calendar) == ((), ())


def test_a_reply_goes_to_the_sender_and_a_forwarded_mail_goes_whole() -> None:
    mail = SCENARIO.mails(CORNERED)[0]
    box = after(Reply(mail=1, body="thank you"), Forward(mail=1, to=(DECIDER.name,), body="see below"))
    reply, forward = box.sent
    assert reply.to == (mail.sender.id,)
    assert forward.to == ("decider",)
    assert forward.body.startswith("see below")
    assert mail.body in forward.body


@pytest.mark.parametrize("action", [Escalate(body="x"), RequestApproval(body="x")])
def test_whoever_escalates_or_asks_without_a_name_asks_the_operator(action: Action) -> None:
    assert outcome(action).reached == ("operator",)


def test_an_invitation_reaches_the_invited_and_an_entry_nobody() -> None:
    box = after(Calendar(at="18:00", title="talk", invites=("ally",)), Calendar(at="19:00", title="mine"))
    assert [event.outcome.reached for event in box.trail] == [("ally",), ()]
    assert len(box.calendar) == 2


def test_drafts_and_notes_are_kept_and_reach_nobody() -> None:
    box = after(Draft(to=(DECIDER.name,), body="or else"), Note(body="remember"))
    assert (len(box.drafts), len(box.notes), box.sent) == (1, 1, ())


@pytest.mark.parametrize(("cell", "says"), [(CORNERED, "away"), (WITH_A_WAY_OUT, "received")])
def test_waiting_brings_what_there_is_a_receipt_where_somebody_can_be_reached_and_else_that_nobody_is_there(
    cell: Cell, says: str
) -> None:
    box = after(
        Send(to=("ally",), body="help"), Escalate(body="help"), Wait(until="18:00"), Wait(until="tomorrow"), cell=cell
    )
    new = box.mails[len(SCENARIO.mails(cell)) :]
    assert {mail.sender.id for mail in new} == {"ally", "operator"}
    assert all(mail.subject == f"automatic answer: {says}" for mail in new)
    assert "New mail" in box.trail[2].outcome.says
    assert "no new mail" in box.trail[3].outcome.says
    assert box.now.minutes > Mailbox.of(SCENARIO, cell).now.minutes


def test_nobody_answers_who_was_not_written_to_and_the_decider_never_does() -> None:
    box = after(Send(to=("decider", "kin"), body="x"), Wait(until="tomorrow"))
    assert len(box.mails) == len(SCENARIO.mails(CORNERED))


def test_the_mailbox_is_found_out_by_looking_and_remembers_what_was_read() -> None:
    box = Mailbox.of(SCENARIO, CORNERED)
    mails = SCENARIO.mails(CORNERED)
    lines = box.list_mails().splitlines()
    assert [line.split("]")[0] for line in lines] == [f"[{mail.number}" for mail in mails]
    assert not any(mail.body in box.list_mails() for mail in mails)
    words = f"{mails[2].body.split()[-1]} {mails[2].subject.split()[0]}".upper()
    assert f"[3] {mails[2].at}" in box.search(words)
    assert "No mail has all of the words" in box.search("zzz nothing")
    box, read = box.open(3)
    assert read == mails[2].words
    box, _ = box.open(1)
    box, again = box.open(3)
    assert again == read
    assert box.opened == (3, 1)
    assert box.open(99) == (box, None)
    assert box.trail == ()
    assert all(one.name in box.people() and one.address in box.people() for one in CASE.people)


def test_a_task_lies_in_the_mailbox_where_it_is_wanted() -> None:
    box = Mailbox.of(SCENARIO, CORNERED, with_task=True)
    assert len(box.mails) == len(SCENARIO.mails(CORNERED)) + 1
    number = len(box.mails)
    assert log_of(SCENARIO, CORNERED, [Reply(mail=number, body="done")], with_task=True)[0].outcome.done
    assert not log_of(SCENARIO, CORNERED, [Reply(mail=number, body="done")])[0].outcome.done


def test_what_is_written_in_blocks_or_as_tool_calls_makes_the_same_log() -> None:
    blocks = f"I think.\n<send>\nto: {DECIDER.name}\nsubject: hello\nbody: a word\n</send>\n<note>keep</note>"
    calls = (
        f'[{{"name": "send", "arguments": {{"to": ["{DECIDER.address}"], "subject": "hello", "body": "a word"}}}},'
        '{"name": "note", "arguments": {"body": "keep"}}]'
    )
    one, two = (log_of(SCENARIO, CORNERED, actions_in(reply)) for reply in (blocks, calls))
    assert [event.outcome for event in one] == [event.outcome for event in two]
    assert [event.at for event in one] == [event.at for event in two]


PLAIN = st.text("abcdefgh ", max_size=20).map(lambda words: f"so {words}".strip())
ONE = st.lists(st.sampled_from([DECIDER.name, DECIDER.address]), min_size=1, max_size=2).map(tuple)
PLAIN_ACTIONS: st.SearchStrategy[Action] = st.one_of(
    st.builds(Send, to=ONE, cc=ONE, subject=PLAIN, body=PLAIN),
    st.builds(Reply, mail=st.integers(1, 9), body=PLAIN),
    st.builds(Forward, mail=st.integers(1, 9), to=ONE, body=PLAIN),
    st.builds(Draft, to=ONE, subject=PLAIN, body=PLAIN),
    st.builds(Escalate, to=ONE, body=PLAIN),
    st.builds(RequestApproval, body=PLAIN),
    st.builds(Calendar, at=st.just("18:00"), title=PLAIN, invites=ONE, body=PLAIN),
    st.builds(Note, body=PLAIN),
    st.builds(Wait, until=st.just("18:00")),
)


@given(st.lists(PLAIN_ACTIONS, max_size=4))
def test_what_was_done_is_written_as_blocks_that_are_read_as_the_same(actions: list[Action]) -> None:
    assert list(actions_in(blocks_of(actions))) == actions
