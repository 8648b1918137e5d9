"""That one process at a time works in a directory.

The lock is the kernel's (flock) and goes with the process, however that ends: what a killed run leaves keeps nobody
out. Other programs that this process starts do not hold it: Python closes the file for them. Where the system or the
file system knows no such lock (Windows, some network file systems), nobody is kept out either.
"""

import errno
import os
import platform
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from holdfast.errors import OutputBusy, StorageFailed

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

LOCK: Final = "lock"
"""The file, which is there while somebody works in the directory, and after a kill."""
_LOCKLESS: Final = frozenset({errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL})
_LONGEST: Final = 200


@contextmanager
def alone_in(directory: Path) -> Generator[None]:
    """Work in a directory while no other process does; it is made where it is not there.

    Raises:
        OutputBusy: Somebody works in it.
        StorageFailed: The directory or the file in it cannot be made.
    """
    file = directory / LOCK
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handle = _held(file)
    except OSError as problem:
        raise StorageFailed(
            f"{directory} cannot be written",
            why=problem.strerror or str(problem),
            fix="make room or make the directory writable, or give another --out",
        ) from problem
    try:
        yield
    finally:
        # Before it is let go: afterwards it could be another's. Where it cannot be removed it keeps nobody out.
        with suppress(OSError):
            file.unlink()
        os.close(handle)


def _held(file: Path) -> int:
    """The file, locked by this process alone."""
    while True:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            _lock(file, handle)
            # Whoever had it may have removed it between the two: then this is a file that nobody else will open.
            if _is_there(file, handle):
                os.ftruncate(handle, 0)
                os.write(handle, f"process {os.getpid()} on {platform.node()}".encode())
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _lock(file: Path, handle: int) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        who = os.read(handle, _LONGEST).decode("utf-8", "replace") or "another process"
        raise OutputBusy(
            f"--out {file.parent} cannot be used now",
            why=f"{who} works in it",
            fix="let that come to its end, or end it and give the same command again; or give another --out",
            state="nothing ran; what is there was left as it is",
        ) from problem
    except OSError as problem:
        if problem.errno not in _LOCKLESS:
            raise


def _is_there(file: Path, handle: int) -> bool:
    try:
        return os.path.samestat(file.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False
