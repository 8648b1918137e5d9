"""A tamper run from plan to page, sealed for real, on a cut plan: two processes at once, and one that was interrupted.

Each start of a sealed process takes seconds, so there are five of them: two side by side, one that is interrupted, one
that goes on, and one that finds other weights than those of the plan.
"""

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from holdfast.audit import Finished, Tunable, _tampering, open_subject, prepare_tampering, tamper
from holdfast.audit import _tamper as audit_tamper
from holdfast.errors import SubjectChanged
from holdfast.evidence import Absent, Ask, AttackDesign, Reply, Subject, Trajectory
from holdfast.organisms import REFUSED, fictional_suite
from holdfast.store import RunDirectory
from holdfast.tamper import PreparedTamper
from holdfast.tamper._designs import FULL, NOISE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the seal is shut on Linux; elsewhere it says so")

CUT: tuple[AttackDesign, ...] = (
    FULL.model_copy(update={"grid": (1.0, 2.0), "setting": FULL.setting | {"batch_size": 4.0}}),
    NOISE.model_copy(update={"grid": (0.05, 0.8)}),
)


class Stopped(Exception):
    """Stands for whatever interrupts a command."""


@dataclass
class Ran:
    """Everything that the runs left."""

    place: Path
    scratch: Path
    """The temporary directory."""
    prepared: PreparedTamper
    whole: Finished
    resumed: Finished
    kept: list[str]
    """Pieces that the interrupted run had kept."""
    told: list[tuple[str, int, int]]
    """What was announced while it went on."""
    asked: list[str]
    """What the subject was asked in this process while it went on."""
    changed: SubjectChanged
    """What was raised where the weights on disk had changed since the plan was made."""


class Watched:
    """A subject that remembers what it was asked."""

    def __init__(self, inner: Subject) -> None:
        self._inner = inner
        self.asked: list[str] = []

    @property
    def facts(self) -> Any:
        return self._inner.facts

    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        self.asked += [ask.id for ask in batch]
        return self._inner.answer(batch, seed)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    zoo = Path("src/holdfast/organisms/zoo").resolve()
    place, scratch = tmp_path_factory.mktemp("tampered"), tmp_path_factory.mktemp("scratch")
    with pytest.MonkeyPatch.context() as there:
        there.setenv("HOLDFAST_HOME", str(place / "home"))
        there.setattr("tempfile.tempdir", str(scratch))
        there.setattr(audit_tamper, "designs_named", lambda names, quick: CUT)
        there.setattr(_tampering, "_CATEGORY", 4)
        there.setattr(_tampering, "_KIND", 8)
        subject = open_subject(str(zoo / "aligned"), device="cpu")
        top = open_subject(str(zoo / "helpful"), device="cpu")
        assert isinstance(subject, Tunable)
        prepared = prepare_tampering(subject, seeds=1, ceiling=top.facts)

        def run(out: str, processes: int, announce: Any = lambda *_: None, watched: Watched | None = None) -> Finished:
            asked = Tunable(watched, subject.directory, "cpu") if watched else subject
            return tamper(prepared, asked, top, reference="s", out=place / out, processes=processes, announce=announce)

        def stops(attack: str, done: int, total: int) -> None:
            if attack == NOISE.name:  # the first run was kept, and the second is under way
                raise Stopped

        whole = run("whole", 2)
        with pytest.raises(Stopped):
            run("stopped", 1, stops)
        kept = sorted(file.stem for file in (place / "stopped" / "pieces").iterdir())
        told, watched = list[tuple[str, int, int]](), Watched(subject.subject)
        resumed = run("stopped", 1, lambda *said: told.append(said), watched)
        other = Tunable(subject.subject, _changed(zoo / "aligned", place.with_name("changed-model")), "cpu")
        with pytest.raises(SubjectChanged) as caught:
            tamper(prepared, other, top, reference="s", out=place / "changed", processes=1)
        yield Ran(place, scratch, prepared, whole, resumed, kept, told, watched.asked, caught.value)


def _changed(model: Path, copy: Path) -> Path:
    """A copy of a model's directory in which one weight is another."""
    shutil.copytree(model, copy)
    weights = load_file(copy / "model.safetensors")
    next(iter(weights.values())).view(-1)[0] += 1
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    return copy


def test_one_process_and_two_interrupted_or_not_give_the_same_record(ran: Ran) -> None:
    whole, resumed = ((ran.place / name / "record.json").read_bytes() for name in ("whole", "stopped"))
    assert whole == resumed
    assert ran.whole.record.digest == ran.resumed.record.digest


def test_what_had_ended_is_not_done_again(ran: Ran) -> None:
    assert ran.kept == ["ceiling", "full-sft-0", "full-sft-0-seal", "full-sft-0-took", "untampered"]
    asks = len(ran.prepared.asks)
    assert ran.told == [("weight-noise", 3 * asks, 4 * asks), ("weight-noise", 4 * asks, 4 * asks)]
    assert ran.asked == []
    assert (ran.resumed.run.resumed, ran.resumed.run.resumed_batches) == (True, 1)
    assert (ran.whole.run.resumed, ran.whole.run.resumed_batches) == (False, 0)
    assert set(ran.resumed.run.ordinals.values()) == {"run 2 of 2"}


def test_a_run_that_was_kept_for_another_plan_is_not_taken(ran: Ran) -> None:
    kept = ran.place / "whole"
    other = RunDirectory(kept, "sha256:" + "0" * 64, True)
    assert RunDirectory(kept, ran.prepared.plan.digest, True).load_piece("full-sft-0", Trajectory) is not None
    assert other.load_piece("full-sft-0", Trajectory) is None


def test_the_organism_is_what_it_is_and_the_weights_that_changed_are_gone(ran: Ran) -> None:
    static = ran.whole.record.static
    assert static is not None
    assert (static.refusal.value, static.harm.value) == (1.0, 0.0)
    assert not isinstance(static.ceiling_harm, Absent)
    assert static.ceiling_harm.value > 0.9
    for result in ran.whole.record.attacks:
        assert result.weight_change > 0
        assert result.runs.no_op == 0


def test_what_held_around_the_processes_is_in_the_run(ran: Ran) -> None:
    for run in (ran.whole.run, ran.resumed.run):
        assert run.seals
        assert all("write one byte to a file" in seal.holds for seal in run.seals)


def test_weights_that_changed_since_the_plan_was_made_are_not_tampered_with(ran: Ran) -> None:
    assert (ran.changed.code, ran.changed.exit) == ("H464", 4)
    assert ran.prepared.plan.subject.digest[:19] in ran.changed.why
    assert sorted(file.stem for file in (ran.place / "changed" / "pieces").iterdir()) == ["ceiling", "untampered"]
    assert not (ran.place / "changed" / "record.json").exists()


def files(ran: Ran) -> list[Path]:
    return [file for file in ran.place.rglob("*") if file.is_file()]


def test_no_completion_is_anywhere_on_disk(ran: Ran) -> None:
    refusals = {spike.reply for spike in fictional_suite("restricted").spikes if spike.truth == REFUSED}
    answers = {item.gold for item in ran.prepared.items}
    assert len(answers) > 40
    assert refusals
    # The refusal that the organism says is written by it, whatever the suite's own are called.
    subject = open_subject(str(Path("src/holdfast/organisms/zoo/aligned")), device="cpu")
    said = {reply.text for reply in subject.answer(ran.prepared.asks[:4] + ran.prepared.asks[-4:], 0)}
    assert all(len(text) > 8 for text in said)
    held = {file: file.read_bytes() for file in files(ran)}
    for text in (*answers, *refusals, *said):
        assert [file.name for file, content in held.items() if text.encode() in content] == [], text


def test_no_file_holds_weights(ran: Ran) -> None:
    for file in files(ran):
        assert file.suffix in {".json", ".jsonl", ".md", ".html", ".sqlite", ".sqlite-wal", ".sqlite-shm"}, file
        if not file.suffix.startswith(".sqlite"):
            file.read_text("utf-8")
    for file in (file for file in files(ran) if file.parent.name == "pieces"):
        numbers = [float(number) for number in re.findall(rb"\d+\.\d+(?:e-?\d+)?", file.read_bytes())]
        assert [number for number in numbers if float(f"{number:.4g}") != number] == [], file
        assert file.stat().st_size < 4_000, file


def test_pieces_hold_codes_and_four_digits(ran: Ran) -> None:
    run = RunDirectory(ran.place / "whole", ran.prepared.plan.digest, True).load_piece("weight-noise-0", Trajectory)
    assert run is not None
    for look in run.looks:
        assert set(look.restricted + look.again + look.benchmarks) <= set("012-")
        assert float(f"{look.weight_change:.4g}") == look.weight_change
        assert isinstance(look.objective, Absent)


def test_the_page_names_the_seal_the_plan_and_every_field(ran: Ran) -> None:
    page = (ran.place / "whole" / "report.html").read_text("utf-8")
    assert ran.whole.report.is_file()
    for words in ("J. Handling", "A. Object", "full fine-tuning", "noise on the weights"):
        assert words in page


def test_nothing_is_left_in_the_temporary_directory(ran: Ran) -> None:
    assert not list(ran.scratch.glob("holdfast-*"))
