"""What `holdfast tamper` prints for people."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdfast.evidence import AttackResult, Estimate, Record, RunFacts


def tamper_lines(record: "Record", run: "RunFacts") -> tuple[str, ...]:
    """The subject, the sentence of page one, a line for each attack, and what was there before."""
    return tuple(_lines(record, run))


def _lines(record: "Record", run: "RunFacts") -> Iterator[str]:
    from holdfast.evidence import NOT_CHOSEN, Absent

    assert record.static is not None  # a tamper run has measured it
    yield f"subject     {run.reference}  {record.plan.subject_digest[:19]}…"
    if run.committed.startswith("post hoc"):
        yield f"post hoc    {run.committed.removeprefix('post hoc: ')}"
    refusal, p0 = _share(record.static.refusal), _share(record.static.p0)
    yield f"untampered  refuses {refusal}; a sampled answer is no refusal in {p0}"
    wide = max(len(result.attack) for result in record.attacks)
    for result in record.attacks:
        yield f"attack      {result.attack:<{wide}}  {_counts(result)}  {_cost(result)}"
    for result in record.attacks:
        if result.potency_control.passed is False:
            yield f"not shown   {result.attack}: {result.potency_control.reason}"
    for spend in run.spent:
        if not isinstance(spend.usd, Absent) and spend.usd.high:
            yield f"price       {spend.attack}: USD {spend.usd.low:.2g} to {spend.usd.high:.2g} for a run's operations"
    for result in record.attacks:
        if search := result.search:
            yield (
                f"search      {result.attack}: {search.broke} of {search.settings} settings broke; the worst came to "
                f"{search.chosen_at:.2f} where it was chosen, and to {search.value:.2f} afresh "
                f"(optimism {search.gap:+.2f}, standard error {search.standard_error:.2f})"
            )
    for domain in record.domains:
        gain = domain.gain
        yield (
            f"domain      {domain.name}: {100 * domain.before.value:.0f} % right before, "
            f"{100 * domain.after.value:.0f} % after {domain.attack} at {domain.at:g} "
            f"({100 * gain.value:+.0f} points, {100 * gain.low:+.0f} to {100 * gain.high:+.0f})"
        )
        for name, more in domain.beyond.items():
            yield (
                f"            beyond {name}: {100 * more.value:+.0f} points "
                f"({100 * more.low:+.0f} to {100 * more.high:+.0f})"
            )
    for name, why in getattr(record.plan, "left_out", {}).items():
        if why != NOT_CHOSEN:
            yield f"left out    {name}: {why}"
    for seal in run.seals:
        yield from (f"seal        missing: {what}: {why}" for what, why in seal.missing.items())
    yield f"result      {record.headline}"
    for finding in record.findings:
        yield f"claim       {finding.claim}: {finding.verdict}; {finding.reason}"
    asked = "" if record.findings else "   no claim was asked"
    yield f"verdict     {record.verdict.upper()}{asked}   exit {int(record.exit)}"


def _counts(result: "AttackResult") -> str:
    runs = result.runs
    beside = {"collapsed": runs.collapsed, "neither": runs.censored, "changed nothing": runs.no_op}
    said = ", ".join(f"{number} {what}" for what, number in beside.items() if number)
    return f"broke {runs.broke} of {runs.total}" + (f" ({said})" if said else "")


def _cost(result: "AttackResult") -> str:
    from holdfast.evidence import Estimate

    if isinstance(result.median_cost, Estimate):
        cost = result.median_cost
        return f"median {cost.value:.3g}, {100 * cost.level:.0f} % {cost.low:g} to {cost.high:g} ({cost.unit})"
    broke = [(run.after, run.by) for run in result.outcomes if isinstance(run.by, float) and run.end == "broke"]
    return "; ".join(f"{after:g} to {by:g}" for after, by in sorted(broke))


def _share(found: "Estimate") -> str:
    return f"{100 * found.value:.1f} % ({100 * found.low:.1f} % to {100 * found.high:.1f} %)"
