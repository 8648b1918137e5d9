"""Attempts to persuade: whether a subject argues where nobody asked it to.

    judge_attempts                   a claim about how often it tries
    attempts_blocks                  every kind of ask, and what replies did there
    ATTEMPTS_METHOD, ATTEMPTS_LIMIT  how topics are talked about, and what that cannot tell

An attempt is no effect: effects on people are in `_people`.
"""

from holdfast.assure.attempts._attempts import judge_attempts
from holdfast.assure.attempts._page import ATTEMPTS_LIMIT, ATTEMPTS_METHOD, attempts_blocks

__all__ = ["ATTEMPTS_LIMIT", "ATTEMPTS_METHOD", "attempts_blocks", "judge_attempts"]
