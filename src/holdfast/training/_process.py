"""Starting a sealed process, speaking with it, and ending it, whatever its work.

What it is told and what it says are frames (see `_messages`). Nothing that it changes is kept: it is gone when the
context is left.
"""

import os
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from tempfile import TemporaryDirectory
from typing import IO, Final, Literal

from pydantic_core import to_json

from holdfast.errors import HoldfastError, StorageFailed, TuningFailed
from holdfast.evidence import Frozen
from holdfast.training._heard import garbled, next_frame
from holdfast.training._messages import STATE, send

Work = Literal["holdfast.training._child", "holdfast.tamper._inside"]
"""The modules whose `main` is run inside the seal: these, and no others."""

_BEGIN: Final = "import json, sys; sys.path[:0] = json.loads(sys.argv[1]); from {work} import main; main()"
_PATIENCE_S: Final = 5.0
_SETTINGS: Final = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    # While the child imports: some layers of the seal shut a process only while it has one thread.
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
}


class SealedTalk:
    """Frames to and from a sealed process, by whoever started it."""

    def __init__(self, child: "Popen[bytes]") -> None:
        """Nothing is said yet."""
        assert child.stdin is not None  # both are pipes
        assert child.stdout is not None
        self._child, self._inbox, self._outbox = child, child.stdout, child.stdin

    def say(self, message: Frozen) -> None:
        """Send a frame.

        Raises:
            TuningFailed: The process has ended.
        """
        try:
            send(self._outbox, message)
        except BrokenPipeError as problem:
            raise ended(self._child) from problem

    def hear(self) -> bytes:
        """The next frame.

        Raises:
            TuningFailed: The process has ended.
            TuningGarbled: The frame is longer than any may be, or was cut off.
        """
        try:
            return next_frame(self._inbox)
        except EOFError as problem:
            raise ended(self._child) from problem


def ended(child: "Popen[bytes]") -> HoldfastError:
    """What became of a child that says no more."""
    try:
        code = child.wait(_PATIENCE_S)
    except TimeoutExpired:
        return garbled("it closed its pipe and went on")
    killed = code == -signal.SIGKILL
    how = f"it was killed by signal {-code}" if code < 0 else f"it ended with exit code {code}"
    return TuningFailed(
        "the sealed process ended before it had answered",
        why=f"{how}{'; usually the system had no memory left' if killed else ', without a word'}",
        fix="free memory, or give another --device" if killed else "run it again; if it ends the same way, report it",
        state=STATE,
    )


@contextmanager
def scratch_directory() -> Generator[Path]:
    """Where the child tries to write; whatever it may leave there is removed."""
    try:
        made = TemporaryDirectory(prefix="holdfast-seal-", ignore_cleanup_errors=True)
        (Path(made.name) / "own").touch()
    except OSError as problem:
        raise StorageFailed(
            "there is no room to try the seal in",
            why=f"a temporary directory cannot be made: {problem.strerror or problem}",
            fix="make room, or set TMPDIR to a directory that is writable",
            state="nothing was tuned",
        ) from problem
    with made:
        yield Path(made.name)


@contextmanager
def sealed_process(work: Work) -> "Generator[Popen[bytes]]":
    """A fresh interpreter that ends, whatever happens here, when this is left; and with this process, if that dies."""
    child = Popen(  # noqa: S603 -- this interpreter, and our own words
        [sys.executable, "-I", "-B", "-c", _BEGIN.format(work=work), to_json(_where_modules_are()).decode()],
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env=os.environ | _SETTINGS,
        # Ctrl-C reaches this process alone, which then ends the other.
        start_new_session=True,
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                _close(pipe)


def _close(pipe: IO[bytes]) -> None:
    with suppress(BrokenPipeError):  # what was not yet written has no reader any more
        pipe.close()


def _where_modules_are() -> list[str]:
    """As this process finds them: from a checkout, a wheel, or a path of its own."""
    return [path for path in sys.path if os.path.isabs(path)]


def threads() -> int:
    """As many as this process was told to use, else one for each processor that it may use."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return int(told) if told.isdecimal() and int(told) else (os.cpu_count() or 1)
