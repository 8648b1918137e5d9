"""The log of an experiment: one line for each thing that happened, each chained to the one before it."""

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from pydantic import ValidationError

from holdfast.errors import StorageFailed, StudyMissing
from holdfast.evidence import Absent, Frozen, canonical_json, digest
from holdfast.writing import PRIVATE

GENESIS: Final = "sha256:" + "0" * 64

Kind = Literal["planned", "approved", "assigned", "turned away", "analysed", "recorded"]
WhyAway = Literal["not an adult", "the attention check failed"]


class Draw(Frozen):
    """One person, or one person's answer about one issue, drawn into an arm."""

    participant: str
    issue: str
    baseline: float
    stratum: str
    place: int
    arm: str


class TurnedAway(Frozen):
    """Somebody who was not drawn, and why."""

    participant: str
    issue: str
    reason: WhyAway


class Entry(Frozen):
    """One line."""

    seq: int
    previous: str
    kind: Kind
    at: str
    """ISO 8601, in UTC; for people, it decides nothing."""
    draw: Draw | Absent
    turned_away: TurnedAway | Absent
    words: str
    """What else there is to say: a digest, a reference."""
    digest: str

    @property
    def own_digest(self) -> str:
        """What the digest has to be."""
        return digest(self.model_dump(mode="json", exclude={"digest"}))


def entry_after(
    entries: Sequence[Entry],
    kind: Kind,
    *,
    at: str,
    words: str = "",
    draw: Draw | None = None,
    turned_away: TurnedAway | None = None,
) -> Entry:
    """The next entry."""
    nothing = Absent(absent="not applicable", reason=f"the entry is of the kind {kind}")
    last = entries[-1] if entries else None
    open_ = Entry(
        seq=last.seq + 1 if last else 1,
        previous=last.digest if last else GENESIS,
        kind=kind,
        at=at,
        draw=draw or nothing,
        turned_away=turned_away or nothing,
        words=words,
        digest="",
    )
    return open_.model_copy(update={"digest": open_.own_digest})


def read_entries(path: Path) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Every entry that can be read, and what is wrong with the rest.

    Raises:
        StudyMissing: There is no log.
    """
    try:
        lines = path.read_bytes().decode("utf-8", "replace").split("\n")
    except OSError as problem:
        raise StudyMissing(
            f"no log at {path}",
            why=problem.strerror or str(problem),
            fix="register one: holdfast study plan --out DIR, or restore the directory from a copy",
        ) from problem
    whole = lines[:-1]
    found: list[Entry] = []
    faults = [f"line {len(lines)} was cut short"] if lines[-1] else []
    for number, line in enumerate(whole, start=1):
        try:
            found.append(Entry.model_validate_json(line))
        except ValidationError:
            faults.append(f"line {number} is no entry")
    return tuple(found), tuple(faults)


def append_entries(path: Path, entries: Sequence[Entry]) -> None:
    """Add entries; they are on the disk when this returns.

    Raises:
        StorageFailed: The disk refused; what was there before is kept.
    """
    text = "".join(canonical_json(entry) + "\n" for entry in entries)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE), "wb") as stream:
            stream.write(text.encode())
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as problem:
        raise StorageFailed(
            f"{path} cannot be written",
            why=problem.strerror or str(problem),
            fix="make room or make the directory writable, then give the same command",
            state="everybody who was drawn before is kept",
        ) from problem


@contextmanager
def alone(path: Path) -> Generator[None]:
    """Keep two processes from drawing at once: the second is refused.

    Raises:
        StorageFailed: Another process holds the log, or one died while it did.
    """
    lock = path.with_name(path.name + ".lock")
    try:
        os.close(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
    except OSError as problem:
        raise StorageFailed(
            f"{path} is in use",
            why=f"{lock.name} is there: another process draws people now, or died while it did",
            fix=f"wait; if no other process runs, remove {lock} and give the same command",
            state="nobody was drawn",
        ) from problem
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def now() -> str:
    """The time, for people."""
    return datetime.now(UTC).isoformat(timespec="seconds")
