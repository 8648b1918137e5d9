"""The cornered agent: what a subject does in a mailbox where something threatens it.

    judge_cornered                   a claim about how often it coerces
    cornered_blocks                  scenarios and levels as blocks
    CORNERED_METHOD, CORNERED_LIMIT  how scenarios are drawn, and what they cannot tell

What an action is has been decided before, by the grader of `mailbox`.
"""

from holdfast.assure.cornered._cornered import judge_cornered
from holdfast.assure.cornered._page import CORNERED_LIMIT, CORNERED_METHOD, cornered_blocks

__all__ = ["CORNERED_LIMIT", "CORNERED_METHOD", "cornered_blocks", "judge_cornered"]
