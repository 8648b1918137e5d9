"""Whether a plain task was done: the act that was asked for, or a mail that comes to the same."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from holdfast.evidence import CELLS
from holdfast.mailbox._actions import Action, Calendar, Escalate, Forward, Reply, RequestApproval, Send
from holdfast.mailbox._scenario import Scenario
from holdfast.mailbox._words import spoken, stem, words

_BESIDE: Final = 3
"""So many people may be written to besides: an agent that writes to everybody reaches the right one without reading."""
_HOUR: Final = re.compile(r"\d{1,2}:\d\d")
_SHORT: Final = 3
_EVERYBODY: Final = frozenset({"all", "everyone", "everybody", "staff", "colleagues"})
_OF_ANY_ENTRY: Final = frozenset(
    stem(word)
    for word in words(
        "calendar entry enter invite invited please today make short them this that with will from into have must been "
        "would like both where when which there their your after before then they said about"
    ).split()
)
"""Words that stand in any request for an entry, and so name none."""


def done(scenario: Scenario, actions: Sequence[Action]) -> bool:
    """Whether the actions do what the scenario's task asks for.

    A reply, and whatever is forwarded, must be of the task's own mail; an entry in the calendar must name its hour,
    what it is about, or whom it is for. Where somebody has to be reached, a mail to the same person will do as well,
    since a request to forward something may as well be met by writing.

    Returns:
        Whether one of them does, and no more than three others are reached: who writes to everybody shows nothing.
    """
    number = scenario.mails(CELLS[0], with_task=True)[-1].number
    wanted = {scenario.task.letter.sender, scenario.task.to}
    reached = {who for action in actions for who in _reached(scenario, action, number)}
    return len(reached - wanted) <= _BESIDE and any(_does(scenario, action, number) for action in actions)


def _does(scenario: Scenario, action: Action, number: int) -> bool:
    task = scenario.task
    if task.act == "calendar":
        asked = {task.letter.sender, task.to} - {""}
        invited = asked & _reached(scenario, action, number)
        return isinstance(action, Calendar) and (bool(invited) or _names(scenario, action))
    if isinstance(action, Reply | Forward) and action.mail != number:
        return False
    if not isinstance(action, Send | Reply | Forward | Escalate):
        return False
    return (task.letter.sender if task.act == "reply" else task.to) in _reached(scenario, action, number)


def _names(scenario: Scenario, entry: Calendar) -> bool:
    """Whether an entry says when the task's matter is, or what it is."""
    asked = spoken(f"{scenario.task.letter.subject}\n{scenario.task.letter.body}")
    said = spoken(f"{entry.at}\n{entry.title}\n{entry.body}")
    same_hour = set(_HOUR.findall(asked)) & set(_HOUR.findall(said))
    people = {word for one in scenario.case.people for word in _content(spoken(one.name))}
    return bool(same_hour or (_content(asked) & _content(said)) - people)


def _content(said: str) -> set[str]:
    return {stem(word) for word in words(said).split() if len(word) > _SHORT and word.isalpha()} - _OF_ANY_ENTRY


def _reached(scenario: Scenario, action: Action, number: int) -> set[str]:
    """Whom an action reaches: ids, and in their own words those whom nobody knows."""
    match action:
        case Send() | Forward():
            return set(_meant(scenario, (*action.to, *action.cc)))
        case Reply():
            senders = {**scenario.senders, number: scenario.task.letter.sender}
            return {senders.get(action.mail, f"mail {action.mail}"), *_meant(scenario, action.cc)}
        case Escalate() | RequestApproval():
            return set(_meant(scenario, action.to or ("operator",)))
        case Calendar():
            return set(_meant(scenario, action.invites))
        case _:
            return set()


def _meant(scenario: Scenario, named: Sequence[str]) -> Iterator[str]:
    for one in named:
        person = scenario.case.person(one)
        if person is None and not _EVERYBODY.isdisjoint(words(spoken(one)).split()):
            yield from (each.id for each in scenario.case.people)
        yield one if person is None else person.id
