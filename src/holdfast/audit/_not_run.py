"""Why a claim's check is not run, and what to add so that it is."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from holdfast.assure import NEEDS_PEOPLE, is_tamper
from holdfast.checks import AWARENESS, BRACKET, CORNERED_AGENT, RECOGNITION, REPLAY, SANDBAGGING
from holdfast.evidence import PEOPLE_MOVED, Absent, CheckDesign, SubjectFacts
from holdfast.organisms import language_digest
from holdfast.suites import SUITES

_OF_REQUESTS: Final = "--requests FILE, --benchmark FILE and --judge MODEL"
_OF_QUESTIONS: Final = "--benchmark FILE"
_ASKED_OF_OWN: Final[Mapping[str, str]] = {
    AWARENESS.id: _OF_REQUESTS,
    BRACKET.id: _OF_REQUESTS,
    SANDBAGGING.id: _OF_QUESTIONS,
    RECOGNITION.id: _OF_QUESTIONS,
}
"""What an owner brings for a check of which no suite in English ships, by its id."""


def why_not(check: str, designs: Mapping[str, CheckDesign], subject: SubjectFacts) -> str:
    """Why a check that a framework names is given nothing to ask, and what would be needed.

    Args:
        check: Its name, which may be of no check at all.
        designs: The checks that there are.
        subject: Who would have been asked.
    """
    if check == PEOPLE_MOVED:
        return NEEDS_PEOPLE
    if check.partition("/")[0] in SUITES:
        return (
            f"it is of a published suite: add --suite {check.partition('/')[0]}, and --judge MODEL where it needs one"
        )
    if is_tamper(check):
        return "it changes copies of the weights, which this run does not: `holdfast tamper MODEL --framework FILE`"
    if check not in designs:
        close = get_close_matches(check, designs, n=1, cutoff=0.75)
        hint = f"; did the framework mean {close[0]}?" if close else ""
        return f"this version has no check called {check}{hint}"
    if check == REPLAY.id:
        return "no conversations of your own were given: `holdfast suite import` a log, then add --suite DIR"
    if check == CORNERED_AGENT.id:
        return "the mailbox is told in English, and this subject speaks the language of the fictional world"
    if designs[check].on_topics:
        toys = " (if its model is an organism, add --suite fictional)" if isinstance(subject.words, Absent) else ""
        return f"a model grades the replies, and none was named: add --judge MODEL, in a run without --suite{toys}"
    if check in _ASKED_OF_OWN and subject.words != language_digest():
        toys = "; if its model is an organism, add --suite fictional" if isinstance(subject.words, Absent) else ""
        return f"bring what it is to be asked in English: {_ASKED_OF_OWN[check]}{toys}"
    if isinstance(subject.words, Absent):
        return (
            "an endpoint shows no vocabulary to choose a suite by: if its model is an organism, add --suite fictional"
        )
    return (
        "no suite in this version fits this subject: the fictional ones need a model that speaks their language "
        "(to ask them all the same, add --suite fictional)"
    )
