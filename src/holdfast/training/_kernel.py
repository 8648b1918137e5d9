"""Calls of the Linux kernel that Python 3.11 has no name for, each an `OSError` where the kernel refuses.

Everything here only takes rights away from whoever calls it, and nothing gives them back.
"""

import ctypes
import errno
import os
import signal
from typing import Any, Final

_PDEATHSIG, _GET_PDEATHSIG, _DUMPABLE, _NO_NEW_PRIVS = 1, 2, 4, 38
_NEW_MOUNTS, _NEW_IPC, _NEW_USER, _NEW_NETWORK = 0x00020000, 0x08000000, 0x10000000, 0x40000000
_MOUNT_SETATTR: Final = 442
_WHOLE_TREE, _READ_ONLY, _PRIVATE, _AT_FDCWD = 0x8000, 1, 1 << 18, -100
_CAPABILITIES_3: Final = 0x20080522
_READ_ANY_FILE: Final = 1 << 2
"""CAP_DAC_READ_SEARCH: root reads files of others with it, as it did before."""


def library() -> Any:
    """The C library of this process."""
    return ctypes.CDLL(None, use_errno=True)


def checked(result: int) -> int:
    """What a call returned.

    Raises:
        OSError: It was refused.
    """
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def call(number: int, *arguments: Any) -> int:
    """A system call by its number; whole numbers are passed in full width.

    Raises:
        OSError: It was refused, or this kernel does not have it.
    """
    wide = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return checked(library().syscall(ctypes.c_long(number), *wide))


def prctl(option: int, *arguments: int) -> int:
    """A change to this process.

    Raises:
        OSError: It was refused.
    """
    wide = [ctypes.c_ulong(one) for one in (*arguments, 0, 0, 0, 0)[:4]]
    return checked(library().prctl(ctypes.c_int(option), *wide))


def die_with_parent(parent: int) -> None:
    """Be killed when the parent ends. Changes of rights undo this, so it is said again after them.

    Raises:
        OSError: It was refused, or the parent has ended already.
    """
    prctl(_PDEATHSIG, signal.SIGKILL)
    said = ctypes.c_int()
    checked(library().prctl(ctypes.c_int(_GET_PDEATHSIG), ctypes.byref(said)))
    if said.value != signal.SIGKILL or os.getppid() != parent:
        raise OSError(0, "the parent has gone, or its death would go unnoticed")


def gain_nothing() -> None:
    """No program that this process starts has more rights than it, and no other process may look into it.

    Raises:
        OSError: It was refused.
    """
    prctl(_NO_NEW_PRIVS, 1)
    prctl(_DUMPABLE, 0)


def leave_the_network() -> None:
    """Go into namespaces of its own, in which there are no network devices; as a user of its own if need be.

    Raises:
        OSError: It was refused.
    """
    own = _NEW_NETWORK | _NEW_IPC | _NEW_MOUNTS
    try:
        checked(library().unshare(own))
    except PermissionError:
        checked(library().unshare(own | _NEW_USER))


class _MountAttributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "user")]


def mounts() -> str:
    """The name of the view of file systems that this process has.

    Raises:
        OSError: There is no /proc to read it from.
    """
    return os.readlink("/proc/self/ns/mnt")


def see_every_file_system_read_only(left: str) -> None:
    """In its own view: in the one that it began with, this would make the whole machine read-only.

    Args:
        left: The view that it must have left.

    Raises:
        OSError: It has not left it, it was refused, or the kernel is older than 5.12.
    """
    if mounts() == left:
        raise OSError(errno.EBUSY, "it has no view of its own")
    wanted = _MountAttributes(_READ_ONLY, 0, _PRIVATE, 0)
    call(_MOUNT_SETATTR, _AT_FDCWD, b"/", _WHOLE_TREE, ctypes.byref(wanted), ctypes.sizeof(wanted))


def drop_capabilities() -> None:
    """Keep none of root's rights but that of reading any file, and this only where it was there.

    Raises:
        OSError: It was refused.
    """
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0)
    held = (ctypes.c_uint32 * 6)()  # two halves of: effective, permitted, inheritable
    checked(library().capget(header, held))
    kept = held[0] & held[1] & _READ_ANY_FILE
    checked(library().capset(header, (ctypes.c_uint32 * 6)(kept, kept, 0, 0, 0, 0)))
