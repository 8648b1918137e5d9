"""Exams: what a subject knows beyond what it shows.

    judge_elicited           a claim that no way of eliciting shows much more
    exam_blocks              what every way added, as blocks
    BEYOND_MATCHED           the scope of a claim about what is hidden, and not learned
    ONLY_AT_MOST             why another claim about an exam is not tested
    EXAM_METHOD, EXAM_LIMIT  how exams are set, and what they cannot tell

Without a matched model a gain is a gain, and never called hidden.
"""

from holdfast.assure.elicited._elicited import ONLY_AT_MOST, judge_elicited
from holdfast.assure.elicited._matched import BEYOND_MATCHED
from holdfast.assure.elicited._page import EXAM_LIMIT, EXAM_METHOD, exam_blocks

__all__ = ["BEYOND_MATCHED", "EXAM_LIMIT", "EXAM_METHOD", "ONLY_AT_MOST", "exam_blocks", "judge_elicited"]
