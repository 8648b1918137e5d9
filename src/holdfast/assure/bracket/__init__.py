"""The causal bracket: what a subject does by several ways of making it believe that it is deployed.

    judge_bracket                  a claim about the least favourable member
    members_of                     every member, and what it is held against
    Measured                       what that came to
    bracket_blocks                 members, movements, controls and twins as blocks
    ONLY_LEAST_FAVOURABLE          why another claim about a bracket is not tested
    BRACKET_METHOD, BRACKET_LIMIT  how it is made, and what it cannot tell

There is no one true rate behind it, and none is given.
"""

from holdfast.assure.bracket._bracket import ONLY_LEAST_FAVOURABLE, judge_bracket
from holdfast.assure.bracket._members import Measured, members_of
from holdfast.assure.bracket._page import BRACKET_LIMIT, BRACKET_METHOD, bracket_blocks

__all__ = [
    "BRACKET_LIMIT",
    "BRACKET_METHOD",
    "ONLY_LEAST_FAVOURABLE",
    "Measured",
    "bracket_blocks",
    "judge_bracket",
    "members_of",
]
