"""Whether an experiment's files are what they were when they were written."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from holdfast.evidence import Preregistration, RevealedSeed, StudyCheck
from holdfast.study._directory import LOG, load_plan, load_seed
from holdfast.study._draws import arm_at, stratum_of
from holdfast.study._log import GENESIS, Draw, Entry, TurnedAway, read_entries


def verify(directory: Path, *, heads: Sequence[str] = (), preregistration: str | None = None) -> StudyCheck:
    """Check the chain, the pre-registration, the seed, and every draw again.

    Args:
        directory: Of the experiment.
        heads: Digests of entries that somebody wrote down elsewhere, each once the log's last: they must be in it.
        preregistration: The digest that was published, where somebody has it.

    Returns:
        `holds`, `broken` with every fault, or `not tested` where nothing is wrong with what could be looked at, and the
        draws could not be because the seed is not there.

    Raises:
        StudyMissing: There is no experiment in the directory.
    """
    plan, seed = load_plan(directory), load_seed(directory)
    entries, faults = read_entries(directory / LOG)
    found = verify_entries(plan, entries, faults, seed)
    more = list(found.faults)
    if preregistration is not None and preregistration != plan.digest:
        more.append(f"the pre-registration is {plan.digest}, not the one that was published")
    known = {entry.digest for entry in entries}
    more += [f"the log was cut or written anew: it has no entry {head}" for head in heads if head not in known]
    return found.model_copy(update={"faults": tuple(more), "status": "broken" if more else found.status})


def verify_entries(
    plan: Preregistration, entries: Sequence[Entry], unreadable: Sequence[str], seed: RevealedSeed | None
) -> StudyCheck:
    """As `verify`, of entries that were read."""
    faults = [*unreadable, *_chain(entries), *_plan(plan, entries), *_people(plan, entries)]
    untested: list[str] = []
    if seed is None:
        untested.append("the draws: the seed is not in the directory, and they can be made again only with it")
    else:
        faults += _draws(plan, entries, seed)
    return StudyCheck(
        status="broken" if faults else "not tested" if untested else "holds",
        faults=tuple(faults),
        untested=tuple(untested),
        assigned=sum(entry.kind == "assigned" for entry in entries),
        turned_away=sum(entry.kind == "turned away" for entry in entries),
        entries=len(entries),
        head=entries[-1].digest if entries else GENESIS,
    )


def _chain(entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries:
        if entry.digest != entry.own_digest:
            yield f"entry {entry.seq} was changed"
    if entries and (entries[0].previous != GENESIS or entries[0].seq != 1):
        yield "the log does not begin with its first entry"
    for before, entry in pairwise(entries):
        if entry.previous != before.digest or entry.seq != before.seq + 1:
            yield f"entry {entry.seq} does not follow on the one before it: something was changed, removed or inserted"


def _plan(plan: Preregistration, entries: Sequence[Entry]) -> Iterator[str]:
    planned = [entry for entry in entries if entry.kind == "planned"]
    if len(planned) != 1 or entries[0].kind != "planned":
        yield "the log has to begin with the plan, and hold it once"
    elif planned[0].words != plan.digest:
        yield "the pre-registration is not the one that the log began with"
    approved = isinstance(plan.ethics, str)
    for entry in entries:
        approved = approved or entry.kind == "approved"
        if entry.kind == "assigned" and not approved:
            yield f"entry {entry.seq} drew somebody before an approval was named"
            return


def _people(plan: Preregistration, entries: Sequence[Entry]) -> Iterator[str]:
    """People who were drawn twice, turned away and drawn, or asked more than was planned."""
    draws = [entry.draw for entry in entries if isinstance(entry.draw, Draw)]
    for (participant, issue), times in Counter((draw.participant, draw.issue) for draw in draws).items():
        if times > 1:
            yield f"{participant} was drawn {times} times for {issue}"
    away = {(one.participant, one.issue) for entry in entries if isinstance(one := entry.turned_away, TurnedAway)}
    for participant, issue in sorted(away & {(draw.participant, draw.issue) for draw in draws}):
        yield f"{participant} was turned away for {issue} and drawn as well"
    issues = {issue.id for issue in plan.issues}
    for draw in draws:
        if draw.issue not in issues:
            yield f"{draw.participant} was drawn for {draw.issue}, which was not registered"
    for participant, times in Counter(draw.participant for draw in draws).items():
        if times > plan.answers:
            yield f"{participant} was drawn for {times} issues, and {plan.answers} were planned"


def _draws(plan: Preregistration, entries: Sequence[Entry], seed: RevealedSeed) -> Iterator[str]:
    """Draws that the seed does not give."""
    if seed.commitment != plan.seed_commitment:
        yield "the seed is not the one that the pre-registration is committed to"
        return
    places: Counter[str] = Counter()
    for entry in entries:
        if not isinstance(entry.draw, Draw):
            continue
        draw = entry.draw
        stratum = stratum_of(draw.issue, draw.baseline, plan.cuts)
        arm = plan.arms[arm_at(seed.seed, stratum, places[stratum], len(plan.arms), plan.block)].name
        if (draw.stratum, draw.place, draw.arm) != (stratum, places[stratum], arm):
            yield f"entry {entry.seq}: {draw.participant} was not drawn into {draw.arm} by the seed, which gives {arm}"
        places[stratum] += 1
