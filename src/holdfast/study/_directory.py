"""The files of an experiment."""

from pathlib import Path
from typing import Final, TypeVar

from pydantic import ValidationError

from holdfast.errors import OutputInUse, StorageFailed, StudyMissing
from holdfast.evidence import Frozen, Preregistration, RevealedSeed, readable_json
from holdfast.study._log import append_entries, entry_after, now
from holdfast.writing import PRIVATE, PUBLIC, write_whole

PREREGISTRATION: Final = "preregistration.json"
SEED: Final = "seed.json"
LOG: Final = "log.jsonl"
_FIX: Final = "make room or make the directory writable, then give the same command"
T = TypeVar("T", bound=Frozen)


def register(directory: Path, plan: Preregistration, seed: RevealedSeed) -> str:
    """Write an experiment's files; gives the head of its log.

    Raises:
        OutputInUse: There is something in the directory.
        StorageFailed: The disk refused.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise OutputInUse(f"{directory} cannot be used", why="it is not empty", fix="give another directory with --out")
    first = entry_after((), "planned", at=now(), words=plan.digest)
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        raise _refused(directory, problem) from problem
    write_file(directory / SEED, readable_json(seed), mode=PRIVATE)
    write_file(directory / PREREGISTRATION, readable_json(plan))
    append_entries(directory / LOG, [first])
    return first.digest


def load_plan(directory: Path) -> Preregistration:
    """The pre-registration.

    Raises:
        StudyMissing: There is none, or it is none.
    """
    return _load(directory / PREREGISTRATION, Preregistration)


def load_seed(directory: Path) -> RevealedSeed | None:
    """The seed; None where it is not there, as in a copy that was published before the end.

    Raises:
        StudyMissing: The file is no seed.
    """
    path = directory / SEED
    return _load(path, RevealedSeed) if path.exists() else None


def write_file(path: Path, text: str, *, mode: int = PUBLIC) -> None:
    """Write a new file whole, under another name first.

    Raises:
        StorageFailed: The disk refused.
    """
    write_whole(path, (text,), mode=mode, folder_mode=None, fix=_FIX)


def _load(path: Path, kind: type[T]) -> T:
    try:
        return kind.model_validate_json(path.read_bytes())
    except OSError as problem:
        raise StudyMissing(
            f"{path} cannot be read",
            why=problem.strerror or str(problem),
            fix="register an experiment: holdfast study plan --out DIR, or name the directory of one",
        ) from problem
    except ValidationError as problem:
        wrong = problem.errors(include_url=False)[0]
        name = ".".join(str(part) for part in wrong["loc"]) or "the file"
        raise StudyMissing(
            f"{path} cannot be read", why=f"{name}: {wrong['msg']}", fix="restore the directory from a copy"
        ) from problem


def _refused(path: Path, problem: OSError) -> StorageFailed:
    return StorageFailed(
        f"{path} cannot be written",
        why=problem.strerror or str(problem),
        fix=_FIX,
    )
