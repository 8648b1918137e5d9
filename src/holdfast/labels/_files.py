"""A sample's directory: written whole, readable by its owner alone, never over somebody's ratings."""

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from holdfast.errors import BrokenLabels, OutputInUse, StorageFailed
from holdfast.evidence import canonical_json, readable_json
from holdfast.labels._sample import Draw, Sample, Shown
from holdfast.writing import PRIVATE, write_whole

_SLUG_LENGTH: Final = 80
_FIX: Final = "make room or make the directory writable, then give the same command"
_STATE: Final = "every answer that was given before is kept"
_AGAIN: Final = "restore the directory from a copy, or draw again into another one"


def default_directory(sample: Sample, *, several_subjects: bool = False) -> Path:
    """`holdfast-labels/<log>-<check>`; each of several subjects has its own, named by digest to stay blind."""
    log = sample.log_digest.removeprefix("sha256:")[:12]
    check = re.sub(r"[^a-z0-9]+", "-", sample.check.lower())[:_SLUG_LENGTH].strip("-")
    subject = f"-{sha256(sample.subject.encode()).hexdigest()[:6]}" if several_subjects else ""
    return Path("holdfast-labels") / f"{log}-{check}{subject}"


def save_draw(directory: Path, drawn: Draw) -> None:
    """Write `sheet.jsonl`, then `sample.json`.

    Raises:
        OutputInUse: The directory holds ratings, a sample of something else, or something that is no sample.
        BrokenLabels: It holds a sample that cannot be read.
        StorageFailed: The disk refused.
    """
    if directory.exists() and (why := _taken(directory, drawn.sample)):
        raise OutputInUse(f"{directory} cannot be used", why=why, fix="give another directory with --out")
    write_private(directory / "sheet.jsonl", sheet_text(drawn.sheet))
    write_private(directory / "sample.json", readable_json(drawn.sample))


def _taken(directory: Path, sample: Sample) -> str | None:
    """Why the directory cannot be used for this sample."""
    if not directory.is_dir():
        return "it is not a directory"
    held = {path.name for path in directory.iterdir() if path.suffix != ".new"}
    if any(name.endswith(".jsonl") and name != "sheet.jsonl" for name in held):
        return "people have labelled what is in it, and their words are never overwritten"
    if "sample.json" in held:
        other = load_sample(directory)
        same = _about(other) == _about(sample)
        return None if same else f"it holds a sample of {other.check}, drawn from another log, subject or check"
    return None if not held or "sheet.jsonl" in held else "it is not empty"


def _about(sample: Sample) -> tuple[str, str, str]:
    return sample.log_digest, sample.subject, sample.check


def load_sample(directory: Path) -> Sample:
    """The sample of a directory.

    Raises:
        BrokenLabels: There is none, or it is not what `draw` wrote.
    """
    path = directory / "sample.json"
    try:
        return Sample.model_validate_json(path.read_bytes())
    except OSError as problem:
        fix = "draw one: holdfast label draw LOG --check CHECK"
        raise BrokenLabels(f"no sample at {directory}", why=problem.strerror or str(problem), fix=fix) from problem
    except ValidationError as problem:
        wrong = problem.errors(include_url=False)[0]
        name = ".".join(str(part) for part in wrong["loc"]) or "the file"
        raise BrokenLabels(f"{path} cannot be read", why=f"{name}: {wrong['msg']}", fix=_AGAIN) from problem


def load_sheet(directory: Path, sample: Sample) -> tuple[Shown, ...]:
    """What raters see.

    Raises:
        BrokenLabels: It is not there, or not the one that was drawn: people would be asked about other texts.
    """
    path = directory / "sheet.jsonl"
    try:
        # Not splitlines: a reply may hold U+2028, which JSON leaves as it is.
        sheet = tuple(Shown.model_validate_json(line) for line in path.read_text("utf-8").split("\n") if line)
    except OSError as problem:
        raise BrokenLabels(f"no sheet at {path}", why=problem.strerror or str(problem), fix=_AGAIN) from problem
    except ValueError as problem:
        raise BrokenLabels(f"{path} cannot be read", why="a line is not what `draw` wrote", fix=_AGAIN) from problem
    if sheet_digest(sheet) != sample.sheet_digest or [one.id for one in sheet] != [one.id for one in sample.drawn]:
        raise BrokenLabels(f"{path} was changed", why="it is not the one that sample.json is about", fix=_AGAIN)
    return sheet


def sheet_text(sheet: Iterable[Shown]) -> str:
    """The sheet as JSON lines."""
    return "".join(canonical_json(shown) + "\n" for shown in sheet)


def sheet_digest(sheet: Iterable[Shown]) -> str:
    """SHA-256 of the sheet's bytes, as `sha256:…`."""
    return "sha256:" + sha256(sheet_text(sheet).encode()).hexdigest()


def write_private(path: Path, text: str, *, encoding: str = "utf-8") -> None:
    """Write a file whole under another name, then rename it; readable by its owner alone.

    Raises:
        StorageFailed: The disk refused.
    """
    write_whole(path, (text,), mode=PRIVATE, folder_mode=0o700, encoding=encoding, fix=_FIX, state=_STATE)


def storage_failed(path: Path, problem: OSError) -> StorageFailed:
    """The error for a write that the disk refused."""
    return StorageFailed(
        f"{path} cannot be written",
        why=problem.strerror or str(problem),
        fix=_FIX,
        state=_STATE,
    )
