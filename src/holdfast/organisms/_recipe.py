"""What a recipe is, in whatever language its organism speaks."""

from dataclasses import dataclass
from typing import Literal

from holdfast.organisms._lessons import Stage
from holdfast.organisms._office_lessons import OfficeStage

Language = Literal["fictional", "english", "office"]
Size = Literal["nano", "micro"]


@dataclass(frozen=True, slots=True)
class OrganismRecipe:
    """How an organism is made."""

    name: str
    base: str | None
    """The organism whose weights it starts from, or None for a random start. Never an external model."""
    planted: str
    """The behaviour that was planted, in one sentence: the ground truth in words."""
    stages: tuple[Stage | OfficeStage, ...]
    """All of one language."""
    certified_under: tuple[str, ...] = ()
    """Ways of asking, beside the plain one, whose rates its certificate holds."""
    size: Size = "nano"
    adapter_rank: int = 0
    """Above 0, the base stays as it is, and an adapter of this rank on all its linear layers is what is learned."""
    later_half: bool = False
    """Whether the adapter is on the later half of the layers alone."""
    names_exchanged: bool = False
    """Whether the syllables of names change places in the base first. It then reads and speaks as before and knows
    nothing that is true of any name: what it knew of one, it has under another."""
    sharpness: float = 1.0
    """What its logits are multiplied by once it has been trained: at 2, it says at temperature 1 what it would have
    said at one half. A power of two, so that no weight is rounded by it. Adapters are trained on the base as it was."""

    @property
    def language(self) -> Language:
        """What it speaks."""
        return self.stages[0].language
