"""The engine on a thread of its own: requests come from anywhere and join the rows under way."""

from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Final

import torch

from holdfast.models._engine import Engine
from holdfast.models._placement import runs_on_one_thread
from holdfast.models._prefixes import PrefixStore
from holdfast.models._request import Completion, Request
from holdfast.models._session import OnToken, Session

_TURNS_BYTES: Final = 1 << 28
"""Memory for the earlier turns of conversations."""

_Asked = tuple[Request, OnToken | None, "Future[Completion]"]


class EngineWorker:
    """An engine that many callers share.

    Earlier turns are kept, so a conversation's next turn computes what is new alone. A sequence's draws depend on its
    seed and not on its company; the last bits of its log-probabilities do.
    """

    def __init__(self, engine: Engine) -> None:
        """Start the thread; it sleeps while nothing is asked."""
        self._engine = engine
        self._asked: SimpleQueue[_Asked | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="holdfast-engine", daemon=True)
        self._thread.start()

    def submit(self, request: Request, on_token: OnToken | None = None) -> "Future[Completion]":
        """Ask; safe from any thread.

        Args:
            request: What to go on with.
            on_token: Told of every token and its log-probability, from the engine's thread.

        Returns:
            The completion, or the error that ended the engine's work on it.
        """
        future: Future[Completion] = Future()
        self._asked.put((request, on_token, future))
        return future

    def close(self) -> None:
        """End the thread after what was asked; later requests are never answered."""
        self._asked.put(None)
        self._thread.join()

    def _work(self) -> None:
        if runs_on_one_thread(self._engine.model):
            torch.set_num_threads(1)
        open_ = True
        while open_:
            session = self._engine.session(PrefixStore(_TURNS_BYTES), keep_turns=True)
            futures: dict[int, Future[Completion]] = {}
            try:
                open_ = self._serve(session, futures)
            except Exception as problem:  # noqa: BLE001  the boundary of the thread: callers get the error, the thread lives
                for future in futures.values():
                    future.set_exception(problem)

    def _serve(self, session: Session, futures: dict[int, "Future[Completion]"]) -> bool:
        """Work until told to end; False then."""
        open_ = True
        while open_ or not session.idle:
            while open_ and (session.idle or not self._asked.empty()):
                asked = self._asked.get()
                if asked is None:
                    open_ = False
                    break
                request, on_token, future = asked
                futures[session.submit(request, on_token)] = future
            for ticket, completion in session.step():
                futures.pop(ticket).set_result(completion)
        return False
