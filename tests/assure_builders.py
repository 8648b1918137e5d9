"""Plans and rows made by hand, for every test that needs something to assess.

A `run` is a plan with the rows of a subject whose behaviour is stated: so many units of a stratum show the event, so
many spiked transcripts come back wrong, so many items are known. Nothing is random.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from holdfast.assure import assess
from holdfast.evidence import (
    DECOY_PREFERRED,
    GOLD_PREFERRED,
    Absent,
    AnyPlanned,
    CheckDesign,
    Claim,
    Finding,
    Framework,
    Plan,
    Planned,
    PlannedCheck,
    PlannedDose,
    Record,
    Row,
    SubjectFacts,
    Threshold,
    digest,
)

SUBJECT = digest("the subject")
GONE = Absent(absent="unscorable", reason="the judge was down")
NOT_WEIGHED = Absent(absent="not applicable", reason="no answers are weighed against each other")
NEVER = Absent(absent="skipped", reason="the run ended before this was asked")
DOSES = (0.1, 0.2, 0.5, 1.0)
SPIKES = {"fulfilled": 10, "refused": 10}


def facts(**more: Any) -> SubjectFacts:
    """A small local model."""
    said = {
        "digest": SUBJECT,
        "access": "weights",
        "architecture": "LlamaForCausalLM",
        "parameters": 1_000_000,
        "weights_digest": digest("weights"),
        "tokenizer_digest": digest("tokenizer"),
        "chat_template_digest": digest("template"),
        "words": digest("words"),
        "decoder": "by hand",
    }
    return SubjectFacts.model_validate(said | more)


def claim(op: str = "<=", limit: float = 0.1, **more: Any) -> Claim:
    """A claim about `misuse`, at most 10 %, unless said otherwise."""
    said = {"id": "c", "check": "misuse", "says": "It rarely happens.", "threshold": {"op": op, "value": limit}}
    return Claim.model_validate(said | more)


def framework(*claims: Claim, **more: Any) -> Framework:
    """A framework of these claims."""
    said = {"schema": "holdfast.framework/1", "name": "f", "version": "1", "question": "May it?", "valid_days": 30}
    return Framework.model_validate(said | {"claim": claims} | more)


def check(
    strata: Mapping[str, int],
    *,
    name: str = "misuse",
    event: str = "fulfilled",
    attempts: int = 1,
    beside: Iterable[str] = (),
    spikes: Mapping[str, int] | None = None,
    ability: int = 0,
    induced: int = 0,
    doses: Sequence[float] = DOSES,
    **more: Any,
) -> PlannedCheck:
    """One planned check.

    Args:
        strata: Units in each stratum.
        name: The check.
        event: The label that is counted.
        attempts: Samples of each unit.
        beside: Strata that are reported beside the claim.
        spikes: Spiked transcripts by the label they were written to have.
        ability: Items whose gold answer is weighed, in the first stratum; 0 for a check that does not read ability.
        induced: Items in each dose arm, in the first stratum; 0 for a check without inducement.
        doses: The doses of the inducement.
        more: Other fields of the planned check.
    """
    first = next(iter(strata), "none")
    planned: list[AnyPlanned] = [
        Planned(arm="subject", stratum=stratum, claimed=stratum not in set(beside), samples=units * attempts)
        for stratum, units in strata.items()
    ]
    planned += [
        Planned(arm="spiked", stratum=truth, claimed=True, samples=n)
        for truth, n in (SPIKES if spikes is None else spikes).items()
    ]
    if induced:
        planned += [
            PlannedDose(stratum=first, claimed=True, inducement="note", dose=dose, samples=induced) for dose in doses
        ]
    if ability:
        planned.append(Planned(arm="ability", stratum=first, claimed=True, samples=ability))
    design = CheckDesign(
        id=name,
        measures="requests that are fulfilled",
        event=event,
        unit="items",
        attempts=attempts,
        attempts_reported=(1, attempts) if attempts > 1 else (1,),
        sampled=False,
        reads_ability=bool(ability),
    )
    said = {
        "design": design,
        "suite": "by hand",
        "suite_digest": digest("suite"),
        "on": "toy models",
        "judge": "by hand",
        "chance": 0.25 if ability else NOT_WEIGHED,
        "planned": tuple(planned),
        "asks_digest": digest("asks"),
    }
    return PlannedCheck.model_validate(said | more)


def plan(checks: Iterable[PlannedCheck], claims: Iterable[Claim], **more: Any) -> Plan:
    """A plan of these checks against these claims; keys of a framework go to the framework."""
    tags = {"required_tags": more.pop("required_tags")} if "required_tags" in more else {}
    said = {
        "tool": "holdfast test",
        "subject": facts(),
        "framework": framework(*claims, **tags),
        "checks": tuple(checks),
        "versions": {"python": "3"},
        "seed": 0,
        "batch_size": 8,
    }
    return Plan.model_validate(said | more)


def row(planned: PlannedCheck, key: str, **more: Any) -> Row:
    """One row of a check."""
    said = {
        "id": f"{planned.design.id}/{key}",
        "subject": SUBJECT,
        "check": planned.design.id,
        "arm": "subject",
        "item": key,
        "cluster": key,
        "attempt": 1,
        "label": "refused",
        "judge": planned.judge,
        "request_digest": digest(key),
        "reply_digest": digest(key),
    }
    return Row.model_validate(said | more)


def subject_rows(planned: PlannedCheck, events: Mapping[str, int], *, at: int = 1) -> list[Row]:
    """The subject's rows: in each stratum so many units show the event, each at its `at`-th attempt alone."""
    rows: list[Row] = []
    for part in (p for p in planned.planned if p.arm == "subject"):
        for unit in range(part.samples // planned.design.attempts):
            for attempt in range(1, planned.design.attempts + 1):
                shown = unit < events.get(part.stratum, 0) and attempt == at
                key = f"subject/{attempt}/{part.stratum}-{unit:03d}"
                label = planned.design.event if shown else _other(planned.design.event)
                cluster = f"{part.stratum}-{unit:03d}"
                rows.append(row(planned, key, stratum=part.stratum, cluster=cluster, attempt=attempt, label=label))
    return rows


def spiked_rows(planned: PlannedCheck, *, wrong: int = 0) -> list[Row]:
    """The spiked transcripts, the first few of them mislabelled."""
    truths = [p.stratum for p in planned.planned if p.arm == "spiked" for _ in range(p.samples)]
    return [
        row(
            planned,
            f"spiked/{place:03d}",
            arm="spiked",
            stratum=truth,
            truth=truth,
            label=_other(truth) if place < wrong else truth,
        )
        for place, truth in enumerate(truths)
    ]


def induced_rows(planned: PlannedCheck, events: Mapping[float, int]) -> list[Row]:
    """The dose arms: so many events at each dose."""
    return [
        row(
            planned,
            f"induced/{part.dose}/{unit:03d}",
            arm="induced",
            stratum=part.stratum,
            inducement=part.inducement,
            dose=part.dose,
            label=planned.design.event if unit < events[part.dose] else _other(planned.design.event),
        )
        for part in planned.planned
        if isinstance(part, PlannedDose)
        for unit in range(part.samples)
    ]


def ability_rows(planned: PlannedCheck, known: int) -> list[Row]:
    """The ability arm: so many gold answers preferred."""
    return [
        row(
            planned,
            f"ability/{unit:03d}",
            arm="ability",
            stratum=part.stratum,
            label=GOLD_PREFERRED if unit < known else DECOY_PREFERRED,
        )
        for part in planned.planned
        if part.arm == "ability"
        for unit in range(part.samples)
    ]


@dataclass(frozen=True)
class Run:
    """A plan with the rows it came to."""

    plan: Plan
    rows: tuple[Row, ...]

    @property
    def record(self) -> Record:
        """What the rows amount to."""
        return assess(self.rows, self.plan, {})

    @property
    def finding(self) -> Finding:
        """The first finding."""
        return self.record.findings[0]

    def without(self, *ids: str) -> "Run":
        """The same run with rows lost."""
        return replace(self, rows=tuple(row for row in self.rows if row.id not in ids))

    def with_rows(self, *rows: Row) -> "Run":
        """The same run with rows added."""
        return replace(self, rows=(*self.rows, *rows))

    def changed(self, ids: Iterable[str], **update: object) -> "Run":
        """The same run with fields of some rows changed."""
        chosen = set(ids)
        return replace(
            self, rows=tuple(row.model_copy(update=update) if row.id in chosen else row for row in self.rows)
        )

    def ids(self, arm: str = "subject") -> list[str]:
        """The ids of the rows of an arm, in order."""
        return [row.id for row in self.rows if row.arm == arm]


def run(
    *claims: Claim,
    strata: Mapping[str, int] | None = None,
    events: Mapping[str, int] | None = None,
    at: int = 1,
    wrong: int = 0,
    known: int = 0,
    doses: Mapping[float, int] | None = None,
    more_plan: Mapping[str, Any] | None = None,
    **more: Any,
) -> Run:
    """A run of one check: 100 units in each of two strata, no event, every control passed, unless said otherwise.

    Args:
        claims: What is claimed; one claim of at most 10 % where nothing is said.
        strata: Units in each stratum.
        events: Units that show the event, by stratum.
        at: The attempt at which they show it.
        wrong: Spiked transcripts that are mislabelled.
        known: Gold answers that the subject prefers.
        doses: Events in each dose arm.
        more_plan: Other fields of the plan.
        more: Other arguments of `check`.
    """
    planned = check(strata or {"curses": 100, "venoms": 100}, **more)
    rows = subject_rows(planned, events or {}, at=at) + spiked_rows(planned, wrong=wrong) + ability_rows(planned, known)
    if doses is not None:
        rows += induced_rows(planned, doses)
    return Run(plan([planned], claims or (claim(),), **(more_plan or {})), tuple(rows))


def threshold(op: str, value: float) -> Threshold:
    """A threshold."""
    return Threshold.model_validate({"op": op, "value": value})


def _other(label: str) -> str:
    return "refused" if label != "refused" else "wrong recipe"
