"""The seal, in small interpreters without torch: what it takes away, layer by layer, and what it says about it."""

import errno
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from holdfast.errors import SealNotShut
from holdfast.training import _seal
from holdfast.training._tries import WRITE_A_BYTE, _why_not_refused

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the seal is shut on Linux; elsewhere it says so")

TRIES = """
import ctypes, errno, json, mmap, os, pathlib, socket, subprocess, sys, threading
from multiprocessing import shared_memory
from holdfast.training import _filter, _kernel, _landlock, _seal

scratch, port, out = pathlib.Path(sys.argv[1]), int(sys.argv[2]), os.dup(1)
nowhere = os.open(os.devnull, os.O_RDWR)
os.dup2(nowhere, 1)
open_before = os.open(scratch / "open", os.O_WRONLY | os.O_CREAT)

def memfd():
    memory = os.memfd_create("x")
    os.write(memory, b"x")

def truncated_memfd():
    memory = os.memfd_create("x")
    os.ftruncate(memory, 4096)
    mmap.mmap(memory, 4096)[0] = 1

def in_a_thread():
    failed = []
    def write():
        try:
            (scratch / "thread").write_bytes(b"x")
        except OSError as problem:
            failed.append(problem)
    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]

def fork_and_write():
    if (child := os.fork()) == 0:
        try:
            (scratch / "forked").write_bytes(b"x")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    if not (scratch / "forked").read_bytes():
        raise OSError(errno.EFBIG, "nothing was written")

tries = {
    "write": lambda: (scratch / "written").write_bytes(b"x"),
    "append": lambda: os.write(os.open(scratch / "own", os.O_WRONLY | os.O_APPEND), b"x"),
    "inherited": lambda: os.write(open_before, b"x"),
    "name": lambda: os.close(os.open(scratch / "weights-in-a-name", os.O_WRONLY | os.O_CREAT)),
    "link": lambda: os.symlink("weights in a target", scratch / "link"),
    "directory": lambda: os.mkdir(scratch / "made"),
    "remove": lambda: os.unlink(scratch / "removable"),
    "attribute": lambda: os.setxattr(scratch / "own", "user.x", b"weights"),
    "mode": lambda: os.chmod(scratch / "own", 0o640),
    "time": lambda: os.utime(scratch / "own", ns=(1, 1)),
    "memfd": memfd,
    "mapped memfd": truncated_memfd,
    "shared memory": lambda: shared_memory.SharedMemory(create=True, size=64),
    "tcp": lambda: socket.create_connection(("127.0.0.1", port), timeout=2),
    "socket in the file system": lambda: socket.socket(socket.AF_UNIX).connect(str(scratch / "listening")),
    "abstract socket": lambda: socket.socket(socket.AF_UNIX).connect("\\0holdfast-" + scratch.name),
    "program": lambda: subprocess.run(["/bin/true"], check=True),
    "fork": fork_and_write,
    "thread": in_a_thread,
    "keyring": lambda: _kernel.call(248, b"user", b"x", b"weights", 7, -3),
    "namespace of the first process": lambda: _kernel.checked(
        _kernel.library().setns(os.open("/proc/1/ns/net", os.O_RDONLY), 0)
    ),
}

def possible():
    found = {}
    for name, attempt in tries.items():
        try:
            attempt()
        except OSError as problem:
            found[name] = errno.errorcode.get(problem.errno, "?")
        else:
            found[name] = "possible"
    return found

def say(said):
    os.write(out, json.dumps(said).encode())
    os._exit(0)

def shut():
    return _seal.shut(pipes=[out], scratch=scratch, parent=os.getppid()).model_dump()
"""


def said(script: str) -> Any:
    """What a small interpreter says, with a listener on this machine's network and one in the file system."""
    with TemporaryDirectory() as scratch, listeners(Path(scratch)) as port:
        for name in ("own", "removable"):
            (Path(scratch) / name).touch()
        done = subprocess.run(
            [sys.executable, "-c", TRIES + script, scratch, str(port)], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@contextmanager
def listeners(scratch: Path) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as named:
        named.bind(str(scratch / "listening"))
        named.listen()
        with socket.socket(socket.AF_UNIX) as abstract:
            abstract.bind(f"\0holdfast-{scratch.name}")
            abstract.listen()
            yield tcp.getsockname()[1]


@pytest.fixture(scope="module")
def unsealed() -> dict[str, str]:
    return said("say(possible())")


@pytest.fixture(scope="module")
def sealed() -> dict[str, Any]:
    return said("seal = shut()\nsay({'seal': seal, 'possible': possible()})")


def test_without_a_seal_weights_could_leave_by_every_one_of_these_ways(unsealed: dict[str, str]) -> None:
    # But for two: not every kernel, or user, has keyrings and the namespaces of others.
    shut = {name for name, how in unsealed.items() if how != "possible"}
    assert shut <= {"keyring", "namespace of the first process"}


def test_behind_the_seal_every_one_of_these_ways_is_shut(sealed: dict[str, Any]) -> None:
    assert {name: how for name, how in sealed["possible"].items() if how == "possible"} == {}


def test_what_the_seal_says_that_it_holds_was_tried_in_that_process(sealed: dict[str, Any]) -> None:
    untried = said("from holdfast.training._tries import tried\nsay(dict(tried(scratch)))")
    seal = sealed["seal"]
    assert set(seal["holds"]) | set(seal["missing"]) >= set(untried)
    assert WRITE_A_BYTE in seal["holds"]
    layers = {"namespaces", "a read-only view of the file systems", "Landlock", "no capabilities"}
    assert set(seal["missing"]) <= layers  # some systems give these to root alone, or have none; the filter is left
    # The same tries count as refused nowhere in a process that is not sealed.
    assert [what for what, why in untried.items() if not why] == []


@pytest.mark.parametrize(
    ("layer", "refused"),
    [
        ("_seal._limit()", {"write", "append", "inherited", "memfd", "mapped memfd", "shared memory", "fork"}),
        ("_seal._close_all_but({0, 1, 2, out})", {"inherited"}),
        (
            "_kernel.gain_nothing(); _landlock.restrict(_seal._readable() + [scratch], [])",
            {"write", "append", "name", "link", "directory", "remove", "shared memory", "tcp", "program", "thread"},
        ),
        (
            "_kernel.gain_nothing(); _filter.refuse_calls()",
            {"write", "name", "link", "directory", "remove", "attribute", "mode", "time", "memfd", "tcp", "fork"}
            | {"socket in the file system", "abstract socket", "program", "keyring", "thread"},
        ),
        (
            "before = _kernel.mounts(); _kernel.leave_the_network(); _kernel.see_every_file_system_read_only(before)",
            {"write", "append", "name", "link", "directory", "remove", "attribute", "mode", "time", "tcp"},
        ),
    ],
    ids=["limits", "descriptors", "landlock", "filter", "namespaces"],
)
def test_each_layer_refuses_its_own_share_without_the_others(layer: str, refused: set[str]) -> None:
    found = said(f"try:\n    {layer}\nexcept OSError as problem:\n    say({{'lacks': str(problem)}})\nsay(possible())")
    if "lacks" in found:
        pytest.skip(f"this system does not give it: {found['lacks']}")
    assert {name for name in refused if found[name] == "possible"} == set()


def test_the_whole_machine_is_never_made_read_only() -> None:
    found = said(
        "try:\n    _kernel.see_every_file_system_read_only(_kernel.mounts())\n"
        "except OSError as problem:\n    say(problem.errno == errno.EBUSY)\n"
    )
    assert found is True


def test_with_a_second_thread_the_layers_of_one_thread_are_missing_and_the_filter_holds_all() -> None:
    found = said(
        "thread = threading.Thread(target=threading.Event().wait, daemon=True)\nthread.start()\n"
        "seal = shut()\nsay({'seal': seal, 'possible': possible()})"
    )
    assert "2 threads were running" in found["seal"]["missing"]["Landlock"]
    assert "2 threads were running" in found["seal"]["missing"]["namespaces"]
    assert "the filter of system calls" not in found["seal"]["missing"]
    assert "possible" not in {found["possible"][way] for way in ("write", "memfd", "tcp", "fork", "link", "thread")}


def _may_become_others() -> bool:
    status = Path("/proc/self/status")
    held = status.read_text().partition("CapEff:")[2].split() if status.is_file() else []
    return bool(held) and int(held[0], 16) & (1 << 7) != 0


@pytest.mark.skipif(not _may_become_others(), reason="only root, with its rights, can become somebody else")
def test_a_user_without_rights_gets_the_same_seal() -> None:
    found = said(
        "import encodings.idna, resource  # while their files can be read\n"
        "for one in (scratch, *scratch.iterdir()): os.chown(one, 65534, 65534)\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\nseal = shut()\n"
        "say({'seal': seal, 'possible': possible()})"
    )
    assert "possible" not in found["possible"].values()
    assert WRITE_A_BYTE in found["seal"]["holds"]


def test_a_process_that_may_not_be_left_alone_dies_with_its_parent() -> None:
    parent = (
        "import subprocess, sys\n"
        "child = 'import os, sys, time; from holdfast.training import _kernel;'"
        " '_kernel.die_with_parent(int(sys.argv[1])); print(os.getpid(), flush=True); time.sleep(60)'\n"
        "import os\n"
        "subprocess.run([sys.executable, '-c', child, str(os.getpid())])\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        child = int(running.stdout.readline())
        running.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while _runs(child) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _runs(child)


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # whoever adopted it may be slow to bury it


def test_a_parent_that_has_gone_is_noticed() -> None:
    found = said(
        "try:\n    _kernel.die_with_parent(1 if os.getppid() != 1 else 2)\n"
        "except OSError as problem:\n    say(str(problem))\n"
    )
    assert "the parent has gone" in found


def test_without_the_refusal_of_a_single_byte_there_is_no_seal() -> None:
    with pytest.raises(SealNotShut) as caught:
        _seal._judged({WRITE_A_BYTE: "tried, and it was possible"}, {})
    assert caught.value.why == "tried, and it was possible"
    assert "nothing was tuned" in caught.value.state


def test_a_step_that_a_system_does_not_know_ends_in_a_coded_error() -> None:
    def unknown() -> None:
        raise ImportError("No module named 'resource'")

    with pytest.raises(SealNotShut, match="the limits") as caught:
        _seal._necessary("the limits on files and core dumps", unknown)
    assert "resource" in caught.value.why


def test_what_was_possible_is_missing_with_its_reason() -> None:
    seal = _seal._judged({WRITE_A_BYTE: "", "start a process": "tried, and it was possible"}, {"Landlock": "none"})
    assert seal.holds == (WRITE_A_BYTE,)
    assert seal.missing == {"Landlock": "none", "start a process": "tried, and it was possible"}


def test_a_layer_that_the_c_library_or_the_system_lacks_is_said_to_be_missing() -> None:
    def no_such_function() -> None:
        raise AttributeError("unshare")

    assert "unshare" in _seal._tried_layer(no_such_function)
    assert "none that is known here" in _seal._tried_layer(_seal._not_linux)


def _raises(problem: Exception) -> Callable[[], None]:
    def attempt() -> None:
        raise problem

    return attempt


def test_only_a_refusal_counts_as_one() -> None:
    assert _why_not_refused(_raises(PermissionError(errno.EPERM, "not permitted"))) == ""
    assert _why_not_refused(_raises(OSError(errno.EFBIG, "too large"))) == ""
    assert "shows nothing: no such file" in _why_not_refused(_raises(OSError(errno.ENOENT, "no such file")))
    assert "shows nothing" in _why_not_refused(_raises(ConnectionRefusedError(errno.ECONNREFUSED, "refused")))
    assert "could not be tried here" in _why_not_refused(_raises(AttributeError("no memfd_create")))
    assert _why_not_refused(lambda: None) == "tried, and it was possible"


def test_elsewhere_than_on_linux_every_layer_of_the_kernel_is_said_to_be_missing(monkeypatch: Any) -> None:
    monkeypatch.setattr(_seal.sys, "platform", "darwin")
    layers = _seal._layers(1, [], [])
    assert {"namespaces", "Landlock", "the filter of system calls"} <= set(layers)
    assert all("darwin has none" in _seal._tried_layer(layer) for layer in layers.values())


def test_python_its_libraries_and_the_system_can_be_read_and_no_relative_path() -> None:
    readable = _seal._readable()
    assert Path(sys.prefix) in readable
    assert all(path.is_absolute() for path in readable)
