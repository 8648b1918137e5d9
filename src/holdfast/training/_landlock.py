"""Landlock: a process gives up every way of writing files for good, and reads only below the paths that it names.

Source: the kernel's documentation, userspace-api/landlock, whose numbers of rights are the same on every processor.
"""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from holdfast.training import _kernel

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_ASK_VERSION: Final = 1
_BENEATH: Final = 1
_WRITE, _READ, _LIST, _CUT, _DEVICE = 1 << 1, 1 << 2, 1 << 3, 1 << 14, 1 << 15
_FILES_BY_VERSION: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights over files a version knows; later ones know as many as the last."""
_TCP: Final = 0b11
_SCOPES: Final = 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("files", "network", "scopes")]


class _Below(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def version() -> int:
    """The kernel's version of Landlock, from 1.

    Raises:
        OSError: The kernel has none, or it was switched off.
    """
    return _kernel.call(_CREATE, None, 0, _ASK_VERSION)


def restrict(readable: Iterable[Path], devices: Iterable[Path]) -> None:
    """Give up every right over files but these, and TCP and signals to others where the kernel's version knows them.

    Args:
        readable: Files and directories below which all may be read. Those that are not there are passed over.
        devices: Device files that may be written to: a GPU is reached through them.

    Raises:
        OSError: The kernel has no Landlock, or refuses.
    """
    known = version()
    files = (1 << _FILES_BY_VERSION[min(known, max(_FILES_BY_VERSION))]) - 1
    wanted = _Ruleset(files, _TCP if known >= 4 else 0, _SCOPES if known >= 6 else 0)
    size = 8 if known < 4 else 16 if known < 6 else 24
    ruleset = _kernel.call(_CREATE, ctypes.byref(wanted), size, 0)
    try:
        for path in readable:
            _allow(ruleset, path, _READ | _LIST)
        for path in devices:
            _allow(ruleset, path, files & (_READ | _WRITE | _CUT | _DEVICE))
        _kernel.call(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        allowed = rights if path.is_dir() else rights & ~_LIST
        below = _Below(allowed, opened)
        _kernel.call(_ADD, ruleset, _BENEATH, ctypes.byref(below), 0)
    finally:
        os.close(opened)
