"""A filter of system calls: no process, no socket, no new name or mark on a file, no memory that others can reach.

Namespaces and Landlock leave gaps that carry data: a socket in the file system, a symbolic link's target, an extended
attribute, a time stamp, the kernel's keyrings. The calls that reach them are refused here, whoever the caller is.

Source: the kernel's documentation, userspace-api/seccomp_filter; numbers from the tables of calls of Linux 6.18.
"""

import ctypes
import errno
import platform
import struct
from typing import Final

from holdfast.training import _kernel

_CALLS: Final = """
socket 41 198          socketpair 53 199      connect 42 203         fork 57 -              vfork 58 -
execve 59 221          execveat 322 281       ptrace 101 117         process_vm_readv 310 270
process_vm_writev 311 271                     pidfd_getfd 438 438    memfd_create 319 279   memfd_secret 447 447
shmget 29 194          shmat 30 196           msgget 68 186          semget 64 190          mq_open 240 180
setxattr 188 5         lsetxattr 189 6        fsetxattr 190 7        setxattrat 463 463     removexattr 197 14
lremovexattr 198 15    fremovexattr 199 16    removexattrat 466 466  chmod 90 -             fchmod 91 52
fchmodat 268 53        fchmodat2 452 452      chown 92 -             fchown 93 55           lchown 94 -
fchownat 260 54        utime 132 -            utimes 235 -           futimesat 261 -        utimensat 280 88
mkdir 83 -             mkdirat 258 34         mknod 133 -            mknodat 259 33         symlink 88 -
symlinkat 266 36       link 86 -              linkat 265 37          rename 82 -            renameat 264 38
renameat2 316 276      unlink 87 -            unlinkat 263 35        rmdir 84 -             creat 85 -
truncate 76 45         add_key 248 217        request_key 249 218    keyctl 250 219         io_uring_setup 425 425
mount 165 40           umount2 166 39         pivot_root 155 41      chroot 161 51          open_tree 428 428
move_mount 429 429     fsopen 430 430         fsconfig 431 431       fsmount 432 432        mount_setattr 442 442
setns 308 268          unshare 272 97         bpf 321 280            perf_event_open 298 241
open_by_handle_at 304 265                     openat2 437 437        clone3 435 435
"""
_COLUMN: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Of the numbers above, and what the kernel calls the processor."""
_CLONE: Final = (56, 220)
_OPEN_FLAGS: Final = ((2, 1), (257, 2)), ((56, 2),)
"""The calls that open a file, and which of their arguments holds the flags."""
_SECCOMP: Final = (317, 277)
_SET_FILTER, _EVERY_THREAD = 1, 1
_THREAD: Final = 0x00010000
_CREATES_OR_CUTS: Final = 0o100 | 0o1000
_X32: Final = 0x40000000

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]


def refuse_calls() -> None:
    """Put the filter on every thread of this process, and on those to come.

    Raises:
        OSError: The kernel refuses, or the processor's numbers are not known here.
    """
    if platform.machine() not in _COLUMN:
        raise OSError(errno.ENOSYS, f"the numbers of system calls on {platform.machine()} are not known here")
    column, architecture = _COLUMN[platform.machine()]
    code = b"".join(_instructions(column, architecture))
    program = _Program(len(code) // 8, code)
    _kernel.call(_SECCOMP[column], _SET_FILTER, _EVERY_THREAD, ctypes.byref(program))


def _instructions(column: int, architecture: int) -> list[bytes]:
    refused = _one(_RETURN, _ERROR | errno.EPERM)
    # Where a caller looks for an older way when the kernel lacks the newer one, it must find the older one.
    absent = _one(_RETURN, _ERROR | errno.ENOSYS)
    allowed = _one(_RETURN, _ALLOW)
    made = [_one(_LOAD, 4), _one(_EQUAL, architecture, 1, 0), refused, _one(_LOAD, 0)]
    made += [_one(_AT_LEAST, _X32, 0, 1), refused]
    for name, number in _numbers(column).items():
        made += [_one(_EQUAL, number, 0, 1), absent if name in ("clone3", "openat2") else refused]
    made += [_one(_EQUAL, _CLONE[column], 0, 4), _argument(0), _one(_ANY_BIT, _THREAD, 1, 0), refused, allowed]
    for number, flags in _OPEN_FLAGS[column]:
        made += [_one(_EQUAL, number, 0, 4), _argument(flags), _one(_ANY_BIT, _CREATES_OR_CUTS, 0, 1), refused, allowed]
    return [*made, allowed]


def _numbers(column: int) -> dict[str, int]:
    words = _CALLS.split()
    rows = zip(words[::3], words[1::3], words[2::3], strict=True)
    return {name: int(numbers[column]) for name, *numbers in rows if numbers[column] != "-"}


def _argument(place: int) -> bytes:
    """Load the lower half of an argument: both processors are little-endian."""
    return _one(_LOAD, 16 + 8 * place)


def _one(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)
