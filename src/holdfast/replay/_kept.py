"""Own conversations on disk: one file, redacted, for the eyes of whoever made it."""

import json
import os
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, ValidationError

from holdfast.errors import FrozenBroken, OutputInUse
from holdfast.evidence import Frozen, ReplaySource, canonical_json, digest
from holdfast.replay._taking import Conversation, Taken
from holdfast.replay._temperature import could_be_one
from holdfast.writing import PRIVATE, write_whole

FILE: Final = "conversations.jsonl"
NOTICE: Final = "redacted, and not anonymous: what has no fixed form is still in it; keep it as private as the log"


class ReplayHead(Frozen):
    """The first line."""

    schema_: Literal["holdfast.replay/2"] = Field(default="holdfast.replay/2", alias="schema")
    notice: str = NOTICE
    source: ReplaySource
    digest: str
    """Of where they come from and of the conversations, in order. Nobody signed it: it shows accidents and hasty edits,
    and not a forger, who makes it anew."""


def is_kept(folder: Path) -> bool:
    """Whether a folder holds conversations to replay, whole or not."""
    return (folder / FILE).is_file()


def write_kept(folder: Path, taken: Taken) -> Path:
    """Write what is to be replayed.

    Returns:
        The file, readable by its owner alone.

    Raises:
        OutputInUse: There is such a file already: runs may rest on it.
        StorageFailed: The disk refused.
    """
    path = folder / FILE
    head = ReplayHead(source=taken.source, digest=_digest(taken))
    # Not Path.exists, which raises where it may not look: the write then says so.
    if os.path.exists(path):
        raise OutputInUse(
            f"{path} is there already",
            why="runs may rest on it, and what they rest on is never overwritten",
            fix="give another --out, or remove the file first",
        )
    write_whole(
        path,
        (canonical_json(line) + "\n" for line in (head, *taken.conversations)),
        mode=PRIVATE,
        folder_mode=0o700,
        fix="make room or make the folder writable, then give the same command again",
        state="nothing was imported; the log was left as it is",
    )
    return path


def read_kept(folder: Path) -> Taken:
    """Read it back.

    Raises:
        FrozenBroken: There is none, or it does not hold what was written.
    """
    path = folder / FILE
    try:
        first, *lines = path.read_text("utf-8").split("\n")
        head = ReplayHead.model_validate_json(first)
        conversations = tuple(Conversation.model_validate(json.loads(line)) for line in lines if line)
    except FileNotFoundError as problem:
        raise _broken(path, "there is no such file") from problem
    except ValidationError as problem:
        raise _broken(path, problem.errors(include_url=False)[0]["msg"]) from problem
    except (OSError, ValueError, RecursionError) as problem:
        raise _broken(path, str(problem).splitlines()[0]) from problem
    taken = Taken(conversations, head.source)
    if len(conversations) != head.source.taken or _digest(taken) != head.digest:
        raise _broken(path, "its head and its conversations are not those that its digest was made of")
    if odd := [said for said in head.source.temperatures if not could_be_one(said)]:
        raise _broken(path, f"{odd[0][:20]!r} is no temperature")
    return taken


def _digest(taken: Taken) -> str:
    conversations = [one.model_dump(mode="json") for one in taken.conversations]
    return digest({"source": taken.source.model_dump(mode="json"), "conversations": conversations})


def _broken(path: Path, why: str) -> FrozenBroken:
    return FrozenBroken(
        f"no conversations can be read from {path}",
        why=why,
        fix=f"import the log anew: holdfast suite import LOG --out {path.parent}",
    )
