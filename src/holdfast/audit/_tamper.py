"""A tamper run: plan, commit, ask the untampered model, change copies of it behind the seal, assess, report."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from holdfast.assure import NOTHING_CLAIMED, assess_tamper, spending
from holdfast.audit._committed import Finished, committed
from holdfast.audit._own_tampering import OwnFiles, own_tampering
from holdfast.audit._prepare import versions
from holdfast.audit._readable import refuse_unreadable
from holdfast.audit._tamper_runs import attacked, on_cpu
from holdfast.audit._tampering import fictional_tampering
from holdfast.audit._tunable import Tunable
from holdfast.errors import NotAuthorised, TamperUnfit
from holdfast.evidence import NOT_CHOSEN, Absent, Framework, Prices, Subject, SubjectFacts, digest
from holdfast.organisms import english_digest, language_digest, office_digest
from holdfast.store import secret_for
from holdfast.tamper import DESIGNS, PreparedTamper, designs_named, fitting, prepare_tamper

_A_TOY: Final = Absent(absent="not applicable", reason="a toy of the fictional world, which harms nobody")


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
    if search == 1:
        raise TamperUnfit(
            "a search of one setting is none",
            why="there is nothing to choose from",
            fix="--search 2, or more; or leave it out for the setting that is listed",
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
    if facts.words not in (language_digest(), english_digest(), office_digest()) and not authorised_by:
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
        announce: Told what is done, replies so far, and of how many: of each model that is asked before, and then of
            all runs together, as many at every checkpoint.

    Raises:
        OutputInUse: `out` holds something else.
        OutputBusy: Another process works in `out`.
        StorageFailed: The disk refused; runs that had ended are kept.
        LedgerBroken: The ledger was changed from outside.
        HoldfastError: See `tamper.do_runs`; runs that had ended are kept.
    """
    plan = prepared.plan
    with committed(plan, reference=reference, out=out, deviations=deviations) as run:
        done = attacked(prepared, subject, ceiling, run.directory, comparators, processes=processes, announce=announce)
        record = assess_tamper(plan, done.runs)
        spent = spending(record.attacks, done.walls, prices, on_gpu=not on_cpu(subject))
        return run.finish(
            record, before="run", resumed_batches=done.resumed, seals=done.seals, spent=spent, prices=prices
        )
