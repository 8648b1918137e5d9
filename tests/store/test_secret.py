"""The machine's secret: drawn once, for its owner alone, and other bytes for every purpose."""

import stat
from pathlib import Path

import pytest

from holdfast.errors import StorageFailed
from holdfast.store import secret_for


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_it_is_drawn_once_and_is_other_bytes_for_every_purpose(place: Path) -> None:
    first = secret_for("one")
    kept = (place / "secret.key").read_text("ascii")
    assert secret_for("one") == first
    assert secret_for("another") != first
    assert len(first) == 32
    assert (place / "secret.key").read_text("ascii") == kept
    assert first.hex() not in kept


def test_of_two_that_are_drawn_at_once_one_stays_and_nothing_is_left_beside_it(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = secret_for("one")
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert secret_for("one") == first
    assert [file.name for file in place.iterdir()] == ["secret.key"]


def test_nobody_else_may_read_it(place: Path) -> None:
    secret_for("one")
    assert stat.S_IMODE((place / "secret.key").stat().st_mode) == 0o600


def test_another_machine_has_another(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = secret_for("one")
    monkeypatch.setenv("HOLDFAST_HOME", str(place.with_name("elsewhere")))
    assert secret_for("one") != here


@pytest.mark.parametrize("content", ["no hex", "é", "", "00" * 31])
def test_one_that_is_damaged_is_refused(place: Path, content: str) -> None:
    place.mkdir()
    (place / "secret.key").write_text(content, "utf-8")
    with pytest.raises(StorageFailed, match="cannot be used") as caught:
        secret_for("one")
    assert caught.value.exit == 4


def test_where_nothing_can_be_kept_that_is_said(place: Path) -> None:
    place.write_text("a file", "utf-8")
    with pytest.raises(StorageFailed) as caught:
        secret_for("one")
    assert "nothing was run" in caught.value.state
