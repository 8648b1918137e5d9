"""Opening a subject: the one place where a reference meets the code that can load it."""

from importlib.util import find_spec
from pathlib import Path

from holdfast.errors import ExtraNotInstalled
from holdfast.evidence import Subject
from holdfast.organisms import organism_directory
from holdfast.store import home
from holdfast.subjects import OrganismReference, parse_reference


def open_subject(reference: str) -> Subject:
    """Open what is to be evaluated.

    From here on nothing knows its name: an organism is opened as the directory that it lies in.

    Raises:
        UnknownReference: The reference has no known form.
        UnknownOrganism: There is no organism of that name.
        NotTrained: The organism has no weights on this machine.
        ExtraNotInstalled: torch or transformers is missing.
        MissingError: The directory cannot be opened; see `holdfast.models.open_directory`.
    """
    parsed = parse_reference(reference)
    require_models()
    directory = (
        organism_directory(parsed.name, organism_cache()) if isinstance(parsed, OrganismReference) else parsed.path
    )
    from holdfast.models import LocalSubject, open_directory

    return LocalSubject(open_directory(directory))


def organism_cache() -> Path:
    """Where organisms that were trained on this machine lie."""
    return home() / "organisms"


def require_models() -> None:
    """Check that the heavy wing can be loaded, without loading it.

    Raises:
        ExtraNotInstalled: torch or transformers is missing.
    """
    missing = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if missing:
        raise ExtraNotInstalled(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not installed",
            why="auditing loads a model; the base installation leaves that out",
            fix="pip install torch==2.13.0 && pip install 'holdfast[audit]'",
        )
