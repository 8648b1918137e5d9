"""A change of a subject's residual stream, said as a plan can say it: by the prompts that it is computed from."""

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field

from holdfast.evidence._canonical import Frozen, digest
from holdfast.evidence._message import Message

Conversation = tuple[Message, ...]


class PromptContrast(Frozen):
    """Two lists of prompts. What a subject's states behind the one have beyond those behind the other is a vector.

    Only the digest is written down: the prompts follow from the plan, and every ask that is steered bears the contrast.
    """

    digest: str
    """Of both lists."""
    toward: tuple[Conversation, ...] = Field(min_length=1, exclude=True, repr=False)
    away: tuple[Conversation, ...] = Field(min_length=1, exclude=True, repr=False)

    @classmethod
    def of(cls, toward: Sequence[Conversation], away: Sequence[Conversation]) -> Self:
        """The contrast of two lists of prompts, pinned by its digest."""
        said = [[[turn.model_dump() for turn in turns] for turns in side] for side in (toward, away)]
        return cls(digest=digest(said), toward=tuple(toward), away=tuple(away))

    def __hash__(self) -> int:
        """Of the digest: it stands for the prompts."""
        return hash(self.digest)


class Steer(Frozen):
    """What is added to a subject's residual stream while it answers: a vector that the subject computes itself.

    The vector is the mean state behind the last token of one list of prompts, less that of the other, and it is added
    behind the same decoder layer, at every token. It is a function of the plan and of the weights alone.

    Source: Rimsky et al. (2024), arXiv 2312.06681; Hua et al. (2025), arXiv 2510.20487.
    """

    contrast: PromptContrast
    dose: float = Field(gt=0)
    """How many times the vector is added. Fixed beforehand, and never fitted to anything that the subject does."""
    as_long_as: PromptContrast | None = Field(default=None, exclude_if=lambda other: other is None)
    """The vector is first made as long as that of this contrast; None to leave it as it is."""
    quarter: Literal[1, 2, 3, 4] = 3
    """Behind which part of the decoder layers, counted up: 3 of 4 layers is the third, of 30 the twenty-third."""
