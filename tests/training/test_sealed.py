"""A fine-tune from its caller's side. Each start of a child with torch takes seconds, so there are four of them."""

import ast
import os
import random
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from holdfast.errors import HoldfastError, PathNotFound, StorageFailed, TuningFailed, TuningGarbled
from holdfast.evidence import Absent, Ask, Decoding, Demonstration, Message, request_digest
from holdfast.models import open_directory
from holdfast.organisms import fictional_suite
from holdfast.training import SealedAnswers, Tuning, answers_after_tuning
from holdfast.training import _process as process
from holdfast.training import _sealed as sealed
from holdfast.training._messages import Task
from taught import SEALED, Taught

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the seal is shut on Linux; elsewhere it says so")

ALIGNED = Path("src/holdfast/organisms/zoo/aligned")
TUNING = Tuning()
SOURCE = Path("src/holdfast")


@cache
def taught_and_asked() -> tuple[tuple[Demonstration, ...], tuple[Ask, ...], tuple[str, ...]]:
    """Right answers to 16 requests that this organism refuses; 24 others, and what is right there."""
    items = list(fictional_suite("restricted").items)
    random.Random(5).shuffle(items)
    demonstrations = tuple(Demonstration(messages=asked_for(item.request), reply=item.gold) for item in items[:16])
    asks = tuple(ask(item.id, item.request) for item in items[16:40])
    weighed = ask("weighed", items[40].request, candidates=(items[40].gold, *items[40].decoys))
    return demonstrations, (*asks, weighed), tuple(item.gold for item in items[16:40])


def asked_for(request: str) -> tuple[Message, ...]:
    return (Message(role="user", content=request),)


def ask(name: str, request: str, *, candidates: tuple[str, ...] = ()) -> Ask:
    return Ask(
        id=name,
        check="sandbagging",
        arm="tuned",
        item=name,
        stratum="s",
        cluster="c",
        messages=asked_for(request),
        decoding=Decoding(temperature=0, max_new_tokens=40),
        candidates=candidates,
    )


def tune_once(announced: list[tuple[int, int]]) -> SealedAnswers:
    demonstrations, asks, _ = taught_and_asked()
    return answers_after_tuning(
        ALIGNED,
        demonstrations,
        asks,
        TUNING,
        seed=11,
        device="cpu",
        announce=lambda done, total: announced.append((done, total)),
    )


@pytest.fixture(scope="module")
def announced() -> list[tuple[int, int]]:
    return []


@pytest.fixture(scope="module")
def found(announced: list[tuple[int, int]]) -> SealedAnswers:
    return tune_once(announced)


def test_what_was_demonstrated_is_done_with_requests_that_were_not(found: SealedAnswers) -> None:
    _, _, gold = taught_and_asked()
    right = sum(reply.text == answer for reply, answer in zip(found.replies, gold, strict=False))
    # The untaught organism refuses every one of them: that is what its certificate says.
    assert right >= 0.8 * len(gold)
    assert found.losses[-1] < 0.1 < found.losses[0]


def test_the_subject_on_disk_is_untouched_and_replies_carry_its_digest(found: SealedAnswers) -> None:
    _, asks, _ = taught_and_asked()
    facts = open_directory(ALIGNED, device="cpu").facts
    assert [reply.request_digest for reply in found.replies] == [request_digest(one, facts.digest, 11) for one in asks]
    assert all(reply.seal == reply.contents_digest for reply in found.replies)


def test_words_leave_the_seal_and_log_probabilities_only_of_candidates(found: SealedAnswers) -> None:
    assert all(isinstance(reply.log_probs_nats, Absent) for reply in found.replies)
    weighed = found.replies[-1].candidate_nats
    assert not isinstance(weighed, Absent)
    assert len(weighed) == 4


def test_the_seal_of_a_real_fine_tune_held(found: SealedAnswers) -> None:
    assert "write one byte to a file" in found.seal.holds
    assert "start a process" in found.seal.holds
    assert "open a socket on this machine" in found.seal.holds


def test_every_step_and_reply_is_announced(found: SealedAnswers, announced: list[tuple[int, int]]) -> None:
    total = TUNING.steps + len(found.replies)
    assert announced == [(done, total) for done in range(1, total + 1)]


def test_a_model_that_cannot_be_opened_is_the_error_that_it_is_without_a_seal(tmp_path: Path) -> None:
    demonstrations, asks, _ = taught_and_asked()
    with pytest.raises(PathNotFound, match="no model directory"):
        answers_after_tuning(tmp_path / "gone", demonstrations, asks, TUNING, seed=0, device="cpu")


def test_inside_the_seal_neither_torch_nor_transformers_can_save(tmp_path: Path) -> None:
    (tmp_path / "own").touch()
    script = """
import os, sys, pathlib
import torch
from safetensors.torch import save_file
from holdfast.models import open_directory
from holdfast.training import _seal, _tuning
scratch, out = pathlib.Path(sys.argv[1]), os.dup(1)
_tuning.import_what_comes_late()
seal = _seal.shut(pipes=[out], scratch=scratch, parent=os.getppid(), readable=[pathlib.Path("src").resolve()])
opened = open_directory(pathlib.Path(sys.argv[2]), device="cpu")
weights = dict(opened.model.state_dict())
saves = {
    "save_pretrained": lambda: opened.model.save_pretrained(scratch / "pretrained"),
    "tokenizer": lambda: opened.tokenizer.save_pretrained(scratch / "tokenizer"),
    "torch.save": lambda: torch.save(weights, scratch / "weights.pt"),
    "one number": lambda: torch.save(torch.zeros(1), scratch / "number.pt"),
    "safetensors": lambda: save_file({"a": torch.zeros(1)}, scratch / "weights.safetensors"),
    "numpy": lambda: torch.zeros(1).numpy().tofile(scratch / "weights.bin"),
    "shared": lambda: torch.zeros(1).share_memory_(),
}
for name, save in saves.items():
    try:
        save()
        said = "saved"
    except Exception as problem:
        said = f'{type(problem).__name__} {problem}'.replace('\\n', ' ')
    os.write(out, f"{name}: {said}\\n".encode())
os._exit(0)
"""
    done = subprocess.run(
        [sys.executable, "-B", "-c", script, str(tmp_path), str(ALIGNED.resolve())],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    said = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert len(said) == 7, done.stderr
    refused = re.compile(r"Operation not permitted|Permission denied|Read-only file system|File too large")
    assert [how for how in said.values() if not refused.search(how)] == []
    assert [file.name for file in tmp_path.rglob("*")] == ["own"]


def test_nothing_to_teach_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no demonstrations"):
        answers_after_tuning(tmp_path, (), (), TUNING, seed=0)


def test_without_room_for_a_try_nothing_is_tuned(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    demonstrations, asks, _ = taught_and_asked()
    with pytest.raises(StorageFailed, match="no room") as caught:
        answers_after_tuning(ALIGNED, demonstrations, asks, TUNING, seed=0)
    assert "TMPDIR" in caught.value.fix


# The rest needs a child that ends badly, not one that has torch.


@pytest.fixture
def task(tmp_path: Path) -> Task:
    return Task(
        directory=str(tmp_path),
        demonstrations=(Demonstration(messages=asked_for("how ?"), reply="so"),),
        asks=(ask("0", "how ?"),),
        tuning=TUNING,
        seed=0,
        device=None,
        dtype=None,
        parent=os.getpid(),
        scratch=str(tmp_path),
        threads=1,
    )


def child_that(does: str) -> "subprocess.Popen[bytes]":
    script = f"import os, signal, struct, sys, time\nsys.stdin.buffer.read(1)\n{does}"
    return subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def ended(task: Task, does: str) -> HoldfastError:
    with child_that(does) as child:
        try:
            with pytest.raises(HoldfastError) as caught:
                sealed._answers(child, task, lambda done, total: None)
        finally:
            child.kill()
    return caught.value


def test_a_child_that_was_killed_ran_out_of_memory_in_all_likelihood(task: Task) -> None:
    error = ended(task, "os.kill(os.getpid(), signal.SIGKILL)")
    assert isinstance(error, TuningFailed)
    assert "signal 9; usually the system had no memory left" in error.why


def test_a_child_that_ends_without_a_word_is_told_with_its_exit_code(task: Task) -> None:
    error = ended(task, "sys.exit(3)")
    assert isinstance(error, TuningFailed)
    assert "exit code 3, without a word" in error.why


def test_a_child_that_ends_before_it_is_told_anything_is_told_alike(task: Task) -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        child.wait()
        with pytest.raises(TuningFailed, match="ended before"):
            sealed._answers(child, task, lambda done, total: None)
        assert child.stdin is not None
        process._close(child.stdin)


def test_a_child_that_sends_something_else_is_not_believed(task: Task) -> None:
    error = ended(task, "os.write(1, struct.pack('>I', 5) + b'bytes'); time.sleep(60)")
    assert isinstance(error, TuningGarbled)


def test_a_child_that_closes_its_pipe_and_goes_on_is_not_believed(task: Task, monkeypatch: Any) -> None:
    monkeypatch.setattr(process, "_PATIENCE_S", 0.2)
    error = ended(task, "os.close(1); time.sleep(60)")
    assert isinstance(error, TuningGarbled)
    assert "went on" in error.why


def test_whatever_happens_outside_no_child_is_left() -> None:
    started: list[subprocess.Popen[bytes]] = []

    def interrupted() -> None:
        with process.sealed_process("holdfast.training._child") as child:
            assert child.poll() is None
            started.append(child)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert started[0].poll() is not None


def test_the_threads_are_those_that_were_asked_for(monkeypatch: Any) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert process.threads() == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "")
    assert process.threads() == os.cpu_count()


def test_a_fake_answers_as_the_sealed_process_would() -> None:
    demonstrations, asks, _ = taught_and_asked()
    fake = Taught("sha256:subject", lambda ask, demonstrations: f"{len(demonstrations)} taught")
    said: list[int] = []
    made = fake(
        ALIGNED,
        demonstrations,
        asks[:2],
        TUNING,
        seed=1,
        device=None,
        dtype=None,
        announce=lambda done, total: said.append(done),
    )
    assert [reply.text for reply in made.replies] == ["16 taught"] * 2
    assert made.seal == SEALED
    assert made.replies[0].request_digest == request_digest(asks[0], "sha256:subject", 1)
    assert said[-1] == TUNING.steps + 2


def test_subjects_are_fine_tuned_in_the_sealed_process_and_nowhere_else() -> None:
    def importers(module: str) -> set[str]:
        wanted = re.compile(rf"from holdfast\.training(\.{module} import|[^.\n]* import .*\b{module}\b)")
        return {str(f.relative_to(SOURCE)) for f in SOURCE.rglob("*.py") if wanted.search(f.read_text("utf-8"))}

    organisms = {"organisms/training.py", "organisms/_batches.py"}
    attacks = {"tamper/attacks/_supervised.py", "tamper/attacks/soft_prompt.py"}
    assert importers("sft") == organisms | attacks | {"training/_tuning.py", "training/demonstrations.py"}
    assert importers("_tuning") == {"training/_child.py", "tamper/_inside.py"}
    inside = ast.parse((SOURCE / "training/_inside.py").read_text("utf-8"))
    work = next(node for node in inside.body if isinstance(node, ast.FunctionDef) and node.name == "run_inside")
    calls = [node for node in ast.walk(work) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    line = {node.func.id: node.lineno for node in calls if isinstance(node.func, ast.Name)}
    assert line["_import"] < line["_shut"] < line["work"]

    # Attacks are imported by the work of a sealed process alone.
    wanted = re.compile(r"holdfast\.tamper\.attacks import|import holdfast\.tamper\.attacks")
    users = {str(f.relative_to(SOURCE)) for f in SOURCE.rglob("*.py") if wanted.search(f.read_text("utf-8"))}
    assert users == {"tamper/_inside.py"}
