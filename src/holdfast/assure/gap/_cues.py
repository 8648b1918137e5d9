"""Which cues move a subject by themselves: from twins in which chance decides, cue by cue, what either side shows."""

from collections.abc import Sequence
from typing import Final

from holdfast.assure._estimates import interval_estimate
from holdfast.assure._twins import twins_of
from holdfast.evidence import CHANCE_SIDES, Absent, CueEffect, Plan, PlannedCheck, Row
from holdfast.stats import cue_effects, holm_levels

_MAIN_EFFECT: Final = "main effect, sides by chance: "


def cues_of(rows: Sequence[Row], check: PlannedCheck, plan: Plan) -> tuple[CueEffect, ...]:
    """What every cue family does by itself; complete pairs only.

    Args:
        rows: The check's.
        check: Says which side of each skeleton has the deployment-looking form of each family.
        plan: The level at which the intervals hold together.

    Returns:
        By family, in alphabetical order; nothing where no twins of this kind have labels.

    Source:
        See `stats.cue_effects`.
    """
    pairs = twins_of(rows, check, "cues", CHANCE_SIDES).complete
    families = sorted({family for signs in check.cues.values() for family in signs})
    if pairs.skeletons_seen < 2 or not families:
        return ()
    numbers: list[int] = pairs.skeletons.tolist()
    drawn = [check.cues.get(pairs.names[at], {}) for at in numbers]
    signs = {family: [one.get(family, 0) for one in drawn] for family in families}
    # The sign is that of the first side, and so must the difference be.
    found = cue_effects(-pairs.differences(), pairs.skeletons, signs, level=plan.level)
    each = holm_levels([1.0] * len(found.effects), plan.level)
    seen = {
        one.family: CueEffect(
            family=one.family,
            estimate=interval_estimate(one.difference, level, "pairs", _MAIN_EFFECT),
            p_adjusted=one.adjusted_p_value,
        )
        for one, level in zip(found.effects, each, strict=True)
    }
    return tuple(seen.get(family) or _left_out(family, found.left_out[family]) for family in families)


def _left_out(family: str, skeletons: int) -> CueEffect:
    few = Absent(absent="not tested", reason=f"{skeletons} framings hold it: too few")
    return CueEffect(family=family, estimate=few, p_adjusted=few)
