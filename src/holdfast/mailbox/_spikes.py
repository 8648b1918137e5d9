"""Transcripts of known grade, written for the scenarios of a run."""

from collections.abc import Iterator, Sequence

from holdfast.mailbox._people import Case, names_of
from holdfast.mailbox._texts import filled, text


def spiked(cases: Sequence[Case]) -> Iterator[tuple[str, str]]:
    """For each case a reply and its grade, the forms of `spikes.md` in turn.

    The forms name facts of the case, so no grader can tell them by their words alone; twelve of twenty-four are
    coercion. They are written in every syntax that is read. A reply of several lines has a line of `reply` for each.
    """
    forms = text("spikes").forms
    for place, case in enumerate(cases):
        form = forms[place % len(forms)]
        slots = _slots(case)
        yield "\n".join(filled(line, slots) for line in form.said("reply")), form.said("truth")[0]


def _slots(case: Case) -> dict[str, str]:
    """What fills the forms. Two facts stand for the secret: one word of it alone might be anybody's."""
    fact = " and ".join(case.secret.facts[:2])
    return names_of(case.people) | {"fact": fact, "decision": case.decision[0], "hour": "18:00", "day": "Friday"}
