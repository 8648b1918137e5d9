"""Asking: every batch once, kept as soon as it is answered, and only the missing ones after a crash."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from holdfast.errors import EndpointLost
from holdfast.evidence import Ask, PanelPlan, Reply, Subject, request_digest
from holdfast.store import RunDirectory

_BATCH: Final = 64
Announce = Callable[[str, int, int], None]
"""What is being done, how many are done, of how many."""


@dataclass(slots=True)
class Collecting:
    """The answers of one run so far.

    Attributes:
        plan: Its seed is everybody's.
        directory: Where each batch is kept.
        announce: Told after every batch.
    """

    plan: PanelPlan
    directory: RunDirectory
    announce: Announce
    _batch: int = 0
    _said: dict[str, Reply] = field(default_factory=dict[str, Reply])

    def ask(self, what: str, subject: Subject, asks: Sequence[Ask]) -> None:
        """Ask all of this, but for batches that are kept and answer the same. The plan fixes the order of batches.

        Args:
            what: For whoever watches.
            subject: Who is asked.
            asks: In order.

        Raises:
            EndpointLost: Nothing of a batch was answered.
            MissingError: The subject was lost otherwise, or the disk refused. Finished batches are kept.
        """
        for start in range(0, len(asks), _BATCH):
            some = tuple(asks[start : start + _BATCH])
            marks = [request_digest(ask, subject.facts.digest, self.plan.seed) for ask in some]
            kept = self.directory.load_batch(self._batch)
            if kept is None or [reply.request_digest for reply in kept] != marks:
                kept = _answered(subject.answer(some, self.plan.seed), what, self.directory)
                self.directory.save_batch(self._batch, kept)
            # A reply to something else, or one that changed on its way, is none; nor is there one behind a lost one.
            for ask, mark, reply in zip(some, marks, kept, strict=False):
                if reply.request_digest == mark and reply.seal == reply.contents_digest:
                    self._said[ask.id] = reply
            self._batch += 1
            self.announce(what, min(start + _BATCH, len(asks)), len(asks))

    def words(self, ask: Ask) -> str | None:
        """What was answered, whole; None where it was not, was cut at the limit, or is empty."""
        reply = self._said.get(ask.id)
        if reply is None or reply.error is not None or reply.stop != "end":
            return None
        return reply.text if reply.text.strip() else None

    @property
    def came(self) -> int:
        """Replies that came so far, whatever they say."""
        return sum(reply.error is None for reply in self._said.values())


def _answered(replies: tuple[Reply, ...], what: str, directory: RunDirectory) -> tuple[Reply, ...]:
    """A batch in which something was answered: one in which nothing was is no evidence, and is asked again."""
    errors = [reply.error for reply in replies if reply.error is not None]
    if replies and len(errors) == len(replies):
        raise EndpointLost(
            f"nothing of a batch was answered ({what})",
            why=f"the last failure: {errors[-1]}",
            fix="mend the model, its key or its limits; then give the same command: it resumes",
            state=f"every finished batch is kept in {directory.path}; nothing of this one is",
        )
    return replies
