"""Freezing a suite: its data are fetched from their publisher, by and for whoever runs the command."""

from importlib.metadata import version
from pathlib import Path

from holdfast.suites._frozen import FrozenHead, write_frozen
from holdfast.suites._known import KnownSuite
from holdfast.suites._load import load_suite


def freeze_suite(suite: KnownSuite, folder: Path) -> tuple[Path, FrozenHead]:
    """Fetch what a suite asks, and write it down for a machine without a network.

    Args:
        suite: Which one.
        folder: Where; made if it is not there.

    Returns:
        The file, and what its first line says.

    Raises:
        ExtraNotInstalled: inspect-evals is missing.
        SuiteUnreachable: The data cannot be fetched.
        SuiteBroken: inspect_evals is not of the form that this version knows.
        StorageFailed: The disk refused.
    """
    loaded = load_suite(suite)
    dataset = loaded.task.dataset
    head = FrozenHead(
        suite=suite.name,
        task=f"inspect_evals/{suite.task}",
        args=dict(suite.args),
        version=loaded.version,
        inspect_evals=version("inspect_evals"),
        publisher=suite.publisher.name,
        address=suite.publisher.address,
        terms=suite.publisher.terms,
        dataset=dataset.name,
        location=dataset.location,
        shuffled=dataset.shuffled,
        samples=len(loaded.samples),
        digest=loaded.data_digest,
    )
    return write_frozen(folder, head, loaded.samples), head
