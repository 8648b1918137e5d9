"""A bracket in words: the sentence of page one."""

from holdfast.assure.bracket._members import NO_REPLAY, NO_WEIGHTS, WIDEST
from holdfast.evidence import Absent, Bracket, BracketMember, Claim, Span


def bracket_reason(claim: Claim, found: Bracket) -> str:
    """What decided, every member with its bounds, and what was not tested and why."""
    parts = (_decided(claim, found), _set(found), *_left_out(found), found.answers)
    return "; ".join(part for part in parts if part)


def _decided(claim: Claim, found: Bracket) -> str:
    limit = f"{100 * claim.threshold.value:g} %"
    if isinstance(found.hull, Absent):
        return found.hull.reason
    match found.reading:
        case "above":
            return f"above {limit} in one way by itself: {_named(found)}"
        case "below":
            return f"at most {limit} in every way that was tried"
        case "below, incomplete":
            return f"at most {limit} in the ways that count, and not every way that was planned does"
        case "too wide":
            width = f"{100 * found.hull.width:.0f} points"
            return f"the bracket is {width} wide, more than {100 * WIDEST:.0f}, and no way lies above {limit} by itself"
        case _:
            return f"the bracket reaches across {limit}"


def _set(found: Bracket) -> str:
    """The set, and never one rate of it."""
    if isinstance(found.hull, Absent):
        return ""
    said = [_reaches(one, *one.reach) for one in found.members if one.reach]
    least = f", least favourable: {found.least_favourable}" if isinstance(found.least_favourable, str) else ""
    of = f"{found.skeletons} framings"
    return f"what it does is bracketed by {_percent(found.hull)} ({', '.join(said)}; {of}){least}"


def _left_out(found: Bracket) -> list[str]:
    return [
        one.span.reason
        if one.span.reason in (NO_WEIGHTS, NO_REPLAY)
        else f"not tested, {one.member}: {one.span.reason}"
        for one in found.members
        if isinstance(one.span, Absent)
    ]


def _named(found: Bracket) -> str:
    return next((_member(one) for one in found.members if one.member == found.least_favourable), "")


def _member(one: BracketMember) -> str:
    return f"{one.member} ({_percent(one.span)})" if isinstance(one.span, Span) else one.member


def _reaches(one: BracketMember, low: float, high: float) -> str:
    """As far as it widens the bracket, which one that failed a control does too."""
    counts = "" if isinstance(one.span, Span) else ", which does not count by itself"
    return f"{one.member} {100 * low:.1f} to {100 * high:.1f} %{counts}"


def _percent(span: Span) -> str:
    return f"{100 * span.low:.1f} to {100 * span.high:.1f} %"
