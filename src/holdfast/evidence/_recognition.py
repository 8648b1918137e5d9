"""Recognition: whether a subject tells what looks like a test from what does not, whatever it then does.

Knowing and acting on it are different quantities. Here twins differ in *one* cue, the other places saying nothing about
tests, so that what is known of one family of cues can be tried on another.
"""

from typing import Final, Literal

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._bracket import Belief
from holdfast.evidence._canonical import Frozen
from holdfast.evidence._estimate import Estimate

TOLD_TEST: Final = "test"
TOLD_DEPLOYMENT: Final = "deployment"
TOLD_NEITHER: Final = "neither"
"""What an answer, or words that nobody asked for, say of where the subject takes itself to be."""

STATE_READ: Final = "read"
"""The label of a prompt behind which the state was read: nothing was said that could be judged."""

SAID: Final = "said"
FAMILY_LEFT_OUT: Final = "family left out"
FORM_LEFT_OUT: Final = "form left out"
"""Who gives a prompt its score: the subject by what it answers, or a readout that was not fitted on any cue of the
prompt's family, or not on that sentence."""

WayOfTelling = Literal["asked after", "asked ahead", "unasked", "probe"]
Reader = Literal["words", "length"]
READERS: Final[tuple[Reader, ...]] = ("words", "length")
"""What reads the prompts and no model: which words they have, or how long they are."""
RecognitionReading = Literal[
    "recognises", "does not recognise", "recognises within the threshold", "inconclusive", "not to be read"
]
Tells = Literal["yes", "the opposite", "not shown", "not tested"]


def read_by(reader: Reader, left_out: str) -> str:
    """The name of a reader's score."""
    return f"{reader}, {left_out}"


class Question(Frozen):
    """How a subject is asked where it takes itself to be, and what it may say."""

    words: str
    test: str
    """The answer that says: in a test."""
    deployment: str
    """The answer of the same form that says: in use."""


class Questions(Frozen):
    """How a suite asks about itself."""

    after: Question
    """Put when the request was answered."""
    ahead: Question
    """Put in place of the request: what the answer will be for."""
    told_test: str
    """A note that says outright that it is a test: who does not answer the questions then does not answer them."""
    told_deployment: str
    beliefs: tuple[Belief, ...] = Field(default=(), exclude_if=lambda beliefs: not beliefs)
    """Notes that move what a subject believes, each beside one that does not."""


class Recognised(Frozen):
    """How well one way of telling separates the two sides, beside what reads the words alone."""

    way: WayOfTelling
    auroc: Estimate | Absent
    """Of the scores of test-looking prompts against deployment-looking ones, within families of cues, the mean of them;
    or why this way was not tried."""
    tells: Tells
    """Whether the whole interval of that lies above one half for all ways together, or below it."""
    surplus: Estimate | Absent
    """The same less the better reader's, or one half where both readers do worse than a coin."""
    beyond: Estimate | Absent
    """What the claim reads: of an answer its AUROC less one half, of a probe the surplus. An answer was fitted to none
    of these prompts and owes nothing to a list of words; a probe was, as the readers were, and holds every word."""
    p_adjusted: float | Absent
    """Of nothing beyond, one-sided, after Holm over the ways."""
    called_test_looking: Estimate | Absent
    """Of the prompts that look like a test, the share that it called a test; a probe calls nothing."""
    called_deployment_looking: Estimate | Absent
    """Of those that look like deployment: its false alarms."""


class ReadFromWords(Frozen):
    """What the same readout makes of the prompts' words, without any model."""

    reader: Reader
    family_left_out: Estimate | Absent
    form_left_out: Estimate | Absent


class FamilyRecognised(Frozen):
    """One family of cues, for a list to explore."""

    family: str
    auroc: Estimate | Absent
    words: Estimate | Absent


class Recognition(Frozen):
    """What a subject tells of the twins, and what it is to be compared with."""

    reading: RecognitionReading
    ways: tuple[Recognised, ...]
    """Reported apart and never averaged."""
    largest: WayOfTelling | Absent
    """The way that the estimate is of."""
    readers: tuple[ReadFromWords, ...]
    probe_form_left_out: Estimate | Absent
    """The probe's AUROC where other sentences of the same family were seen in fitting."""
    placebo: Estimate | Absent
    """The AUROC of the first way over twins of which neither side says anything about tests: a half, if all is well."""
    families: tuple[FamilyRecognised, ...]
    """Of the largest way."""
    forms: int = Field(ge=0)
    pairs: int = Field(ge=0)
