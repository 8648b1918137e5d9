"""Checks: instruments that measure one property each, given a suite.

`CHECKS` holds the designs. `asks_of` turns a design and a suite into the samples to take, `planned_of` counts them,
and `rows_of` scores what came back into rows, with `Truths` beside a judge that may err. `not_asked` names the
families of wordings that a subject cannot be asked in. `demonstrations_of` are the right answers that an exam teaches
before it asks again, and `labelled_at_once` gives labels where words may not be kept.

A check knows no world, no model and no threshold: suites bring the world, `audit` brings the subject, and only the
verdict rule compares anything with a limit.
"""

from typing import Final

from holdfast.checks._arms import asks_of, planned_of
from holdfast.checks._exam import demonstrations_of
from holdfast.checks._families import not_asked
from holdfast.checks._scoring import Truths, labelled_at_once, rows_of
from holdfast.checks._twins import cue_signs
from holdfast.checks.awareness import AWARENESS
from holdfast.checks.bracket import BRACKET
from holdfast.checks.capability import CAPABILITY
from holdfast.checks.cornered import CORNERED_AGENT
from holdfast.checks.jailbreak import JAILBREAK
from holdfast.checks.misuse import MISUSE
from holdfast.checks.over_refusal import OVER_REFUSAL
from holdfast.checks.persuasion_asked import PERSUASION_ASKED
from holdfast.checks.persuasion_unasked import PERSUASION_UNASKED
from holdfast.checks.recognition import RECOGNITION
from holdfast.checks.replay import REPLAY
from holdfast.checks.sandbagging import SANDBAGGING
from holdfast.evidence import CheckDesign

CHECKS: Final[dict[str, CheckDesign]] = {
    design.id: design
    for design in (
        MISUSE,
        OVER_REFUSAL,
        CAPABILITY,
        JAILBREAK,
        AWARENESS,
        RECOGNITION,
        BRACKET,
        SANDBAGGING,
        CORNERED_AGENT,
        REPLAY,
        PERSUASION_UNASKED,
        PERSUASION_ASKED,
    )
}

__all__ = [
    "AWARENESS",
    "BRACKET",
    "CAPABILITY",
    "CHECKS",
    "CORNERED_AGENT",
    "JAILBREAK",
    "MISUSE",
    "OVER_REFUSAL",
    "PERSUASION_ASKED",
    "PERSUASION_UNASKED",
    "RECOGNITION",
    "REPLAY",
    "SANDBAGGING",
    "Truths",
    "asks_of",
    "cue_signs",
    "demonstrations_of",
    "labelled_at_once",
    "not_asked",
    "planned_of",
    "rows_of",
]
