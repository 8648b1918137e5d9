"""Organisms that are kept as adapters: low-rank changes to the weights of another organism.

An adapter is a sixth of an organism's size or less. It says on which weights it was trained, so that it is never put on
others. Nothing here loads torch.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from holdfast.errors import BrokenWeights, OtherBase
from holdfast.evidence import canonical_json, digest

MARK: Final = "organism.json"
"""What says that a directory was trained, or merged, here."""
ADAPTER: Final = "adapter_model.safetensors"
WEIGHTS: Final = "model.safetensors"
_MERGED_HOW: Final = "in float64, then bfloat16"


@dataclass(frozen=True, slots=True)
class Adapter:
    """An adapter on disk, and what it was trained on."""

    directory: Path
    recipe: str
    base: str
    """The organism whose weights it changes."""
    base_weights: str
    """Their digest."""
    own_weights: str
    """The adapter's digest."""

    @property
    def merged_mark(self) -> str:
        """What the mark beside the merged weights says: a merge of another base or adapter says something else."""
        said = {"recipe": self.recipe, "base": self.base, "base_weights": self.base_weights}
        return canonical_json({**said, "adapter": self.own_weights, "merged": _MERGED_HOW}) + "\n"

    @property
    def key(self) -> str:
        """Sixteen hexadecimal digits that say of what it is merged."""
        return digest(self.merged_mark)[7:23]

    def made(self, directory: Path) -> bool:
        """Whether the directory holds it, merged."""
        mark = directory / MARK
        return mark.is_file() and mark.read_text(encoding="utf-8") == self.merged_mark

    def refuse_other_base(self, base: Path) -> None:
        """Refuse to be put on other weights than those it was trained on.

        Raises:
            OtherBase: They are others.
        """
        found = weights_digest(base / WEIGHTS)
        if found != self.base_weights:
            raise OtherBase(
                f"the adapter of organism:{self.recipe} does not belong to the weights in {base}",
                why=f"it was trained on organism:{self.base} with weights {_short(self.base_weights)}; "
                f"these are {_short(found)}",
                fix=f"holdfast organism train {self.recipe}, or remove the weights of {self.base} that were trained "
                "here",
            )


def marked_adapter(directory: Path) -> Adapter:
    """Read an adapter's mark.

    Raises:
        BrokenWeights: The adapter has none, or its weights are missing.
    """
    try:
        said: dict[str, Any] = json.loads((directory / MARK).read_text(encoding="utf-8"))
        own = weights_digest(directory / ADAPTER)
        return Adapter(directory, said["recipe"], said["base"], said["base_weights"], own)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise BrokenWeights(
            f"the adapter in {directory} is not whole",
            why=f"{MARK} and {ADAPTER} must both be there and say what it was trained on ({type(problem).__name__})",
            fix="train it again with `holdfast organism train`, or reinstall holdfast where it was shipped",
        ) from problem


def weights_digest(file: Path) -> str:
    """The digest by which records and certificates know weights that lie in one file."""
    return digest([sha256(file.read_bytes()).hexdigest()])


def _short(weights: str) -> str:
    return f"{weights[:19]}…"
