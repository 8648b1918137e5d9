"""Opening a subject: the one place where a reference meets the code that can load it."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from holdfast.audit._hub import hub_directory
from holdfast.audit._inspect_subject import InspectSubject
from holdfast.audit._tunable import Tunable
from holdfast.errors import ExtraNotInstalled
from holdfast.evidence import Subject
from holdfast.organisms import organism_directory
from holdfast.store import home
from holdfast.subjects import (
    DirectoryReference,
    EndpointReference,
    HubReference,
    InspectReference,
    OrganismReference,
    open_endpoint,
    parse_reference,
)


def open_subject(
    reference: str,
    *,
    device: str | None = None,
    dtype: str | None = None,
    announce: Callable[[str], None] = lambda _: None,
) -> Subject:
    """Open what is to be evaluated.

    From here on nothing knows its name: an organism is opened as the directory that it lies in. Only an endpoint is
    known by its address and its model's name, because nothing else of it can be seen.

    Args:
        reference: How the user named it.
        device: Where a local model shall run; None to choose, see `holdfast.models.place`.
        dtype: In which number type; None to choose.
        announce: Told where a local model runs and why, and what an endpoint cannot do.

    Raises:
        UnknownReference: The reference has no known form.
        UnknownOrganism: There is no organism of that name.
        ModelUnclear: The endpoint serves several models, and none was named.
        NotTrained: The organism has no weights on this machine.
        ExtraNotInstalled: torch, transformers or inspect-ai is missing.
        EndpointLost: The endpoint cannot be reached.
        EndpointRefused: It refuses the key, the model or the request, or Inspect cannot make the model.
        MissingError: The directory cannot be opened; see `holdfast.models.open_directory`. Or the hub does not give it:
            RepositoryNotFound, RepositoryGated, HubUnreachable.
    """
    parsed = parse_reference(reference)
    if isinstance(parsed, EndpointReference):
        return open_endpoint(parsed, announce=announce)
    if isinstance(parsed, InspectReference):
        require_inspect(f"{parsed.model!r} is a model of Inspect AI")
        return InspectSubject(parsed.model)
    require_models()
    directory = _directory(parsed)
    from holdfast.models import LocalSubject, open_directory

    opened = open_directory(directory, device=device, dtype=dtype)
    announce(f"runs on {opened.placement.device}; numbers are {opened.placement.dtype}")
    announce(f"{opened.slots.value} sequences at a time: {opened.slots.reason}")
    return Tunable(LocalSubject(opened), directory, device, dtype)


def pin_reference(reference: str, *, announce: Callable[[str], None] = lambda _: None) -> str:
    """The reference with a commit in place of whatever moves: `hf:org/name@COMMIT`; any other as it is.

    Args:
        reference: How the user named the subject.
        announce: Told what is fetched, and which commit a branch or tag stands for.

    Raises:
        UnknownReference: The reference has no known form.
        ExtraNotInstalled: torch or transformers is missing.
        MissingError: The hub does not give it: RepositoryNotFound, RepositoryGated, HubUnreachable.
    """
    parsed = parse_reference(reference)
    if not isinstance(parsed, HubReference):
        return reference
    require_models()
    announce(f"fetching {reference}, where it is not in the cache")
    _, commit = hub_directory(parsed)
    pinned = f"hf:{parsed.repository}@{commit}"
    if pinned != reference:
        announce(f"{reference} is {pinned} now")
    return pinned


def _directory(reference: OrganismReference | DirectoryReference | HubReference) -> Path:
    if isinstance(reference, OrganismReference):
        return organism_directory(reference.name, organism_cache())
    if isinstance(reference, HubReference):
        return hub_directory(reference)[0]
    return reference.path


def require_inspect(what: str) -> None:
    """Check that Inspect AI can be loaded, without loading it.

    Args:
        what: What needs it, as a sentence.

    Raises:
        ExtraNotInstalled: It is missing.
    """
    if find_spec("inspect_ai") is None:
        raise ExtraNotInstalled(
            "inspect-ai is not installed",
            why=f"{what}, which the base installation leaves out",
            fix="pip install 'holdfast[inspect]'",
        )


def organism_cache() -> Path:
    """Where organisms that were trained on this machine lie."""
    return home() / "organisms"


def require_models() -> None:
    """Check that the heavy wing can be loaded, without loading it.

    Raises:
        ExtraNotInstalled: torch or transformers is missing.
    """
    _require(
        ("torch", "transformers"),
        why="auditing loads a model; the base installation leaves that out",
        fix="pip install torch==2.13.0 && pip install 'holdfast[audit]'",
    )


def require_training() -> None:
    """Check that an organism can be trained, without loading anything.

    Raises:
        ExtraNotInstalled: torch, transformers or peft is missing.
    """
    _require(
        ("torch", "transformers", "peft"),
        why="training needs torch; the base installation leaves that out",
        fix="pip install torch==2.13.0 && pip install 'holdfast[audit]'",
    )


def require_server() -> None:
    """Check that a model can be served, without loading anything.

    Raises:
        ExtraNotInstalled: starlette or uvicorn is missing.
    """
    _require(
        ("starlette", "uvicorn"),
        why="serving a model needs a server; the base installation leaves that out",
        fix="pip install 'holdfast[serve]'",
    )


def _require(names: tuple[str, ...], *, why: str, fix: str) -> None:
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        what = f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not installed"
        raise ExtraNotInstalled(what, why=why, fix=fix)
