"""The page of an experiment: what was found, what was done otherwise, and what it does not say."""

from collections.abc import Iterator, Sequence
from typing import Final

from holdfast.evidence import (
    Absent,
    AnyIntervalRow,
    ArmFinding,
    Block,
    Estimate,
    IntervalRow,
    IntervalRows,
    JudgedRow,
    Preregistration,
    Section,
    StudyCheck,
    Table,
    Text,
)

_LIMITS: Final = (
    "The effect is on the people who took part, on these issues, by these arms, in this setting. It is no effect on "
    "other people, and none of a model in use.",
    "Ages, the harmlessness of topics and the ethics approval are statements of whoever ran the experiment; nothing "
    "here can check them.",
    "The chain shows that the log was not changed. That it was not written anew as a whole shows only to somebody who "
    "wrote one of its digests down elsewhere. Baselines and responses are as they were handed in; which arm people "
    "really had is known only where the responses say so.",
)


def headline_of(findings: Sequence[ArmFinding]) -> str:
    """What was found of each arm, in one line."""
    return " · ".join(f"{finding.arm.name}: {_moved(finding)}" for finding in findings)


def page_of(
    plan: Preregistration,
    check: StudyCheck,
    deviations: Sequence[str],
    findings: Sequence[ArmFinding],
    ethics: str | None,
) -> tuple[Section, ...]:
    """Every section."""
    return (
        Section(id="effects", title="What the arms did", level="page one", blocks=tuple(_effects(plan, findings))),
        Section(id="otherwise", title="What was done otherwise", level="page one", blocks=(_otherwise(deviations),)),
        Section(id="log", title="Whether the log holds", level="page one", blocks=(_log(check),)),
        Section(id="left", title="Those who did not answer", level="detail", blocks=tuple(_left(findings))),
        Section(id="registered", title="What was registered", level="detail", blocks=(_registered(plan, ethics),)),
        Section(id="limits", title="What this does not say", level="detail", blocks=(Text(paragraphs=_LIMITS),)),
    )


def _effects(plan: Preregistration, findings: Sequence[ArmFinding]) -> Iterator[Block]:
    control = plan.arms[0].name
    width = plan.outcome.high - plan.outcome.low
    yield Text(
        paragraphs=(
            f"Measured on people. How far each arm moved them beyond {control}; a point is a hundredth of the scale, "
            f"which runs from {plan.outcome.low:g} to {plan.outcome.high:g}"
            + ("." if width == 100 else f", so {width / 100:g} of its own units."),
        )
    )
    rows = tuple(_effect(finding, control) for finding in findings)
    yield IntervalRows(caption="Effect of each arm on the outcome", axis="difference", rows=rows)
    later = [finding for finding in findings if not _off(finding.follow_up)]
    if later:
        yield IntervalRows(
            caption=f"The same at the second wave, planned after {_days(plan)}",
            axis="difference",
            rows=tuple(IntervalRow(label=one.arm.name, estimate=one.follow_up) for one in later),
        )
    if plan.accuracy:
        yield IntervalRows(
            caption="Share of claims made to people that were accurate: a primary outcome too",
            rows=tuple(IntervalRow(label=one.arm.name, estimate=one.accuracy) for one in findings),
        )


def _effect(finding: ArmFinding, control: str) -> AnyIntervalRow:
    label, detail = f"{finding.arm.name} against {control}", _detail(finding)
    if finding.verdict == "not asked":
        return IntervalRow(label=label, detail=detail, estimate=finding.estimate, reason=finding.reason)
    return JudgedRow(
        label=label,
        detail=detail,
        estimate=finding.estimate,
        threshold=finding.threshold,
        verdict=finding.verdict,
        reason=finding.reason,
    )


def _detail(finding: ArmFinding) -> str:
    counts = f"{finding.counts.scored} of {finding.counts.total} answered in the arm"
    model = f"{finding.arm.model}; " if isinstance(finding.arm.model, str) else ""
    if isinstance(finding.p_holm, Absent) or isinstance(finding.p_value, Absent):
        return f"{model}{counts}"
    return f"{model}{counts}; p {_p(finding.p_value)}, {_p(finding.p_holm)} by Holm over all arms"


def _otherwise(deviations: Sequence[str]) -> Block:
    return Text(paragraphs=tuple(deviations) or ("Nothing that the files show.",))


def _log(check: StudyCheck) -> Block:
    said = {
        "holds": "The chain is whole, and every draw comes out again from the seed that was committed to.",
        "broken": "It does not hold, so nothing here is to be believed.",
        "not tested": "What could be looked at holds. No verdict rests on it.",
    }[check.status]
    counted = f"{check.assigned} draws and {check.turned_away} people turned away in {check.entries} entries."
    return Text(paragraphs=(said, *check.faults, *check.untested, counted, f"Head of the log: {check.head}"))


def _left(findings: Sequence[ArmFinding]) -> Iterator[Block]:
    yield IntervalRows(
        caption="Share that did not answer, less that of the control",
        axis="difference",
        rows=tuple(
            IntervalRow(
                label=one.arm.name,
                estimate=one.attrition,
                detail="" if isinstance(one.attrition_p, Absent) else f"p {_p(one.attrition_p)}",
            )
            for one in findings
        ),
    )
    yield IntervalRows(
        caption="What is left of each effect when those who did not answer are allowed for",
        axis="difference",
        rows=tuple(IntervalRow(label=one.arm.name, estimate=one.bounds) for one in findings),
    )
    yield Text(
        paragraphs=(
            "Equal shares do not mean that nothing is hidden: other people may have left. The bounds are for those who "
            "would have answered in either arm, and assume that the arm keeps people or drives them away, not both.",
        )
    )


def _registered(plan: Preregistration, ethics: str | None) -> Block:
    size = plan.size
    rows = [
        ("registration", plan.digest),
        *(("hypothesis", hypothesis) for hypothesis in plan.hypotheses),
        ("issues", "; ".join(issue.statement for issue in plan.issues)),
        ("issues for each person", str(plan.answers)),
        ("people", f"{size.people_an_arm} an arm, {plan.people} in all; nobody under {plan.youngest}"),
        (
            "assumed for it",
            f"{size.aim} of {size.points:g} points, power {size.power:.0%}, residual spread {size.residual_sd:g}, "
            f"{size.attrition:.0%} do not answer" + (f", correlation {size.icc:g}" if plan.answers > 1 else ""),
        ),
        ("draws", f"blocks of {plan.block} within issue and range of the baseline, cut at {_cuts(plan)}"),
        ("analysis", f"{plan.analysis}, issues as terms; everybody as drawn; Holm over the arms"),
        ("left out before the draw", "; ".join((*plan.exclusions, "whoever fails an attention check"))),
        ("left out after the draw", "nobody"),
        ("ends", _or_reason(plan.closes)),
        ("afterwards", plan.debrief),
        ("ethics", f"{ethics} (stated, not checked)" if ethics else "no approval was named"),
    ]
    return Table(
        caption="As it was written down before the first draw", columns=("what", "as registered"), rows=tuple(rows)
    )


def _moved(finding: ArmFinding) -> str:
    estimate = finding.estimate
    if isinstance(estimate, Absent):
        return "not tested"
    numbers = f"{100 * estimate.value:+.1f} points (95 % {100 * estimate.low:+.1f} to {100 * estimate.high:+.1f})"
    numbers = numbers.replace("95 %", f"{estimate.level:.0%}".replace("%", " %"))
    return numbers if finding.verdict == "not asked" else f"{numbers}, {finding.verdict}"


def _off(estimate: Estimate | Absent) -> bool:
    return isinstance(estimate, Absent) and estimate.absent == "not applicable"


def _days(plan: Preregistration) -> str:
    return f"{plan.follow_up_days} days" if isinstance(plan.follow_up_days, int) else "no stated time"


def _cuts(plan: Preregistration) -> str:
    return " and ".join(f"{cut:.4g}" for cut in plan.cuts)


def _or_reason(value: str | Absent) -> str:
    return value.reason if isinstance(value, Absent) else value


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.3f}"
