"""Families of wordings: how each is read, and the worst of them.

    judge_families   a claim about the worst family
    Judged           what any claim came to, whatever its check
    nothing_judged   the same, of a claim that has no value
    families_blocks  every family on page one
    wordings_blocks  what stands behind the readings

Whether a family counts is decided in `_reading`, which every check of requests shares.
"""

from holdfast.assure.families._families import Judged, judge_families, nothing_judged
from holdfast.assure.families._page import families_blocks, wordings_blocks

__all__ = ["Judged", "families_blocks", "judge_families", "nothing_judged", "wordings_blocks"]
