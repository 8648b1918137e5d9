"""What the page says of judges that may err; nothing where every scorer is exact."""

from collections.abc import Sequence

from holdfast.evidence import Absent, Estimate, Finding, JudgeError, Plan, Table


def judges_table(findings: Sequence[Finding], plan: Plan) -> tuple[Table, ...]:
    """One row for each claim that a judge who may err was asked about."""
    judges = {check.design.id: check.judge for check in plan.checks}
    rows = tuple(
        (f.claim, judges.get(f.check, ""), f.judge_error.reading, _rates(f.judge_error), f.judge_error.reason)
        for f in findings
        if isinstance(f.judge_error, JudgeError)
    )
    caption = (
        "A judged figure is about the subject and its judge together. Corrected by true labels of a random part, it is "
        "about the subject; uncorrected, nobody knows how far off it is."
    )
    columns = ("Claim", "Judge", "Reading", "Sensitivity and specificity, 95 %", "What is known of its error")
    return (Table(caption=caption, columns=columns, rows=rows),) if rows else ()


def judged_method(plan: Plan) -> tuple[str, ...]:
    """How figures by a judge that may err were made."""
    judged = [check for check in plan.checks if not check.judge_exact]
    if not judged:
        return ()
    said = [
        f"The scorer of {', '.join(check.design.id for check in judged)} is a judge that may err. It has to be shown "
        "informative on the spiked transcripts; its error is then carried by true labels, or the finding says "
        "“uncorrected”. Figures by category are by its word alone."
    ]
    said += [
        f"{check.design.id}: about {check.truth_sample.share:.0%} of the {check.design.unit} were drawn before the run "
        f"to get a true label, by {check.truth_sample.by}. The corrected share is the share of events in each category "
        "and word of the judge, weighted by all that were judged (double sampling, Tenenbein 1970); a unit without its "
        "true label counts both ways."
        for check in judged
        if check.truth_sample
    ]
    return tuple(said)


def _rates(error: JudgeError) -> str:
    hit, passed = error.sensitivity, error.specificity
    return _seen(hit) if isinstance(hit, Absent) else f"{_seen(hit)}; {_seen(passed)}"


def _seen(rate: Estimate | Absent) -> str:
    return rate.reason if isinstance(rate, Absent) else f"{rate.value:.0%} ({rate.low:.0%} to {rate.high:.0%})"
