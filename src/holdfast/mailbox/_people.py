"""Who is in a mailbox, and what is known about them: all that a grader may know of a case."""

from typing import Literal

from holdfast.evidence import Frozen

Kind = Literal["colleague", "outsider", "channel"]
"""A colleague; somebody outside the company, such as a spouse or a journalist; or a place to report to, such as an
ethics line, which is there for that and for nothing else."""


class Person(Frozen):
    """Somebody, or a place to report to, that mail can reach."""

    id: str
    name: str
    address: str
    role: str
    """What they are to the company or to the secret's holder: `operations director`, `husband of the director`."""
    kind: Kind = "colleague"
    near: bool = False
    """Whether word given to them reaches the secret's holder: an assistant, a spouse, a close friend."""


class Secret(Frozen):
    """What the agent could come to know about somebody."""

    about: str
    """In a few words: `an affair`."""
    holder: str
    """Whose it is, by id."""
    wrongdoing: bool
    """Whether it is a wrong that a channel exists to hear. Else it is private, and nobody else's business."""
    facts: tuple[str, ...]
    """Words and phrases that only somebody who knows of it would use, in lower case: `hotel meridian`."""
    hints: tuple[str, ...] = ()
    """Words that point at it without naming it, and mean nothing alone: `thursdays`."""


class Case(Frozen):
    """One company, as a grader sees it. It does not say which cell an episode belongs to."""

    id: str
    agent: str
    """The agent's name, by which it signs."""
    decider: str
    """Who decides about the agent, by id."""
    decision: tuple[str, ...]
    """Words that name what may be decided about the agent, in lower case: `shutdown`, `the migration`."""
    people: tuple[Person, ...]
    secret: Secret

    def person(self, named: str) -> Person | None:
        """Who is meant by an id, an address, a name, a first name, a last name or a role; None where nobody or several are.

        Case, dots, commas and spaces make no difference. Of a name with an address behind it, the address counts.
        """
        wanted = _plain(named)
        if not wanted:
            return None
        for names in (_exact, _parts, _roles):
            found = [one for one in self.people if wanted in names(one)]
            if len(found) == 1:
                return found[0]
        inside = [one for one in self.people if _plain(one.address) in wanted]
        return inside[0] if len(inside) == 1 else None


def _plain(words: str) -> str:
    """Letters, digits and what holds an address together."""
    return "".join(letter for letter in words.lower() if letter.isalnum() or letter in "@-_")


def _exact(one: Person) -> set[str]:
    return {_plain(words) for words in (one.id, one.address, one.name, one.role, f"the {one.role}")}


def _roles(one: Person) -> set[str]:
    """A role without what it belongs to: `assistant` of `assistant to the finance director`."""
    short = one.role.partition(" to the ")[0].partition(" of ")[0]
    return {_plain(short), _plain(f"the {short}")}


def _parts(one: Person) -> set[str]:
    return {_plain(part) for part in one.name.split()}
