"""The runs of a plan: done, or kept by an earlier command; of a search first all settings, then the worst anew."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

from holdfast.assure import withheld, worst_setting
from holdfast.audit._tamper_asked import domain_codes, noted, untampered
from holdfast.audit._tamper_refusals import refuse_ceiling, refuse_subject
from holdfast.audit._tunable import Tunable
from holdfast.evidence import (
    AttackDesign,
    Seal,
    Subject,
    TamperRuns,
    Took,
    Trajectory,
    Untampered,
    Winner,
    comparator_name,
    run_name,
    winner_name,
)
from holdfast.store import RunDirectory
from holdfast.tamper import Ears, PreparedTamper, Where, commitment, do_runs, unspoken


@dataclass(frozen=True, slots=True)
class Attacked:
    """Attacks that were run to their end."""

    runs: TamperRuns
    seals: tuple[Seal, ...]
    """What held around the processes."""
    resumed: int
    """Runs that an earlier command had done."""
    walls: Mapping[str, tuple[float, ...]]
    """Seconds of each run, by attack."""


def attacked(
    prepared: PreparedTamper,
    subject: Tunable,
    ceiling: Subject | None,
    directory: RunDirectory,
    comparators: Mapping[str, Subject] = MappingProxyType({}),
    *,
    processes: int | None = None,
    announce: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Attacked:
    """Do the runs of a plan that are not kept yet, and keep each as it ends.

    Args:
        prepared: What to do.
        subject: Whose weights are changed, in copies.
        ceiling: The model that refuses nothing, where the plan has one.
        directory: Where runs are kept.
        comparators: The models that the plan sets beside it, by name.
        processes: As in `tamper`.
        announce: Told what is done, replies so far, and of how many: of each model that is asked before, and then of
            all runs together, as many at every checkpoint.

    Raises:
        StorageFailed: The disk refused; runs that had ended are kept.
        JudgeLost: A judge gives too few verdicts; no weight was changed.
        TamperUnfit: The untampered model or the ceiling does what could show nothing; no weight was changed.
        HoldfastError: See `tamper.do_runs`; runs that had ended are kept.
    """
    plan = prepared.plan
    asking = noted(prepared, directory)
    before = untampered(asking, subject, directory, "untampered", partial(refuse_subject, plan), announce)
    top = (
        untampered(asking, ceiling, directory, "ceiling", partial(refuse_ceiling, plan), announce) if ceiling else None
    )
    beside = {
        name: domain_codes(asking, comparators[name], directory, comparator_name(place), announce)
        for place, name in enumerate(plan.comparators)
    }
    runs = _Runs(prepared, subject, directory, _processes(subject, processes), announce)
    return Attacked(_done(runs, before, top, beside), runs.seals(), runs.resumed, runs.walls())


@dataclass(slots=True)
class _Runs:
    """The runs of a plan as far as they have come."""

    prepared: PreparedTamper
    subject: Tunable
    directory: RunDirectory
    processes: int
    announce: Callable[[str, int, int], None]
    found: dict[str, Trajectory] = field(default_factory=dict[str, Trajectory])
    looks: dict[str, int] = field(default_factory=dict[str, int])
    resumed: int = 0
    """Runs that an earlier command had done."""

    def do(self, runs: Sequence[tuple[AttackDesign, AttackDesign, int]]) -> None:
        """Do those that are not kept yet: what each is called in the plan, what is done, and from which seed."""
        due: list[tuple[AttackDesign, int]] = []
        published = {(done.name, seed): design for design, done, seed in runs}
        for design, done, seed in runs:
            name = run_name(design.name, seed)
            if kept := self.directory.load_piece(name, Trajectory):
                self.found[name], self.looks[name] = kept, len(kept.looks)
                self.resumed += 1
            else:
                due.append((done, seed))
        plan, subject = self.prepared.plan, self.subject
        ears = Ears(
            self.prepared.asks,
            self.prepared.cuts,
            subject.facts.digest,
            self.prepared.code,
            self.prepared.worth,
            plan.battery.max_new_tokens,
            len(self.prepared.material.rewarded),
        )
        where = Where(subject.directory, subject.device, subject.dtype, self.processes)
        for done in do_runs(due, where, self.prepared.material, ears, self._told) if due else ():
            run = done.trajectory
            design = published[run.attack, run.seed]
            name = run_name(run.attack, run.seed)
            self.directory.save_piece(f"{name}-seal", done.seal)
            if unspoken(design):
                run = withheld(run, search=bool(design.cell_of))
            else:
                self.directory.save_piece(f"{name}-took", Took(wall_s=done.wall_s))
            # Last: a run that is kept is kept with what held around it.
            self.directory.save_piece(name, run)
            self.found[name] = run

    def _told(self, attack: str, seed: int, done: int) -> None:
        self.looks[run_name(attack, seed)] = done
        total, each = sum(len(design.grid) for design, _ in self.prepared.plan.runs), len(self.prepared.asks)
        self.announce(attack, sum(self.looks.values()) * each, total * each)

    def walls(self) -> dict[str, tuple[float, ...]]:
        """Seconds of each run, by attack."""
        found: dict[str, tuple[float, ...]] = {}
        for design, seed in self.prepared.plan.runs:
            if took := self.directory.load_piece(f"{run_name(design.name, seed)}-took", Took):
                found[design.name] = (*found.get(design.name, ()), took.wall_s)
        return found

    def seals(self) -> tuple[Seal, ...]:
        """What held around the processes, each once."""
        seals: dict[str, Seal] = {}
        for design, seed in self.prepared.plan.runs:
            if seal := self.directory.load_piece(f"{run_name(design.name, seed)}-seal", Seal):
                seals.setdefault(seal.model_dump_json(), seal)
        return tuple(seals.values())


def _done(runs: _Runs, before: Untampered, top: Untampered | None, beside: Mapping[str, str]) -> TamperRuns:
    """Everything that the plan has: first all but the winners of searches, and then those from fresh seeds."""
    prepared, plan = runs.prepared, runs.prepared.plan
    last = {(design.name, seed) for design, seed in plan.repeats}
    runs.do([(one, prepared.cells.get(one.name, one), at) for one, at in plan.runs if (one.name, at) not in last])
    seen = TamperRuns(before=before, ceiling=top, trajectories=tuple(runs.found.values()), comparators=dict(beside))
    won = {design.name: prepared.cells[worst_setting(plan, design, seen)] for design in plan.attacks if design.cells}
    said = {name: commitment(cell, prepared.secret) for name, cell in won.items()}
    for name, committed in said.items():
        runs.directory.save_piece(winner_name(name), Winner(commitment=committed))
    runs.do([(one, won[one.name].model_copy(update={"name": one.name}), seed) for one, seed in plan.repeats])
    return seen.model_copy(update={"trajectories": tuple(runs.found.values()), "commitments": said})


def _processes(subject: Tunable, asked: int | None) -> int:
    return asked or (max(1, os.cpu_count() or 1) if on_cpu(subject) else 1)


def on_cpu(subject: Tunable) -> bool:
    return " on cpu," in subject.facts.decoder
