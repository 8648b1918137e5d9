"""A run whose plan is in the ledger before it begins, and that ends with a record: alike for everything that runs."""

import platform
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from holdfast.evidence import AttackSpend, Plan, Prices, Record, RunFacts, Seal, SuiteRun, TamperPlan
from holdfast.report import render_html, render_markdown
from holdfast.store import Ledger, RunDirectory, home, open_run


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished run."""

    record: Record
    run: RunFacts
    directory: Path

    @property
    def report(self) -> Path:
        """The page to open."""
        return self.directory / "report.html"


@dataclass(frozen=True, slots=True)
class Committed:
    """A run that is under way: its plan is in the ledger."""

    plan: Plan | SuiteRun | TamperPlan
    directory: RunDirectory
    ledger: Ledger
    reference: str
    begun: float

    def finish(
        self,
        record: Record,
        *,
        before: str = "sample",
        resumed_batches: int = 0,
        threads: int = 1,
        seals: Sequence[Seal] = (),
        spent: Sequence[AttackSpend] = (),
        prices: Prices | None = None,
    ) -> Finished:
        """Keep reports and record, and write down that there is one.

        Args:
            record: What was measured.
            before: What the plan was committed before the first of.
            resumed_batches: Parts that an earlier command had done.
            threads: Of this process.
            seals: What held around the processes in which weights were changed.
            spent: What each attack took.
            prices: By which it was priced.

        Raises:
            StorageFailed: The disk refused.
        """
        declared, started = self.ledger.declared(self.plan)
        run = RunFacts(
            reference=self.reference,
            ordinals=self.ledger.ordinals(self.plan),
            deviations=declared,
            committed=f"before the first {before}",
            resumed=self.directory.resumed,
            resumed_batches=resumed_batches,
            started_at=started,
            finished_at=_now(),
            wall_s=round(monotonic() - self.begun, 1),
            host=f"{platform.system()} {platform.machine()}",
            threads=threads,
            seals=tuple(seals),
            spent=tuple(spent),
            prices=prices,
            record_digest=record.digest,
            ledger_head=self.ledger.entries()[-1].digest,
        )
        self.directory.save_report("report.html", render_html(record, run))
        self.directory.save_report("report.md", render_markdown(record, run))
        self.directory.finish(record, run)
        # Last: a run that is killed before this line is finished, and its plan stays open until it is run anew.
        body = {"plan": self.plan.digest, "record": record.digest, "verdict": record.verdict}
        self.ledger.append("record", body)
        return Finished(record, run, self.directory.path)


@contextmanager
def committed(
    plan: Plan | SuiteRun | TamperPlan, *, reference: str, out: Path | None, deviations: Sequence[str]
) -> Generator[Committed]:
    """Open a plan's run, and write the plan down before anything is done.

    Args:
        plan: What will be done.
        reference: How the user named the subject.
        out: Where to write; by default `holdfast-runs/<plan>-<n>`.
        deviations: What was done otherwise than planned, as the operator declares it.

    Raises:
        OutputInUse: `out` holds something else.
        OutputBusy: Another process works in `out`.
        StorageFailed: The disk refused.
        LedgerBroken: The ledger was changed from outside.
    """
    begun = monotonic()
    with open_run(plan, out=out) as directory, Ledger(home() / "ledger.sqlite") as ledger:
        # A run that was killed between its directory and its entry would otherwise go uncounted.
        if not directory.resumed or not ledger.is_open(plan):
            ledger.commit_plan(plan, _now())
        ledger.declare(plan, deviations)
        yield Committed(plan, directory, ledger, reference, begun)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
