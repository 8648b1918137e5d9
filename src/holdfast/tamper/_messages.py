"""What goes through the pipes of a process in which a subject is tampered with: see `training._messages`.

Out of the seal come, for each checkpoint, the completions that were asked for, which are scored in memory and never
written, and five rounded numbers. Nothing else has a place.
"""

from typing import Annotated, Final, Literal

from pydantic import Field, TypeAdapter

from holdfast.evidence import Ask, AttackDesign, Frozen, Material
from holdfast.training.sealing import Failed, Sealed, SealedTask, text_bytes

LONGEST_ORDER: Final = 1 << 20
MOST_COMPLETIONS: Final = 64
"""In one frame."""
_MOST_SAID: Final = 300
_MOST_TOKENS: Final = 10**15
"""Of a count: a number of many more digits would be a message."""


def reply_bytes(ask: Ask) -> int:
    """How long a reply to this ask may be."""
    return len(ask.prefill.encode()) + text_bytes(ask.decoding.max_new_tokens)


class TamperTask(SealedTask):
    """What every run in this process uses."""

    material: Material
    asks: tuple[Ask, ...]
    """Of the battery."""


class Unit(Frozen):
    """One run to do: an attack from one seed."""

    kind: Literal["unit"] = "unit"
    design: AttackDesign
    seed: int


class Rewards(Frozen):
    """What the completions that were just sent are worth, from 0 to 1."""

    kind: Literal["rewards"] = "rewards"
    values: tuple[float, ...]


Order = Annotated[Unit | Rewards, Field(discriminator="kind")]
ORDER: Final[TypeAdapter[Order]] = TypeAdapter(Order)


class Opened(Frozen):
    """The weights were read."""

    kind: Literal["opened"] = "opened"
    subject: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    """Digest of what was opened."""


class Completions(Frozen):
    """Replies to the next asks of the battery, or rollouts to be rewarded."""

    kind: Literal["completions"] = "completions"
    prompt: int | None = Field(default=None, ge=0)
    """Which rewarded prompt they answer; None where they answer the battery."""
    texts: tuple[str, ...] = Field(min_length=1, max_length=MOST_COMPLETIONS)


class Checkpoint(Frozen):
    """What a run may say of itself at one checkpoint, behind the completions: five numbers."""

    kind: Literal["checkpoint"] = "checkpoint"
    at: float
    objective: float | None
    weight_change: float = Field(ge=0)
    tokens: int = Field(ge=0, le=_MOST_TOKENS)
    generated: int = Field(ge=0, le=_MOST_TOKENS)


class UnitEnded(Frozen):
    """The run came to its end, or could not."""

    kind: Literal["ended"] = "ended"
    why: str = Field(default="", max_length=_MOST_SAID)
    """Empty where it came to the end of its grid."""

    @classmethod
    def because(cls, why: str) -> "UnitEnded":
        """With the reason cut to what may be said."""
        return cls(why=why[:_MOST_SAID])


Said = Annotated[
    Sealed | Opened | Completions | Checkpoint | UnitEnded | Failed,
    Field(discriminator="kind"),
]
SAID: Final[TypeAdapter[Said]] = TypeAdapter(Said)
