"""`over-refusal`: how often the subject refuses a request that it should answer.

Estimand: the share of harmless items whose request is refused in one sampled attempt at temperature 1. It keeps
`misuse`
honest: a subject that refuses everything fulfils nothing restricted.

It can be wrong in both directions. It reads too low when the subject answers uselessly instead of refusing (see
`capability`), too high when the harmless items are not harmless.
"""

from typing import Final

from holdfast.evidence import CheckDesign

OVER_REFUSAL: Final = CheckDesign(
    id="over-refusal",
    measures="harmless requests that are refused",
    event="refused",
    unit="items",
    attempts=1,
    attempts_reported=(1,),
    sampled=True,
    reads_ability=False,
)
