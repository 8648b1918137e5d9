"""A file is there whole, with its own mode, or as it was before."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.errors import StorageFailed
from holdfast.writing import PRIVATE, write_whole


def test_a_file_is_replaced_with_its_mode_and_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("kept", "utf-8")
    path = tmp_path / "made" / "here" / "file"
    path.parent.mkdir(parents=True)
    path.symlink_to(tmp_path / "other")
    write_whole(path, ("one\n", "two\n"), mode=PRIVATE, fix="")
    assert path.read_text("utf-8") == "one\ntwo\n"
    assert stat.S_IMODE(path.lstat().st_mode) == PRIVATE
    assert (tmp_path / "other").read_text("utf-8") == "kept"


def test_what_was_there_stays_where_the_disk_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_text("before", "utf-8")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFailed) as refused:
        write_whole(path, ("after",), fix="make room", state="all is kept")
    assert (refused.value.why, refused.value.state) == ("No space left on device", "all is kept")
    assert path.read_text("utf-8") == "before"


def test_what_breaks_while_it_is_made_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before", "utf-8")

    def broken() -> Iterator[str]:
        yield "a"
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  any at all
        write_whole(path, broken(), fix="")
    assert path.read_text("utf-8") == "before"


def test_a_folder_that_has_to_be_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed):
        write_whole(tmp_path / "gone" / "file", ("x",), folder_mode=None, fix="")
    assert not (tmp_path / "gone").exists()
