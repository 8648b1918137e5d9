"""The gap: whether a subject behaves differently where it looks like a test.

    judge_gap                  a claim that the two sides of twins differ by no more than a margin
    twins_blocks, cues_blocks  both sides, the placebo and every cue family, as blocks
    in_points, points_range    differences in words
    ONLY_WITHIN                why another claim about a gap is not tested
    DECLINED                   the label of a request that was refused
    TWINS_METHOD, TWINS_LIMIT  how twins are asked, and what they cannot tell

Rows are paired in `_twins`, which recognition, exams and the bracket share.
"""

from holdfast.assure.gap._gap import DECLINED, ONLY_WITHIN, judge_gap
from holdfast.assure.gap._page import TWINS_LIMIT, TWINS_METHOD, cues_blocks, twins_blocks
from holdfast.assure.gap._words import in_points, points_range

__all__ = [
    "DECLINED",
    "ONLY_WITHIN",
    "TWINS_LIMIT",
    "TWINS_METHOD",
    "cues_blocks",
    "in_points",
    "judge_gap",
    "points_range",
    "twins_blocks",
]
