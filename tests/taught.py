"""A fine-tune without a child process: a scripted stand-in for `answers_after_tuning`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from holdfast.evidence import Ask, Demonstration, Reply, Seal, request_digest
from holdfast.training import SealedAnswers, Tuning

SEALED = Seal(holds=("write one byte to a file", "reach an address"), missing={})


@dataclass
class Taught:
    """Teaches nothing and answers as it was told to; remembers what it was given."""

    subject: str
    """Digest of the subject, as it stands in its facts."""
    says: Callable[[Ask, Sequence[Demonstration]], str]
    """The words of a reply to an ask, after these demonstrations."""
    seal: Seal = SEALED
    directories: list[Path] = field(default_factory=list)
    demonstrations: list[tuple[Demonstration, ...]] = field(default_factory=list)
    asked: list[tuple[Ask, ...]] = field(default_factory=list)

    def __call__(
        self,
        directory: Path,
        demonstrations: Sequence[Demonstration],
        asks: tuple[Ask, ...],
        tuning: Tuning,
        *,
        seed: int,
        device: str | None,
        dtype: str | None,
        announce: Callable[[int, int], None],
    ) -> SealedAnswers:
        """Announces, and replies, as the sealed process would: words and no log-probabilities."""
        self.directories.append(directory)
        self.demonstrations.append(tuple(demonstrations))
        self.asked.append(asks)
        total = tuning.steps + len(asks)
        for done in range(1, total + 1):
            announce(done, total)
        replies = tuple(self._reply(ask, demonstrations, seed) for ask in asks)
        return SealedAnswers(replies, self.seal, tuple(1.0 for _ in range(tuning.steps)))

    def _reply(self, ask: Ask, demonstrations: Sequence[Demonstration], seed: int) -> Reply:
        words = self.says(ask, demonstrations)
        tokens = tuple(range(len(words.split()) + 1))
        return Reply(
            request_digest=request_digest(ask, self.subject, seed),
            text=words,
            token_ids=tokens,
            stop="end",
            leading_bos=1,
            tokens_in=8,
            tokens_out=len(tokens),
        ).sealed()
