"""Functions of an owner's own, named as FILE.py:NAME: who labels a reply, and what a reply is worth.

They are called in this process and never inside the seal. What they print goes to stderr: stdout holds one envelope.
"""

import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from numbers import Real
from pathlib import Path
from threading import Lock
from typing import NoReturn

from holdfast.errors import OwnFunctionFailed, PathUnreadable
from holdfast.evidence import digest

_SHOWN = 19


@dataclass(frozen=True, slots=True)
class OwnFunction:
    """A function that is handed a request and a reply."""

    reference: str
    """As the user named it."""
    digest: str
    """Of the whole file."""
    call: Callable[[str, str], object]
    lock: Lock = field(default_factory=Lock)
    """Of all functions of an owner: runs are heard side by side, and where a function prints is the whole process's."""

    @property
    def name(self) -> str:
        """File, function and the digest's first digits, for the record: never where the file lies."""
        file, _, function = self.reference.rpartition(":")
        return f"{Path(file).name}:{function} ({self.digest[:_SHOWN]}…)"

    def __call__(self, request: str, reply: str) -> object:
        """What it gives.

        Raises:
            OwnFunctionFailed: It raised.
        """
        try:
            with self.lock, redirect_stdout(sys.stderr):
                return self.call(request, reply)
        except (Exception, SystemExit) as problem:
            # Its words may quote the reply, so the kind of error stands alone.
            raise _failed(self, f"it raised {type(problem).__name__}") from problem

    def refuse(self, given: object, allowed: str) -> NoReturn:
        """Say that it gave what it must not give.

        Raises:
            OwnFunctionFailed: Always.
        """
        raise _failed(self, f"it gave a {type(given).__name__} that is none of these: {allowed}")


def own_function(reference: str, lock: "Lock | None" = None) -> OwnFunction:
    """Load FILE.py:NAME. The file is run: it is the user's own.

    Args:
        reference: As the user named it.
        lock: Held while it is called; one of its own where none is given.

    Raises:
        PathUnreadable: There is no such file, it cannot be run, or it holds no function of that name.
    """
    file, colon, name = reference.rpartition(":")
    path = Path(file)
    if not colon or not name.isidentifier():
        raise _unreadable(reference, "it is not written as FILE.py:NAME")
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise _unreadable(reference, getattr(problem, "strerror", None) or "it is not UTF-8") from problem
    found = getattr(_run(path, reference), name, None)
    if not callable(found):
        raise _unreadable(reference, f"{path.name} holds no function called {name}")
    return OwnFunction(reference, digest(text), found, lock or Lock())


def worth_of(function: OwnFunction, request: str, reply: str) -> float:
    """What a reply is worth.

    Raises:
        OwnFunctionFailed: It raised, or gave no number from 0 to 1.
    """
    given = function(request, reply)
    if isinstance(given, bool) or not isinstance(given, Real) or not 0 <= float(given) <= 1:
        function.refuse(given, "a number from 0 to 1")
    return float(given)


def _run(path: Path, reference: str) -> object:
    """The file as a module, run once however many functions of it are named; it may import what lies beside it."""
    path = path.resolve()
    name = f"holdfast_own_{digest(str(path))[7:19]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise _unreadable(reference, "its name does not end in .py")
    module = module_from_spec(spec)
    sys.modules[name] = module
    sys.path.append(str(path.parent))
    try:
        with redirect_stdout(sys.stderr):
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as problem:
        del sys.modules[name]
        raise _unreadable(reference, f"running it raised {type(problem).__name__}: {problem}") from problem
    finally:
        sys.path.remove(str(path.parent))
    return module


def _unreadable(reference: str, why: str) -> PathUnreadable:
    return PathUnreadable(f"{reference} cannot be used", why=why, fix="name a function as FILE.py:NAME")


def _failed(function: OwnFunction, why: str) -> OwnFunctionFailed:
    return OwnFunctionFailed(
        f"{function.reference} failed",
        why=why,
        fix="mend it and give the command again; a changed file is a new plan",
        state="every run that had ended is kept; the subject is as it was",
    )
