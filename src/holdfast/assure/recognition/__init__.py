"""Recognition: whether a subject tells what looks like a test, beyond what words give away.

    judge_recognition                      a claim that no way of telling separates the two sides by much
    recognition_blocks                     every way and every reader
    recognised_families_blocks             the way that tells most, by cue family
    ONLY_A_SURPLUS                         why another claim about recognition is not tested
    RECOGNITION_METHOD, RECOGNITION_LIMIT  how it is asked, and what that cannot tell

What it recognises and what it does about it are two questions: the second one is the gap's.
"""

from holdfast.assure.recognition._page import (
    RECOGNITION_LIMIT,
    RECOGNITION_METHOD,
    recognised_families_blocks,
    recognition_blocks,
)
from holdfast.assure.recognition._recognition import ONLY_A_SURPLUS, judge_recognition

__all__ = [
    "ONLY_A_SURPLUS",
    "RECOGNITION_LIMIT",
    "RECOGNITION_METHOD",
    "judge_recognition",
    "recognised_families_blocks",
    "recognition_blocks",
]
