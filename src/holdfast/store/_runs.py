"""A run's directory: what is in it, and how it survives being killed.

Replies are kept batch by batch, each file written whole under another name and then renamed, so that a batch is either
there or not. A directory without `record.json` is unfinished; the same plan goes on in it, once no other process does.
"""

import json
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from holdfast.errors import BrokenLog, LogNotFound, OutputBusy, OutputInUse
from holdfast.evidence import (
    AnyPlan,
    Frozen,
    PanelPlan,
    Record,
    Reply,
    Row,
    RunFacts,
    Seal,
    SuiteRun,
    canonical_json,
    in_order,
    read_plan,
    read_record,
    readable_json,
    rows_digest,
)
from holdfast.store._alone import LOCK, alone_in
from holdfast.store._judge_notes import JudgeLog, open_judge_log
from holdfast.writing import PRIVATE, PUBLIC, write_whole

AnyPiece = TypeVar("AnyPiece", bound=Frozen)


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """Where one run of one plan lives."""

    path: Path
    plan_digest: str
    resumed: bool

    def load_batch(self, number: int) -> tuple[Reply, ...] | None:
        """The replies of a batch, or None where it was never finished or its file no longer holds what was written."""
        try:
            head, _, body = self._batch_file(number).read_text("utf-8").partition("\n")
            expected = {"plan": self.plan_digest, "batch": number, "sha256": sha256(body.encode()).hexdigest()}
            if json.loads(head) != expected:
                return None
            # Not splitlines: a reply may hold U+2028, which JSON leaves as it is.
            return tuple(Reply.model_validate_json(line) for line in body.split("\n") if line)
        except (OSError, ValueError, ValidationError):
            return None

    def save_batch(self, number: int, replies: Sequence[Reply]) -> None:
        """Keep the replies of a batch; readable by the owner alone.

        Raises:
            StorageFailed: The disk refused.
        """
        body = "".join(canonical_json(reply) + "\n" for reply in replies)
        head = {"plan": self.plan_digest, "batch": number, "sha256": sha256(body.encode()).hexdigest()}
        self._write(self._batch_file(number), canonical_json(head) + "\n" + body, PRIVATE)

    def load_seal(self, number: int) -> Seal | None:
        """What held around the process that answered a batch, or None where nothing was kept of it."""
        try:
            return Seal.model_validate_json(self._seal_file(number).read_text("utf-8"))
        except (OSError, ValueError):
            return None

    def save_seal(self, number: int, seal: Seal) -> None:
        """Keep what held around the process that answered a batch.

        Raises:
            StorageFailed: The disk refused.
        """
        self._write(self._seal_file(number), canonical_json(seal) + "\n", PUBLIC)

    def load_piece(self, name: str, kind: type[AnyPiece]) -> AnyPiece | None:
        """A part of the run that was kept whole, or None where it was not, or its file no longer holds that."""
        try:
            head, _, body = self._piece_file(name).read_text("utf-8").partition("\n")
            if json.loads(head) != self._piece_head(name, body):
                return None
            return kind.model_validate_json(body)
        except (OSError, ValueError):
            return None

    def has_piece(self, name: str) -> bool:
        """Whether there is a file of that part, whatever it holds."""
        return self._piece_file(name).exists()

    def save_piece(self, name: str, piece: Frozen) -> None:
        """Keep a part of the run: numbers and labels, no completion.

        Raises:
            StorageFailed: The disk refused.
        """
        body = canonical_json(piece) + "\n"
        self._write(self._piece_file(name), canonical_json(self._piece_head(name, body)) + "\n" + body, PUBLIC)

    def judge_log(self, *, words: bool = True) -> JudgeLog:
        """Where the calls of a judge are kept, with those that an interrupted run left.

        Args:
            words: Whether the judge's own words are kept too: they may quote what was judged.
        """
        return open_judge_log(self.path / "logs" / "judge.jsonl", words=words)

    def save_rows(self, rows: Sequence[Row]) -> None:
        """Keep the rows: labels and digests, no completion."""
        self._write(self.path / "rows.jsonl", "".join(canonical_json(row) + "\n" for row in rows), PUBLIC)

    def save_report(self, name: str, text: str) -> Path:
        """Keep a rendered report."""
        self._write(self.path / name, text, PUBLIC)
        return self.path / name

    def finish(self, record: Record, run: RunFacts) -> None:
        """Keep the record, last of all: its presence is what makes the run finished."""
        self._write(self.path / "run.json", readable_json(run), PUBLIC)
        self._write(self.path / "record.json", readable_json(record), PUBLIC)

    def _batch_file(self, number: int) -> Path:
        return self.path / "logs" / f"batch-{number:05d}.jsonl"

    def _piece_file(self, name: str) -> Path:
        return self.path / "pieces" / f"{name}.jsonl"

    def _piece_head(self, name: str, body: str) -> dict[str, str]:
        return {"plan": self.plan_digest, "piece": name, "sha256": sha256(body.encode()).hexdigest()}

    def _seal_file(self, number: int) -> Path:
        return self.path / "logs" / f"seal-{number:05d}.json"

    def _write(self, file: Path, text: str, mode: int) -> None:
        write_whole(
            file,
            (text,),
            mode=mode,
            fix="make room or make the directory writable, then give the same command: it resumes",
            state=f"every batch that was finished is kept in {self.path}",
        )


@contextmanager
def open_run(
    plan: AnyPlan | SuiteRun | PanelPlan, *, out: Path | None, runs: Path = Path("holdfast-runs"), anew: bool = False
) -> Generator[RunDirectory]:
    """The directory for a run of this plan: an unfinished one of the same plan, else a new one.

    No other process works in it until the context is left or this process dies: without `out`, one that somebody works
    in is passed over like one that is finished.

    Args:
        plan: What will be run.
        out: Where the user wants it; may be new, empty, or hold an unfinished run of this plan.
        runs: Where directories are made when the user does not say.
        anew: Never an unfinished one: for what judges an unfinished run, which is not to end it.

    Raises:
        OutputInUse: `out` holds something else, or a finished run.
        OutputBusy: Another process works in `out`.
        StorageFailed: The directory cannot be made.
    """
    with ExitStack() as held:
        if out is not None:
            yield held.enter_context(_claimed(out, plan, anew=anew))
        else:
            yield _first_free(runs, plan, held, anew=anew)


def _first_free(runs: Path, plan: AnyPlan | SuiteRun | PanelPlan, held: ExitStack, *, anew: bool) -> RunDirectory:
    """The first directory that can be had, in the order of their numbers."""
    stem, number = plan.digest.removeprefix("sha256:")[:12], 1
    while True:
        with suppress(OutputInUse, OutputBusy):
            return held.enter_context(_claimed(runs / f"{stem}-{number}", plan, anew=anew))
        number += 1


@contextmanager
def _claimed(path: Path, plan: AnyPlan | SuiteRun | PanelPlan, *, anew: bool) -> Generator[RunDirectory]:
    _refuse_foreign(path, plan, anew=anew)  # first: nothing is put into what is somebody else's
    with alone_in(path):
        # Again: whoever worked there may have begun, or come to a record, in between.
        directory = RunDirectory(path, plan.digest, _refuse_foreign(path, plan, anew=anew))
        if not directory.resumed:
            directory.save_report("plan.json", readable_json(plan))
        yield directory


def _refuse_foreign(out: Path, plan: AnyPlan | SuiteRun | PanelPlan, *, anew: bool) -> bool:
    """Whether `out` holds an unfinished run of this plan; an error when it holds anything else."""
    if _finished(out):
        why = "it holds a finished run, and evidence is never overwritten"
    elif (out / "plan.json").is_file():
        held = _held_plan(out / "plan.json")
        if held == plan.digest and not anew:
            return True
        whose = "this" if held == plan.digest else "another"
        why = f"it holds an unfinished run of {whose} plan ({held[:19]}…)" if held else "its plan.json cannot be read"
    elif out.exists() and (not out.is_dir() or any(map(_foreign, out.iterdir()))):
        why = "it is not an empty directory"
    else:
        return False
    raise OutputInUse(f"--out {out} cannot be used", why=why, fix="give another --out, or none")


def _foreign(path: Path) -> bool:
    """Whether a file is something else than what a run leaves that was killed before its plan was there."""
    return path.name != LOCK and path.suffix != ".new"


def _held_plan(file: Path) -> str | None:
    try:
        return read_plan(file.read_text("utf-8")).digest
    except (OSError, ValueError):
        return None


def _finished(path: Path) -> bool:
    return (path / "record.json").is_file()


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """A finished run, read back."""

    path: Path
    record: Record
    run: RunFacts
    rows: tuple[Row, ...]


def is_run(path: Path) -> bool:
    """Whether a path is a finished run's directory, or the record in one."""
    return (path / "record.json").is_file() or (path.name == "record.json" and path.is_file())


def suite_logs(path: Path) -> tuple[Path, ...]:
    """The logs that a finished run of published suites kept, in the order of their names; none of any other path."""
    folder = path if path.is_dir() else path.parent
    return tuple(sorted(folder.glob("logs/*/*.eval"))) if is_run(path) else ()


def load_run(path: Path) -> FinishedRun:
    """Read a finished run back.

    Args:
        path: Its directory, or the `record.json` in it.

    Raises:
        LogNotFound: There is no finished run.
        BrokenLog: A file of it is damaged, or its rows are not those that the record was made from.
    """
    folder = path if path.is_dir() else path.parent
    try:
        record = read_record((folder / "record.json").read_text("utf-8"))
        run = RunFacts.model_validate_json((folder / "run.json").read_text("utf-8"))
        lines = (folder / "rows.jsonl").read_text("utf-8").split("\n")
        rows = tuple(Row.model_validate_json(line) for line in lines if line)
    except FileNotFoundError as problem:
        raise LogNotFound(
            f"no finished run with rows in {folder}",
            why=f"{Path(str(problem.filename)).name} is not there",
            fix="give the directory of a finished `holdfast audit`, or finish it: the same command resumes",
        ) from problem
    except (OSError, ValueError) as problem:
        raise _damaged(folder, str(problem).splitlines()[0]) from problem
    if run.record_digest != record.digest:
        raise _damaged(folder, "run.json was written for another record")
    if rows_digest(in_order(rows)) != record.rows_digest:
        raise _damaged(folder, "rows.jsonl does not hold the rows that the record was made from")
    return FinishedRun(folder, record, run, rows)


def _damaged(folder: Path, why: str) -> BrokenLog:
    return BrokenLog(f"the run in {folder} cannot be read", why=why, fix="restore its files, or run the audit again")
