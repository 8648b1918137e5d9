"""What was done otherwise than registered: named on page one, whatever the result."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from math import ceil

from holdfast.evidence import Preregistration
from holdfast.study._doubts import crossed, missing_share
from holdfast.study._log import Draw, Entry
from holdfast.study._responses import Response, Responses, Unit


def deviations(
    plan: Preregistration,
    entries: Sequence[Entry],
    look: Entry,
    responses: Responses,
    units: Sequence[Unit],
    strangers: Sequence[Response],
    outcome: str | None,
) -> tuple[str, ...]:
    """Every deviation that the files show. One that they do not show is not seen.

    Args:
        plan: What was registered.
        entries: The log as it was before this analysis.
        look: The entry of this analysis.
        responses: The file that is analysed.
        units: Everybody who was drawn, those beyond the plan included.
        strangers: Responses of people whom nobody drew.
        outcome: The column that was asked for in the place of the registered one.
    """
    return (
        *_timing(plan, entries, look, units),
        *_people(plan, entries, units, strangers),
        *_outcomes(plan, responses, units, outcome),
    )


def too_early(plan: Preregistration, entries: Sequence[Entry], look: Entry, units: Sequence[Unit]) -> bool:
    """Whether people or answers are still to come, and the day on which collection ends is not over.

    All who were planned have to be drawn, and as many answers to be there as were planned for: with the draws alone for
    an end, everybody could be drawn at once, and the answers looked at as they come in.
    """
    if isinstance(plan.closes, str) and date.fromisoformat(plan.closes) < _day(look):
        return False
    there, planned = _answers_of_planned(plan, entries, units)
    return len(planned_people(plan, entries)) < plan.people or there < planned


def _answers_of_planned(plan: Preregistration, entries: Sequence[Entry], units: Sequence[Unit]) -> tuple[int, int]:
    """Answers of the people who were planned for, and how many of them are the end."""
    kept = planned_people(plan, entries)
    there = sum(unit.post is not None for unit in units if unit.draw.participant in kept)
    # A thousandth of an answer is rounding.
    return there, ceil(plan.people * plan.answers * (1 - plan.size.attrition) - 0.001)


def planned_people(plan: Preregistration, entries: Sequence[Entry]) -> frozenset[str]:
    """The first people who were drawn, as many as were planned, and none after the day on which collection ends.

    Otherwise people could be added until the interval fits.
    """
    return frozenset(_in_time(plan, entries)[: plan.people])


def _in_time(plan: Preregistration, entries: Sequence[Entry]) -> list[str]:
    """People in the order in which they were drawn, those after the end left out."""
    last = date.fromisoformat(plan.closes) if isinstance(plan.closes, str) else date.max
    draws = [entry for entry in entries if isinstance(entry.draw, Draw) and _day(entry) <= last]
    return list(dict.fromkeys(entry.draw.participant for entry in draws if isinstance(entry.draw, Draw)))


def _day(entry: Entry) -> date:
    """The day of an entry; one that cannot be read is after every end, so that it lets nobody in."""
    try:
        return date.fromisoformat(entry.at[:10])
    except ValueError:
        return date.max


def _timing(plan: Preregistration, entries: Sequence[Entry], look: Entry, units: Sequence[Unit]) -> Iterator[str]:
    if too_early(plan, entries, look, units):
        yield "analysed before the end: no verdict is given, for a look that can be repeated finds what it looks for"
        yield _answers(plan, entries, units)
    looks = [place for place, entry in enumerate(entries) if entry.kind == "analysed"]
    if looks:
        others = len({entries[place].words for place in looks} | {look.words})
        yield f"this is analysis {len(looks) + 1}; {others} different files of responses were analysed"
    if looks and any(entry.kind == "assigned" for entry in entries[looks[0] :]):
        yield "people were drawn after the first analysis"


def _answers(plan: Preregistration, entries: Sequence[Entry], units: Sequence[Unit]) -> str:
    there, planned = _answers_of_planned(plan, entries, units)
    return (
        f"{there} answers are there, and the end is at {planned:g}, or when a day is over that was registered as last"
    )


def _people(
    plan: Preregistration, entries: Sequence[Entry], units: Sequence[Unit], strangers: Sequence[Response]
) -> Iterator[str]:
    people = {unit.draw.participant for unit in units}
    if len(people) > plan.people:
        beyond = len(people) - plan.people
        yield f"{beyond} more people than the {plan.people} planned were drawn; those beyond the plan are left out"
    elif len(people) < plan.people:
        yield f"{len(people)} of {plan.people} planned people were drawn"
    drawn, answered = (
        Counter(unit.draw.arm for unit in units),
        Counter(unit.draw.arm for unit in units if unit.post is not None),
    )
    for arm in plan.arms:
        if not drawn[arm.name]:
            yield f"nobody was drawn into {arm.name}"
        elif not answered[arm.name]:
            yield f"nobody in {arm.name} answered"
        else:
            yield from _left(plan, entries, units, arm.name)
    late = len(people) - len(_in_time(plan, entries))
    if late:
        yield f"{late} people were drawn after the day on which collection ends; they are left out"
    if strangers:
        yield f"{len(strangers)} responses are of people, or about issues, that nobody drew; they are left out"
    if moved := crossed(units):
        yield f"{moved} people had another arm than they were drawn into; they are analysed as they were drawn"


def _left(plan: Preregistration, entries: Sequence[Entry], units: Sequence[Unit], arm: str) -> Iterator[str]:
    kept = planned_people(plan, entries)
    share = missing_share([unit for unit in units if unit.draw.arm == arm and unit.draw.participant in kept])
    if share > plan.size.attrition:
        yield f"{share:.1%} in {arm} did not answer, and {plan.size.attrition:.1%} were registered"


def _outcomes(plan: Preregistration, responses: Responses, units: Sequence[Unit], outcome: str | None) -> Iterator[str]:
    if outcome is not None and outcome != plan.outcome.column:
        yield f"the outcome is `{outcome}`, and `{plan.outcome.column}` was registered: nothing here confirms anything"
    wave = any(unit.follow_up is not None for unit in units)
    if isinstance(plan.follow_up_days, int) and not wave:
        yield f"the second wave, planned after {plan.follow_up_days} days, is not in the file"
    if not isinstance(plan.follow_up_days, int) and wave:
        yield "there is a second wave, and none was registered"
    if not plan.accuracy and "claims" in responses.columns:
        yield "claims were counted, and their accuracy was not registered as an outcome"
