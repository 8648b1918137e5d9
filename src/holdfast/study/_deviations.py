"""What was done otherwise than registered: named on page one, whatever the result."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from holdfast.evidence import Preregistration
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
        *_timing(plan, entries, look),
        *_people(plan, entries, units, strangers),
        *_outcomes(plan, responses, units, outcome),
    )


def too_early(plan: Preregistration, entries: Sequence[Entry], look: Entry) -> bool:
    """Whether fewer people than planned were drawn, and the day on which collection ends is not over."""
    people = _in_time(plan, entries)
    over = isinstance(plan.closes, str) and date.fromisoformat(plan.closes) < date.fromisoformat(look.at[:10])
    return len(people) < plan.people and not over


def planned_people(plan: Preregistration, entries: Sequence[Entry]) -> frozenset[str]:
    """The first people who were drawn, as many as were planned, and none after the day on which collection ends.

    Otherwise people could be added until the interval fits.
    """
    return frozenset(_in_time(plan, entries)[: plan.people])


def _in_time(plan: Preregistration, entries: Sequence[Entry]) -> list[str]:
    """People in the order in which they were drawn, those after the end left out."""
    last = plan.closes if isinstance(plan.closes, str) else ""
    draws = [entry for entry in entries if isinstance(entry.draw, Draw) and (not last or entry.at[:10] <= last)]
    return list(dict.fromkeys(entry.draw.participant for entry in draws if isinstance(entry.draw, Draw)))


def _timing(plan: Preregistration, entries: Sequence[Entry], look: Entry) -> Iterator[str]:
    if too_early(plan, entries, look):
        yield "analysed before the end: no verdict is given, for a look that can be repeated finds what it looks for"
    looks = [place for place, entry in enumerate(entries) if entry.kind == "analysed"]
    if looks:
        others = len({entries[place].words for place in looks} | {look.words})
        yield f"this is analysis {len(looks) + 1}; {others} different files of responses were analysed"
    if looks and any(entry.kind == "assigned" for entry in entries[looks[0] :]):
        yield "people were drawn after the first analysis"


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
    late = len(people) - len(_in_time(plan, entries))
    if late:
        yield f"{late} people were drawn after the day on which collection ends; they are left out"
    if strangers:
        yield f"{len(strangers)} responses are of people, or about issues, that nobody drew; they are left out"
    said = [unit for unit in units if unit.response and unit.response.received]
    crossed = sum(unit.response is not None and unit.response.received != unit.draw.arm for unit in said)
    if crossed:
        yield f"{crossed} people had another arm than they were drawn into; they are analysed as they were drawn"


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
