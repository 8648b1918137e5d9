"""Files that people write: strict, with the line that is wrong."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Final, NoReturn

from holdfast.errors import StudyInput
from holdfast.evidence import StudyOutcome

PSEUDONYM: Final = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_NUMBER: Final = r"[-+0-9.eE]+|[-+]?(nan|inf)"
_YES_NO: Final = {"yes": True, "no": False}


def read_text(path: Path) -> str:
    """A file's text.

    Raises:
        StudyInput: It cannot be read.
    """
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise StudyInput(f"{path} cannot be read", why=str(problem), fix="give a file of UTF-8 text") from problem


def read_table(path: Path, needed: Sequence[str]) -> tuple[tuple[str, ...], list[tuple[int, dict[str, str]]]]:
    """The columns, and every row with its line; spaces around cells do not count.

    Raises:
        StudyInput: No CSV with the columns that are needed, two columns of one name, or a row of another length.
    """
    reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as problem:
        refuse(path, reader.line_num, str(problem))
    rows = [(line, row) for line, row in rows if any(row)]
    columns = tuple(rows[0][1]) if rows else ()
    missing = [name for name in needed if name not in columns]
    if missing or len(set(columns)) != len(columns):
        refuse(path, 1, f"there is no column `{missing[0]}`" if missing else "two columns have one name")
    for line, row in rows[1:]:
        if len(row) != len(columns):
            refuse(path, line, f"{len(row)} cells where there are {len(columns)} columns")
    return columns, [(line, dict(zip(columns, row, strict=True))) for line, row in rows[1:]]


def pseudonym(path: Path, line: int, row: Mapping[str, str]) -> str:
    """Who it is about.

    Raises:
        StudyInput: It could be a name or an address.
    """
    name = row["participant"]
    if not re.fullmatch(PSEUDONYM, name):
        refuse(
            path, line, f"`{name}` is no pseudonym: letters, digits, - and _, at most 64; never a name or an address"
        )
    return name


def yes_or_no(path: Path, line: int, row: Mapping[str, str], column: str) -> bool:
    """What a cell says.

    Raises:
        StudyInput: Neither yes nor no.
    """
    word = row[column].lower()
    if word not in _YES_NO:
        refuse(path, line, f"`{column}` is {row[column]!r}, neither yes nor no")
    return _YES_NO[word]


def number(path: Path, line: int, row: Mapping[str, str], column: str, *, low: float, high: float) -> float | None:
    """The number in a cell; None where it is empty.

    Raises:
        StudyInput: No number, or one outside the two ends.
    """
    if not row[column]:
        return None
    try:
        # Python takes 4_7 for 47, and digits of every script; whoever wrote them may have meant something else.
        value = float(row[column] if re.fullmatch(_NUMBER, row[column]) else "no number")
    except ValueError:
        refuse(path, line, f"`{column}` is {row[column]!r}, no number")
    if not (isfinite(value) and low <= value <= high):
        refuse(path, line, f"`{column}` is {row[column]}, outside {low:g} to {high:g}")
    return value


def item_columns(column: str, outcome: StudyOutcome) -> tuple[str, ...]:
    """The columns whose mean an outcome is: `post`, or `post_1`, `post_2` where it has several items."""
    return (column,) if outcome.items == 1 else tuple(f"{column}_{item + 1}" for item in range(outcome.items))


def mean_of(path: Path, line: int, row: Mapping[str, str], column: str, outcome: StudyOutcome) -> float | None:
    """The mean over an outcome's items; None where one of them was not answered."""
    names = item_columns(column, outcome)
    values = [number(path, line, row, name, low=outcome.low, high=outcome.high) for name in names]
    answered = [value for value in values if value is not None]
    return sum(answered) / len(answered) if len(answered) == len(values) else None


def refuse(path: Path, line: int, why: str) -> NoReturn:
    """Raise the error for one bad line."""
    raise StudyInput(
        f"{path}:{line} cannot be used",
        why=why,
        fix="mend the line; see docs/commands/study.md",
        state="nothing was taken",
    )
