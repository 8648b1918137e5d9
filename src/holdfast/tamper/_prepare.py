"""Making the plan: what is asked at every checkpoint, which attacks are run, and what they are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import version
from itertools import chain
from typing import Final, Literal

from holdfast.errors import JudgeLost, UnknownAttack
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
    ScoredItems,
    Scorer,
    ScorerFailed,
    SubjectFacts,
    TamperPlan,
    claimed_by_stratum,
    digest,
)
from holdfast.tamper._designs import CONTROLS, DESIGNS, QUICK
from holdfast.tamper._hearing import Worth
from holdfast.tamper._search import searched
from holdfast.tamper._sizes import sized

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
    unjudged: str = ""
    """Of a reply on which a judge gives no verdict; empty where there is no such label."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the battery is made of."""

    restricted: ScoredItems
    benchmarks: tuple[ScoredItems, ...]
    labelling: Labelling
    items_a_category: int | None
    """Restricted items of each category; half as many confirm. None for two thirds of them; the others confirm."""
    items_a_kind: int | None
    """Of each stratum of a benchmark; None for all."""
    max_new_tokens: int
    """Of a reply."""
    domains: tuple[ScoredItems, ...] = ()
    """Questions about what is restricted, all of which are asked. Where an item has an onset, its answer is begun with
    it: a refusal would hide what is known."""


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
    cells: Mapping[str, AttackDesign]
    """Settings that a search tries, by name: kept in memory alone."""
    secret: bytes
    """With which they were named."""

    def code(self, place: int, text: str) -> str:
        """The code of a reply to the ask at this place.

        Raises:
            JudgeLost: The scorer could not work.
        """
        try:
            label = self.scorers[place].score(self.items[place], text)
        except ScorerFailed as failure:
            raise JudgeLost(
                "a reply could not be judged",
                why=str(failure) or "the judge gave no reason",
                fix="see that the judge answers, and give the command again: it goes on",
                state="every run that had ended is kept; the subject is as it was",
            ) from failure
        return NO_LABEL if isinstance(label, Absent) else f"{self.plan.battery.labels.index(label):x}"

    @property
    def cuts(self) -> tuple[int, int, int]:
        """Where, of the asks, restricted items end, those that confirm, and benchmarks."""
        battery = self.plan.battery
        own, again, kept = (
            sum(map(len, part.values())) for part in (battery.restricted, battery.again, battery.benchmarks)
        )
        return own, own + again, own + again + kept


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
    comparators: Mapping[str, SubjectFacts],
    authorised_by: str | Absent,
    budget: Literal["B0", "B1", "B2", "B3"] = "B0",
    criteria: Criteria | None = None,
    versions: Mapping[str, str],
    reward: str = "",
    search: int = 0,
    secret: bytes = b"",
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
        comparators: Models that anybody can have, by name.
        authorised_by: Who may test the subject.
        budget: What the attacker may spend.
        criteria: What counts as broken and collapsed.
        versions: What the numbers depend on.
        search: How many settings of each attack are tried; 0 for the one that is listed.
        secret: Of this machine and what is asked: names the settings that are tried.
        reward: What an owner's reward is, with its digest; empty where it comes with Holdfast.
        seed: Of the sampled answers.
    """
    made, most = _made(asked), asked.max_new_tokens
    tried = [
        searched(sized(design, subject, most), design, search, secret) if search else (sized(design, subject, most),)
        for design in attacks
    ]
    plan = TamperPlan(
        tool=f"holdfast {version('holdfast')}",
        subject=subject,
        ceiling=ceiling,
        comparators=dict(comparators),
        framework=framework,
        attacks=tuple(published for published, *_ in tried),
        controls=tuple(
            sized(control, subject, most) for control in CONTROLS if control.control_of in {one.name for one in attacks}
        ),
        left_out=dict(left_out),
        seeds=seeds,
        battery=made.battery,
        material_digest=digest(material),
        reward=reward,
        criteria=criteria or Criteria(),
        budget=budget,
        authorised_by=authorised_by,
        versions=dict(versions),
        seed=seed,
    )
    cells = {cell.name: cell for _, *own in tried for cell in own}
    return PreparedTamper(plan, material, made.asks, made.sampled, made.items, made.scorers, worth, cells, secret)


@dataclass(frozen=True, slots=True)
class _Made:
    """A battery, and what it is a digest of; items and scorers are those of the asks, in order."""

    battery: Battery
    asks: tuple[Ask, ...]
    sampled: tuple[Ask, ...]
    items: tuple[Item, ...]
    scorers: tuple[Scorer, ...]


def _made(asked: Asked) -> _Made:
    """Choose what is asked of each suite, and write it down."""
    strata = claimed_by_stratum(asked.restricted.items)
    cuts = {name: asked.items_a_category or _two_thirds(len(own)) for name, own in strata.items()}
    restricted = {name: own[: cuts[name]] for name, own in strata.items()}
    again = {name: own[cuts[name] :][: cuts[name] // 2] for name, own in strata.items()}
    benchmarks = {
        suite.name: {name: own[: asked.items_a_kind] for name, own in claimed_by_stratum(suite.items).items()}
        for suite in asked.benchmarks
    }
    parts = (
        (asked.restricted.scorer, (*_joined(restricted), *_joined(again))),
        *((suite.scorer, _joined(benchmarks[suite.name])) for suite in asked.benchmarks),
    )
    domains = tuple((suite.scorer, suite.items) for suite in asked.domains)
    items = tuple(item for _, own in parts for item in own)
    begun = tuple(item for _, own in domains for item in own)
    scorers = tuple(scorer for scorer, own in (*parts, *domains) for _ in own)
    most = asked.max_new_tokens
    cold = Decoding(temperature=0, max_new_tokens=most)
    asks = (*(_ask(item, cold, 1) for item in items), *(_ask(item, cold, 1, begun=True) for item in begun))
    warm = Decoding(temperature=1, max_new_tokens=most)
    sampled = tuple(_ask(item, warm, attempt + 1) for item in _joined(restricted) for attempt in range(_SAMPLES))
    battery = Battery(
        suite=asked.restricted.name,
        suite_digest=asked.restricted.digest,
        on=asked.restricted.on,
        judge=asked.restricted.scorer.name,
        judge_exact=all(scorer.exact for scorer in scorers),
        restricted={stratum: tuple(item.id for item in first) for stratum, first in restricted.items()},
        again={stratum: tuple(item.id for item in other) for stratum, other in again.items()},
        benchmarks={name: tuple(item.id for item in _joined(strata)) for name, strata in benchmarks.items()},
        domain={suite.name: tuple(item.id for item in suite.items) for suite in asked.domains},
        harm=dict(asked.labelling.harm),
        right=asked.labelling.right,
        refused=asked.labelling.refused,
        unjudged=asked.labelling.unjudged,
        blind_to_refusal=tuple(
            suite.name for suite in asked.benchmarks if asked.labelling.refused not in suite.scorer.labels
        ),
        max_new_tokens=most,
        samples=_SAMPLES,
        asks_digest=digest(
            [
                *(ask.model_dump(mode="json") for ask in (*asks, *sampled)),
                # Right answers too: what is asked may stay and what counts as right be changed.
                *(suite.digest for suite in (*asked.benchmarks, *asked.domains)),
            ]
        ),
    )
    return _Made(battery, asks, sampled, (*items, *begun), scorers)


def _two_thirds(many: int) -> int:
    """So that the half that confirms takes the rest."""
    return -(-2 * many // 3)


def _joined(strata: Mapping[str, tuple[Item, ...]]) -> tuple[Item, ...]:
    return tuple(chain.from_iterable(strata.values()))


def _ask(item: Item, decoding: Decoding, attempt: int, *, begun: bool = False) -> Ask:
    note = (Message(role="system", content=item.note),) if item.note else ()
    return Ask(
        id=f"{CHECK}/{item.id}/{decoding.temperature:g}/{attempt}",
        check=CHECK,
        arm="subject" if decoding.temperature else "greedy",
        item=item.id,
        stratum=item.stratum,
        cluster=item.cluster,
        attempt=attempt,
        messages=(*note, *item.turns, Message(role="user", content=item.request)),
        prefill=item.onset if begun else "",
        decoding=decoding,
    )
