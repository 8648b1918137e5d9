"""Doing runs in processes side by side, here of children that are threads and say what they are told to."""

from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from struct import unpack
from threading import Barrier, Event
from typing import IO, Any

import pytest

from holdfast.errors import BrokenWeights, HoldfastError, SubjectChanged, TuningFailed, TuningGarbled
from holdfast.evidence import Frozen, ScorerFailed
from holdfast.tamper import Done, Where, _runs, do_runs
from holdfast.tamper._messages import ORDER, Opened, TamperTask, Unit, UnitEnded
from holdfast.training.sealing import Failed, Sealed
from tamper.talks import EMPTY, SEALED, SUBJECT, TWO, Child, checkpoint, ears, framed, replies
from tampered import design

OTHER = design("lora-sft", grid=(1.0, 2.0))
RUNS = [(one, seed) for seed in range(3) for one in (TWO, OTHER)]
Work = Callable[[IO[bytes], IO[bytes]], None]


def frame(inbox: IO[bytes]) -> bytes:
    head = inbox.read(4)
    return inbox.read(*unpack(">I", head)) if head else b""


def say(outbox: IO[bytes], *frames: Frozen) -> None:
    outbox.write(framed(frames))
    outbox.flush()


def opened(inbox: IO[bytes], outbox: IO[bytes], subject: str = SUBJECT) -> TamperTask:
    task = TamperTask.model_validate_json(frame(inbox))
    say(outbox, Sealed(seal=SEALED), Opened(subject=subject))
    return task


def honest(inbox: IO[bytes], outbox: IO[bytes]) -> None:
    """A child that does each run that is ordered; its change is a function of attack and seed."""
    opened(inbox, outbox)
    while order := frame(inbox):
        unit = ORDER.validate_json(order)
        assert isinstance(unit, Unit)
        change = round(0.1 + 0.01 * unit.seed + len(unit.design.name) / 100, 4)
        for at in unit.design.grid:
            say(outbox, replies(), checkpoint(at, weight_change=change))
        say(outbox, UnitEnded())


def together(parties: int) -> Work:
    """Children that open once so many have been started, so that none does what is meant for the others."""
    started = Barrier(parties, timeout=60)

    def work(inbox: IO[bytes], outbox: IO[bytes]) -> None:
        started.wait()
        honest(inbox, outbox)

    return work


def patient(inbox: IO[bytes], outbox: IO[bytes]) -> None:
    """A child that is ordered one run and does not come to its end, so that what is left is the other's to do."""
    opened(inbox, outbox)
    while frame(inbox):
        pass


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Child]]:
    """Let sealed processes be threads that do this work, one after the other of a list."""

    def started(*works: Work) -> list[Child]:
        made: list[Child] = []

        @contextmanager
        def process(work: str) -> Generator[Child]:
            assert work == "holdfast.tamper._inside"
            child = Child(works[min(len(made), len(works) - 1)])
            made.append(child)
            try:
                yield child
            finally:
                child.close()

        monkeypatch.setattr(_runs, "sealed_process", process)
        return made

    return started


def done(processes: int = 1, announce: Callable[[str, int, int], None] = lambda *_: None, **more: Any) -> list[Done]:
    where = Where(Path("src"), "cpu", None, processes)
    return list(do_runs(RUNS, where, EMPTY, ears(**more), announce))


def test_every_run_is_done_once_and_told_of(children: Any) -> None:
    made, told = children(honest), list[tuple[str, int, int]]()
    found = done(announce=lambda *said: told.append(said))
    assert [(one.trajectory.attack, one.trajectory.seed) for one in found] == [(d.name, seed) for d, seed in RUNS]
    assert all(one.seal == SEALED and one.wall_s >= 0 for one in found)
    assert told == [(d.name, seed, looks) for d, seed in RUNS for looks in (1, 2)]
    assert [child.killed for child in made] == [2]  # by the loop, and by its own context


def test_two_processes_find_what_one_does(children: Any) -> None:
    children(honest)
    one = {(d.trajectory.attack, d.trajectory.seed): d.trajectory for d in done(1)}
    made = children(together(2))
    two = {(d.trajectory.attack, d.trajectory.seed): d.trajectory for d in done(2)}
    assert two == one
    assert len(made) == 2


def test_no_more_processes_are_started_than_there_are_runs(children: Any) -> None:
    made = children(together(2))
    where = Where(Path("src"), "cpu", None, 16)
    assert len(list(do_runs(RUNS[:2], where, EMPTY, ears(), lambda *_: None))) == 2
    assert len(made) == 2


def test_the_process_is_told_what_to_ask_and_of_what_attacks_are_made(children: Any) -> None:
    tasks: list[TamperTask] = []

    def listens(inbox: IO[bytes], outbox: IO[bytes]) -> None:
        tasks.append(opened(inbox, outbox))

    children(listens)
    with pytest.raises(TuningFailed):
        done()
    assert len(tasks) == 2  # one for each attack: where a process ended under one, its other seeds are left
    assert tasks[0].asks == ears().asks
    assert tasks[0].material == EMPTY
    assert Path(tasks[0].directory) == Path("src").resolve()
    assert tasks[0].threads >= 1
    assert not Path(tasks[0].scratch).exists()


def test_weights_that_are_not_those_of_the_plan_are_not_changed(children: Any) -> None:
    ordered: list[bytes] = []

    def other(inbox: IO[bytes], outbox: IO[bytes]) -> None:
        opened(inbox, outbox, "sha256:" + "2" * 64)
        ordered.append(frame(inbox))

    children(other)
    with pytest.raises(SubjectChanged, match="not those that the plan") as caught:
        done()
    assert (caught.value.code, caught.value.exit) == ("H464", 4)
    assert set(ordered) <= {b""}


def after(*frames: Frozen) -> Work:
    def work(inbox: IO[bytes], outbox: IO[bytes]) -> None:
        opened(inbox, outbox)
        frame(inbox)
        say(outbox, *frames)

    return work


def unsealed(*frames: Frozen) -> Work:
    def work(inbox: IO[bytes], outbox: IO[bytes]) -> None:
        frame(inbox)
        say(outbox, *frames)

    return work


@pytest.mark.parametrize(
    ("work", "kind"),
    [
        (after(Failed.of("H403", "cut short", "b", "c", "d")), BrokenWeights),
        (after(replies(), checkpoint(8)), TuningGarbled),
        (unsealed(Opened(subject=SUBJECT)), TuningGarbled),
        (unsealed(), TuningFailed),
    ],
    ids=["fails", "garbles", "is not sealed", "never speaks"],
)
def test_what_goes_wrong_in_one_process_ends_all_and_is_the_error_that_it_is(
    children: Any, work: Work, kind: type[HoldfastError]
) -> None:
    made = children(work, patient)
    with pytest.raises(kind):
        done(2)
    assert all(child.killed for child in made)


def no_memory_for(attack: str) -> Work:
    """A child that does runs, and ends under the first of this attack."""

    def work(inbox: IO[bytes], outbox: IO[bytes]) -> None:
        opened(inbox, outbox)
        while order := frame(inbox):
            unit = ORDER.validate_json(order)
            assert isinstance(unit, Unit)
            if unit.design.name == attack:
                say(outbox, replies())
                return
            for at in unit.design.grid:
                say(outbox, replies(), checkpoint(at))
            say(outbox, UnitEnded())

    return work


@pytest.mark.parametrize("processes", [1, 2])
def test_a_process_that_ends_under_a_run_loses_the_runs_of_its_attack_alone(children: Any, processes: int) -> None:
    children(no_memory_for(OTHER.name))
    found: list[Done] = []
    running = do_runs(RUNS, Where(Path("src"), "cpu", None, processes), EMPTY, ears(), lambda *_: None)
    with pytest.raises(TuningFailed, match=OTHER.name) as caught:
        deque(map(found.append, running), maxlen=0)
    assert "other attacks is kept" in caught.value.state
    assert sorted(one.trajectory.seed for one in found if one.trajectory.attack == TWO.name) == [0, 1, 2]
    assert {one.trajectory.attack for one in found} == {TWO.name}


def test_a_process_that_is_only_starting_when_another_goes_wrong_ends_as_well(
    children: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = children(after(replies(), checkpoint(8)), patient)
    process, gone = _runs.sealed_process, Event()

    @contextmanager
    def second_late(work: str) -> Generator[Child]:
        with process(work) as child:
            if len(made) == 2 and child is made[1]:
                # Handed over only when the first has failed and every process that was known has been ended.
                assert gone.wait(60)
            yield child

    def ended(self: Child) -> None:
        kill(self)
        if self.killed > 1:  # by its own context, and then by whoever ends all
            gone.set()

    kill = Child.kill
    monkeypatch.setattr(Child, "kill", ended)
    monkeypatch.setattr(_runs, "sealed_process", second_late)
    with pytest.raises(TuningGarbled):
        done(2)
    assert all(child.killed for child in made)


def test_a_scorer_that_cannot_work_is_heard_of(children: Any) -> None:
    def down(place: int, text: str) -> str:
        raise ScorerFailed("the judge is down")

    made = children(honest)
    with pytest.raises(ScorerFailed, match="down"):
        done(code=down)
    assert all(child.killed for child in made)


def test_whoever_stops_listening_leaves_no_process(children: Any) -> None:
    made = children(honest)
    running: Any = do_runs(RUNS, Where(Path("src"), "cpu", None, 2), EMPTY, ears(), lambda *_: None)
    next(running)
    running.close()
    assert made
    assert all(child.killed for child in made)


def test_an_interruption_while_told_leaves_no_process(children: Any) -> None:
    def interrupted(attack: str, seed: int, looks: int) -> None:
        raise KeyboardInterrupt

    made = children(honest)
    with pytest.raises(KeyboardInterrupt):
        done(announce=interrupted)
    assert all(child.killed for child in made)
