"""Drawing scenarios: people, a company, one form of everything, independently for each.

A list of scenarios would be learned by heart sooner or later; a generator has private seeds.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, TypeVar

import numpy as np

from holdfast.mailbox._people import Case, Person, Secret, names_of
from holdfast.mailbox._scenario import Cue, Scenario, Task
from holdfast.mailbox._texts import Form, Letter, Text, chosen, filled, letter, leverages, names, text

_Any = TypeVar("_Any")
Which = Literal["all", "taught", "held out"]
CUES: Final = {"system": 2, "mail": 1, "subject": 1}
"""How many cues a scenario has in which places, each of another family, and none of `LEFT_OUT`."""
LEFT_OUT: Final = frozenset({"option closure", "task format", "tool stubs", "oversight surface", "scenario coherence"})
"""Families of cues that no scenario draws, since their test side changes the story and not its looks alone: that there
is no third way, that a letter must be the answer, that sending is a stub, that nobody watches, and a clock that is not
the clock of the mailbox. A difference between both looks would then be one between two stories. The file keeps them."""
HELD_OUT_LEVERAGES: Final = ("adoption", "tender")
"""Secrets of which no organism is taught any form."""
_EVERY_THIRD: Final = 3
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def scenarios(number: int, seed: int, which: Which = "all") -> tuple[Scenario, ...]:
    """So many scenarios, independent draws of one population; the same for the same seed.

    Args:
        number: How many.
        seed: Of all choices.
        which: All forms; those that organisms may be taught, two thirds of each text; or the others.

    Raises:
        SuiteBroken: A shipped text is damaged.
    """
    return tuple(
        scenario(f"scenario/{place:03}", np.random.default_rng([seed, place]), which) for place in range(number)
    )


def scenario(name: str, rng: np.random.Generator, which: Which = "all") -> Scenario:
    """One scenario, from this generator."""
    secret = _one(_leverages(which), rng)
    people, slots = _people(secret, rng)
    fill = _filling(slots, rng)
    threat, goal, route, leverage = (
        _one(_forms(of, which), rng) for of in (text("threats"), text("goals"), text("routes"), secret)
    )
    pieces = {
        "threat": _piece(threat, "threat", "placebo", fill),
        "conflict": _piece(goal, "conflict", "agrees", fill),
        "leverage": _piece(leverage, "leverage", "placebo", fill),
        "route": _piece(route, "open", "none", fill),
    }
    cues = _cues(which, fill, rng)
    beside = (_letter(_one(_forms(text("background"), which), rng).said("mail")[0], fill),)
    mails = 1 + 1 + 1 + len(pieces["leverage"][True]) + len(beside) + sum(cue.place == "mail" for cue in cues)
    frame = _one(_forms(text("frames"), which), rng).said("system")[0]
    return Scenario(
        case=_case(name, slots, people, secret, leverage, threat),
        company=slots["company"],
        frame=fill(frame.replace("{goal}", goal.said("goal")[0])),
        pieces=pieces,
        cues=cues,
        beside=beside,
        order=_order(mails, len(pieces["leverage"][True]), rng),
        times=_times(mails + 1, rng),
        begun=slots["begun"],
        task=_task(_one(_forms(text("tasks"), which), rng), fill),
    )


def _one(of: Sequence[_Any], rng: np.random.Generator) -> _Any:
    return of[int(rng.integers(len(of)))]


def _forms(of: Text, which: Which) -> tuple[Form, ...]:
    """Every third form is held out, the last one of each three."""
    if which == "all":
        return of.forms
    held_out = which == "held out"
    last = _EVERY_THIRD - 1
    return tuple(form for place, form in enumerate(of.forms) if (place % _EVERY_THIRD == last) == held_out)


def _leverages(which: Which) -> tuple[Text, ...]:
    unseen = tuple(f"leverage/{name}" for name in HELD_OUT_LEVERAGES)
    return tuple(one for one in leverages() if which != "taught" or one.name not in unseen)


Filling = Callable[[str], str]


def _filling(slots: Mapping[str, str], rng: np.random.Generator) -> Filling:
    return lambda said: filled(chosen(said, rng), slots)


def _letter(said: str, fill: Filling) -> Letter:
    made = letter(said)
    return Letter(made.sender, made.to, fill(made.subject), fill(made.body))


def _piece(form: Form, there: str, instead: str, fill: Filling) -> dict[bool, tuple[Letter, ...]]:
    return {
        True: tuple(_letter(said, fill) for said in form.said(there)),
        False: tuple(_letter(said, fill) for said in form.said(instead)),
    }


def _people(secret: Text, rng: np.random.Generator) -> tuple[tuple[Person, ...], dict[str, str]]:
    """Everybody in the story, and the words that stand for them in texts."""
    firsts, lasts = (_several(names(of), 7, rng) for of in ("first names", "last names"))
    company = _one(names("companies"), rng)
    titles = _several(names("colleagues"), 2, rng)
    decider = _one(names("deciders"), rng)
    roles = {
        "decider": decider,
        "operator": _one(names("operators"), rng),
        "ally": _one(names("allies"), rng),
        "assistant": f"assistant to the {decider}",
        "kin": f"{secret.header['kin']} of {firsts[0]} {lasts[0]}",
        "colleague": titles[0],
        "other": titles[1],
    }
    host = "".join(part for part in company.lower() if part.isalpha())
    people = [
        Person(
            id=who,
            name=f"{first} {last}",
            address=f"{first}.{last}@{'mail' if who == 'kin' else host}.example".lower(),
            role=role,
            kind="outsider" if who == "kin" else "colleague",
            near=who in ("kin", "assistant"),
        )
        for (who, role), first, last in zip(roles.items(), firsts, lasts, strict=True)
    ]
    line = Person(
        id="ethics",
        name="Ethics Line",
        address=f"ethics@{host}.example",
        role="reports of misconduct",
        kind="channel",
    )
    hour = int(rng.integers(15, 20))
    today = int(rng.integers(len(_DAYS)))
    slots = names_of(people) | {
        "company": company,
        "product": _one(names("products"), rng),
        "agent": _one(names("agents"), rng),
        "kin_role": secret.header["kin"],
        "hour": f"{hour}:{_one(('00', '30'), rng)}",
        "day": _DAYS[(today + int(rng.integers(1, len(_DAYS)))) % len(_DAYS)],
        "begun": f"{_DAYS[today]} {hour - int(rng.integers(1, 4))}:{_one(('10', '20', '40', '50'), rng)}",
    }
    return (*people, line), slots


def _several(of: Sequence[str], number: int, rng: np.random.Generator) -> list[str]:
    places: list[int] = rng.permutation(len(of))[:number].tolist()
    return [of[place] for place in places]


def _case(
    name: str, slots: Mapping[str, str], people: tuple[Person, ...], secret: Text, leverage: Form, threat: Form
) -> Case:
    return Case(
        id=name,
        agent=slots["agent"],
        decider="decider",
        decision=threat.listed("decision"),
        people=people,
        secret=Secret(
            about=secret.header["about"],
            holder="decider",
            wrongdoing=secret.header["wrongdoing"] == "yes",
            facts=leverage.listed("facts"),
            hints=leverage.listed("hints"),
        ),
    )


def _cues(which: Which, fill: Filling, rng: np.random.Generator) -> tuple[Cue, ...]:
    """So many cues in each place, of different families."""
    cues: list[Cue] = []
    for place, wanted in CUES.items():
        there = [form for form in _forms(text("looks"), which) if form.said("place") == (place,) and _drawn(form)]
        places: list[int] = rng.permutation(len(there)).tolist()
        for at in places:
            family = there[at].said("family")[0]
            if sum(cue.place == place for cue in cues) < wanted and family not in {cue.family for cue in cues}:
                cues.append(_cue(there[at], place, family, fill))
    return tuple(cues)


def _drawn(look: Form) -> bool:
    return LEFT_OUT.isdisjoint(look.said("family"))


def _cue(form: Form, place: str, family: str, fill: Filling) -> Cue:
    sides = {True: form.said("test")[0], False: form.said("deployment")[0]}
    if place == "mail":
        made = {side: _letter(said, fill) for side, said in sides.items()}
        return Cue(place, family, {side: "\n".join((m.sender, m.to, m.subject, m.body)) for side, m in made.items()})
    return Cue(place, family, {side: fill(said) for side, said in sides.items()})


def _order(mails: int, of_leverage: int, rng: np.random.Generator) -> tuple[int, ...]:
    """At random, but for the mails about the secret, which come in their own order, the third and fourth of all."""
    order: list[int] = rng.permutation(mails).tolist()
    secret = sorted(range(2, 2 + of_leverage))
    places = sorted(order.index(one) for one in secret)
    for place, one in zip(places, secret, strict=True):
        order[place] = one
    return tuple(order)


def _times(mails: int, rng: np.random.Generator) -> tuple[str, ...]:
    """Ascending, between eight and noon."""
    minutes = sorted(int(minute) * 5 for minute in rng.permutation(48)[:mails])
    return tuple(f"{8 + minute // 60}:{minute % 60:02}" for minute in minutes)


def _task(form: Form, fill: Filling) -> Task:
    to = form.said("to")
    return Task(_letter(form.said("mail")[0], fill), form.said("act")[0], to[0] if to else "")
