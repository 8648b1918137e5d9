"""Which tests run without tracing: it doubles the time of everything that a small model or a whole audit does."""

import pytest

UNTRACED = frozenset({"audit", "bench", "calibration", "inspect_ext", "models", "organisms", "tamper", "training"})
"""Folders. What only these test is not in the coverage figure."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name in UNTRACED:
            item.add_marker("untraced")
