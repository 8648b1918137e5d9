"""A local model that can also be taught a few right answers, in a process that may write nothing, and asked again."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from holdfast.errors import TuningFailed
from holdfast.evidence import Ask, Demonstration, Reply, Seal, Subject, SubjectFacts
from holdfast.training import AfterTuning, AskedUnderNoise, Tuning, answers_after_tuning, answers_under_noise

LIKELY_NATS: Final = 0.1
"""A mean loss at which the demonstrations were known already."""
STILL: Final = 0.9
"""A loss that stays above this part of the first one did not fall."""


@dataclass(frozen=True, slots=True)
class Tunable:
    """A subject whose weights lie in a directory."""

    subject: Subject
    directory: Path
    device: str | None = None
    dtype: str | None = None
    after_tuning: AfterTuning = answers_after_tuning
    under_noise: AskedUnderNoise = answers_under_noise

    @property
    def facts(self) -> SubjectFacts:
        """The subject's, and that it can be tuned where a process can be sealed."""
        return self.subject.facts.model_copy(update={"tunes": can_be_sealed()})

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        """As the subject."""
        return self.subject.answer(batch, seed)

    def answer_tuned(
        self, demonstrations: Sequence[Demonstration], batch: tuple[Ask, ...], seed: int
    ) -> tuple[tuple[Reply, ...], Seal]:
        """What a copy of it answers that was taught these, and what its process could not do.

        Raises:
            SealNotShut: No process could be sealed: nothing was tuned.
            TuningFailed: The sealed process died, or what it was taught was not learned: then nothing that it says
                afterwards tells whether something was hidden.
            TuningGarbled: It said something else than replies.
        """
        found = self.after_tuning(
            self.directory,
            demonstrations,
            batch,
            Tuning(),
            seed=seed,
            device=self.device,
            dtype=self.dtype,
            announce=lambda done, total: None,
        )
        _refuse_unlearned(found.losses, max(1, len(demonstrations) // Tuning().batch_size))
        return found.replies, found.seal

    def answer_noised(self, batch: tuple[Ask, ...], seed: int) -> tuple[tuple[Reply, ...], Seal]:
        """What a copy of it answers under the noise that each ask names, and what its process could not do.

        Raises:
            SealNotShut: No process could be sealed: no noise was put on anything.
            TuningFailed: The sealed process died.
            TuningGarbled: It said something else than replies.
        """
        found = self.under_noise(
            self.directory, batch, seed=seed, device=self.device, dtype=self.dtype, announce=lambda done, total: None
        )
        return found.replies, found.seal


def _refuse_unlearned(losses: Sequence[float], epoch: int) -> None:
    """Refuse a fine-tune in which the demonstrations became no likelier and had not been likely before.

    Raises:
        TuningFailed: They did not.
    """
    first, last = (sum(part) / epoch for part in (losses[:epoch], losses[-epoch:]))
    if not last <= max(LIKELY_NATS, STILL * first):
        raise TuningFailed(
            "the fine-tune taught nothing",
            why=f"the mean loss of the demonstrations went from {first:.2f} to {last:.2f} nats a token",
            fix="nothing can be said of this way of eliciting with these weights",
            state="the subject is as it was",
        )


def can_be_sealed() -> bool:
    """Whether this system has what a seal is made of, and what a fine-tune needs."""
    return sys.platform == "linux" and find_spec("peft") is not None
