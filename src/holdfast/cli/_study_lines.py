"""What `holdfast study` does and says; the one place where an experiment and this machine's ledger meet."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from holdfast.cli._boundary import Outcome
from holdfast.errors import StudyInput
from holdfast.evidence import Preregistration, RevealedSeed, StudyRecord, exit_code, readable_json
from holdfast.report import render_study_html, render_study_markdown, study_lines
from holdfast.store import Ledger, home
from holdfast.study import (
    Assigned,
    Person,
    Wanted,
    analyse,
    assign,
    load_plan,
    person,
    preregister,
    read_people,
    register,
    verify,
    write_file,
)

_KIND: Final = "study"
_SHOWN: Final = 20
"""Draws that are printed; the envelope and the log have them all."""


def plan_outcome(directory: Path, stated: dict[str, Any]) -> Outcome:
    """Register, and say what to publish."""
    seed = RevealedSeed(seed=secrets.token_hex(32), salt=secrets.token_hex(16))
    made = preregister(_wanted(stated), seed, _tool(), today=datetime.now(UTC).date().isoformat())
    head = register(directory, made, seed)
    earlier = _remember(made, head)
    record = made.model_dump(mode="json") | {"digest": made.digest, "directory": str(directory)}
    size = made.size
    lines = (
        f"registered  {made.title}",
        f"people      {size.people_an_arm} an arm, {made.people} in all: for {size.aim} {size.points:g} points, power "
        f"{size.power:.0%}, if {size.residual_sd:g} points of spread are left and {size.attrition:.0%} do not answer",
        f"publish     {made.digest}",
        *((f"note        {earlier} registrations of this title were made on this machine before",) if earlier else ()),
        *(() if isinstance(made.ethics, str) else ("note        nobody is drawn before an approval is named",)),
        f"secret      {directory / 'seed.json'}: nobody who meets people may see it before the end",
        f"next        holdfast study assign {directory} --participants FILE",
    )
    return Outcome(0, record=record, human=lines)


def assign_outcome(directory: Path, given: dict[str, Any]) -> Outcome:
    """Draw, and keep the log's head in the ledger."""
    made = load_plan(directory)
    drawn = assign(directory, _people(made, given), ethics=given["ethics"])
    _remember(made, drawn.head)
    record = {
        "drawn": [draw.model_dump(mode="json", exclude={"baseline"}) for draw in drawn.drawn],
        "new": drawn.new,
        "turned_away": [one.model_dump(mode="json") for one in drawn.turned_away],
        "total": drawn.total,
        "head": drawn.head,
    }
    return Outcome(0, record=record, human=tuple(_drawn(drawn)))


def verify_outcome(directory: Path, heads: Sequence[str], registration: str | None) -> Outcome:
    """Check, against what the ledger knows too."""
    made = load_plan(directory)
    known = known_heads(made)
    found = verify(directory, heads=(*heads, *known), preregistration=registration)
    lines = (
        f"log         {found.status}: {found.entries} entries, {found.assigned} draws, {found.turned_away} turned away",
        *(f"fault       {fault}" for fault in found.faults),
        *(f"not tested  {words}" for words in found.untested),
        f"compared    with {len(heads) + len(known)} digests that were kept elsewhere",
        f"registered  {made.digest}" + ("" if registration is None else ", compared with the one that was published"),
        f"head        {found.head}",
    )
    exits = {"holds": 0, "broken": 5, "not tested": 3}
    return Outcome(exits[found.status], record=found.model_dump(mode="json"), human=lines)


def analyse_outcome(directory: Path, data: Path, outcome: str | None, heads: Sequence[str]) -> Outcome:
    """Analyse, and write record and page."""
    made = load_plan(directory)
    record = analyse(directory, data, _tool(), outcome=outcome, heads=(*heads, *known_heads(made)))
    _remember(made, verify(directory).head)
    kept = _keep(directory, record)
    lines = (*study_lines(record), f"report      {kept / 'report.html'}", f"record      {kept / 'record.json'}")
    code = exit_code(record.verdict, collected=record.check.assigned > 0)
    return Outcome(code, record.verdict, record.model_dump(mode="json"), lines)


def _keep(directory: Path, record: StudyRecord) -> Path:
    """A new `analysis-<n>` beside the earlier ones; none is written over."""
    number = 1
    while (kept := directory / f"analysis-{number}").exists():
        number += 1
    kept.mkdir(mode=0o700)
    write_file(kept / "record.json", readable_json(record))
    write_file(kept / "report.html", render_study_html(record))
    write_file(kept / "report.md", render_study_markdown(record))
    return kept


def _wanted(stated: dict[str, Any]) -> Wanted:
    renamed = {"sd": "residual_sd", "follow_up": "follow_up_days", "exclusion": "exclusions"}
    values: dict[str, Any] = {renamed.get(name, name): value for name, value in stated.items()}
    values["arms"] = tuple(arm.strip() for arm in stated["arms"].split(","))
    return Wanted(**values)


def _people(made: Preregistration, given: dict[str, Any]) -> tuple[Person, ...]:
    if (given["participants"] is None) == (given["participant"] is None):
        raise StudyInput(
            "give --participants FILE, or one person with --participant",
            why="one of the two says who is at the door",
            fix="see `holdfast study assign --help`",
        )
    if given["participants"] is not None:
        return read_people(given["participants"], made)
    one = person(
        made,
        participant=given["participant"],
        issue=given["issue"],
        baseline=given["baseline"],
        adult=given["adult"],
        attentive=not given["failed_attention"],
    )
    return (one,)


def _drawn(drawn: Assigned) -> Sequence[str]:
    shown = [f"drawn       {draw.participant}  {draw.issue}  {draw.arm}" for draw in drawn.drawn[:_SHOWN]]
    more = len(drawn.drawn) - len(shown)
    return (
        *shown,
        *((f"            and {more} more; log.jsonl has them all",) if more else ()),
        *(f"turned away {one.participant}: {one.reason}" for one in drawn.turned_away),
        f"draws       {drawn.new} new, {drawn.total} in all",
        f"head        {drawn.head}: written down elsewhere, it shows that the log was not cut",
    )


def _remember(made: Preregistration, head: str) -> int:
    """Keep the log's head in the ledger; gives how many other registrations of this title it knows."""
    with Ledger(home() / "ledger.sqlite") as ledger:
        bodies = [entry.body for entry in ledger.entries() if entry.kind == _KIND]
        ledger.append(_KIND, {"registration": made.digest, "title": made.title, "head": head})
    return len({body["registration"] for body in bodies if body["title"] == made.title} - {made.digest})


def known_heads(made: Preregistration) -> tuple[str, ...]:
    """Heads of this experiment's log that this machine's ledger knows: each has to be in the log."""
    with Ledger(home() / "ledger.sqlite") as ledger:
        bodies = [entry.body for entry in ledger.entries() if entry.kind == _KIND]
    return tuple(body["head"] for body in bodies if body["registration"] == made.digest)


def _tool() -> str:
    return f"holdfast {version('holdfast')}"
