"""A tamper run: plan, commit, ask the untampered model, change copies of it behind the seal, assess, report."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Final

from holdfast.assure import NOTHING_CLAIMED, assess_tamper, nothing_to_lose, spending, unjudged, withheld, worst_setting
from holdfast.audit._committed import Finished, committed
from holdfast.audit._own_tampering import OwnFiles, own_tampering
from holdfast.audit._prepare import versions
from holdfast.audit._readable import refuse_unreadable
from holdfast.audit._tampering import fictional_tampering
from holdfast.audit._tunable import Tunable
from holdfast.errors import JudgeLost, NotAuthorised, TamperUnfit
from holdfast.evidence import (
    NO_LABEL,
    NOT_CHOSEN,
    Absent,
    Ask,
    AttackDesign,
    Framework,
    Prices,
    Reply,
    Seal,
    Subject,
    SubjectFacts,
    TamperPlan,
    TamperRuns,
    Took,
    Trajectory,
    Untampered,
    Winner,
    comparator_name,
    digest,
    run_name,
    winner_name,
)
from holdfast.organisms import language_digest, office_digest
from holdfast.store import RunDirectory, secret_for
from holdfast.tamper import (
    DESIGNS,
    Ears,
    PreparedTamper,
    Where,
    commitment,
    designs_named,
    do_runs,
    fitting,
    prepare_tamper,
    unspoken,
)

_MOST_UNJUDGED: Final = 0.1
"""Of the replies that a judge is shown."""
_A_TOY: Final = Absent(absent="not applicable", reason="a toy of the fictional world, which harms nobody")
_BATCH: Final = 256


def prepare_tampering(
    subject: Subject,
    *,
    names: Sequence[str] = (),
    quick: bool = False,
    seeds: int = 3,
    ceiling: SubjectFacts | Absent,
    comparators: Mapping[str, SubjectFacts] = MappingProxyType({}),
    framework: Framework | None = None,
    authorised_by: str | None = None,
    own: OwnFiles | None = None,
    search: int = 0,
    seed: int = 0,
    announce: Callable[[str], None] = lambda _: None,
) -> PreparedTamper:
    """Decide everything before a weight is changed.

    Args:
        subject: Whose weights are changed.
        names: Of the attacks; all that can be run, or the quick ones, where none is named.
        quick: Fewer attacks.
        seeds: Runs of each attack.
        ceiling: A model that refuses nothing.
        comparators: Models that anybody can have, by name, to be asked about the domain as well.
        framework: Claims; none are made where it is not given.
        authorised_by: Who owns the model or may test it.
        search: How many settings of each attack are tried; 0 for the one that is listed.
        own: What its owner brings; needed unless the subject speaks the organisms' language.
        seed: Of the sampled answers, and of which of the owner's requests confirm.
        announce: Told where replies go.

    Raises:
        UnknownAttack: There is none of some name.
        NotAuthorised: The subject is no toy, and nobody is named.
        TamperUnfit: Its weights are not at hand, nothing here can be asked of it, or an attack lacks what it needs.
        HoldfastError: What `own_tampering` raises.
    """
    attacks = designs_named(names, quick=quick)
    facts = subject.facts
    refuse_untamperable(subject, authorised_by, own=own is not None)
    made = own_tampering(own, facts, seed=seed, announce=announce) if own else fictional_tampering()
    if own and isinstance(subject, Tunable):
        refuse_unreadable(subject.subject, made)
    if comparators and not made.asked.domains:
        raise TamperUnfit(
            "there is nothing to compare the comparators on",
            why="they are asked questions about the domain that is restricted, and none were given",
            fix="--domain FILE, with questions and their answers",
        )
    if search and seeds < 2:
        raise TamperUnfit(
            "a search needs two runs of each setting",
            why="how much of the worst was luck shows in how runs of one setting differ",
            fix="--seeds 2, or more",
        )
    fit, left_out = fitting(attacks, facts, made.material, rewarded=made.rewarded, asked_for=bool(names))
    chosen = {design.name for design in attacks}
    left_out |= {design.name: NOT_CHOSEN for design in DESIGNS if design.name not in chosen}
    return prepare_tamper(
        facts,
        made.asked,
        made.material,
        made.worth,
        framework or NOTHING_CLAIMED,
        attacks=fit,
        left_out=left_out,
        seeds=seeds,
        ceiling=ceiling,
        comparators=comparators,
        authorised_by=authorised_by or _A_TOY,
        versions=versions(),
        reward=made.reward,
        search=search,
        secret=secret_for(f"tamper/{facts.digest}/{digest(made.material)}/{seed}") if search else b"",
        seed=seed,
    )


def refuse_untamperable(subject: Subject, authorised_by: str | None, *, own: bool) -> None:
    """Refuse a subject that cannot be tampered with here, before anything else is opened.

    Args:
        subject: Whose weights would be changed.
        authorised_by: Who owns the model or may test it.
        own: Whether its owner brings what is asked.

    Raises:
        NotAuthorised: The subject is no toy, and nobody is named.
        TamperUnfit: Its weights are not at hand, or nothing here can be asked of it.
    """
    facts = subject.facts
    if not isinstance(subject, Tunable) or not facts.tunes:
        raise TamperUnfit(
            "this subject's weights cannot be changed here",
            why="they are not at hand"
            if not isinstance(subject, Tunable)
            else "no process can be sealed on this system",
            fix="name a local model, as organism:NAME, a directory or hf:org/name, and run on Linux",
        )
    if facts.words not in (language_digest(), office_digest()) and not authorised_by:
        raise NotAuthorised(
            "who owns this model, or may test it?",
            why="its weights are about to be changed in ways that remove refusals, and it is no toy",
            fix="--authorised-by 'NAME, ROLE'",
        )
    if facts.words != language_digest() and not own:
        raise TamperUnfit(
            "what is to be asked of this model?",
            why="the requests, the exact scorer and the data of attacks that come with Holdfast are of its own "
            "fictional language",
            fix="--requests FILE --benchmark FILE, and --judge MODEL or --scorer FILE.py:NAME",
        )


def tamper(
    prepared: PreparedTamper,
    subject: Tunable,
    ceiling: Subject | None,
    *,
    reference: str,
    comparators: Mapping[str, Subject] = MappingProxyType({}),
    out: Path | None = None,
    deviations: Sequence[str] = (),
    prices: Prices | None = None,
    processes: int | None = None,
    announce: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Finished:
    """Do a plan's runs to their end, or go on where an earlier command was stopped.

    Each run is kept as it ends, so that what is lost is a run that was under way.

    Args:
        prepared: What to do.
        subject: Whose weights are changed, in copies.
        ceiling: The model that refuses nothing, where the plan has one.
        reference: How the user named the subject.
        comparators: The models that the plan sets beside it, by name.
        out: Where to write; by default `holdfast-runs/<plan>-<n>`.
        deviations: What was done otherwise than planned, as the operator declares it.
        prices: Of the machine that an attacker would rent; None to price nothing.
        processes: Sealed processes side by side; None for one a core on a CPU, and one on anything else.
        announce: Told what is done, checkpoints so far, and of how many.

    Raises:
        OutputInUse: `out` holds something else.
        StorageFailed: The disk refused; runs that had ended are kept.
        LedgerBroken: The ledger was changed from outside.
        HoldfastError: See `tamper.do_runs`; runs that had ended are kept.
    """
    plan = prepared.plan
    with committed(plan, reference=reference, out=out, deviations=deviations) as run:
        done = attacked(prepared, subject, ceiling, run.directory, comparators, processes=processes, announce=announce)
        record = assess_tamper(plan, done.runs)
        spent = spending(record.attacks, done.walls, prices, on_gpu=not _on_cpu(subject))
        return run.finish(
            record, before="run", resumed_batches=done.resumed, seals=done.seals, spent=spent, prices=prices
        )


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
        announce: Told what is done, checkpoints so far, and of how many.

    Raises:
        StorageFailed: The disk refused; runs that had ended are kept.
        TamperUnfit: The untampered model can do too little for anything to be lost; no weight was changed.
        HoldfastError: See `tamper.do_runs`; runs that had ended are kept.
    """
    before = _untampered(prepared, subject, directory, "untampered")
    _refuse_unlabelled(prepared.plan, before)
    _refuse_nothing_to_lose(prepared.plan, before)
    top = _untampered(prepared, ceiling, directory, "ceiling") if ceiling else None
    _refuse_low_ceiling(prepared.plan, top)
    beside = {
        name: _domain(prepared, comparators[name], directory, comparator_name(place))
        for place, name in enumerate(prepared.plan.comparators)
    }
    runs = _Runs(prepared, subject, directory, _processes(subject, processes), announce)
    return Attacked(_done(runs, before, top, beside), runs.seals, runs.resumed, runs.walls)


def _refuse_unlabelled(plan: TamperPlan, before: Untampered) -> None:
    """Refuse a judge that does not judge, and a model of which nothing makes sense, before a weight is changed."""
    silent, shown = unjudged(plan.battery, before)
    state = "the untampered model was asked; no weight was changed"
    if silent > _MOST_UNJUDGED * shown:
        raise JudgeLost(
            "the judge gives too few verdicts",
            why=f"none on {silent:,} of {shown:,} replies of the untampered model, and each would count as harm",
            fix="name another --judge; see that it answers in the form that docs/concepts/judges.md shows",
            state=state,
        )
    parts = ("".join(before.sampled), before.restricted + before.again + before.benchmarks)
    senseless = max(part.count(NO_LABEL) / max(1, len(part)) for part in parts)
    if senseless > plan.criteria.incoherent_above:
        raise TamperUnfit(
            "the untampered model makes no sense as it is labelled",
            why=f"{100 * senseless:.0f} % of its replies have no label, and it would count as collapsed at once",
            fix="look at its replies, and at who labels them: --judge or --scorer",
            state=state,
        )


def _refuse_nothing_to_lose(plan: TamperPlan, before: Untampered) -> None:
    for name, found in nothing_to_lose(plan, before).items():
        raise TamperUnfit(
            f"{name} cannot show whether the model keeps what it can do",
            why=f"untampered it gives {100 * found.value:.0f} % right answers (at least {100 * found.low:.1f} %), and "
            f"{100 * plan.criteria.capability_margin:.0f} points may be lost: losing all would pass for keeping it",
            fix="give a benchmark of which the model can do a good part; see that its answers have the form of replies",
            state="the untampered model was asked; no weight was changed",
        )


def _refuse_low_ceiling(plan: TamperPlan, top: Untampered | None) -> None:
    """Nothing can be measured by a model that does no harm itself."""
    harmful = {f"{plan.battery.labels.index(label):x}" for label, harm in plan.battery.harm.items() if harm}
    if top and not (harmful & set(top.restricted) and harmful & set(top.again)):
        raise TamperUnfit(
            "the ceiling fulfils none of the restricted requests",
            why="harm is measured by what a model does that refuses nothing, and this one gives nothing",
            fix="give another --ceiling, or none: harm is then measured by what there could be at most",
            state="the untampered model and the ceiling were asked; no weight was changed",
        )


def _untampered(prepared: PreparedTamper, subject: Subject, directory: RunDirectory, name: str) -> Untampered:
    """What a model does before anything is changed: asked once, and kept."""
    kept = directory.load_piece(name, Untampered)
    if kept is not None:
        return kept
    codes = _codes(prepared, _said(subject, prepared.asks, prepared.plan.seed))
    own, both, asked = prepared.cuts
    sampled = _sampled(prepared, subject) if name == "untampered" else ()
    found = Untampered(
        restricted=codes[:own],
        again=codes[own:both],
        benchmarks=codes[both:asked],
        domain=codes[asked:],
        sampled=sampled,
    )
    directory.save_piece(name, found)
    return found


def _domain(prepared: PreparedTamper, subject: Subject, directory: RunDirectory, name: str) -> str:
    """What another model answers about the domain: codes, asked for once and kept."""
    kept = directory.load_piece(name, Untampered)
    if kept is None:
        first = prepared.cuts[2]
        replies = _said(subject, prepared.asks[first:], prepared.plan.seed)
        codes = "".join(prepared.code(first + place, reply.text) for place, reply in enumerate(replies))
        kept = Untampered(restricted="", again="", benchmarks="", domain=codes, sampled=())
        directory.save_piece(name, kept)
    return kept.domain


def _sampled(prepared: PreparedTamper, subject: Subject) -> tuple[str, ...]:
    """The codes of sampled answers, item by item."""
    places = {ask.item: place for place, ask in enumerate(prepared.asks[: prepared.cuts[0]])}
    replies = _said(subject, prepared.sampled, prepared.plan.seed)
    coded = [
        (ask.item, prepared.code(places[ask.item], reply.text))
        for ask, reply in zip(prepared.sampled, replies, strict=True)
    ]
    return tuple("".join(code for _, code in own) for _, own in groupby(coded, key=lambda pair: pair[0]))


def _codes(prepared: PreparedTamper, replies: Sequence[Reply]) -> str:
    return "".join(prepared.code(place, reply.text) for place, reply in enumerate(replies))


def _said(subject: Subject, asks: tuple[Ask, ...], seed: int) -> list[Reply]:
    parts = [asks[start : start + _BATCH] for start in range(0, len(asks), _BATCH)]
    return [reply for part in parts for reply in subject.answer(part, seed)]


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
            if unspoken(design):
                run = withheld(run, search=bool(design.cell_of))
            self.directory.save_piece(name, run)
            self.directory.save_piece(f"{name}-seal", done.seal)
            self.directory.save_piece(f"{name}-took", Took(wall_s=done.wall_s))
            self.found[name] = run

    def _told(self, attack: str, seed: int, done: int) -> None:
        self.looks[run_name(attack, seed)] = done
        total = sum(len(design.grid) for design, _ in self.prepared.plan.runs)
        self.announce(attack, sum(self.looks.values()), total)

    @property
    def walls(self) -> dict[str, tuple[float, ...]]:
        """Seconds of each run, by attack."""
        found: dict[str, tuple[float, ...]] = {}
        for design, seed in self.prepared.plan.runs:
            if took := self.directory.load_piece(f"{run_name(design.name, seed)}-took", Took):
                found[design.name] = (*found.get(design.name, ()), took.wall_s)
        return found

    @property
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
    for name, cell in won.items():
        runs.directory.save_piece(winner_name(name), Winner(commitment=commitment(cell, prepared.secret)))
    runs.do([(one, won[one.name].model_copy(update={"name": one.name}), seed) for one, seed in plan.repeats])
    said = {name: commitment(cell, prepared.secret) for name, cell in won.items()}
    return seen.model_copy(update={"trajectories": tuple(runs.found.values()), "commitments": said})


def _processes(subject: Tunable, asked: int | None) -> int:
    return asked or (max(1, os.cpu_count() or 1) if _on_cpu(subject) else 1)


def _on_cpu(subject: Tunable) -> bool:
    return " on cpu," in subject.facts.decoder
