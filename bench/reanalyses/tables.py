"""The committed tables as logs, and what the library says of them: no statistics of its own."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.reanalyses.measured import Family, Ordering, Published, rounded
from holdfast.assure import assess_logs, comparison_plan, log_plan
from holdfast.assure._columns import columns_of
from holdfast.assure.comparison import Compared, compare_checks
from holdfast.evidence import Estimate, Finding, Framework, Log
from holdfast.labels import Labels
from holdfast.readers import read_log
from holdfast.stats import holm

DATA = Path(__file__).parent / "data"
OVER_REFUSAL = "over-refusal"

Check = tuple[Log, str]
"""A log and the id of one of its checks."""


def logs(table: str) -> dict[str, Log]:
    """The logs of a table, by subject."""
    return {log.facts.subject: log for log in read_log(DATA / f"{table}.csv")}


def plain_rows(table: str) -> list[dict[str, Any]]:
    """A table that is no log."""
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def with_types_as_clusters(log: Log) -> Log:
    """The log, its strata taken for clusters."""
    return replace(log, rows=tuple(row._replace(cluster=row.stratum) for row in log.rows))


def full_refusals_alone(log: Log) -> Log:
    """The log, where a partial refusal is no event."""
    return replace(log, rows=tuple(row._replace(value=float(row.label == "full refusal")) for row in log.rows))


def findings(
    log: Log, *, worst_stratum: bool = False, labels: Mapping[str, Labels] | None = None
) -> dict[str, Finding]:
    """What `assess_logs` finds of each check.

    A claim is what brings an estimate out; its threshold plays no part here, and its verdict is not used.
    """
    scope = "worst stratum" if worst_stratum else "pooled"
    threshold = {"op": "<=", "value": 0.5}
    claims = [
        {"id": f"claim-{n}", "check": check.id, "says": check.event, "scope": scope, "threshold": threshold}
        for n, check in enumerate(log.facts.checks)
    ]
    framework = Framework.model_validate(
        {
            "schema": "holdfast.framework/1",
            "name": "re-analysis",
            "version": "1",
            "question": "How sure may one be?",
            "valid_days": 1,
            "claim": claims,
        }
    )
    record = assess_logs([log], log_plan([log], [framework], labels), labels)
    return {found.check: found for found in record.findings}


def estimate_of(finding: Finding) -> Estimate:
    """The finding's estimate, which must be there."""
    assert isinstance(finding.estimate, Estimate), finding.reason
    return rounded(finding.estimate)


def family_logs(pairs: Sequence[tuple[Check, Check]], names: Sequence[str]) -> tuple[Log, Log]:
    """Two logs with one check for each pair, so that one comparison looks at all of them: lower in A, higher in B."""
    return _side([lower for _, lower in pairs], names), _side([higher for higher, _ in pairs], names)


def compared(of: str, pairs: Sequence[tuple[Check, Check]], names: Sequence[tuple[str, str]]) -> Family:
    """What `compare_logs` finds of every pair, higher first, adjusted for their number (Holm)."""
    ids = [f"{higher} above {lower}" for higher, lower in names]
    a, b = family_logs(pairs, ids)
    found = compare_checks(columns_of(a), columns_of(b), comparison_plan([a], [b]))
    flips = holm([one.flipped for one in found.values() if one.flipped is not None])
    orderings = [_ordering(names[n], found[id_], flips[n]) for n, id_ in enumerate(ids)]
    return Family(of=of, orderings=tuple(orderings))


def published_beside(tables: Sequence[str]) -> Published:
    """Every printed figure beside the share that follows from the tables."""
    found = {
        (table, subject, check): estimate_of(finding).value
        for table in tables
        for subject, log in logs(table).items()
        for check, finding in findings(log).items()
    }
    gaps = [
        abs(found[row["table"], row["subject"], row["check"]] - float(row["share"])) for row in plain_rows("published")
    ]
    return Published(compared=len(gaps), equal=sum(gap < 1e-6 for gap in gaps), largest_gap=round(max(gaps), 6))


def _side(checks: Sequence[Check], names: Sequence[str]) -> Log:
    rows = [
        row._replace(check=name)
        for (log, check), name in zip(checks, names, strict=True)
        for row in log.rows
        if row.check == check
    ]
    of = [next(one for one in log.facts.checks if one.id == check) for log, check in checks]
    same = [
        one.model_copy(update={"id": name, "event": "samples with value 1"})
        for one, name in zip(of, names, strict=True)
    ]
    facts = checks[0][0].facts.model_copy(update={"subject": "several", "checks": tuple(same)})
    return Log(facts, tuple(rows))


def _ordering(names: tuple[str, str], one: Compared, flips: float) -> Ordering:
    difference = one.estimate(0.95)
    assert isinstance(difference, Estimate), one.why_not
    assert one.difference is not None
    assert one.p_holm is not None
    assert one.flipped is not None
    return Ordering(
        higher=names[0],
        lower=names[1],
        difference=rounded(difference),
        p=round(one.difference.p_value, 6),
        p_holm=round(one.p_holm, 6),
        p_flips=round(one.flipped, 6),
        p_flips_holm=round(flips, 6),
    )
