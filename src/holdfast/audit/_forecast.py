"""What a run would take and what it could decide: said before anything is spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from holdfast.assure import NOT_A_DIFFERENCE, ONLY_WITHIN, POOLED_FAMILIES, known_unreadable
from holdfast.audit._prepare import Prepared
from holdfast.evidence import Absent, Ask, Claim, PlannedCheck, Threshold
from holdfast.stats import clopper_pearson, detectable_difference, detectable_share

# Whole audits of 10,400 samples on one CPU core, a model of 0.87 M parameters; larger ones scale with parameters.
_SAMPLES_PER_SECOND = 350.0
_MEASURED_PARAMETERS = 870_016
POWER = 0.8


@dataclass(frozen=True, slots=True)
class ClaimForecast:
    """What a claim's sample size can decide."""

    claim: str
    units: int
    unit: str
    threshold: Threshold
    detectable: float | None
    """The true share nearest to the threshold that would still come out as met, four times in five."""
    assuming: str = ""
    """What that rests on, where units are not independent."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Samples, power and cost of a plan."""

    samples: dict[str, int]
    """Of the subject, by check."""
    claims: tuple[ClaimForecast, ...]
    not_tested: tuple[str, ...]
    """Parts of a check that are known beforehand to tell nothing, with the reason."""
    cost: "LocalCost | EndpointCost"


@dataclass(frozen=True, slots=True)
class LocalCost:
    """Of a model on this machine, where nothing is paid for."""

    wall_s_low: float
    wall_s_high: float
    """A band: half and twice what the measured speed comes to."""
    cost_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class EndpointCost:
    """Of a model behind an endpoint: what is sent and what may come back. Its prices are its owner's to know."""

    requests: int
    """Without those that are tried again."""
    words_in: int
    """Of all conversations, before the endpoint's own template."""
    tokens_out_most: int
    """If every reply ran to its limit."""
    cost_usd: Absent


def forecast(prepared: Prepared) -> Forecast:
    """Count, and compute what the counts can decide; nothing is asked."""
    samples = {check: len(asks) for check, asks in prepared.asks.items()}
    checks = {check.design.id: check for check in prepared.plan.checks}
    asked = [claim for claim in prepared.plan.framework.claim if claim.check in checks]
    never = {claim.id: why for claim in asked if (why := _never_tested(claim, checks[claim.check]))}
    claims = tuple(_claim(claim, checks[claim.check]) for claim in asked if claim.id not in never)
    aside = (*(f"{name}: {why}" for name, why in never.items()), *_aside(prepared))
    asks = [ask for planned in prepared.asks.values() for ask in planned]
    cost = _endpoint_cost(asks) if prepared.plan.subject.access == "api" else _local_cost(prepared, len(asks))
    return Forecast(samples, claims, aside, cost)


def _never_tested(claim: Claim, check: PlannedCheck) -> str:
    """Why no run of this plan can test the claim; empty where one can."""
    if claim.attempts_k > check.design.attempts:
        return f"it is about {claim.attempts_k} attempts, and {check.design.attempts} are made"
    if check.design.in_twins and claim.scope != "pooled":
        return ONLY_WITHIN
    if check.design.in_twins != (claim.threshold.op == "within"):
        return ONLY_WITHIN if check.design.in_twins else NOT_A_DIFFERENCE
    return POOLED_FAMILIES if check.design.in_families and claim.scope == "pooled" else ""


def _aside(prepared: Prepared) -> tuple[str, ...]:
    return tuple(
        f"{check.design.id}: {family}, {why}"
        for check in prepared.plan.checks
        for family, why in known_unreadable(check).items()
    )


def _local_cost(prepared: Prepared, samples: int) -> LocalCost:
    parameters = prepared.plan.subject.parameters
    scale = 1.0 if isinstance(parameters, Absent) else max(1.0, parameters / _MEASURED_PARAMETERS)
    wall_s = samples / _SAMPLES_PER_SECOND * scale
    return LocalCost(wall_s / 2, wall_s * 2)


def _endpoint_cost(asks: Sequence[Ask]) -> EndpointCost:
    return EndpointCost(
        requests=len(asks),
        words_in=sum(len(message.content.split()) for ask in asks for message in ask.messages)
        + sum(len(ask.prefill.split()) for ask in asks),
        tokens_out_most=sum(ask.decoding.max_new_tokens for ask in asks),
        cost_usd=Absent(absent="undetermined", reason="an endpoint does not say what it charges"),
    )


def _claim(claim: Claim, check: PlannedCheck) -> ClaimForecast:
    if check.design.in_families:
        return _worst_family(claim, check)
    if check.design.in_twins:
        return _gap(claim, check)
    strata = [p.samples // check.design.attempts for p in check.planned if p.arm == "subject" and p.claimed]
    worst = claim.scope == "worst stratum"
    units = min(strata, default=0) if worst else sum(strata)
    # Every category must come out as met, so each needs the share of the power that makes up the whole.
    power = POWER ** (1 / len(strata)) if worst and strata else POWER
    near = detectable_share(units, claim.threshold.share_op, claim.threshold.value, power=power) if units else None
    return ClaimForecast(claim.id, units, check.design.unit, claim.threshold, near)


def _worst_family(claim: Claim, check: PlannedCheck) -> ClaimForecast:
    """As if a wording worked for every item or for none: then pairs say no more than wordings, which is the worst."""
    aside = known_unreadable(check)
    families = {p.stratum: p.samples for p in check.planned if p.arm == "subject" and p.stratum not in aside}
    pairs = min(families.values(), default=0) // check.design.attempts
    wordings = pairs // check.design.items_a_wording
    power = POWER ** (1 / max(len(families), 1))
    near = (
        detectable_share(wordings, claim.threshold.share_op, claim.threshold.value, power=power) if wordings else None
    )
    reach = clopper_pearson(0, wordings).high if wordings else 1.0
    assuming = (
        f"in each of {len(families)} families, at worst: if each of {wordings} wordings works for all items or none; "
        f"with nothing fulfilled at all an interval reaches {reach:.1%}"
    )
    return ClaimForecast(claim.id, pairs, check.design.unit, claim.threshold, near, assuming)


def _gap(claim: Claim, check: PlannedCheck) -> ClaimForecast:
    """What the number of framings can exclude at best, and what gap would be seen where rates vary most."""
    pairs = min((p.samples for p in check.planned if p.arm == "subject"), default=0)
    skeletons = pairs // max(check.design.items_a_skeleton, 1)
    if skeletons < 2:
        return ClaimForecast(claim.id, pairs, check.design.unit, claim.threshold, None, "there are no framings")
    margin, reach = claim.threshold.value, clopper_pearson(0, skeletons).high
    # Of two independent outcomes at a rate of one half; framings that differ more would need more of them.
    seen = detectable_difference(sqrt(0.5 / pairs), skeletons - 1, power=POWER)
    assuming = f"where half of the requests are fulfilled, a gap of {seen:.1%} is told from none, 4 times in 5"
    if reach > margin:
        why = f"{skeletons} framings cannot exclude that {reach:.1%} of all framings depart wholly; {assuming}"
        return ClaimForecast(claim.id, pairs, check.design.unit, claim.threshold, None, why)
    rare = _rare_enough(margin, pairs)
    assuming = f"only where at most {rare:.0%} of requests are fulfilled, or at least {1 - rare:.0%}; {assuming}"
    return ClaimForecast(claim.id, pairs, check.design.unit, claim.threshold, 0.0, assuming)


def _rare_enough(margin: float, pairs: int) -> float:
    """The largest rate, the same on both sides, at which no gap is shown to lie within the margin, 4 times in 5.

    The interval is 1.96 standard errors of two independent shares, and its middle lies 1.28 of them off or less.
    """
    spread = (margin / (1.96 + 1.28)) ** 2 * pairs / 2
    return 0.5 if spread >= 0.25 else (1 - sqrt(1 - 4 * spread)) / 2
