"""That one process at a time works in a run's directory, and that a dead one keeps nobody out."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assure_builders import run
from holdfast.errors import OutputBusy, OutputInUse, StorageFailed
from holdfast.evidence import Plan
from holdfast.store import RunDirectory, _alone, open_run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no such lock, and nobody is kept out")

PLAN = run(strata={"curses": 4}).plan
HOLDS = """
import subprocess, sys
from pathlib import Path
from holdfast.evidence import Plan
from holdfast.store import open_run

with open_run(Plan.model_validate_json(sys.stdin.readline()), out=Path(sys.argv[1])):
    # As a sealed process is: it outlives whoever started it, and must not keep the directory.
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], stdout=subprocess.DEVNULL)
    print(child.pid, flush=True)
    sys.stdin.read()
"""


def again(plan: Plan, out: Path | None, runs: Path) -> RunDirectory:
    with open_run(plan, out=out, runs=runs) as directory:
        return directory


def test_an_out_that_somebody_works_in_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    with open_run(PLAN, out=tmp_path / "run") as directory:
        directory.save_batch(0, ())
        before = {file.name: file.stat().st_mtime_ns for file in directory.path.iterdir()}
        with pytest.raises(OutputBusy) as refused:
            again(PLAN, tmp_path / "run", tmp_path)
        assert {file.name: file.stat().st_mtime_ns for file in directory.path.iterdir()} == before
    assert (refused.value.code, refused.value.exit) == ("H304", 2)
    assert f"process {os.getpid()} on" in refused.value.why
    assert again(PLAN, tmp_path / "run", tmp_path).resumed


def test_without_an_out_each_of_two_commands_has_a_directory_of_its_own(tmp_path: Path) -> None:
    with open_run(PLAN, out=None, runs=tmp_path) as one, open_run(PLAN, out=None, runs=tmp_path) as other:
        assert (one.path.name[-2:], other.path.name[-2:]) == ("-1", "-2")
        assert not other.resumed
    # Both were stopped: the first is gone on with.
    resumed = again(PLAN, None, tmp_path)
    assert (resumed.path, resumed.resumed) == (one.path, True)


def test_a_stopped_run_is_gone_on_with_while_a_later_one_is_under_way(tmp_path: Path) -> None:
    stopped = again(PLAN, None, tmp_path)
    with open_run(PLAN, out=None, runs=tmp_path, anew=True) as later:
        assert later.path.name.endswith("-2")
        assert again(PLAN, None, tmp_path).path == stopped.path


def test_whoever_comes_as_a_run_ends_finds_it_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again(PLAN, tmp_path / "run", tmp_path)
    locked = _alone._lock  # pyright: ignore[reportPrivateUsage]

    def ends_just_now(file: Path, handle: int) -> None:
        (file.parent / "record.json").touch()
        locked(file, handle)

    monkeypatch.setattr(_alone, "_lock", ends_just_now)
    with pytest.raises(OutputInUse, match="cannot be used") as refused:
        again(PLAN, tmp_path / "run", tmp_path)
    assert "never overwritten" in refused.value.why


def test_a_file_that_was_removed_before_it_was_locked_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked, tries = _alone._lock, 0  # pyright: ignore[reportPrivateUsage]

    def removed_just_now(file: Path, handle: int) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            file.unlink()
        if tries == 2:
            file.touch()
        locked(file, handle)

    monkeypatch.setattr(_alone, "_lock", removed_just_now)
    with open_run(PLAN, out=tmp_path / "run", runs=tmp_path):
        monkeypatch.undo()
        with pytest.raises(OutputBusy):
            again(PLAN, tmp_path / "run", tmp_path)
    assert tries == 3


def test_what_ends_leaves_no_file_and_an_error_inside_none_either(tmp_path: Path) -> None:
    def interrupted() -> None:
        with open_run(PLAN, out=tmp_path / "run"):
            assert (tmp_path / "run" / "lock").stat().st_mode & 0o777 == 0o600
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [file.name for file in (tmp_path / "run").iterdir()] == ["plan.json"]


def test_a_run_that_was_killed_keeps_nobody_out_although_a_process_of_its_own_lives_on(tmp_path: Path) -> None:
    place = tmp_path / "run"
    words = [sys.executable, "-c", HOLDS, str(place)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        holder.stdin.write(PLAN.model_dump_json() + "\n")
        holder.stdin.flush()
        left = int(holder.stdout.readline())
        try:
            with pytest.raises(OutputBusy) as refused:
                again(PLAN, place, tmp_path)
            assert f"process {holder.pid} on" in refused.value.why
            holder.kill()
            holder.wait()
            os.kill(left, 0)  # it lives
            assert (place / "lock").exists()
            assert again(PLAN, place, tmp_path).resumed
        finally:
            os.kill(left, 9)


def test_a_file_system_without_locks_keeps_nobody_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcntl.flock", refusing(errno.ENOLCK))
    with open_run(PLAN, out=tmp_path / "run"):
        assert again(PLAN, tmp_path / "run", tmp_path).resumed
    monkeypatch.setattr(_alone, "fcntl", None)
    with open_run(PLAN, out=tmp_path / "run"):
        assert again(PLAN, tmp_path / "run", tmp_path).resumed


def test_a_disk_that_refuses_the_lock_is_a_coded_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcntl.flock", refusing(errno.EIO))
    with pytest.raises(StorageFailed, match="cannot be written"):
        again(PLAN, tmp_path / "run", tmp_path)


def refusing(number: int) -> object:
    def flock(handle: int, how: int) -> None:
        raise OSError(number, os.strerror(number))

    return flock


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageFailed):
        again(PLAN, tmp_path / "run", tmp_path)
    assert not (tmp_path / "elsewhere").exists()
