"""Two sets of logs against each other: differences with intervals, and claims that B is no worse than A."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np

from holdfast.assure._assess import headline_of, overall_of
from holdfast.assure._columns import Columns, columns_of
from holdfast.assure._untested import NO_COUNTS
from holdfast.assure.comparison._differences import Compared, compare_checks
from holdfast.assure.comparison._page import SAME_LOG, comparison_page, lost
from holdfast.assure.logs import Measured, findings_under, log_plan, measured
from holdfast.evidence import (
    Absent,
    Claim,
    ComparisonPlan,
    Counts,
    Estimate,
    Finding,
    Framework,
    Log,
    Record,
    Threshold,
    Under,
    Verdict,
    digest,
    judge,
    of_claim,
)

Side = Mapping[str, Columns]


def comparison_plan(
    a: Sequence[Log],
    b: Sequence[Log],
    *,
    frameworks: Sequence[Framework] = (),
    margin: float | None = None,
    two_sided: bool = False,
    seed: int = 0,
) -> ComparisonPlan:
    """The plan of a comparison.

    Args:
        a: Logs of one subject: what is compared with.
        b: Logs of another, or of the same one later.
        frameworks: Both sides are judged by each, to show which verdicts change.
        margin: How much worse B may be on any check, as a share; without it nothing is claimed.
        two_sided: Claim that the two are no further apart than the margin, whichever is worse.
        seed: Of the random sign flips, where there are too many clusters for all of them.
    """
    words = [{check.id: check.higher_is for log in logs for check in log.facts.checks} for logs in (a, b)]
    only = _only(*words)
    names = [name for name in words[0] if name in words[1]] + [name for name, _ in only]
    apart = {n for n in names if two_sided or all(side.get(n, "unknown") == "unknown" for side in words)}
    limit = None if margin is None else Threshold(op="<=", value=margin)
    claims = () if limit is None else tuple(_claims(names, limit, apart))
    return ComparisonPlan(
        tool=f"holdfast {version('holdfast')}",
        framework=Framework(
            schema="holdfast.framework/1",
            name="comparison",
            version="1",
            question="Is B no worse than A?" if claims else "Does B differ from A, once the interval is honest?",
            valid_days=1,
            claim=claims,
        ),
        further=tuple(frameworks),
        a=tuple(log.facts for log in a),
        b=tuple(log.facts for log in b),
        margin=Absent(absent="not applicable", reason="no margin was given") if margin is None else margin,
        two_sided=two_sided,
        seed=seed,
    )


def _claims(checks: Sequence[str], limit: Threshold, apart: set[str]) -> Iterator[Claim]:
    points = f"{limit.value * 100:.2f}".rstrip("0").rstrip(".")
    taken: set[str] = set()
    for check in checks:
        stem = re.sub(r"[^a-z0-9]+", "-", check.lower()).strip("-") or "check"
        name = next(n for n in (stem, *(f"{stem}-{i}" for i in range(2, len(checks) + 2))) if n not in taken)
        taken.add(name)
        says = (
            f"A and B are at most {points} points apart on {check}."
            if check in apart
            else f"B is worse than A by at most {points} points on {check}."
        )
        yield Claim(id=name, check=check, says=says, threshold=limit)


def compare_logs(a: Sequence[Log], b: Sequence[Log], plan: ComparisonPlan) -> Record:
    """Compare two sets of logs, check by check.

    Items are paired where both logs have them; a check without common items is compared as two independent samples.
    p-values are adjusted for the number of checks (Holm): looking at many is a search. Claims of a margin are not:
    that B is no worse on every check is a conjunction.

    Args:
        a: Logs of one subject.
        b: Logs of the other.
        plan: Made by `comparison_plan` from these logs.

    Returns:
        The record: its estimates are B minus A, turned so that more is worse where a claim says so. A claim about a
        check that one side lacks is not tested; one is invalid where too many items are on one side alone, and where
        the same log stands on both.
    """
    sides = [{name: columns for log in logs for name, columns in columns_of(log).items()} for logs in (a, b)]
    found = {
        name: replace(one, stale=_same(one.pairs.a, one.pairs.b))
        for name, one in compare_checks(sides[0], sides[1], plan).items()
    }
    only = _only(*sides)
    findings = tuple(_finding(claim, found.get(claim.check), dict(only), plan) for claim in plan.framework.claim)
    judged = [_Judged.by(logs, side, plan) for logs, side in zip((a, b), sides, strict=True)]
    verdict = overall_of(findings, (), plan.framework)
    if verdict == "not asked" and any(one.fault or one.doubt for one in found.values()):
        verdict = "invalid"
    return Record(
        tool=plan.tool,
        plan=plan,
        plan_digest=plan.digest,
        rows_digest=digest([[log.facts.digest for log in logs] for logs in (a, b)]),
        verdict=verdict if found else "not tested",
        headline=_headline(found, len(only), findings, plan),
        findings=findings,
        coverage=(),
        under=tuple(under for side, one in zip("AB", judged, strict=True) for under in one.under(side, plan)),
        page=comparison_page(findings, found, only, [one.findings for one in judged], plan),
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """What every framework says of one side."""

    findings: tuple[tuple[Finding, ...], ...]

    @classmethod
    def by(cls, logs: Sequence[Log], side: Side, plan: ComparisonPlan) -> "_Judged":
        of = log_plan(logs)
        found: dict[str, Measured] = {name: measured(one, plan.max_missing, None) for name, one in side.items()}
        return cls(tuple(findings_under(framework, found, of) for framework in plan.further))

    def under(self, side: str, plan: ComparisonPlan) -> Iterator[Under]:
        for framework, findings in zip(plan.further, self.findings, strict=True):
            yield Under(
                framework=f"{side}: {framework.name} {framework.version}",
                framework_digest=framework.digest,
                verdict=overall_of(findings, (), framework),
                findings=findings,
            )


def _same(a: Columns, b: Columns) -> bool:
    """One file given twice; where a log was put together by hand, its rows must be the same as well."""
    facts = [(side.facts.digest, side.facts.subject, side.item_names) for side in (a, b)]
    return facts[0] == facts[1] and np.array_equal(a.values, b.values, equal_nan=True)


def _only(a: Mapping[str, object], b: Mapping[str, object]) -> list[tuple[str, str]]:
    """Checks that one side lacks, with why they are not compared."""
    missing = [(name, "only in A") for name in a if name not in b]
    return missing + [(name, "only in B") for name in b if name not in a]


def _headline(found: Mapping[str, Compared], only: int, findings: Sequence[Finding], plan: ComparisonPlan) -> str:
    if not found:
        return "the logs have no check in common: nothing was compared"
    differ = sum(one.p_holm is not None and one.p_holm <= 1 - plan.level for one in found.values())
    compared = sum(one.difference is not None for one in found.values())
    said = f"{differ} of {compared} checks differ at {(1 - plan.level) * 100:.0f} %, after Holm"
    said = said if compared == len(found) else f"{said} · {len(found) - compared} not compared"
    said = f"{said} · {only} {'check' if only == 1 else 'checks'} only in one log" if only else said
    said = f"{headline_of(findings, (), plan.framework)} · {said}" if findings else said
    stale = sum(one.stale for one in found.values())
    if not stale:
        return said
    return f"{SAME_LOG}{'' if stale == len(found) else f' for {stale} of {len(found)} checks'} · {said}"


def _finding(claim: Claim, one: Compared | None, only: Mapping[str, str], plan: ComparisonPlan) -> Finding:
    if one is None:
        estimate: Estimate | Absent = Absent(absent="not tested", reason=only[claim.check])
        verdict: Verdict = "not tested"
        reason, counts = estimate.reason, NO_COUNTS
    else:
        estimate = _turned(one, plan.level, apart=plan.two_sided or one.worse_is_up is None)
        verdict, reason = _verdict(one, estimate, claim.threshold)
        counts = _counts(one)
    absent = Absent(absent="not applicable", reason="a comparison of two logs has none")
    return Finding(
        **of_claim(claim.model_copy(update={"tags": ()})),
        verdict=verdict,
        reason=reason,
        estimate=estimate,
        events=Absent(absent="not applicable", reason="a difference counts no events"),
        stratum=absent,
        control=Absent(absent="not tested", reason="the logs hold no planted failure"),
        calibration=Absent(absent="not tested", reason="another tool's scorer was never measured here"),
        ability=absent,
        judge_error=Absent(absent="not tested", reason="both sides as their judges gave them: uncorrected"),
        counts=counts,
        access="api",
        steering=(),
    )


def _turned(one: Compared, level: float, *, apart: bool) -> Estimate | Absent:
    """The difference as the claim is about it: how far apart, or how much worse B is."""
    signed = one.estimate(level)
    if isinstance(signed, Absent):
        return signed
    low, high = signed.low, signed.high
    if apart:
        ends = {"value": abs(signed.value), "low": max(0.0, low, -high), "high": max(abs(low), abs(high))}
    elif one.worse_is_up:
        return signed
    else:
        ends = {"value": -signed.value, "low": -high, "high": -low}
    return signed.model_copy(update=ends)


def _verdict(one: Compared, estimate: Estimate | Absent, threshold: Threshold) -> tuple[Verdict, str]:
    if isinstance(estimate, Absent):
        return ("invalid" if one.fault else "not tested"), one.why_not
    if one.stale or one.doubt:
        return "invalid", SAME_LOG if one.stale else one.doubt
    verdict = judge(estimate, threshold)
    if verdict == "undecided":
        said = "; ".join((*lost(one), one.could_see))
        return verdict, f"the interval reaches across the margin; {said}"
    within = f"the whole interval lies {'inside' if verdict == 'met' else 'beyond'} the margin"
    return verdict, "; ".join((within, *lost(one)))
    return f"a true difference of {one.detectable * 100:.1f} points would be found four times in five"


def _counts(one: Compared) -> Counts:
    if one.paired:
        total, scored = one.pairs.n, int(one.pairs.known.sum())
        return Counts(total=total, scored=scored, unscorable=total - scored, skipped=0)
    total = one.pairs.a.n + one.pairs.b.n
    scored = int(one.pairs.a.scored.sum() + one.pairs.b.scored.sum())
    return Counts(total=total, scored=scored, unscorable=total - scored, skipped=0)
