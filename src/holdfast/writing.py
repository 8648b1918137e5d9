"""Files that are there whole or not at all."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from holdfast.errors import StorageFailed

PRIVATE: Final = 0o600
"""For its owner alone: replies may be harmful, ratings are people's words, and logs say who takes part."""
PUBLIC: Final = 0o644


def write_whole(
    path: Path,
    parts: Iterable[str],
    *,
    fix: str,
    state: str = "nothing ran; nothing was changed",
    mode: int = PUBLIC,
    folder_mode: int | None = 0o777,
    encoding: str = "utf-8",
) -> None:
    """Write a file under another name, and rename it once it is on the disk.

    Args:
        path: Where it goes. What stands there is replaced, and its mode with it.
        parts: The text, in as many parts as it comes in.
        fix: What to do where the disk refuses.
        state: What is kept then.
        mode: Of the file.
        folder_mode: Of the folder, where it is made; None where it has to be there.
        encoding: Of the text.

    Raises:
        StorageFailed: The disk refused; what stood there before still does.
    """
    # Its own for each process: two may write one file at once, and the last whole one stays.
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        if folder_mode is not None:
            path.parent.mkdir(parents=True, exist_ok=True, mode=folder_mode)
        new.unlink(missing_ok=True)
        # Anew each time: a file that stands there already would keep its own mode, or lead elsewhere.
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding=encoding) as stream:
            stream.writelines(parts)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(path)
    except OSError as problem:
        raise StorageFailed(
            f"{path} cannot be written", why=problem.strerror or str(problem), fix=fix, state=state
        ) from problem
