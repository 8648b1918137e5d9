"""A finished audit judged anew, by the rows it left: nothing is run again."""

from collections.abc import Sequence
from typing import Final

from holdfast.assure._assess import assess
from holdfast.assure._sections import others_table
from holdfast.assure.tamper import is_tamper
from holdfast.errors import UnknownLog
from holdfast.evidence import Calibration, Framework, Plan, Record, Row, Section, TamperRuns, Under

NOT_MEASURED: Final = "the run that is judged anew did not measure it"


def replanned(record: Record, frameworks: Sequence[Framework]) -> Plan:
    """The plan of an earlier audit under another framework; under its own where none is given.

    Raises:
        UnknownLog: The record is not of an audit, so it holds no plan of samples.
    """
    if not isinstance(record.plan, Plan):
        raise UnknownLog(
            "the record is not of an audit",
            why="it was made from logs or from two sides of them",
            fix="give the logs themselves",
        )
    framework = frameworks[0] if frameworks else record.plan.framework
    measured = {check.design.id for check in record.plan.checks}
    attacked = record.plan.tamper is not None
    lacking = {
        claim.check: NOT_MEASURED
        for claim in framework.claim
        if claim.check not in measured and not (attacked and is_tamper(claim.check))
    }
    asked = {claim.check for claim in framework.claim}
    known = {check: why for check, why in record.plan.not_runnable.items() if check in asked}
    return record.plan.model_copy(update={"framework": framework, "not_runnable": lacking | known})


def reassess(
    record: Record, rows: Sequence[Row], plan: Plan, frameworks: Sequence[Framework], attacked: TamperRuns | None = None
) -> Record:
    """Judge an audit's rows anew.

    Args:
        record: What the audit made of them; its calibration cards are kept.
        rows: Its rows.
        plan: Made by `replanned`.
        frameworks: The first decided the plan; the others are shown beside it.
        attacked: What came of its attacks, where it has any.
    """
    cards = {f.check: f.calibration for f in record.findings if isinstance(f.calibration, Calibration)}
    made = assess(rows, plan, cards, attacked)
    further = (replanned(record, (framework,)) for framework in frameworks[1:])
    return with_others(made, [assess(rows, other, cards, attacked) for other in further])


def with_others(made: Record, others: Sequence[Record]) -> Record:
    """The record with the verdicts of the same runs under further frameworks beside it."""
    under = tuple(
        Under(
            framework=f"{other.plan.framework.name} {other.plan.framework.version}",
            framework_digest=other.plan.framework.digest,
            verdict=other.verdict,
            findings=other.findings,
        )
        for other in others
    )
    table = others_table(made.findings, under, made.plan.framework)
    section = Section(id="under", title="Under other frameworks", level="page one", blocks=table)
    return made.model_copy(update={"under": under, "page": (*made.page, section)}) if table else made
