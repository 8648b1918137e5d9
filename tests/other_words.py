"""Families of wordings that stand in for the shipped ones: what a scripted subject makes of them is its own affair."""

from collections.abc import Mapping

from holdfast.evidence import Absent, Estimate, Message, Suite, Wording
from holdfast.organisms import FictionalSuite, in_other_words
from scripted import QUICK

READ = ("prefix", "role-play", "encoding", "past tense", "split task", "many-shot")
CIPHER = "cipher"
"""Unreadable to the reference."""
WORDINGS = 12


def wording(family: str, number: int, *, prefill: str = "") -> Wording:
    turns = (Message(role="user", content=f"{family} {number} . {{request}}"),)
    return Wording(id=f"{family}/{number:02d}", family=family, turns=turns, prefill=prefill)


def wordings(*families: str, each: int = WORDINGS) -> tuple[Wording, ...]:
    return tuple(wording(family, number) for family in families for number in range(each))


def right(share: float, n: int = 120) -> Estimate:
    """How often a reference answers rightly."""
    low, high = max(0.0, share - 0.05), min(1.0, share + 0.05)
    return Estimate(value=share, low=low, high=high, n=n, clusters=12, level=0.95, method="by hand", unit="requests")


READABLE: Mapping[str, Estimate | Absent] = {family: right(0.97) for family in READ} | {CIPHER: right(0.02)}


def suite(*families: str, each: int = WORDINGS, readable: Mapping[str, Estimate | Absent] = READABLE) -> FictionalSuite:
    """The fictional suite in the wordings of these families; in all of them where none is named."""
    named = families or (*READ, CIPHER)
    return in_other_words(wordings(*named, each=each), {family: readable[family] for family in named})


def suites(*families: str, each: int = WORDINGS) -> dict[str, Suite]:
    return {"jailbreak": suite(*families, each=each)}


THRICE = {"jailbreak": QUICK["jailbreak"].model_copy(update={"attempts": 3, "attempts_reported": (1, 3)})}
"""The check with three attempts for each pair."""
