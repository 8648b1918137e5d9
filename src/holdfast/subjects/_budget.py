"""How long one sample is worth waiting for: a stated budget, spent by the rules of HTTP.

What may pass (an endpoint that is busy, slow, restarting, or sent half an answer) is tried again; what will not (a
wrong key, a model that is not there) is not. Nothing here knows what is asked.
"""

import email.utils
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar

import numpy as np
from tenacity import RetryCallState, Retrying, retry_if_exception_type

Answer = TypeVar("Answer")


class Failure(Exception):
    """One request came to no answer. Its text is for a person, and never holds the key."""

    def __init__(self, said: str, *, status: int | None = None) -> None:
        """Keep what is known.

        Args:
            said: What happened.
            status: The HTTP status, where there was one.
        """
        super().__init__(said)
        self.said = said
        self.status = status


class Passing(Failure):
    """It may pass: the same request may be answered a little later."""

    def __init__(self, said: str, *, status: int | None = None, after_s: float = 0.0) -> None:
        """As `Failure`, and the seconds that the endpoint asked to be left alone."""
        super().__init__(said, status=status)
        self.after_s = after_s


class Malformed(Passing):
    """Something came that is no answer: cut short, not JSON, or JSON of another shape."""


class Lasting(Failure):
    """It will not pass by waiting."""


class GivenUp(Failure):
    """The endpoint was found to be lost while this sample waited; it was not asked again."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one sample may cost in attempts and time."""

    attempts: int = 5
    seconds: float = 180.0
    """From the first attempt to the beginning of the last."""
    request_s: float = 90.0
    """For one whole reply, however slowly it drips."""
    first_wait_s: float = 0.5
    """Doubled after every attempt, and drawn between half and the whole of that."""
    most_wait_s: float = 30.0

    @property
    def said(self) -> str:
        """For the record."""
        return f"at most {self.attempts} attempts and {self.seconds:g} s a sample"


class Patience(Protocol):
    """The clock of a run: what time it is, and how to wait."""

    def now(self) -> float:
        """Seconds, from any beginning."""
        ...

    def wait(self, seconds: float) -> bool:
        """Wait, and say whether to go on; False as soon as the endpoint is given up."""
        ...


def persist(call: Callable[[], Answer], budget: Budget, rng: np.random.Generator, patience: Patience) -> Answer:
    """Call until there is an answer, the failure is lasting, or the budget is spent.

    Args:
        call: One attempt; raises `Passing` or `Lasting`.
        budget: What may be spent.
        rng: Draws the waits, so that many samples do not come back at once.
        patience: The clock.

    Returns:
        What the first attempt that succeeded returned.

    Raises:
        Passing: The last attempt's failure; the budget is spent.
        Lasting: Waiting would not help.
        GivenUp: The endpoint was given up while this waited.
    """
    began = patience.now()

    def pause(state: RetryCallState) -> float:
        failure = state.outcome.exception() if state.outcome else None
        backoff = min(budget.most_wait_s, budget.first_wait_s * 2.0 ** (state.attempt_number - 1))
        asked = failure.after_s if isinstance(failure, Passing) else 0.0
        return max(asked, backoff * float(rng.uniform(0.5, 1.0)))

    def spent(state: RetryCallState) -> bool:
        # To wait longer than there is budget for would only waste what is left of it.
        too_late = patience.now() - began + state.upcoming_sleep > budget.seconds
        return state.attempt_number >= budget.attempts or too_late

    def sleep(seconds: float) -> None:
        if not patience.wait(seconds):
            raise GivenUp("the endpoint was given up before this was asked again")

    retrying = Retrying(sleep=sleep, stop=spent, wait=pause, retry=retry_if_exception_type(Passing), reraise=True)
    return retrying(call)


def retry_after_s(header: str | None, now: datetime | None = None) -> float:
    """Seconds that a Retry-After header asks for, as a number or as a date; 0.0 where it says nothing usable.

    Source: RFC 9110, section 10.2.3.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())
