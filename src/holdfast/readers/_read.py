"""Which reader reads a file, and what every reader is."""

import stat
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

from holdfast.errors import LogNotFound, UnknownLog
from holdfast.evidence import Log
from holdfast.readers._fields import broken, name_of, written

FORMATS: Final = MappingProxyType(
    {
        "inspect": "Inspect AI: .eval, .json",
        "garak": "garak: .report.jsonl",
        "promptfoo": "promptfoo: results as .json",
        "lm-eval": "lm-evaluation-harness: results_*.json beside samples_*.jsonl",
        "pyrit": "PyRIT: its memory database, .db",
        "controlarena": "ControlArena: .eval",
        "plain": "any table: .csv or .jsonl with the columns of docs/concepts/logs.md",
    }
)
"""Name of each reader, and what it reads. Asked in this order, the plain table last."""

HEAD_BYTES: Final = 65_536


class Reader(Protocol):
    """A module that reads one tool's logs."""

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether the file looks like this tool's; `head` is its beginning, empty for a directory."""
        ...

    def read(self, path: Path, *, texts: bool) -> tuple[Log, ...]:
        """One log for each subject in the file."""
        ...


def read_log(path: Path, *, format: str | None = None, texts: bool = False) -> tuple[Log, ...]:  # noqa: A002
    """Read one log.

    Args:
        path: A file, or a directory where the tool writes one.
        format: A name of `FORMATS`; by default the file's beginning decides.
        texts: Also keep what was asked and answered, for people who label.

    Returns:
        One log for each subject, in the order of the file.

    Raises:
        LogNotFound: Nothing is there.
        UnknownLog: No reader knows it, there is no format of that name, or it is a pipe or a device.
        BrokenLog: It was cut short or damaged, or may not be read.
        LogDrift: A field is missing or has another form.
    """
    openable(path)
    if format is not None and format not in FORMATS:
        raise UnknownLog(f"no format {format!r}", why=f"the readers are {', '.join(FORMATS)}", fix="choose one of them")
    try:
        return _reader(path, (format,) if format else tuple(FORMATS)).read(path, texts=texts)
    except OSError as problem:
        raise broken(path, problem.strerror or str(problem)) from problem


def openable(path: Path) -> None:
    """Raise where nothing is there that can be read twice: to find its reader, and then by that reader.

    Raises:
        LogNotFound: Nothing is there.
        UnknownLog: It is a pipe or a device.
        BrokenLog: It may not be looked at.
    """
    try:
        mode = path.stat().st_mode
    except PermissionError as problem:
        raise broken(path, str(problem.strerror)) from problem
    except (OSError, ValueError) as problem:
        missing = isinstance(problem, FileNotFoundError | NotADirectoryError)
        why = "there is no such file" if missing else f"no file can be there: {getattr(problem, 'strerror', problem)}"
        raise LogNotFound(f"no log at {written(path)}", why=why, fix="check the path") from problem
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise UnknownLog(
            f"{written(path)} is no regular file",
            why="a log is read more than once, and a pipe can be read only once",
            fix="give a regular file: write what the pipe carries to one first",
        )


def _reader(path: Path, names: Sequence[str]) -> Reader:
    head = b"" if path.is_dir() else _head(path)
    for name in names:
        reader: Reader = import_module(f"holdfast.readers._{name.replace('-', '_')}")  # type: ignore[assignment]
        if len(names) == 1 or reader.recognises(path, head):
            return reader
    raise UnknownLog(
        f"{name_of(path)} is no log that a reader knows",
        why=f"its beginning is that of none of: {', '.join(FORMATS)}",
        fix="name its format with --format, or write it as a plain table: docs/concepts/logs.md",
    )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)
