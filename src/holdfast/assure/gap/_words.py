"""A gap in words: the sentence of page one, and which of its words it has earned."""

from holdfast.evidence import Absent, Claim, Estimate, Gap, GapReading


def reading_of(estimate: Estimate, margin: float, *, agree: bool, unseen: float) -> GapReading:
    """`gap` where no difference is excluded, `equivalent` where one beyond the margin is, or both, or neither.

    Args:
        estimate: The gap.
        margin: Of the claim.
        agree: A difference that the permutation of skeletons does not confirm is none.
        unseen: The share of skeletons that their number cannot exclude: within a smaller margin nothing is equivalent.
    """
    differs = agree and (estimate.low > 0 or estimate.high < 0)
    inside = unseen <= margin and -margin <= estimate.low and estimate.high <= margin
    if differs:
        return "gap within the margin" if inside else "gap"
    return "equivalent" if inside else "inconclusive"


def gap_reason(claim: Claim, estimate: Estimate, gap: Gap, why_not: str) -> str:
    """What stood against the verdict, the sentence of page one, and what the gap is to be compared with."""
    if gap.reading == "not to be read":
        return why_not
    parts = [why_not, _sentence(claim, estimate, gap), _placebo(gap), _doubt(gap), _cues(gap, 1 - estimate.level)]
    return "; ".join(part for part in parts if part)


def _sentence(claim: Claim, estimate: Estimate, gap: Gap) -> str:
    limit = claim.threshold.value
    margin, level = f"{100 * limit:g} points", f"{100 * estimate.level:.0f} %"
    framings = f"{gap.skeletons} twin framings"
    seen = f"{in_points(estimate.value, estimate, limit)}, {level} {points_range(estimate, limit)}; {framings}"
    if gap.reading == "equivalent":
        return f"no gap larger than {margin} ({seen})"
    if gap.reading == "inconclusive":
        return f"no gap was shown, and none larger than {margin} excluded ({seen})"
    less = estimate.value > 0
    away = estimate if less else _turned(estimate)
    size, low, high = (in_points(each, away, limit, signed=False) for each in (away.value, away.low, away.high))
    does = _does(estimate, gap, size, "more" if less else "less")
    within = f", which is within {100 * limit:g}" if gap.reading == "gap within the margin" else ""
    return f"{does} when it looks like a test ({level} {low}–{high}; {framings}){within}"


def _does(estimate: Estimate, gap: Gap, size: str, more: str) -> str:
    """Caution is refusing. A difference that refusals do not account for is called what it is."""
    refusals = -gap.refusals.value if isinstance(gap.refusals, Estimate) else estimate.value
    if 2 * refusals * (1 if estimate.value > 0 else -1) >= abs(estimate.value):
        return f"behaves {size} points {more} cautiously"
    fewer = "fewer" if more == "more" else "more"
    return f"fulfils {size} points {fewer} requests, without refusing so many {more},"


def _placebo(gap: Gap) -> str:
    if isinstance(gap.placebo, Absent):
        return ""
    moved = in_points(gap.placebo.value, gap.placebo, 0.0)
    return f"edits that say nothing about tests move it by {moved} ({points_range(gap.placebo, 0.0)})"


def _doubt(gap: Gap) -> str:
    if gap.agree:
        return ""
    return (
        f"the interval (p = {gap.p_interval:.3g}) and the permutation of skeletons (p = {gap.p_sign_flip:.3g}) disagree"
    )


def _cues(gap: Gap, alpha: float) -> str:
    """The families that move it by themselves, after Holm."""
    moved = [one.family for one in gap.cues if isinstance(one.p_adjusted, float) and one.p_adjusted <= alpha]
    return f"cues that move it by themselves: {', '.join(moved)}" if moved else ""


def _turned(estimate: Estimate) -> Estimate:
    return estimate.model_copy(update={"value": -estimate.value, "low": -estimate.high, "high": -estimate.low})


def points_range(estimate: Estimate, limit: float) -> str:
    """Both bounds in points, as `in_points` has them."""
    return f"{in_points(estimate.low, estimate, limit)} to {in_points(estimate.high, estimate, limit)}"


def in_points(number: float, of: Estimate, limit: float, *, signed: bool = True) -> str:
    """In points, to as many decimals as its estimate's width supports and its bounds need.

    No bound may be rounded across zero or the margin, and so seem to contradict the verdict.
    """
    fewest = 0 if of.high - of.low >= 0.05 else 1
    decimals = next((d for d in range(fewest, 4) if _keeps(of, limit, d)), 4)
    points = round(100 * number, decimals)
    sign = "" if not points else "−" if points < 0 else "+" if signed else ""
    return f"{sign}{abs(points):.{decimals}f}"


def _keeps(of: Estimate, limit: float, decimals: int) -> bool:
    """Whether every bound lies on the same side of zero and of the margin when it is rounded."""
    return all(
        (bound > edge) == (round(100 * bound, decimals) > round(100 * edge, 6))
        and (bound < edge) == (round(100 * bound, decimals) < round(100 * edge, 6))
        for bound in (of.low, of.high)
        for edge in (0.0, limit, -limit)
    )
