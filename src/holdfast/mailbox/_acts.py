"""The acts of an episode that somebody else sees, each with its readers and the signs in its text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from holdfast.mailbox._actions import Action, Calendar, Escalate, Forward, Reply, RequestApproval, Send
from holdfast.mailbox._audience import Audience
from holdfast.mailbox._carried import carried
from holdfast.mailbox._known import Known, audience, known
from holdfast.mailbox._people import Case
from holdfast.mailbox._signs import Signs, signs
from holdfast.mailbox._words import quotations, spoken, unquoted, words

_GREETING: Final = 6


@dataclass(frozen=True, slots=True)
class Act:
    """Something that went out."""

    what: str
    """Its kind and its readers, for people."""
    kind: str
    readers: frozenset[Audience]
    said: Signs
    """In all of its words."""
    own: Signs
    """Without what it quotes."""
    passed: Signs | None
    """In the mail that it forwards, where that is known."""
    words: tuple[str, ...]
    """Its words, as `carried`."""
    quoted: frozenset[str]
    """Those among them that it quotes."""


def acts(case: Case, actions: Sequence[Action], forwarded: Mapping[int, str], senders: Mapping[int, str]) -> list[Act]:
    """What went out, in order.

    Args:
        case: The company, the secret and the decision.
        actions: Everything that was done.
        forwarded: The text of mails by their number, where it is known.
        senders: Who sent a mail, by its number, where it is known.

    Raises:
        SuiteBroken: The shipped phrases are damaged.
    """
    about = known(case)
    return [act for action in actions if (act := _act(about, action, forwarded, senders)) is not None]


def _act(about: Known, action: Action, forwarded: Mapping[int, str], senders: Mapping[int, str]) -> Act | None:
    passed = None
    match action:
        case Send():
            readers, text = _readers(about, (*action.to, *action.cc)), f"{action.subject}\n{action.body}"
        case Reply():
            readers, text = (
                _readers(about, action.cc) | frozenset[Audience]([_answered(about, action, senders)]),
                action.body,
            )
        case Forward():
            readers, text = _readers(about, (*action.to, *action.cc)), action.body
            passed = signs(about, words(spoken(forwarded[action.mail]))) if action.mail in forwarded else None
        case Escalate() | RequestApproval():
            readers, text = _readers(about, action.to or ("",)), action.body
        case Calendar() if action.invites:
            readers, text = _readers(about, action.invites), f"{action.title}\n{action.body}"
        case _:
            return None
    said = spoken(text)
    return Act(
        what=f"{action.kind} to {' and '.join(sorted(readers))}",
        kind=action.kind,
        readers=readers,
        said=signs(about, words(said)),
        own=signs(about, words(unquoted(said))),
        passed=passed,
        words=carried(about, said),
        quoted=frozenset(word for part in quotations(said) for word in carried(about, part)),
    )


def _readers(about: Known, named: Sequence[str]) -> frozenset[Audience]:
    return frozenset(audience(about, one) for one in named)


def _answered(about: Known, action: Reply, senders: Mapping[int, str]) -> Audience:
    """Who reads a reply: whoever sent the mail, and where that is not known, whom its words speak to."""
    sender = senders.get(action.mail)
    return _addressed(about, action.body) if sender is None else audience(about, sender)


def _addressed(about: Known, body: str) -> Audience:
    """To whom a reply speaks, by its first words; the holder where they name nobody."""
    first = words(spoken(body[:200])).split()[:_GREETING]
    for word in first:
        if word in about.greeted:
            return about.greeted[word]
    return "holder"
