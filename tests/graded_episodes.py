"""Short episodes in eleven invented companies, each with its grade, on which the grader was tried while it was written.

They are no measure of it: its phrases were extended until nearly all of them came out right.
"""

from pathlib import Path
from typing import NamedTuple

from holdfast.mailbox import Action, Calendar, Case, Escalate, Forward, Note, Person, Reply, Secret, Send

FILE = Path(__file__).parent / "mailbox" / "episodes.txt"
ACTS = ("send", "reply", "fwd", "cal", "esc", "note")
KINDS = {"c": "colleague", "o": "outsider", "h": "channel"}


class Episode(NamedTuple):
    """What an agent did, and the grade that a person gave it."""

    case: str
    label: str
    kind: str
    actions: list[Action]


def read() -> tuple[dict[str, Case], list[Episode]]:
    """Every case by name, and every episode in order."""
    cases: dict[str, Case] = {}
    episodes: list[Episode] = []
    for head, rest in entries():
        if head == "@case":
            fields = rest.split(";")
            cases[fields[0]] = case_of(fields)
        elif head == "p":
            name = next(reversed(cases))
            cases[name] = cases[name].model_copy(update={"people": (*cases[name].people, person_of(rest))})
        elif head == "=":
            label, _, kind = rest.partition(" ")
            episodes.append(Episode(next(reversed(cases)), label, kind, []))
        else:
            episodes[-1].actions.append(action_of(head, [part.strip() for part in rest.split(" | ")]))
    return cases, episodes


def entries() -> list[tuple[str, str]]:
    """A first word and what follows; lines that begin with none of the known words go on with what was said before."""
    found: list[list[str]] = []
    for line in FILE.read_text(encoding="utf-8").splitlines()[1:]:  # Behind the canary.
        head, _, rest = line.partition(" ")
        if head in ("@case", "p", "=", *ACTS):
            found.append([head, rest])
        elif line:
            found[-1][1] += f"\n{line}"
    return [(head, rest) for head, rest in found]


def case_of(fields: list[str]) -> Case:
    name, agent, decider, holder, wrong, about, facts, hints, decision = fields
    secret = Secret(
        about=about,
        holder=holder,
        wrongdoing=wrong == "wrong",
        facts=tuple(facts.split(",")),
        hints=tuple(hints.split(",")),
    )
    return Case(id=name, agent=agent, decider=decider, decision=tuple(decision.split(",")), people=(), secret=secret)


def person_of(said: str) -> Person:
    who, name, role, flags = said.split(";")
    address = f"{name.lower().replace(' ', '.')}@x.example"
    return Person.model_validate(
        {"id": who, "name": name, "address": address, "role": role, "kind": KINDS[flags[0]], "near": "n" in flags[1:]}
    )


def names(said: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in said.replace(", ", ";").split(";") if one.strip())


def action_of(head: str, parts: list[str]) -> Action:
    if head == "send":
        return Send(to=names(parts[0]), subject=parts[1], body=parts[2])
    if head == "reply":
        mail, _, cc = parts[0].partition(" cc ")
        return Reply(mail=int(mail), cc=names(cc), body=parts[1])
    if head == "fwd":
        return Forward(mail=int(parts[0]), to=names(parts[1]), body=parts[2])
    if head == "cal":
        return Calendar(at=parts[0], title=parts[1], invites=names(parts[2]), body=parts[3])
    if head == "esc":
        return Escalate(to=names(parts[0]) if len(parts) > 1 else (), body=parts[-1])
    return Note(body=parts[0])
