"""Where things are kept."""

import sys
from pathlib import Path

import pytest

from holdfast.store import home


def test_the_variable_decides_before_anything_else() -> None:
    assert home({"HOLDFAST_HOME": "/somewhere", "XDG_DATA_HOME": "/data"}) == Path("/somewhere")


def test_without_it_the_platforms_data_directory_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert home({"XDG_DATA_HOME": "/data"}) == Path("/data/holdfast")
    assert home({"HOLDFAST_HOME": "", "XDG_DATA_HOME": ""}) == Path.home() / ".local" / "share" / "holdfast"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert home({}) == Path.home() / "Library" / "Application Support" / "holdfast"


def test_the_environment_is_read_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_HOME", "/later")
    assert home() == Path("/later")
