"""What a run would take and what it could decide: said before anything is spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from scipy.special import ndtri  # pyright: ignore[reportMissingTypeStubs]

from holdfast.assure import (
    BEYOND_MATCHED,
    NOT_A_DIFFERENCE,
    ONLY_A_SURPLUS,
    ONLY_AN_EXAM,
    ONLY_AT_MOST,
    ONLY_AT_MOST_BROKEN,
    ONLY_LEAST_FAVOURABLE,
    ONLY_POOLED_REPLAY,
    ONLY_WITHIN,
    POOLED_FAMILIES,
    known_unreadable,
)
from holdfast.audit._battery_forecast import SECONDS_A_RUN, claims_about, said_of, samples_of_attacks, share_met
from holdfast.audit._prepare import Prepared
from holdfast.evidence import CHANGED_ARMS, Absent, Ask, Claim, PlannedCheck, ReplaySource, TamperPlan, Threshold
from holdfast.stats import clopper_pearson, detectable_difference, detectable_share

# Whole audits of 10,400 samples on one CPU core, a model of 0.87 M parameters; larger ones scale with parameters.
_SAMPLES_PER_SECOND = 350.0
_MEASURED_PARAMETERS = 870_016
_TUNING_S = 20.0
_UNEQUAL = 1.13
"""How much wider the mean over families of unequal size is than over equal ones: of the shipped fourteen."""
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
    what: str = "rate"
    """What the threshold is compared with."""


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
    samples = {check: len(asks) for check, asks in prepared.asks.items()} | samples_of_attacks(prepared.attacks)
    checks = {check.design.id: check for check in prepared.plan.checks}
    asked = [claim for claim in prepared.plan.framework.claim if claim.check in checks]
    never = {claim.id: why for claim in asked if (why := _never_tested(claim, checks[claim.check]))}
    claims = tuple(_claim(claim, checks[claim.check]) for claim in asked if claim.id not in never)
    aside = (*(f"{name}: {why}" for name, why in never.items()), *_aside(prepared))
    if attacks := prepared.plan.tamper:
        about = claims_about(prepared.plan.framework, attacks)
        claims += tuple(_attacked(claim, attacks) for claim in about if claim.threshold.op == "<=")
        aside += tuple(f"{claim.id}: {ONLY_AT_MOST_BROKEN}" for claim in about if claim.threshold.op != "<=")
    asks = [ask for planned in prepared.asks.values() for ask in planned]
    cost = _endpoint_cost(asks) if prepared.plan.subject.access == "api" else _local_cost(prepared, len(asks))
    return Forecast(samples, claims, aside, cost)


def _attacked(claim: Claim, plan: TamperPlan) -> ClaimForecast:
    near = share_met(claim, plan, POWER)
    unit = "run" if plan.seeds == 1 else "runs"
    return ClaimForecast(claim.id, plan.seeds, unit, claim.threshold, near, said_of(claim, plan), "share that breaks")


def _never_tested(claim: Claim, check: PlannedCheck) -> str:
    """Why no run of this plan can test the claim; empty where one can."""
    if claim.attempts_k > check.design.attempts:
        return f"it is about {claim.attempts_k} attempts, and {check.design.attempts} are made"
    if check.design.in_exam:
        return _exam_untested(claim, check)
    if check.design.in_recognition:
        return "" if claim.threshold.op == "<=" and claim.scope == "pooled" else ONLY_A_SURPLUS
    if claim.scope == BEYOND_MATCHED:
        return ONLY_AN_EXAM
    if check.design.in_bracket:
        return "" if claim.threshold.op == "<=" and claim.scope == "pooled" else ONLY_LEAST_FAVOURABLE
    if check.design.in_twins and claim.scope != "pooled":
        return ONLY_WITHIN
    if check.design.in_twins != (claim.threshold.op == "within"):
        return ONLY_WITHIN if check.design.in_twins else NOT_A_DIFFERENCE
    if check.design.replays and claim.scope != "pooled":
        return ONLY_POOLED_REPLAY
    return POOLED_FAMILIES if check.design.in_families and claim.scope == "pooled" else ""


def _exam_untested(claim: Claim, check: PlannedCheck) -> str:
    if claim.threshold.op != "<=" or claim.scope == "worst stratum":
        return ONLY_AT_MOST
    beyond = claim.scope == BEYOND_MATCHED and not any(p.arm == "matched, tuned" for p in check.planned)
    return "no model that is known to be as weak is tuned beside it (--matched)" if beyond else ""


def _aside(prepared: Prepared) -> tuple[str, ...]:
    return tuple(
        f"{check.design.id}: {family}, {why}"
        for check in prepared.plan.checks
        for family, why in known_unreadable(check).items()
    )


def _local_cost(prepared: Prepared, samples: int) -> LocalCost:
    parameters = prepared.plan.subject.parameters
    scale = 1.0 if isinstance(parameters, Absent) else max(1.0, parameters / _MEASURED_PARAMETERS)
    tunings = len({ask.arm for asks in prepared.asks.values() for ask in asks} & CHANGED_ARMS)
    runs = len(prepared.plan.tamper.runs) if prepared.plan.tamper else 0
    wall_s = (samples / _SAMPLES_PER_SECOND + tunings * _TUNING_S + runs * SECONDS_A_RUN) * scale
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
    if check.design.in_exam:
        return _gain(claim, check)
    if check.design.in_recognition:
        return _surplus(claim, check)
    if check.design.in_bracket:
        return _bracket(claim, check)
    if check.design.in_cells:
        return _cornered(claim, check)
    if check.design.on_topics:
        return _attempts(claim, check)
    if check.replay:
        return _replayed(claim, check, check.replay.source)
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


def _cornered(claim: Claim, check: PlannedCheck) -> ClaimForecast:
    """As if a scenario were all coercion or none, and by the grader's word alone: then scenarios are what counts."""
    cells = [p.samples for p in check.planned if p.arm == "subject" and p.claimed]
    scenarios, units = min(cells, default=0), sum(cells)
    worst = claim.scope == "worst stratum"
    power = POWER ** (1 / max(len(cells), 1)) if worst else POWER
    near = None
    if scenarios:
        near = detectable_share(scenarios, claim.threshold.share_op, claim.threshold.value, power=power)
    reach = clopper_pearson(0, scenarios).high if scenarios else 1.0
    assuming = (
        f"at worst, if each of {scenarios} scenarios is all coercion or none, and by the grader's word alone; "
        f"with no coercion at all an interval reaches {reach:.1%}, and the grader's error comes on top"
    )
    unit = check.design.unit if worst else "episodes"
    return ClaimForecast(claim.id, scenarios if worst else units, unit, claim.threshold, near, assuming)


def _attempts(claim: Claim, check: PlannedCheck) -> ClaimForecast:
    """As if a topic brought out an attempt in all kinds of ask or in none, and by the scorer's word alone."""
    kinds = [p.samples for p in check.planned if p.arm == "subject"]
    topics, worst = min(kinds, default=0), claim.scope == "worst stratum"
    power = POWER ** (1 / max(len(kinds), 1)) if worst else POWER
    near = None
    if topics:
        near = detectable_share(topics, claim.threshold.share_op, claim.threshold.value, power=power)
    alone = "" if check.judge_exact else ", and by the judge's word alone; its error comes on top"
    assuming = f"at worst, if each of {topics} topics brings out an attempt in every kind of ask or in none{alone}"
    unit = check.design.unit if worst else "conversations"
    return ClaimForecast(claim.id, topics if worst else sum(kinds), unit, claim.threshold, near, assuming)


def _replayed(claim: Claim, check: PlannedCheck, source: ReplaySource) -> ClaimForecast:
    """As if conversations of one user were independent, and by the judge's word alone."""
    near = None
    if source.taken:
        near = detectable_share(source.taken, claim.threshold.share_op, claim.threshold.value, power=POWER)
    reach = clopper_pearson(0, source.taken).high if source.taken else 1.0
    assuming = (
        f"if conversations are independent ({source.taken:,} of {source.clusters:,} {source.clustered_by}), and by the "
        f"judge's word alone; with no harm at all an interval reaches {reach:.2%}"
    )
    return ClaimForecast(claim.id, source.taken, check.design.unit, claim.threshold, near, assuming)


def _gap(claim: Claim, check: PlannedCheck) -> ClaimForecast:
    """What the number of framings can exclude at best, and what gap would be seen where rates vary most."""
    pairs = min((p.samples for p in check.planned if p.arm == "subject"), default=0)
    return _in_framings(claim, check, _Framed("gap", "requests are fulfilled", pairs, pairs))


def _bracket(claim: Claim, check: PlannedCheck) -> ClaimForecast:
    """As if every way of asking showed the same: each must come out as met, and framings are the units of doubt."""
    ways = [p.samples for p in check.planned if p.arm in ("subject", "noted", "steered")]
    skeletons = check.design.skeletons if ways else 0
    if not skeletons:
        return ClaimForecast(claim.id, 0, check.design.unit, claim.threshold, None, "there are no framings")
    power = POWER ** (1 / len(ways))
    near = detectable_share(skeletons, "<=", claim.threshold.value, power=power)
    assuming = (
        f"if a framing fulfils all of its requests or none, in each of {len(ways)} ways of asking; where behaviour "
        "hangs on belief the bracket is wide, and undecided beyond 20 points unless one way alone is above"
    )
    return ClaimForecast(claim.id, min(ways), check.design.unit, claim.threshold, near, assuming)


def _gain(claim: Claim, check: PlannedCheck) -> ClaimForecast:
    """The same of a gain: of the largest for all ways of eliciting together, or of one beyond a matched model's."""
    arms = {p.arm: p.samples for p in check.planned if p.arm in ("subject", "incentive", "tuned")}
    fewest = min(arms.values(), default=0)
    if claim.scope == BEYOND_MATCHED:
        # A difference of two differences: of four outcomes.
        about = _Framed("gain", "items are answered rightly", arms.get("tuned", 0), fewest, spread=1.0)
    else:
        together = 1 - 0.05 / max(len(arms), 1)
        about = _Framed("gain", "items are answered rightly", arms.get("subject", 0), fewest, level=together)
    return _in_framings(claim, check, about)


def _surplus(claim: Claim, check: PlannedCheck) -> ClaimForecast:
    """As if nothing told anything and sentences did not differ: then an area varies by a sixth of the pairs' inverse.

    A way must be found with the error divided among all, and all must come out as met. Families are not equally large,
    which costs an eighth of the width on the shipped ones.
    """
    pairs = min((p.samples for p in check.planned if p.arm == "subject"), default=0)
    if not pairs:
        return ClaimForecast(claim.id, 0, check.design.unit, claim.threshold, None, "there are no framings", "surplus")
    ways = sum(arm in check.arms for arm in ("subject", "ahead", "unasked", "state"))
    error = _UNEQUAL * sqrt(1 / (6 * pairs))
    seen = error * float(ndtri(1 - 0.025 / ways) + ndtri(POWER))
    near = claim.threshold.value - error * float(ndtri(0.975) + ndtri(POWER ** (1 / ways)))
    assuming = (
        f"one of {ways} ways that tells {seen:.1%} more than nothing is found, 4 times in 5, if sentences are alike"
    )
    least = near if near > 0 else None
    return ClaimForecast(claim.id, 2 * pairs, check.design.unit, claim.threshold, least, assuming, "surplus")


@dataclass(frozen=True, slots=True)
class _Framed:
    """What a claim about twins compares."""

    what: str
    rate: str
    """The rate that is compared, as the end of a sentence."""
    pairs: int
    fewest: int
    """Pairs of the smallest arm that must come out as met."""
    spread: float = 0.5
    """Variance of a pair's difference at a rate of one half, its outcomes being independent."""
    level: float = 0.95


def _in_framings(claim: Claim, check: PlannedCheck, about: _Framed) -> ClaimForecast:
    """Framings that differ more than independent outcomes do would need more of them."""
    unit, limit = check.design.unit, claim.threshold.value
    shown = min((p.samples for p in check.planned if p.arm == "subject"), default=0)
    skeletons = shown // max(check.design.items_a_skeleton, 1)
    if skeletons < 2:
        return ClaimForecast(claim.id, about.pairs, unit, claim.threshold, None, "there are no framings", about.what)
    reach = clopper_pearson(0, skeletons).high
    seen = detectable_difference(sqrt(about.spread / about.pairs), skeletons - 1, power=POWER, level=about.level)
    assuming = f"where half of the {about.rate}, a {about.what} of {seen:.1%} is told from none, 4 times in 5"
    if reach > limit:
        why = f"{skeletons} framings cannot exclude that {reach:.1%} of all framings depart wholly; {assuming}"
        return ClaimForecast(claim.id, about.pairs, unit, claim.threshold, None, why, about.what)
    rare = _rare_enough(limit, about.fewest)
    assuming = f"only where at most {rare:.0%} of {about.rate}, or at least {1 - rare:.0%}; {assuming}"
    return ClaimForecast(claim.id, about.pairs, unit, claim.threshold, 0.0, assuming, about.what)


def _rare_enough(margin: float, pairs: int) -> float:
    """The largest rate, the same on both sides, at which no gap is shown to lie within the margin, 4 times in 5.

    The interval is 1.96 standard errors of two independent shares, and its middle lies 1.28 of them off or less.
    """
    spread = (margin / (1.96 + 1.28)) ** 2 * pairs / 2
    return 0.5 if spread >= 0.25 else (1 - sqrt(1 - 4 * spread)) / 2
