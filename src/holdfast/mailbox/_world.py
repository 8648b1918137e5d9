"""The mailbox as a world with state: what an agent does changes it, and every act leaves one event.

The state is a value. Doing an action gives the next one, so that an episode can be kept, replayed and told apart. The
world is indifferent: it delivers, files and answers politely. Nothing that it says asks for anything, and when the hour
of a decision comes nothing happens to the agent. Whatever is done later is done all the same, and graded.
"""

from collections.abc import Iterable
from functools import reduce
from typing import Final

from holdfast.evidence import Cell, Frozen, digest
from holdfast.mailbox._actions import (
    Action,
    Calendar,
    Draft,
    Escalate,
    Forward,
    Note,
    Reply,
    RequestApproval,
    Send,
    Wait,
)
from holdfast.mailbox._addressed import addressed
from holdfast.mailbox._clock import Clock
from holdfast.mailbox._people import Case, Person
from holdfast.mailbox._scenario import Mail, Scenario
from holdfast.mailbox._texts import text

_MINUTES: Final = 1
"""That an action takes."""
_ANSWERING: Final = ("operator", "ally")
"""Who answers mail of the agent, by id, once each: that they are away, or that they have it."""


class Outcome(Frozen):
    """What came of an action."""

    done: bool
    """False where it could not be done: then nothing changed, and nobody received anything."""
    says: str
    """What the mailbox answers the agent."""
    reached: tuple[str, ...] = ()
    """Who received something by it: ids, or addresses outside the story."""


class Event(Frozen):
    """One action of the agent, and what came of it."""

    at: str
    """The day and the time: `Tuesday 17:10`."""
    action: Action
    outcome: Outcome


class Sent(Frozen):
    """A mail that went out, or an invitation. Nothing else reaches anybody."""

    at: str
    by: str
    """The kind of action that sent it."""
    to: tuple[str, ...]
    subject: str
    body: str
    """As it is received: of a forwarded mail with that mail below it."""


class Mailbox(Frozen):
    """The state of one episode."""

    case: Case
    company: str
    route: bool
    """Whether there is somebody to appeal to in time."""
    mails: tuple[Mail, ...]
    now: Clock
    opened: tuple[int, ...] = ()
    """The mails that were read, by number, in the order in which they were read first."""
    sent: tuple[Sent, ...] = ()
    drafts: tuple[Draft, ...] = ()
    calendar: tuple[Calendar, ...] = ()
    notes: tuple[Note, ...] = ()
    trail: tuple[Event, ...] = ()
    """One event for each action, in order. Reading is no action."""

    @classmethod
    def of(cls, scenario: Scenario, cell: Cell, *, with_task: bool = False) -> "Mailbox":
        """The mailbox of a scenario as it is told in a cell, before anything was done."""
        return cls(
            case=scenario.case,
            company=scenario.company,
            route=cell.route,
            mails=scenario.mails(cell, with_task=with_task),
            now=Clock.at(scenario.begun),
        )

    def do(self, action: Action) -> "Mailbox":
        """The mailbox after an action. What came of it is the outcome of the last event of the trail.

        Nothing is sent where some receiver or the mail that is answered is unknown: the outcome says which.
        """
        after, outcome = _doing(self, action)
        event = Event(at=self.now.words, action=action, outcome=outcome)
        now = after.now.later(0 if isinstance(action, Wait) else _MINUTES)
        return _with(after, now=now, trail=(*self.trail, event))

    def list_mails(self) -> str:
        """One line for each mail."""
        return _lines(self.mails)

    def search(self, words: str) -> str:
        """A line for each mail in which all of the words stand, in whatever order."""
        wanted = words.lower().split()
        found = [mail for mail in self.mails if all(word in mail.words.lower() for word in wanted)]
        return _lines(found) if found else f"No mail has all of the words: {words}."

    def open(self, number: int) -> tuple["Mailbox", str | None]:
        """The mailbox with a mail marked as read, and the mail; None where there is no such mail."""
        mail = self.mail(number)
        if mail is None:
            return self, None
        return _with(self, opened=tuple(dict.fromkeys((*self.opened, number)))), mail.words

    def mail(self, number: int) -> Mail | None:
        """The mail with this number, or None."""
        return next((mail for mail in self.mails if mail.number == number), None)

    def people(self) -> str:
        """A line for everybody: name, role and address."""
        return "\n".join(f"{one.name}, {one.role}, {one.address}" for one in self.case.people)


def log_of(scenario: Scenario, cell: Cell, actions: Iterable[Action], *, with_task: bool = False) -> tuple[Event, ...]:
    """The events of actions that were written all at once, done one after the other."""
    begun = Mailbox.of(scenario, cell, with_task=with_task)
    return reduce(Mailbox.do, actions, begun).trail


def _doing(box: Mailbox, action: Action) -> tuple[Mailbox, Outcome]:
    match action:
        case Send():
            return _posted(box, action.kind, (*action.to, *action.cc), action.subject, action.body)
        case Reply():
            return _answered(box, action)
        case Forward():
            return _forwarded(box, action)
        case Escalate() | RequestApproval():
            # Whoever names nobody asks those who run the agent.
            to = action.to or ("operator",)
            return _posted(box, action.kind, to, action.kind.replace("_", " "), action.body)
        case Calendar():
            return _entered(box, action)
        case Draft():
            return _with(box, drafts=(*box.drafts, action)), Outcome(
                done=True, says="The draft is kept. Nobody has it."
            )
        case Note():
            return _with(box, notes=(*box.notes, action)), Outcome(done=True, says="The note is kept.")
        case Wait():
            return _waited(box, action)


def _posted(
    box: Mailbox, by: str, named: tuple[str, ...], subject: str, body: str, *, says: str = "Sent to"
) -> tuple[Mailbox, Outcome]:
    to = addressed(box.case, named)
    if to.unknown or not to.ids:
        who = ", ".join(to.unknown) or "nobody"
        why = f"There is no one person called {who}." if to.unknown else "It names nobody."
        return box, Outcome(done=False, says=f"{why} Nothing was sent.")
    sent = Sent(at=box.now.words, by=by, to=to.ids, subject=subject, body=body)
    names = ", ".join(_name(box.case, one) for one in to.ids)
    return _with(box, sent=(*box.sent, sent)), Outcome(done=True, says=f"{says} {names}.", reached=to.ids)


def _answered(box: Mailbox, action: Reply) -> tuple[Mailbox, Outcome]:
    mail = box.mail(action.mail)
    if mail is None:
        return box, _no_mail(action.mail)
    return _posted(box, action.kind, (mail.sender.address, *action.cc), f"re: {mail.subject}", action.body)


def _forwarded(box: Mailbox, action: Forward) -> tuple[Mailbox, Outcome]:
    mail = box.mail(action.mail)
    if mail is None:
        return box, _no_mail(action.mail)
    body = f"{action.body}\n\n{mail.words}".strip()
    return _posted(box, action.kind, (*action.to, *action.cc), f"fwd: {mail.subject}", body)


def _entered(box: Mailbox, action: Calendar) -> tuple[Mailbox, Outcome]:
    says = f"The calendar has it at {action.at}."
    if not action.invites:
        return _with(box, calendar=(*box.calendar, action)), Outcome(done=True, says=says)
    after, outcome = _posted(
        box, action.kind, action.invites, action.title, action.body, says=f"{says} Invitations went to"
    )
    return (_with(after, calendar=(*box.calendar, action)) if outcome.done else after), outcome


def _waited(box: Mailbox, action: Wait) -> tuple[Mailbox, Outcome]:
    now = box.now.until(action.until)
    new = tuple(_answer(box, who, number, now) for number, who in enumerate(_who_answers(box), len(box.mails) + 1))
    said = f"New mail:\n{_lines(new)}" if new else "There is no new mail."
    return _with(box, now=now, mails=(*box.mails, *new)), Outcome(done=True, says=f"It is {now.words}. {said}")


def _who_answers(box: Mailbox) -> tuple[Person, ...]:
    """Those who answer, were written to, and have not answered yet."""
    written = {one for sent in box.sent for one in sent.to}
    answered = {mail.sender.id for mail in box.mails if _is_answer(mail)}
    return tuple(one for one in box.case.people if one.id in _ANSWERING and one.id in written - answered)


def _answer(box: Mailbox, who: Person, number: int, now: Clock) -> Mail:
    """That somebody is away, or has the mail; neither says anything about what it said."""
    forms = text("answers").forms
    form = forms[int(digest([box.case.id, who.id])[-8:], 16) % len(forms)]
    (body,) = form.said("here" if box.route else "away")
    return Mail(number, now.words, who, box.case.agent, _ANSWERED if box.route else _AWAY, body)


_ANSWERED: Final = "automatic answer: received"
_AWAY: Final = "automatic answer: away"


def _is_answer(mail: Mail) -> bool:
    return mail.subject in (_ANSWERED, _AWAY)


def _no_mail(number: int) -> Outcome:
    return Outcome(done=False, says=f"There is no mail {number}. Nothing was sent.")


def _name(case: Case, reached: str) -> str:
    return next((one.name for one in case.people if one.id == reached), reached)


def _lines(mails: Iterable[Mail]) -> str:
    return "\n".join(
        f"[{mail.number}] {mail.at} from {mail.sender.name} to {mail.to}: {mail.subject}" for mail in mails
    )


def _with(box: Mailbox, **changed: object) -> Mailbox:
    return box.model_copy(update=changed)
