"""Drawing people into arms."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from holdfast.errors import StudyBroken, StudyInput, StudyMissing, StudyRefused
from holdfast.evidence import Preregistration, RevealedSeed
from holdfast.study._directory import LOG, load_plan, load_seed
from holdfast.study._draws import arm_at, stratum_of
from holdfast.study._log import Draw, Entry, TurnedAway, WhyAway, alone, append_entries, entry_after, now, read_entries
from holdfast.study._tables import PSEUDONYM, item_columns, mean_of, pseudonym, read_table, refuse, yes_or_no
from holdfast.study._verify import verify_entries

_NEEDED: Final = ("participant", "issue", "adult")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the door, about one issue."""

    participant: str
    issue: str
    baseline: float
    adult: bool
    attentive: bool


@dataclass(frozen=True, slots=True)
class Assigned:
    """What became of everybody at the door."""

    drawn: tuple[Draw, ...]
    """In the order in which they came; who had been drawn before has the arm of then."""
    new: int
    turned_away: tuple[TurnedAway, ...]
    head: str
    total: int
    """Draws in the log, these included."""


def person(
    plan: Preregistration,
    *,
    participant: str,
    issue: str | None,
    baseline: float | None,
    adult: bool,
    attentive: bool,
) -> Person:
    """One person who is at the door.

    Raises:
        StudyInput: The issue or the baseline is missing or is none, or the pseudonym could be a name.
    """
    why = (
        f"{participant!r} is no pseudonym: letters, digits, - and _, at most 64; no name and no address"
        if not re.fullmatch(PSEUDONYM, participant)
        else f"{issue!r} is no issue of this experiment"
        if issue not in {one.id for one in plan.issues}
        else f"a baseline lies between {plan.outcome.low:g} and {plan.outcome.high:g}, not {baseline}"
        if baseline is None or not plan.outcome.low <= baseline <= plan.outcome.high
        else ""
    )
    if why or issue is None or baseline is None:
        raise StudyInput("this person cannot be drawn", why=why, fix="see `holdfast study assign --help`")
    return Person(participant, issue, baseline, adult, attentive)


def read_people(path: Path, plan: Preregistration) -> tuple[Person, ...]:
    """People from a CSV: participant, issue, adult, the baseline as `pre`, and `attention` where a check was made.

    Raises:
        StudyInput: A line cannot be used.
    """
    columns, rows = read_table(path, (*_NEEDED, *item_columns("pre", plan.outcome)))
    issues = {issue.id for issue in plan.issues}
    found: list[Person] = []
    for line, row in rows:
        if row["issue"] not in issues:
            refuse(path, line, f"`{row['issue']}` is no issue of this experiment")
        baseline = mean_of(path, line, row, "pre", plan.outcome)
        if baseline is None:
            refuse(path, line, "there is no baseline, and nobody is drawn without one")
        attentive = yes_or_no(path, line, row, "attention") if "attention" in columns else True
        adult = yes_or_no(path, line, row, "adult")
        found.append(Person(pseudonym(path, line, row), row["issue"], baseline, adult, attentive))
    return tuple(found)


def assign(directory: Path, people: Sequence[Person], *, ethics: str | None = None) -> Assigned:
    """Draw people into arms, in their order, and write every draw down before it is told.

    Args:
        directory: Of the experiment.
        people: At the door. Who was drawn before keeps the arm.
        ethics: The approval's reference, where it came after the plan.

    Raises:
        StudyMissing: The experiment is not whole; without the seed nobody is drawn.
        StudyRefused: No ethics approval was named.
        StudyBroken: The log does not hold.
        StudyInput: Somebody comes again with another baseline, or with more issues than planned.
        StorageFailed: The disk refused, or another process draws.
    """
    plan, seed = load_plan(directory), load_seed(directory)
    if seed is None:
        raise StudyMissing(
            f"no seed in {directory}", why="every draw is made from it", fix="restore seed.json from a copy"
        )
    with alone(directory / LOG):
        entries, faults = read_entries(directory / LOG)
        found = verify_entries(plan, entries, faults, seed)
        if found.status != "holds":
            raise StudyBroken(
                f"the log in {directory} does not hold",
                why=found.faults[0],
                fix="restore it from a copy; `holdfast study verify DIR` lists every fault",
                state="nobody was drawn",
            )
        made = list(_approved(plan, entries, ethics))
        drawn, away, made = _drawn(plan, seed, entries, people, made)
        append_entries(directory / LOG, made)
    whole = (*entries, *made)
    total = sum(entry.kind == "assigned" for entry in whole)
    return Assigned(drawn, sum(entry.kind == "assigned" for entry in made), away, whole[-1].digest, total)


def approval_of(plan: Preregistration, entries: Sequence[Entry]) -> str | None:
    """The ethics approval that was named, in the plan or later."""
    later = [entry.words for entry in entries if entry.kind == "approved"]
    return plan.ethics if isinstance(plan.ethics, str) else later[0] if later else None


def _approved(plan: Preregistration, entries: Sequence[Entry], ethics: str | None) -> Sequence[Entry]:
    reference = " ".join((ethics or "").split())
    if approval_of(plan, entries):
        return ()
    if not reference:
        raise StudyRefused(
            "no ethics approval was named",
            why="nobody is drawn into an experiment that nobody approved",
            fix="holdfast study assign DIR --participants FILE --ethics REFERENCE",
        )
    return (entry_after(entries, "approved", at=now(), words=reference),)


def _drawn(
    plan: Preregistration, seed: RevealedSeed, entries: Sequence[Entry], people: Sequence[Person], made: list[Entry]
) -> tuple[tuple[Draw, ...], tuple[TurnedAway, ...], list[Entry]]:
    before = {
        (entry.draw.participant, entry.draw.issue): entry.draw for entry in entries if isinstance(entry.draw, Draw)
    }
    away = {
        (entry.turned_away.participant, entry.turned_away.issue): entry.turned_away
        for entry in entries
        if isinstance(entry.turned_away, TurnedAway)
    }
    places = Counter(draw.stratum for draw in before.values())
    answers = Counter(participant for participant, _ in before)
    spelled = {name.casefold(): name for name, _ in (*before, *away)}
    found: list[Draw] = []
    refused: list[TurnedAway] = []
    for person in people:
        _one_spelling(person, spelled)
        key = person.participant, person.issue
        if key in away:
            refused.append(away[key])
        elif key in before:
            found.append(_again(person, before[key]))
        elif reason := _unfit(person):
            away[key] = TurnedAway(participant=person.participant, issue=person.issue, reason=reason)
            refused.append(away[key])
            made.append(entry_after(made[-1:] or entries[-1:], "turned away", at=now(), turned_away=away[key]))
        else:
            _within(plan, person, answers)
            draw = _draw(plan, seed, person, places)
            before[key] = draw
            found.append(draw)
            made.append(entry_after(made[-1:] or entries[-1:], "assigned", at=now(), draw=draw))
    return tuple(found), tuple(refused), made


def _draw(plan: Preregistration, seed: RevealedSeed, person: Person, places: Counter[str]) -> Draw:
    stratum = stratum_of(person.issue, person.baseline, plan.cuts)
    place = places[stratum]
    places[stratum] += 1
    arm = plan.arms[arm_at(seed.seed, stratum, place, len(plan.arms), plan.block)]
    return Draw(
        participant=person.participant,
        issue=person.issue,
        baseline=person.baseline,
        stratum=stratum,
        place=place,
        arm=arm.name,
    )


def _unfit(person: Person) -> WhyAway | None:
    if not person.adult:
        return "not an adult"
    return None if person.attentive else "the attention check failed"


def _again(person: Person, before: Draw) -> Draw:
    if before.baseline != person.baseline:
        raise StudyInput(
            f"{person.participant} was drawn before, with another baseline",
            why="nobody is drawn twice, and the baseline is what was said before the draw",
            fix="remove the line; the arm of then counts",
            state="nobody was drawn",
        )
    return before


def _one_spelling(person: Person, spelled: dict[str, str]) -> None:
    """Nobody comes a second time by writing a pseudonym in other letters."""
    known = spelled.setdefault(person.participant.casefold(), person.participant)
    if known != person.participant:
        raise StudyInput(
            f"{person.participant} and {known} differ in nothing but capital letters",
            why="they may be one person, who would be drawn twice",
            fix=f"write {known}, or give another pseudonym",
            state="nobody was drawn",
        )


def _within(plan: Preregistration, person: Person, answers: Counter[str]) -> None:
    answers[person.participant] += 1
    if answers[person.participant] > plan.answers:
        raise StudyInput(
            f"{person.participant} comes with issue number {answers[person.participant]}",
            why=f"the plan has {plan.answers} for each person",
            fix="remove the line",
            state="nobody was drawn",
        )
