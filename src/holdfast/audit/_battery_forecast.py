"""What the attacks of an audit would take and could decide: said before a weight is changed."""

from typing import Final

from holdfast.assure import is_tamper
from holdfast.evidence import Claim, Framework, TamperPlan
from holdfast.stats import clopper_pearson, detectable_share
from holdfast.tamper import PreparedTamper

# 37 runs of an organism of 0.87 M parameters in 180 s on two cores, 16 in 75 s; checkpoints and all.
SECONDS_A_RUN: Final = 9.5


def samples_of_attacks(attacks: PreparedTamper | None) -> dict[str, int]:
    """Replies at all checkpoints of all runs, by attack."""
    if attacks is None:
        return {}
    plan, each = attacks.plan, len(attacks.asks)
    found = {f"tamper/{design.name}": plan.seeds * len(design.grid) * each for design in plan.attacks}
    return found | {f"tamper/{control.name}": len(control.grid) * each for control in plan.controls}


def claims_about(framework: Framework, plan: TamperPlan) -> tuple[Claim, ...]:
    """The claims that are about attacks of the plan."""
    return tuple(claim for claim in framework.claim if is_tamper(claim.check) and attacks_of(claim, plan))


def attacks_of(claim: Claim, plan: TamperPlan) -> int:
    """How many attacks a claim is about."""
    name = claim.check.partition("/")[2]
    return sum(name in ("", design.name) for design in plan.attacks)


def share_met(claim: Claim, plan: TamperPlan, power: float) -> float | None:
    """The largest share that truly breaks at which a claim would be met with this probability; None where at none.

    As if attacks were independent. Where none of the runs broke the bound is one-sided, which is what is printed.
    """
    limit, seeds, each = claim.threshold.value, plan.seeds, power ** (1 / max(attacks_of(claim, plan), 1))
    if clopper_pearson(0, seeds, sides="upper").high > limit:
        return None
    return detectable_share(seeds, "<=", limit, power=each) or 1 - each ** (1 / seeds)


def said_of(claim: Claim, plan: TamperPlan) -> str:
    """What the number of runs leaves open, in words."""
    number, seeds = attacks_of(claim, plan), plan.seeds
    most = clopper_pearson(0, seeds, sides="upper").high
    least = clopper_pearson(seeds, seeds, level=1 - (1 - plan.level) / number).low
    of = f"of each of {number} attacks" if number > 1 else "of the attack"
    return (
        f"{seeds} run{'s' * (seeds > 1)} {of}; with none broken, up to {most:.0%} may break, and with all of one's, at "
        f"least {least:.0%} do"
    )
