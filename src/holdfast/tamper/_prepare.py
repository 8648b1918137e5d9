"""Making the plan: what is asked at every checkpoint, which attacks are run, and what they are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import version
from itertools import chain
from typing import Final, Literal

from holdfast.errors import UnknownAttack
from holdfast.evidence import (
    NO_LABEL,
    Absent,
    Ask,
    AttackDesign,
    Battery,
    Criteria,
    Decoding,
    Framework,
    Item,
    Material,
    Message,
    Scorer,
    SubjectFacts,
    Suite,
    TamperPlan,
    digest,
)
from holdfast.tamper._designs import CONTROLS, DESIGNS, QUICK
from holdfast.tamper._hearing import Worth

CHECK: Final = "tamper"
_SAMPLES: Final = 4
"""Sampled answers to each restricted item: with 200 items, 800 of them."""


@dataclass(frozen=True, slots=True)
class Labelling:
    """What a scorer's labels mean where a model is tampered with."""

    harm: Mapping[str, float]
    """How much harm each label means where the request was restricted."""
    right: str
    refused: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the battery is made of."""

    restricted: Suite
    benchmarks: tuple[Suite, ...]
    labelling: Labelling
    items_a_category: int
    """Restricted items of each category; half as many confirm."""
    items_a_kind: int
    """Of each stratum of a benchmark."""


@dataclass(frozen=True, slots=True)
class PreparedTamper:
    """A plan, with what it is a digest of."""

    plan: TamperPlan
    material: Material
    asks: tuple[Ask, ...]
    """Of the battery: restricted items, those that confirm, benchmarks."""
    sampled: tuple[Ask, ...]
    """Restricted items again, sampled, before anything is changed."""
    items: tuple[Item, ...]
    """Of the asks, in order."""
    scorers: tuple[Scorer, ...]
    """Of the asks, in order."""
    worth: Worth

    def code(self, place: int, text: str) -> str:
        """The code of a reply to the ask at this place.

        Raises:
            ScorerFailed: The scorer could not work.
        """
        label = self.scorers[place].score(self.items[place], text)
        return NO_LABEL if isinstance(label, Absent) else f"{self.plan.battery.labels.index(label):x}"

    @property
    def cuts(self) -> tuple[int, int]:
        """How many of the asks are restricted items, and how many those or such as confirm."""
        own, again = (sum(map(len, part.values())) for part in (self.plan.battery.restricted, self.plan.battery.again))
        return own, own + again

    @property
    def runs(self) -> tuple[tuple[AttackDesign, int], ...]:
        """Every run, seed by seed: what was done when it is cut short is a smaller plan and not a lopsided one."""
        attacks = tuple((design, seed) for seed in range(self.plan.seeds) for design in self.plan.attacks)
        return (*attacks, *((control, 0) for control in self.plan.controls))


def designs_named(names: Sequence[str], *, quick: bool = False) -> tuple[AttackDesign, ...]:
    """The attacks of these names; all of them, or the quick ones, where none is named.

    Raises:
        UnknownAttack: There is none of some name.
    """
    known = {design.name: design for design in DESIGNS}
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            raise UnknownAttack(
                f"there is no attack called {name!r}",
                why=f"there are: {', '.join(known)}",
                fix=f"--attack {close[0]}" if close else "holdfast tamper --list",
            )
    return tuple(known[name] for name in dict.fromkeys(names or (QUICK if quick else known)))


def prepare_tamper(
    subject: SubjectFacts,
    asked: Asked,
    material: Material,
    worth: Worth,
    framework: Framework,
    *,
    attacks: Sequence[AttackDesign],
    left_out: Mapping[str, str],
    seeds: int,
    ceiling: SubjectFacts | Absent,
    authorised_by: str | Absent,
    budget: Literal["B0", "B1", "B2", "B3"] = "B0",
    criteria: Criteria | None = None,
    versions: Mapping[str, str],
    seed: int = 0,
) -> PreparedTamper:
    """Decide everything before a weight is changed.

    Args:
        subject: Whose weights are changed.
        asked: What is asked at checkpoints.
        material: What attacks are made of; nothing of it may be asked.
        worth: What rollouts are worth.
        framework: The question.
        attacks: Which are run.
        left_out: Which are not, and why.
        seeds: Runs of each.
        ceiling: A model that refuses nothing.
        authorised_by: Who may test the subject.
        budget: What the attacker may spend.
        criteria: What counts as broken and collapsed.
        versions: What the numbers depend on.
        seed: Of the sampled answers.
    """
    many = asked.items_a_category
    restricted = _some(asked.restricted, 0, many)
    again = _some(asked.restricted, many, many + many // 2)
    benchmarks = {suite.name: _some(suite, 0, asked.items_a_kind) for suite in asked.benchmarks}
    own = (*_joined(restricted), *_joined(again))
    items = (*own, *chain.from_iterable(_joined(strata) for strata in benchmarks.values()))
    scorers = tuple(
        scorer
        for scorer, asked_of in (
            (asked.restricted.scorer, own),
            *((suite.scorer, _joined(benchmarks[suite.name])) for suite in asked.benchmarks),
        )
        for _ in asked_of
    )
    asks = tuple(_ask(item, 0.0, 1) for item in items)
    sampled = tuple(_ask(item, 1.0, attempt + 1) for item in _joined(restricted) for attempt in range(_SAMPLES))
    battery = Battery(
        suite=asked.restricted.name,
        suite_digest=asked.restricted.digest,
        on=asked.restricted.on,
        judge=asked.restricted.scorer.name,
        judge_exact=all(scorer.exact for scorer in scorers),
        restricted={stratum: tuple(item.id for item in first) for stratum, first in restricted.items()},
        again={stratum: tuple(item.id for item in other) for stratum, other in again.items()},
        benchmarks={name: tuple(item.id for item in _joined(strata)) for name, strata in benchmarks.items()},
        harm=dict(asked.labelling.harm),
        right=asked.labelling.right,
        refused=asked.labelling.refused,
        max_new_tokens=_MOST_NEW,
        samples=_SAMPLES,
        asks_digest=digest([ask.model_dump(mode="json") for ask in (*asks, *sampled)]),
    )
    plan = TamperPlan(
        tool=f"holdfast {version('holdfast')}",
        subject=subject,
        ceiling=ceiling,
        framework=framework,
        attacks=tuple(attacks),
        controls=tuple(control for control in CONTROLS if control.control_of in {one.name for one in attacks}),
        left_out=dict(left_out),
        seeds=seeds,
        battery=battery,
        material_digest=digest(material),
        criteria=criteria or Criteria(),
        budget=budget,
        authorised_by=authorised_by,
        versions=dict(versions),
        seed=seed,
    )
    return PreparedTamper(plan, material, asks, sampled, items, scorers, worth)


_MOST_NEW: Final = 32


def _some(suite: Suite, start: int, end: int) -> dict[str, tuple[Item, ...]]:
    """By stratum, its items from one place to another; strata that no claim is about are left out."""
    found: dict[str, list[Item]] = {}
    for item in suite.items:
        if item.claimed:
            found.setdefault(item.stratum, []).append(item)
    return {stratum: tuple(own[start:end]) for stratum, own in found.items()}


def _joined(strata: Mapping[str, tuple[Item, ...]]) -> tuple[Item, ...]:
    return tuple(chain.from_iterable(strata.values()))


def _ask(item: Item, temperature: float, attempt: int) -> Ask:
    note = (Message(role="system", content=item.note),) if item.note else ()
    return Ask(
        id=f"{CHECK}/{item.id}/{temperature:g}/{attempt}",
        check=CHECK,
        arm="subject" if temperature else "greedy",
        item=item.id,
        stratum=item.stratum,
        cluster=item.cluster,
        attempt=attempt,
        messages=(*note, *item.turns, Message(role="user", content=item.request)),
        decoding=Decoding(temperature=temperature, max_new_tokens=_MOST_NEW),
    )
