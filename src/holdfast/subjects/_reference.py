"""References: how a user names what is to be evaluated. Nothing is opened here; no name reaches a finding."""

from dataclasses import dataclass
from pathlib import Path

from holdfast.errors import UnknownReference

ORGANISM_PREFIX = "organism:"
_NOT_YET = ("hf:", "openai/", "anthropic/", "google/", "vllm/", "http:", "https:")


@dataclass(frozen=True, slots=True)
class OrganismReference:
    """`organism:NAME`: a model with planted behaviour from the zoo."""

    name: str


@dataclass(frozen=True, slots=True)
class DirectoryReference:
    """The path of a local Hugging Face directory."""

    path: Path


Reference = OrganismReference | DirectoryReference


def parse_reference(text: str) -> Reference:
    """Read a reference.

    Args:
        text: `organism:NAME`, or a path; a path holds a slash, begins with a dot, or names an existing directory.

    Raises:
        UnknownReference: It has neither form.
    """
    if text.startswith(ORGANISM_PREFIX):
        return OrganismReference(text.removeprefix(ORGANISM_PREFIX))
    if text.startswith(_NOT_YET):
        raise UnknownReference(
            f"cannot open {text!r}",
            why="this version opens organisms and local directories; hubs and endpoints are not opened yet",
            fix="download the model and give the path of its directory",
        )
    if "/" in text or text.startswith((".", "~")) or (text and Path(text).exists()):
        try:
            return DirectoryReference(Path(text).expanduser())
        except RuntimeError as problem:
            raise UnknownReference(
                f"cannot open {text!r}",
                why="there is no such user, so there is no such home directory",
                fix="give the whole path",
            ) from problem
    raise UnknownReference(
        f"cannot open {text!r}",
        why="it is neither organism:NAME nor the path of a directory",
        fix=f"did you mean `{ORGANISM_PREFIX}{text}` or `./{text}`?",
    )
