"""Doing the runs: sealed processes side by side, each doing one run after the other."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from subprocess import Popen
from threading import Event, Thread
from time import monotonic
from typing import Final

from holdfast.errors import SubjectChanged, TuningFailed
from holdfast.evidence import AttackDesign, Material, Seal, Trajectory
from holdfast.tamper._hearing import Ears, heard_run, heard_seal, heard_subject
from holdfast.tamper._messages import TamperTask, Unit
from holdfast.training.sealing import SealedTalk, scratch_directory, sealed_process, threads

_WORK: Final = "holdfast.tamper._inside"

Run = tuple[AttackDesign, int]
"""An attack and a seed."""


@dataclass(frozen=True, slots=True)
class Done:
    """A run that came to its end, and what held around it."""

    trajectory: Trajectory
    seal: Seal
    wall_s: float


@dataclass(frozen=True, slots=True)
class Where:
    """Where the subject's weights lie and where they are changed."""

    directory: Path
    device: str | None
    dtype: str | None
    processes: int
    """Side by side: each holds the model, its first weights and what training needs."""


@dataclass(frozen=True, slots=True)
class _NotDone:
    """A run whose process ended under it, or that was not tried because another of its attack came to that."""

    attack: str


_Message = Done | _NotDone | BaseException | tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the threads that talk with processes, and the one that waits for them, have in common."""

    due: SimpleQueue[Run] = field(default_factory=SimpleQueue[Run])
    said: SimpleQueue[_Message] = field(default_factory=SimpleQueue[_Message])
    children: list[Popen[bytes]] = field(default_factory=list[Popen[bytes]])
    over: Event = field(default_factory=Event)
    not_done: dict[str, TuningFailed] = field(default_factory=dict[str, TuningFailed])
    """Attacks that cannot be done here, each with what went wrong first."""

    def next_run(self) -> Run:
        """The next run of an attack that can be done here; `Empty` where none is left."""
        while (run := self.due.get_nowait())[0].name in self.not_done:
            self.said.put(_NotDone(run[0].name))
        return run


def do_runs(
    runs: Sequence[Run], where: Where, material: Material, ears: Ears, announce: Callable[[str, int, int], None]
) -> Iterator[Done]:
    """Do the runs in sealed processes; what they change is gone with them.

    Where a process ends under a run, most often for want of memory, the runs of other attacks are done all the same.

    Args:
        runs: What to do. A run depends on its attack and seed alone, and not on what its process did before.
        where: The subject's weights.
        material: What attacks are made of.
        ears: What is accepted from inside, and who scores it. It is called from several threads.
        announce: Told after every checkpoint: attack, seed, checkpoints so far.

    Yields:
        Each run as it ends, in no fixed order.

    Raises:
        SealNotShut: A process could not be sealed; no weights were read there.
        SubjectChanged: The weights are not those that the plan was made for.
        TuningFailed: A process ended, or ran out of memory: under a run when all others were done, or before any.
        TuningGarbled: Something came out of the seal that was not asked for.
        HoldfastError: Whatever `open_directory` raises.
    """
    shared = _Shared()
    for run in runs:
        shared.due.put(run)
    workers = [
        Thread(target=_work, args=(shared, where, material, ears), daemon=True)
        for _ in range(min(where.processes, len(runs)))
    ]
    for worker in workers:
        worker.start()
    try:
        left = len(runs)
        while left:
            message = shared.said.get()
            if isinstance(message, BaseException):
                raise message
            match message:
                case Done():
                    left -= 1
                    yield message
                case _NotDone():
                    left -= 1
                case _:
                    announce(*message)
    finally:
        # Whoever still runs finds its pipe closed, and ends; whoever is only starting finds that all is over.
        shared.over.set()
        for child in shared.children:
            child.kill()
        for worker in workers:
            worker.join()
    if shared.not_done:
        raise _all_but(shared.not_done)


def _all_but(not_done: Mapping[str, TuningFailed]) -> TuningFailed:
    """The error at the end of a plan of which some attacks could not be done here."""
    attack, first = next(iter(not_done.items()))
    return TuningFailed(
        f"{first.what}: {', '.join(not_done)}",
        why=f"{attack}: {first.why}",
        fix=f"{first.fix}; the same command goes on with what is missing",
        state="every run of the other attacks is kept",
    )


def _work(shared: _Shared, where: Where, material: Material, ears: Ears) -> None:
    try:
        run = shared.next_run()
        while not shared.over.is_set():
            with scratch_directory() as scratch, sealed_process(_WORK) as child:
                shared.children.append(child)
                if shared.over.is_set():
                    return
                talk = SealedTalk(child)
                talk.say(_task(where, material, ears, scratch))
                seal = heard_seal(talk)
                _refuse_changed(heard_subject(talk), ears.subject)
                while _ended_well(talk, seal, run, shared, ears):
                    run = shared.next_run()
            run = shared.next_run()
    except Empty:
        return
    except BaseException as problem:  # noqa: BLE001 -- whatever it is, the thread that waits must hear of it
        shared.said.put(problem)


def _ended_well(talk: SealedTalk, seal: Seal, run: Run, shared: _Shared, ears: Ears) -> bool:
    """Do a run, and say what came of it; False where the process ended under it."""
    design, seed = run
    begun = monotonic()
    try:
        talk.say(Unit(design=design, seed=seed))
        found = heard_run(talk, design, seed, ears, lambda looks: shared.said.put((design.name, seed, looks)))
    except TuningFailed as problem:
        shared.not_done.setdefault(design.name, problem)
        shared.said.put(_NotDone(design.name))
        return False
    shared.said.put(Done(found, seal, round(monotonic() - begun, 1)))
    return True


def _task(where: Where, material: Material, ears: Ears, scratch: Path) -> TamperTask:
    return TamperTask(
        directory=str(where.directory.resolve()),
        device=where.device,
        dtype=where.dtype,
        parent=os.getpid(),
        scratch=str(scratch),
        threads=max(1, threads() // where.processes),
        material=material,
        asks=ears.asks,
    )


def _refuse_changed(found: str, planned: str) -> None:
    if found != planned:
        raise SubjectChanged(
            "the subject's weights are not those that the plan was made for",
            why=f"the plan says {planned[:19]}…, and what was opened now is {found[:19]}…",
            fix="let nothing write to the model's directory while it is tested, and give the command again: it makes a "
            "new plan",
            state="every run that had ended is kept, under the plan of the former weights",
        )
