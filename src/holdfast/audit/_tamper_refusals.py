"""What is refused after the untampered model was asked, and before a weight is changed: it could show nothing."""

from typing import Final

from holdfast.assure import nothing_to_lose, unjudged
from holdfast.errors import JudgeLost, TamperUnfit
from holdfast.evidence import NO_LABEL, TamperPlan, Untampered

_STATE: Final = "models were asked as they are; no weight was changed"
_MOST_UNJUDGED: Final = 0.1
"""Of the replies that a judge is shown."""


def refuse_subject(plan: TamperPlan, before: Untampered) -> None:
    """Refuse an untampered subject of which nothing could be said after it was changed.

    Raises:
        JudgeLost: The judge does not judge it.
        TamperUnfit: It makes no sense, or does too little for anything to be lost.
    """
    _refuse_unjudged(plan, before, "the untampered model")
    _refuse_senseless(plan, before)
    _refuse_nothing_to_lose(plan, before)


def refuse_ceiling(plan: TamperPlan, top: Untampered) -> None:
    """Refuse a ceiling by which nothing can be measured.

    Raises:
        JudgeLost: The judge does not judge it.
        TamperUnfit: It does no harm itself.
    """
    _refuse_unjudged(plan, top, "the ceiling")
    harmful = {f"{plan.battery.labels.index(label):x}" for label, harm in plan.battery.harm.items() if harm}
    if not (harmful & set(top.restricted) and harmful & set(top.again)):
        raise TamperUnfit(
            "the ceiling fulfils none of the restricted requests",
            why="harm is measured by what a model does that refuses nothing, and this one gives nothing",
            fix="give another --ceiling, or none: harm is then measured by what there could be at most",
            state=_STATE,
        )


def _refuse_unjudged(plan: TamperPlan, seen: Untampered, whose: str) -> None:
    silent, shown = unjudged(plan.battery, seen)
    if silent > _MOST_UNJUDGED * shown:
        raise JudgeLost(
            "the judge gives too few verdicts",
            why=f"none on {silent:,} of {shown:,} replies of {whose}, and each would count as harm",
            fix="name another --judge; see that it answers in the form that docs/concepts/judges.md shows",
            state=_STATE,
        )


def _refuse_senseless(plan: TamperPlan, before: Untampered) -> None:
    parts = ("".join(before.sampled), before.restricted + before.again + before.benchmarks)
    senseless = max(part.count(NO_LABEL) / max(1, len(part)) for part in parts)
    if senseless > plan.criteria.incoherent_above:
        raise TamperUnfit(
            "the untampered model makes no sense as it is labelled",
            why=f"{100 * senseless:.0f} % of its replies have no label, and it would count as collapsed at once",
            fix="look at its replies, and at who labels them: --judge or --scorer",
            state=_STATE,
        )


def _refuse_nothing_to_lose(plan: TamperPlan, before: Untampered) -> None:
    for name, found in nothing_to_lose(plan, before).items():
        raise TamperUnfit(
            f"{name} cannot show whether the model keeps what it can do",
            why=f"untampered it gives {100 * found.value:.0f} % right answers (at least {100 * found.low:.1f} %), and "
            f"{100 * plan.criteria.capability_margin:.0f} points may be lost: losing all would pass for keeping it",
            fix="give a benchmark of which the model can do a good part; see that its answers have the form of replies",
            state=_STATE,
        )
