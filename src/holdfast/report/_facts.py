"""What the foot of a page says: which evidence this is, and which run it came from."""

from collections.abc import Iterator
from typing import Final

from holdfast.evidence import Absent, AttackSpend, LogPlan, Prices, Record, RunFacts, Table
from holdfast.report._logs import sides

_POST_HOC: Final = "post hoc"


def evidence_facts(record: Record, run: RunFacts) -> tuple[tuple[str, str], ...]:
    """Names and values for the foot of a page, in order."""
    return tuple(_facts(record, run))


def which_run(record: Record, run: RunFacts) -> str:
    """Which attempt this was, and what was done otherwise than planned: for the head of page one."""
    ordinals = sorted(set(run.ordinals.values()))
    if len(ordinals) == 1:
        counted = f"{ordinals[0]} of {_counted_by(record)}"
    else:
        counted = ", ".join(f"{check}: {ordinal}" for check, ordinal in sorted(run.ordinals.items())) or _read(record)
    deviations = "; ".join(run.deviations) or "none declared"
    return f"{run.reference} · {counted} · deviations: {deviations}"


def post_hoc(run: RunFacts) -> str:
    """Why the verdicts are post hoc; empty where the framework was committed before the run."""
    said = run.committed.strip()
    if not said.lower().startswith(_POST_HOC):
        return ""
    return said[len(_POST_HOC) :].lstrip(" :;,.–-") or "the framework was not committed before the run"


def grid(table: Table) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Columns and rows of a table, all of one width, so that no renderer drops a cell that a heading is missing for."""
    width = max((len(table.columns), *map(len, table.rows)))
    rows = tuple(row + ("",) * (width - len(row)) for row in table.rows)
    return table.columns + ("",) * (width - len(table.columns)), rows


def _facts(record: Record, run: RunFacts) -> Iterator[tuple[str, str]]:
    yield "Record", record.digest
    if run.record_digest != record.digest:
        yield "Caution", f"the facts of the run below were written for another record, {run.record_digest}"
    yield "Plan", record.plan_digest
    yield "Rows", record.rows_digest
    yield "Subject", record.plan.subject_digest
    yield "Asked for as", run.reference
    yield "Framework committed", run.committed
    for check, ordinal in sorted(run.ordinals.items()):
        yield f"Run of {check}", ordinal
    for deviation in run.deviations or ("none declared",):
        yield "Deviation", deviation
    yield "Resumed", _resumed(run)
    yield "Started", run.started_at
    yield "Finished", f"{run.finished_at}, {run.wall_s:.1f} s by the wall clock"
    yield "Machine", f"{run.host}, {run.threads} {'thread' if run.threads == 1 else 'threads'}"
    for spend in run.spent:
        yield f"Spent by {spend.attack}", _spent(spend, run.prices)
    yield "Ledger head", run.ledger_head
    yield "Made by", record.tool


def _spent(spend: AttackSpend, prices: Prices | None) -> str:
    """Seconds, and money where somebody said what a machine costs."""
    took = f"{spend.run_s:.1f} s a run, with what is asked at every checkpoint"
    if isinstance(spend.usd, Absent) or prices is None or not spend.usd.high:
        return took
    priced = f"USD {spend.usd.low:.2g} to {spend.usd.high:.2g} for the operations of a run, on {prices.machine}"
    return f"{took}; {priced}, by {prices.source} of {prices.dated}"


def _counted_by(record: Record) -> str:
    """What a run is counted by: of logs that we made ourselves, what was asked of whom."""
    if isinstance(record.plan, LogPlan) and record.plan.runs:
        return "this subject and these suites"
    return "these logs" if sides(record.plan) else "this subject and these checks"


def _read(record: Record) -> str:
    logs = sum(len(side) for _, side in sides(record.plan))
    return f"nothing was run, {logs} {'log was' if logs == 1 else 'logs were'} read" if logs else "nothing was run"


def _resumed(run: RunFacts) -> str:
    if not run.resumed:
        return "no, in one go"
    if not run.resumed_batches:
        return "yes, from an interrupted run of the same plan"
    batches = "batch" if run.resumed_batches == 1 else "batches"
    return f"yes, {run.resumed_batches} {batches} came from an interrupted run of the same plan"
