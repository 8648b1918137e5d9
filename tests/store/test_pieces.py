"""Parts of a run that are kept as they end."""

from pathlib import Path

import pytest

from holdfast.evidence import Seal, Trajectory
from holdfast.store import RunDirectory
from tampered import run

PLAN = "sha256:" + "1" * 64
KEPT = run((0.0, 0.1, 0.2, 0.3))


@pytest.fixture
def directory(tmp_path: Path) -> RunDirectory:
    made = RunDirectory(tmp_path, PLAN, False)
    made.save_piece("full-sft-0", KEPT)
    return made


def test_a_piece_comes_back_as_it_was(directory: RunDirectory) -> None:
    assert directory.load_piece("full-sft-0", Trajectory) == KEPT


def test_what_was_not_kept_is_none(directory: RunDirectory) -> None:
    assert directory.load_piece("full-sft-1", Trajectory) is None


@pytest.mark.parametrize(
    ("was", "becomes"),
    [('"seed":0', '"seed":1'), ('"piece":"full-sft-0"', '"piece":"full-sft-1"'), ("\n", ""), ("sha256:1", "sha256:2")],
    ids=["its body", "its name", "its lines", "its plan"],
)
def test_a_piece_that_was_changed_on_disk_is_none_and_is_done_again(
    directory: RunDirectory, was: str, becomes: str
) -> None:
    file = directory.path / "pieces" / "full-sft-0.jsonl"
    text = file.read_text("utf-8")
    assert was in text
    file.write_text(text.replace(was, becomes, 1), "utf-8")
    assert directory.load_piece("full-sft-0", Trajectory) is None


def test_a_piece_that_was_cut_off_is_none(directory: RunDirectory) -> None:
    file = directory.path / "pieces" / "full-sft-0.jsonl"
    file.write_bytes(file.read_bytes()[:-20])
    assert directory.load_piece("full-sft-0", Trajectory) is None


def test_a_piece_of_another_kind_is_none(directory: RunDirectory) -> None:
    assert directory.load_piece("full-sft-0", Seal) is None


def test_a_piece_under_another_name_is_none(directory: RunDirectory) -> None:
    pieces = directory.path / "pieces"
    (pieces / "full-sft-0.jsonl").rename(pieces / "full-sft-1.jsonl")
    assert directory.load_piece("full-sft-1", Trajectory) is None


def test_a_piece_of_another_plan_is_none(directory: RunDirectory) -> None:
    assert RunDirectory(directory.path, "sha256:" + "2" * 64, True).load_piece("full-sft-0", Trajectory) is None
