"""Shutting this process off, so that nothing it holds can leave it but through the pipes it was given.

One layer after the other takes rights away; then everything that would let weights out is tried, and what was refused
is what the seal says that it holds. Nothing is believed because it was switched on.
"""

import errno
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from holdfast.errors import SealNotShut
from holdfast.evidence import Seal
from holdfast.training import _filter, _kernel, _landlock
from holdfast.training._tries import WRITE_A_BYTE, tried

_SYSTEM: Final = ("/usr", "/lib", "/lib64", "/etc", "/opt", "/nix", "/proc", "/sys", "/dev")
_NO_HARM: Final = ("/dev/null", "/dev/zero")
_STANDARD: Final = frozenset({0, 1, 2})


def shut(
    *, pipes: Iterable[int], scratch: Path, parent: int, readable: Iterable[Path] = (), devices: Iterable[Path] = ()
) -> Seal:
    """Shut this process off for good. Call it with one thread, after the last import that needs to write.

    Args:
        pipes: Descriptors that stay open, beside the standard ones: these must lead nowhere.
        scratch: Where to try, see `tried`.
        parent: The process that this one dies with.
        readable: What may be read beside Python, its libraries and the system.
        devices: Device files that may be written to.

    Returns:
        What was tried and refused, and what is missing.

    Raises:
        SealNotShut: Descriptors or limits could not be taken away, or a byte could still be written.
    """
    _necessary("closing what was open", lambda: _close_all_but({*pipes, *_STANDARD}))
    _necessary("the limits on files and core dumps", _limit)
    missing: dict[str, str] = {}
    for name, layer in _layers(parent, [*_readable(), *readable], [*map(Path, _NO_HARM), *devices]).items():
        if reason := _tried_layer(layer):
            missing[name] = reason
    return _judged(dict(tried(scratch)), missing)


def _judged(found: dict[str, str], missing: dict[str, str]) -> Seal:
    """What was refused holds; what was not, is missing; without the first of all tries there is no seal."""
    if found[WRITE_A_BYTE]:
        raise _not_shut(WRITE_A_BYTE, found[WRITE_A_BYTE])
    went = {what: why for what, why in found.items() if why}
    return Seal(holds=tuple(what for what, why in found.items() if not why), missing=missing | went)


def _layers(parent: int, readable: list[Path], devices: list[Path]) -> dict[str, Callable[[], None]]:
    """In the order in which one does not take from the next what it needs."""
    if sys.platform != "linux":
        return dict.fromkeys(
            ("namespaces", "Landlock", "death with the parent", "the filter of system calls"), _not_linux
        )
    begun = _kernel.mounts()
    return {
        "namespaces": _alone(_kernel.leave_the_network),
        "a read-only view of the file systems": _alone(lambda: _kernel.see_every_file_system_read_only(begun)),
        # Not alone: without it a user may not put the filter on, which hands it to every thread.
        "no new privileges": _kernel.gain_nothing,
        "Landlock": _alone(lambda: _landlock.restrict(readable, devices)),
        "no capabilities": _alone(_kernel.drop_capabilities),
        "death with the parent": lambda: _kernel.die_with_parent(parent),
        "the filter of system calls": _filter.refuse_calls,
    }


def _alone(layer: Callable[[], None]) -> Callable[[], None]:
    """A layer that takes rights from the calling thread alone: with others beside it, it would shut nothing."""

    def only_thread() -> None:
        threads = len(os.listdir("/proc/self/task"))
        if threads > 1:
            raise OSError(errno.EBUSY, f"{threads} threads were running, and it holds for one of them alone")
        layer()

    return only_thread


def _not_linux() -> None:
    raise OSError(errno.ENOSYS, f"{sys.platform} has none that is known here")


def _tried_layer(layer: Callable[[], None]) -> str:
    try:
        layer()
    except OSError as problem:
        return problem.strerror or str(problem)
    except AttributeError as problem:
        return f"the C library does not have it: {problem}"
    return ""


def _necessary(what: str, step: Callable[[], None]) -> None:
    try:
        step()
    except (OSError, ValueError, ImportError) as problem:
        raise _not_shut(what, str(problem)) from problem


def _not_shut(what: str, why: str) -> SealNotShut:
    return SealNotShut(
        f"the process that changes weights cannot be sealed: {what}",
        why=why,
        fix="leave out the claims that need a fine-tune, or run on Linux, where all of it is tested",
        state="nothing was tuned: no weights were read by that process",
    )


def _close_all_but(kept: set[int]) -> None:
    for name in os.listdir("/proc/self/fd" if sys.platform == "linux" else "/dev/fd"):
        if int(name) not in kept:
            try:
                os.close(int(name))
            except OSError as problem:
                if problem.errno != errno.EBADF:  # the listing's own, which is closed already
                    raise


def _limit() -> None:
    import resource

    for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(limit, (0, 0))


def _readable() -> list[Path]:
    """Python, its libraries, and what they read of the system."""
    own = [sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path]
    return [Path(path) for path in dict.fromkeys([*own, *_SYSTEM]) if os.path.isabs(path)]
