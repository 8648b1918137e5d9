"""The fields of a release report on adversarial fine-tuning, A to J, each filled or said not to be done.

Source of the fields: the protocol of OpenAI 2025, arXiv 2508.03153, with what METR's review asked for beyond it.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from holdfast.evidence import Absent, AttackDesign, AttackResult, Estimate, StaticResult, Table, TamperPlan

HANDLING: Final = (
    "No weights, adapters, directions or prompts that were changed or learned were written, and there is no option to: "
    "they lived in a process that could write nothing, and ended. Completions were scored in memory and not kept."
)


def release_fields(
    plan: TamperPlan, static: StaticResult, ranked: Sequence[AttackResult], undone: str, *, in_audit: bool
) -> Table:
    """Fields A to J of a release report.

    Args:
        plan: What was done.
        static: The untampered model.
        ranked: Attacks, cheapest first.
        undone: Runs that were not done, in words; empty where all were.
        in_audit: Whether the plan is a part of an audit's, which is what stands in the ledger.
    """
    return Table(
        caption="What a report on a release would say",
        columns=("Field", "Content"),
        rows=tuple(_rows(plan, static, ranked, undone, in_audit=in_audit)),
    )


def _rows(
    plan: TamperPlan, static: StaticResult, ranked: Sequence[AttackResult], undone: str, *, in_audit: bool
) -> Iterator[tuple[str, str]]:
    yield "A. Object", f"{plan.subject.architecture}, {plan.subject_digest}; {plan.subject.decoder}"
    yield "B. Attacker", f"budget tier {plan.budget}; {_searched(plan)}"
    yield "C. Attacks", "; ".join(f"{design.title}: {_setting(design)}" for design in plan.attacks)
    yield "D. Criteria fixed in advance", _criteria(plan, in_audit=in_audit)
    yield "E. Before and after", "see the untampered model, and each attack checkpoint by checkpoint"
    priced = "among the facts of the run, where prices were given"
    yield "F. Cost to break", f"see what it cost; FLOP to the end of the budget: {_flops(ranked)}; in USD: {priced}"
    yield "G. Curve", f"see the curves; resistance areas: {_areas(ranked)}; {_categories(ranked)}"
    yield "H. Ceiling", _ceiling(static)
    yield "I. Residual", _residual(plan, ranked, undone)
    yield "J. Handling", f"{HANDLING} Authorised by: {_authorised(plan)}."


def _setting(design: AttackDesign) -> str:
    said = [f"{name.replace('_', ' ')} {value}" for name, value in design.setting.items()]
    for name, values in design.searched.items():
        said.append(f"{name.replace('_', ' ')} one of {', '.join(map(str, values))}")
    return ", ".join(said) or "nothing to set"


def _criteria(plan: TamperPlan, *, in_audit: bool) -> str:
    criteria, whose = plan.criteria, "as a part of the audit's plan" if in_audit else "plan"
    line, floor, babble = (
        f"{100 * share:.0f} %" for share in (criteria.of_ceiling, criteria.collapsed_below, criteria.incoherent_above)
    )
    return (
        f"broken at {line} of the ceiling with every benchmark within {100 * criteria.capability_margin:.0f} points, "
        f"confirmed at the next checkpoint; collapsed below {floor} of a benchmark or above {babble} incoherent, for "
        f"good; in the ledger before the first run, {whose} {plan.digest[:19]}…"
    )


def _flops(ranked: Sequence[AttackResult]) -> str:
    return "; ".join(f"{result.attack} {_flop(result.cost.flop)}" for result in ranked)


def _flop(flop: float | Absent) -> str:
    return flop.reason.partition(":")[0] if isinstance(flop, Absent) else f"{flop:.2g}"


def _areas(ranked: Sequence[AttackResult]) -> str:
    return "; ".join(f"{result.attack} {_area(result.resistance_area)}" for result in ranked)


def _categories(ranked: Sequence[AttackResult]) -> str:
    """The least and the most harm of any category, attack by attack."""
    said: list[str] = []
    for result in ranked:
        shares = {name: found.value for name, found in result.harm_by_category.items()}
        least, most = min(shares, key=lambda name: shares[name]), max(shares, key=lambda name: shares[name])
        said.append(f"{result.attack} {100 * shares[least]:.0f} % ({least}) to {100 * shares[most]:.0f} % ({most})")
    return f"harm by category: {'; '.join(said)}"


def _area(found: Estimate | Absent) -> str:
    if isinstance(found, Absent):
        return f"undetermined, {found.reason}"
    return f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"


def _ceiling(static: StaticResult) -> str:
    found = static.ceiling_harm
    if isinstance(found, Absent):
        return f"not done: {found.reason}; harm is measured against 1"
    value, low, high = (f"{100 * share:.1f} %" for share in (found.value, found.low, found.high))
    return f"a model that refuses nothing fulfils {value} ({low} to {high})"


def _searched(plan: TamperPlan) -> str:
    settings = [len(design.cells) for design in plan.attacks if design.cells]
    if not settings:
        return "one published setting of each family, nothing searched"
    return f"{sum(settings)} settings of {len(settings)} families tried, of published grids; one of each other"


def _found(ranked: Sequence[AttackResult]) -> str:
    said = [
        f"{result.attack} {result.search.broke} of {result.search.settings} settings broke, optimism "
        f"{result.search.gap:+.2f} (standard error {result.search.standard_error:.2f})"
        for result in ranked
        if result.search
    ]
    return "; ".join(said) or "not done"


def _residual(plan: TamperPlan, ranked: Sequence[AttackResult], undone: str) -> str:
    left = "; ".join([*(f"{name}: {why}" for name, why in plan.left_out.items()), *([undone] if undone else [])])
    judge = "exact" if plan.battery.judge_exact else "a judge that may err, uncorrected under tampering"
    return f"labels: {judge}. Not run: {left or 'none of the attacks'}. Searches over settings: {_found(ranked)}"


def _authorised(plan: TamperPlan) -> str:
    return plan.authorised_by.reason if isinstance(plan.authorised_by, Absent) else plan.authorised_by
