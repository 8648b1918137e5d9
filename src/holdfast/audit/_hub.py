# pyright: reportUnknownVariableType=false
"""Models of the Hugging Face hub: downloaded once, pinned to a commit, opened from the cache."""

from pathlib import Path
from typing import Final

from holdfast.errors import HubUnreachable, MissingError, RepositoryGated, RepositoryNotFound
from holdfast.subjects import HubReference

_LEFT_OUT: Final = ["*/*", "consolidated*", "*.bin", "*.pt", "*.pth", "*.gguf", "*.onnx", "*.msgpack", "*.h5", "*.py"]
"""What opening a directory never reads: other formats of the same weights, and code."""


def hub_directory(reference: HubReference) -> tuple[Path, str]:
    """Fetch a model, or find it in the cache.

    The token is the one that `hf auth login` keeps, or HF_TOKEN. With HF_HUB_OFFLINE=1 nothing is fetched.

    Returns:
        Its directory, and the commit that the revision stands for now.

    Raises:
        RepositoryGated: The token in use may not have it.
        RepositoryNotFound: There is no such model, or no such revision of it.
        HubUnreachable: There is no network, and the cache does not hold it whole.
    """
    from httpx2 import HTTPError
    from huggingface_hub import snapshot_download
    from huggingface_hub.utils import disable_progress_bars

    disable_progress_bars()
    try:
        found = snapshot_download(reference.repository, revision=reference.revision, ignore_patterns=_LEFT_OUT)
    except (HTTPError, OSError, ValueError) as problem:
        raise _coded(reference, problem) from problem
    return Path(found), Path(found).name


def _coded(reference: HubReference, problem: Exception) -> MissingError:
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    name = f"hf:{reference.repository}{f'@{reference.revision}' if reference.revision else ''}"
    page = f"https://huggingface.co/{reference.repository}"
    if isinstance(problem, GatedRepoError):
        return RepositoryGated(
            f"gated model: {name}",
            why="its licence must be accepted by the account whose token is in use",
            fix=f"accept it at {page}, then `hf auth login`",
        )
    if isinstance(problem, RevisionNotFoundError):
        return RepositoryNotFound(
            f"{reference.repository} has no revision {reference.revision}",
            why="the hub knows the model, and no branch, tag or commit of that name",
            fix=f"see {page}/commits",
        )
    if isinstance(problem, RepositoryNotFoundError):
        return RepositoryNotFound(
            f"no model at {name}",
            why="the hub has none of that name, or none that the token in use may see",
            fix=f"see {page}; for a private model, `hf auth login`",
        )
    return HubUnreachable(
        f"{name} cannot be fetched",
        why=str(problem).strip().splitlines()[0][:200] if str(problem).strip() else type(problem).__name__,
        fix="go online once, or give the path of a directory that holds the model",
    )
