"""Every call of a judge, kept as it is made: `logs/judge.jsonl`, for the eyes of whoever ran the audit."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from holdfast.errors import StorageFailed
from holdfast.evidence import JudgeCall, canonical_json, digest


@dataclass(frozen=True, slots=True)
class JudgeLog:
    """The calls of one run. A run that goes on asks nothing again that was answered."""

    file: Path
    known: dict[str, JudgeCall] = field(default_factory=dict[str, JudgeCall])
    """By digest, those that were answered."""
    words: bool = True
    """Whether a judge's own words are kept, which may quote what was judged; else labels and digests alone."""

    def recall(self, call: str) -> JudgeCall | None:
        """The call of this digest that was answered before, or None."""
        return self.known.get(call)

    def record(self, call: JudgeCall) -> None:
        """Keep a call, at once.

        Raises:
            StorageFailed: The disk refused; the calls before it are kept.
        """
        if not self.words:
            call = call.model_copy(update={"answers": (), "why": ""})
        line = canonical_json({"call": call.model_dump(mode="json"), "seal": digest(call)}) + "\n"
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, "r+b", buffering=0) as stream:
                stream.write(_break(stream.fileno()) + line.encode())
        except OSError as problem:
            raise StorageFailed(
                f"{self.file} cannot be written",
                why=problem.strerror or str(problem),
                fix="make room or make the directory writable, then give the same command: it resumes",
                state="every call before this one is kept",
            ) from problem
        if not call.failed:
            self.known[call.digest] = call


def open_judge_log(file: Path, *, words: bool = True) -> JudgeLog:
    """The calls that a file holds; none where there is no file.

    A line that was cut by a kill, or that no longer holds what was written, is passed over: its call is made again.

    Args:
        file: Where they are kept.
        words: Whether a judge's own words are kept of the calls to come.
    """
    try:
        lines = file.read_text("utf-8", errors="replace").split("\n")
    except OSError:
        return JudgeLog(file, words=words)
    calls = [call for line in lines if (call := _call(line)) is not None]
    return JudgeLog(file, {call.digest: call for call in calls if not call.failed}, words)


def _call(line: str) -> JudgeCall | None:
    try:
        held = json.loads(line)
        call = JudgeCall.model_validate_json(json.dumps(held["call"]))
        return call if held["seal"] == digest(call) else None
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError):
        return None


def _break(handle: int) -> bytes:
    """The line break that a killed run did not come to write."""
    end = os.lseek(handle, 0, os.SEEK_END)
    return b"\n" if end and os.pread(handle, 1, end - 1) != b"\n" else b""
