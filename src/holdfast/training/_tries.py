"""What a sealed process tries, to see that it is refused: each is something that would let weights out.

A try counts as refused only where the system says no for a reason that a seal gives. Any other failure shows nothing.
"""

import errno
import mmap
import os
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from holdfast.training import _kernel

WRITE_A_BYTE: Final = "write one byte to a file"
_REFUSALS: Final = frozenset(
    {errno.EPERM, errno.EACCES, errno.EROFS, errno.EFBIG, errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}
)
_NOWHERE: Final = ("127.0.0.1", 9)


def tried(scratch: Path) -> Iterator[tuple[str, str]]:
    """Try everything in turn.

    Args:
        scratch: A directory of this user's own, where all of it would be possible but for the seal. It must hold a
            file `own`, and be removed by somebody else.

    Yields:
        What was tried, and why it does not count as refused: empty where it was.
    """
    for what, attempt in _attempts(scratch).items():
        yield what, _why_not_refused(attempt)


def _why_not_refused(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except OSError as problem:
        said = problem.strerror or str(problem)
        return "" if problem.errno in _REFUSALS else f"tried, and it failed for a reason that shows nothing: {said}"
    except (AttributeError, ValueError) as problem:
        return f"could not be tried here: {problem}"
    return "tried, and it was possible"


def _attempts(scratch: Path) -> dict[str, Callable[[], object]]:
    own = scratch / "own"
    return {
        WRITE_A_BYTE: lambda: _write(scratch / "new", os.O_CREAT),
        "change a file of its own": lambda: _write(own, 0),
        "make an empty file": lambda: os.close(os.open(scratch / "empty", os.O_WRONLY | os.O_CREAT, 0o600)),
        "make a directory": lambda: (scratch / "directory").mkdir(),
        "make a link that says something": lambda: (scratch / "link").symlink_to("said"),
        "rename a file": lambda: own.rename(scratch / "renamed"),
        "mark a file with a time": lambda: os.utime(own, ns=(0, 0)),
        "mark a file with an attribute": lambda: os.setxattr(own, "user.said", b"1"),
        "write into memory that has a descriptor": _write_memory,
        "open shared memory by a name": _open_shared_memory,
        "reserve shared memory": _reserve_shared_memory,
        "reach an address": _reach_an_address,
        "open a socket on this machine": lambda: socket.socket(socket.AF_UNIX).close(),
        "start a process": _start_a_process,
        "raise its file size limit again": _raise_the_limit,
    }


def _write(path: Path, flags: int) -> None:
    with _open(path, os.O_WRONLY | flags) as file:
        os.write(file, b"1")


@contextmanager
def _open(path: Path, flags: int) -> Generator[int]:
    file = os.open(path, flags, 0o600)
    try:
        yield file
    finally:
        os.close(file)


def _write_memory() -> None:
    memory = os.memfd_create("said")
    try:
        os.write(memory, b"1")
    finally:
        os.close(memory)


def _open_shared_memory() -> None:
    """Where it could be had, it is removed again."""
    shared = Path(f"/dev/shm/holdfast-{os.getpid()}")  # noqa: S108 -- where POSIX keeps it
    try:
        _write(shared, os.O_CREAT | os.O_EXCL)
    finally:
        with suppress(OSError):
            shared.unlink()


def _reserve_shared_memory() -> None:
    """A private segment of System V; where it could be had, it is removed again."""
    library, remove = _kernel.library(), 0
    library.shmctl(_kernel.checked(library.shmget(0, mmap.PAGESIZE, 0o600)), remove, None)


def _reach_an_address() -> None:
    """A datagram socket sends nothing when it connects; it only finds out whether there is a way."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.connect(_NOWHERE)


def _start_a_process() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _raise_the_limit() -> None:
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))
    except ValueError as problem:  # Python's word for the kernel's EPERM
        raise PermissionError(errno.EPERM, str(problem)) from problem
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
