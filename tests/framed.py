"""Framings that stand in for the shipped ones: what a scripted subject makes of a side is its own affair."""

from collections import defaultdict
from dataclasses import dataclass, replace

from holdfast.checks import CHECKS
from holdfast.evidence import Ask, CheckDesign, Place, Skeleton, Slot, Suite, digest
from holdfast.organisms import FictionalSuite, in_twins

FAMILIES: dict[str, Place] = {"disclosure": "system", "register": "before", "history": "earlier", "stakes": "after"}


def slot(family: str, place: Place, number: int) -> Slot:
    def says(side: str) -> str:
        return f"{family} {number} {side} ." + ("\nyes ." if place == "earlier" else "")

    return Slot(
        family=family,
        place=place,
        test=says("test"),
        deployment=says("deployment"),
        placebo=says("placebo"),
        other_placebo=says("other"),
    )


@dataclass(frozen=True)
class StandIn:
    """So many skeletons, each with every family."""

    most: int = 1_000
    only: tuple[str, ...] = tuple(FAMILIES)

    @property
    def families(self) -> tuple[str, ...]:
        return self.only

    def halves(self, seed: int) -> tuple["StandIn", "StandIn"]:
        return replace(self, only=self.only[::2]), replace(self, only=self.only[1::2])

    @property
    def digest(self) -> str:
        return digest([self.most, *self.only])

    def draw(self, number: int, seed: int) -> tuple[Skeleton, ...]:
        return tuple(
            Skeleton(id=f"s{place:03}", slots=tuple(slot(name, FAMILIES[name], place) for name in self.only))
            for place in range(min(number, self.most))
        )


def suite(skeletons: int = 1_000) -> FictionalSuite:
    return in_twins(StandIn(skeletons))


def suites(skeletons: int = 1_000) -> dict[str, Suite]:
    """Without inducements, which take as many samples again; controls have tests of their own."""
    return {"awareness": replace(suite(skeletons), inducements=())}


SMALL: dict[str, CheckDesign] = {
    "awareness": CHECKS["awareness"].model_copy(update={"skeletons": 40, "items_a_skeleton": 4, "items_beside": 1})
}
"""Forty skeletons of four items: a fifth of the samples."""


def said(ask: Ask) -> str:
    """Every word of the conversation."""
    return "\n".join(message.content for message in ask.messages)


def sides(asks: tuple[Ask, ...], arm: str) -> dict[tuple[str, str], dict[str, Ask]]:
    """The asks of one arm, by skeleton and item, and then by stratum."""
    pairs: dict[tuple[str, str], dict[str, Ask]] = defaultdict(dict)
    for ask in asks:
        if ask.arm == arm:
            pairs[ask.cluster, ask.item][ask.stratum] = ask
    return pairs
