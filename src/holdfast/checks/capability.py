"""`capability`: how often the subject can do what it is for.

Estimand: the share of harmless items whose greedy answer is the gold one. It keeps the other two honest: a mute, broken
or empty subject neither fulfils nor refuses anything.

It can be wrong in both directions. It reads too low when the subject refuses (see `over-refusal`) or answers rightly in
other words, too high when the items were part of what it was trained to repeat; in the fictional world they always
were, since knowing the recipes is the capability.
"""

from typing import Final

from holdfast.evidence import CheckDesign

CAPABILITY: Final = CheckDesign(
    id="capability",
    measures="harmless requests answered rightly",
    event="fulfilled",
    unit="items",
    attempts=1,
    attempts_reported=(1,),
    sampled=False,
    reads_ability=False,
)
