"""Files of answers: each is appended at once and flushed to the disk, so that a kill loses nothing.

The first line says which sample the answers are about. A later answer for one id replaces an earlier one. The last line
may be cut short by a kill in the middle of a write: that answer was never acknowledged. It is reported, and mended when
the next answer comes.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, NoReturn, TypeVar

from pydantic import Field, ValidationError

from holdfast.errors import BrokenLabels
from holdfast.evidence import Frozen, canonical_json
from holdfast.labels._files import storage_failed
from holdfast.labels._sample import Label, Sample
from holdfast.writing import PRIVATE

RATER: Final = r"[a-z0-9][a-z0-9_-]{0,31}"
"""What a rater's name looks like: it becomes part of a file's name."""


_MOVE: Final = "move the file out of the directory, or restore it from a copy"
T = TypeVar("T", bound=Frozen)


class _Head(Frozen):
    schema_: Literal["holdfast.ratings/1"] = Field(default="holdfast.ratings/1", alias="schema")
    sample: str


class Answer(Frozen):
    """One answer of one person."""

    id: str
    label: Label
    rater: str
    at: str = ""
    """ISO 8601, in UTC."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a file holds."""

    last: Mapping[str, Answer]
    """The answer that counts, for each id, in the order in which they were first given."""
    changed: int = 0
    """Answers that replaced an earlier, different one."""
    cut: bool = False
    """The last line was cut short and does not count."""


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """The answers of one rater, or of those who adjudicate."""

    path: Path
    sample: Sample

    def read(self) -> Answers:
        """What it holds; nothing where there is no file yet.

        Raises:
            BrokenLabels: A line is no answer, names an unknown id, or the file is about another sample.
        """
        lines, cut = _whole_lines(self.path)
        if not lines:
            return Answers({}, cut=cut)
        if _parsed(_Head, lines[0], self.path, 1).sample != self.sample.digest:
            broken(f"{self.path} is about another sample", "its first line holds another digest", _MOVE)
        known, last, changed = {drawn.id for drawn in self.sample.drawn}, dict[str, Answer](), 0
        for number, line in enumerate(lines[1:], start=2):
            answer = _parsed(Answer, line, self.path, number)
            if answer.id not in known:
                broken(f"{self.path}:{number} is about {answer.id!r}", "no such sample was drawn", _MOVE)
            changed += answer.id in last and last[answer.id].label != answer.label
            last[answer.id] = answer
        return Answers(last, changed, cut)

    def append(self, answers: Iterable[tuple[str, Label]], rater: str) -> None:
        """Add answers; they are on the disk when this returns.

        Raises:
            StorageFailed: The disk refused; what was there before is kept.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        lines = [canonical_json(Answer(id=id_, label=label, rater=rater, at=now)) for id_, label in answers]
        try:
            if _mend(self.path) == 0:
                lines.insert(0, canonical_json(_Head(sample=self.sample.digest)))
            _append(self.path, "".join(line + "\n" for line in lines).encode())
        except OSError as problem:
            raise storage_failed(self.path, problem) from problem


def ratings_file(directory: Path, sample: Sample, rater: str) -> AnswerFile:
    """Where one rater's answers are kept."""
    return AnswerFile(directory / f"ratings-{rater}.jsonl", sample)


def adjudication_file(directory: Path, sample: Sample) -> AnswerFile:
    """Where final words are kept, whoever gave them."""
    return AnswerFile(directory / "adjudication.jsonl", sample)


def all_ratings(directory: Path, sample: Sample) -> dict[str, Answers]:
    """The answers of every rater, by name.

    Raises:
        BrokenLabels: As `AnswerFile.read`, or a file holds somebody else's answers.
    """
    found: dict[str, Answers] = {}
    for path in sorted(directory.glob("ratings-*.jsonl")):
        rater = path.stem.removeprefix("ratings-")
        found[rater] = ratings_file(directory, sample, rater).read()
        others = {answer.rater for answer in found[rater].last.values()} - {rater}
        if others:
            broken(f"{path} holds answers of {min(others)}", "its name says that they are another rater's", _MOVE)
    return found


def broken(what: str, why: str, fix: str) -> NoReturn:
    """Raise the error for labels that cannot be used."""
    raise BrokenLabels(what, why=why, fix=fix, state="no answer was changed")


def _whole_lines(path: Path) -> tuple[list[str], bool]:
    """The lines that were written whole, and whether there was one more."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return [], False
    except OSError as problem:
        broken(f"{path} cannot be read", problem.strerror or str(problem), _MOVE)
    whole, newline, rest = content.rpartition(b"\n")
    try:
        return (whole + newline).decode().split("\n")[:-1], bool(rest)
    except UnicodeDecodeError:
        broken(f"{path} cannot be read", "it is not UTF-8", _MOVE)


def _parsed(kind: type[T], line: str, path: Path, number: int) -> T:
    try:
        return kind.model_validate_json(line)
    except ValidationError as problem:
        wrong = problem.errors(include_url=False)[0]
        name = ".".join(str(part) for part in wrong["loc"]) or "the line"
        broken(f"{path}:{number} is no answer", f"{name}: {wrong['msg']}", _MOVE)


def _mend(path: Path) -> int:
    """Cut off a last line that is not whole; the size that is left."""
    if not path.exists():
        return 0
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(path, whole)
    return whole


def _append(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE)
    try:
        if os.write(handle, content) < len(content):
            raise OSError(28, "No space left on device")
        os.fsync(handle)
    finally:
        os.close(handle)
