"""What the samples of one batch learn from each other: whether it is still worth asking."""

from collections.abc import Callable
from threading import Event, Lock
from time import monotonic
from typing import Final, TypeVar

from holdfast.subjects._budget import Failure, GivenUp, Passing

Answer = TypeVar("Answer")

_FOR_EVERYONE: Final = frozenset({401, 404})
"""Refusals that are not about one sample: the key, and the route or the model."""


class RealPatience:
    """The clock on the wall; every wait ends when the endpoint is given up."""

    def __init__(self) -> None:
        """Start patient."""
        self._over = Event()

    def now(self) -> float:
        """Seconds of the monotonic clock."""
        return monotonic()

    def wait(self, seconds: float) -> bool:
        """Wait; False as soon as it is over."""
        return not self._over.wait(seconds)

    def end(self) -> None:
        """Wake everyone who waits."""
        self._over.set()


class Line:
    """The state of one batch, shared by its threads."""

    def __init__(self, patience: RealPatience, limit: int) -> None:
        """Begin.

        Args:
            patience: The clock.
            limit: Samples that may stay without an answer, with none answered in between, before the line is lost.
        """
        self.patience = patience
        self.lost = False
        self.last: Failure | None = None
        """The last failure that says something about the endpoint, not about one sample."""
        self._in_a_row = 0
        self._limit = limit
        self._lock = Lock()

    def ask(self, call: Callable[[], Answer]) -> Answer:
        """Call, unless the line is lost.

        Raises:
            GivenUp: It is.
        """
        if self.lost:
            raise GivenUp("the endpoint was given up before this was asked")
        return call()

    def answered(self) -> None:
        """A sample was answered."""
        with self._lock:
            self._in_a_row = 0

    def failed(self, failure: Failure) -> None:
        """A sample stayed without an answer."""
        with self._lock:
            if not isinstance(failure, Passing) and failure.status not in _FOR_EVERYONE:
                return
            self.last = failure
            self._in_a_row += 1
            if self._in_a_row >= self._limit:
                self.give_up()

    def give_up(self) -> None:
        """Let nobody ask any more, and wake everyone who waits."""
        self.lost = True
        self.patience.end()
