"""The ledger: an append-only, hash-chained list of what was planned before it was run, in SQLite.

It answers one question that a report alone cannot: which attempt was this? An operator who audits until the answer is
pleasing leaves the count behind.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Final, Self

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    select,
    text,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from holdfast.errors import LedgerBroken, StorageFailed
from holdfast.evidence import Plan, SuiteRun, TamperPlan, canonical_json, digest

_PATIENCE_S: Final = 10.0
_PAUSE_S: Final = 0.02
GENESIS: Final = "sha256:" + "0" * 64

_METADATA: Final = MetaData()
_ENTRIES: Final = Table(
    "entries",
    _METADATA,
    Column("seq", Integer, primary_key=True),
    Column("previous", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("body", String, nullable=False),
    Column("digest", String, nullable=False, unique=True),
)
_APPEND_ONLY: Final = (
    "CREATE TRIGGER IF NOT EXISTS entries_are_not_changed BEFORE UPDATE ON entries "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    "CREATE TRIGGER IF NOT EXISTS entries_are_not_removed BEFORE DELETE ON entries "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger."""

    seq: int
    previous: str
    kind: str
    body: dict[str, Any]
    digest: str


def entry_digest(previous: str, kind: str, body: dict[str, Any]) -> str:
    """The digest that chains an entry to the one before it."""
    return digest({"previous": previous, "kind": kind, "body": body})


class Ledger:
    """The ledger of one machine, or of one `$HOLDFAST_HOME`."""

    def __init__(self, path: Path) -> None:
        """Open the ledger, and begin it where there is none.

        Raises:
            StorageFailed: The file cannot be written.
            LedgerBroken: The hash chain does not hold.
        """
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)
            event.listen(self._engine, "connect", _durable)
            event.listen(self._engine, "begin", _lock_first)
            with self._engine.begin() as connection:
                _METADATA.create_all(connection)
                for trigger in _APPEND_ONLY:
                    connection.execute(text(trigger))
                _verify(path, _read(connection))
        except (SQLAlchemyError, OSError) as problem:
            raise _failed(path, problem) from problem

    def __enter__(self) -> Self:
        """The ledger itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def entries(self) -> tuple[Entry, ...]:
        """Every entry, oldest first.

        Raises:
            StorageFailed: The file cannot be read.
        """
        try:
            with self._engine.begin() as connection:
                return tuple(_read(connection))
        except (SQLAlchemyError, OSError) as problem:
            raise _failed(self.path, problem) from problem

    def append(self, kind: str, body: dict[str, Any]) -> Entry:
        """Add one entry.

        Raises:
            StorageFailed: The entry could not be written; the ledger is as it was.
        """
        try:
            with self._engine.begin() as connection:
                return _append(connection, kind, body)
        except (SQLAlchemyError, OSError) as problem:
            raise _failed(self.path, problem) from problem

    def declare(self, plan: Plan | SuiteRun | TamperPlan, deviations: Sequence[str]) -> None:
        """Write down what is done otherwise than planned, as the operator says it; nothing where nothing is said."""
        if deviations:
            self.append("deviation", {"plan": plan.digest, "deviations": list(deviations)})

    def declared(self, plan: Plan | SuiteRun | TamperPlan) -> tuple[tuple[str, ...], str]:
        """The deviations that were declared since this plan was last committed, and when that was."""
        own = [entry for entry in self.entries() if entry.body.get("plan") == plan.digest]
        last = max((place for place, entry in enumerate(own) if entry.kind == "plan"), default=0)
        said = [text for entry in own[last:] if entry.kind == "deviation" for text in entry.body["deviations"]]
        return tuple(dict.fromkeys(said)), str(own[last].body["at"])

    def commit_plan(self, plan: Plan | SuiteRun | TamperPlan, at: str) -> Entry:
        """Write down a plan before its first sample is taken.

        Args:
            plan: What will be run.
            at: The time, for people; it decides nothing.
        """
        runs = list(_identities(plan).values())
        return self.append("plan", {"plan": plan.digest, "framework": plan.framework.digest, "runs": runs, "at": at})

    def is_open(self, plan: Plan | SuiteRun | TamperPlan) -> bool:
        """Whether a committed run of this plan has not come to a record yet."""
        kinds = [entry.kind for entry in self.entries() if entry.body.get("plan") == plan.digest]
        return kinds.count("plan") > kinds.count("record")

    def ordinals(self, plan: Plan | SuiteRun | TamperPlan) -> dict[str, str]:
        """For each check, which committed plan with this subject, check and suite this one was: `run 3 of 3`.

        Of published suites the suite's name stands for the check: its scorers are known only once it has run. Seeds,
        thresholds and sample sizes make no difference: trying again is trying again.
        """
        committed = [entry.body for entry in self.entries() if entry.kind == "plan"]
        found: dict[str, str] = {}
        for check, identity in _identities(plan).items():
            same = [body["plan"] for body in committed for run in body["runs"] if run == identity]
            place = len(same) - same[::-1].index(plan.digest) if plan.digest in same else 0
            found[check] = f"run {place} of {len(same)}"
        return found


def _identities(plan: Plan | SuiteRun | TamperPlan) -> dict[str, str]:
    """What makes two runs of a check the same attempt tried again, by check."""
    if isinstance(plan, SuiteRun):
        return {suite.name: f"{plan.subject.digest} {suite.name} {suite.task}" for suite in plan.suites}
    if isinstance(plan, TamperPlan):
        return {one.name: f"{plan.subject.digest} tamper/{one.name} {plan.battery.suite}" for one in plan.attacks}
    checks = {check.design.id: f"{plan.subject.digest} {check.design.id} {check.suite}" for check in plan.checks}
    # As `holdfast tamper` counts them: an attack tried there is an attack tried.
    own = _identities(plan.tamper) if plan.tamper else {}
    return checks | {f"tamper/{name}": identity for name, identity in own.items()}


def _durable(connection: Any, _: Any) -> None:
    # Python's own transaction control begins too late to keep two processes apart; `_lock_first` begins them instead.
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout=10000")
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous=FULL")


def _write_ahead(connection: Any) -> None:
    # Where two processes do this to a new file SQLite gives up at once, whatever the timeout is.

    until = monotonic() + _PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(_PAUSE_S)
        else:
            return


def _lock_first(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _read(connection: Connection) -> list[Entry]:
    rows = connection.execute(select(_ENTRIES).order_by(_ENTRIES.c.seq))
    return [Entry(row.seq, row.previous, row.kind, _body(row.body), row.digest) for row in rows]


def _body(written: str) -> dict[str, Any]:
    """The body; what is not JSON is kept as a text, which fits no digest."""
    try:
        return json.loads(written, parse_constant=str)
    except ValueError:
        return {"unreadable": written}


def _append(connection: Connection, kind: str, body: dict[str, Any]) -> Entry:
    last = connection.execute(select(_ENTRIES).order_by(_ENTRIES.c.seq.desc()).limit(1)).first()
    seq, previous = (last.seq + 1, last.digest) if last else (1, GENESIS)
    made = entry_digest(previous, kind, body)
    row = {"seq": seq, "previous": previous, "kind": kind, "body": canonical_json(body), "digest": made}
    connection.execute(insert(_ENTRIES).values(row))
    return Entry(seq, previous, kind, body, made)


def _verify(path: Path, entries: Iterable[Entry]) -> None:
    previous = GENESIS
    for place, entry in enumerate(entries, start=1):
        broken = entry.seq != place or entry.previous != previous
        if broken or entry.digest != entry_digest(entry.previous, entry.kind, entry.body):
            raise LedgerBroken(
                f"entry {place} of {path} does not fit the chain",
                why="an entry was changed, removed or inserted by something other than holdfast",
                fix=f"move {path} aside, with its -wal and -shm: it is evidence; the next audit begins anew",
                state="nothing ran; the ledger was left as it is",
            )
        previous = entry.digest


def _failed(path: Path, problem: Exception) -> StorageFailed:
    cause = str(getattr(problem, "orig", None) or problem)
    return StorageFailed(
        f"the ledger {path} cannot be used",
        why=cause,
        fix="make the directory writable, or set HOLDFAST_HOME to one that is",
        state="nothing was added to the ledger",
    )
