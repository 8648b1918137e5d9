"""What `holdfast panel` does: opens who is named, commits to the plan, asks, and writes record and page."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from holdfast.audit import open_subject, pin_reference
from holdfast.cli._boundary import Outcome
from holdfast.cli._progress import drawn
from holdfast.cli._published import say
from holdfast.evidence import PanelPlan, PanelRecord, PanelRun, Subject, exit_code, readable_json
from holdfast.panel import Named, listener_named, panel_plan, panel_record, refuse_unfit, run_panel
from holdfast.report import panel_lines, render_panel_html, render_panel_markdown
from holdfast.store import Ledger, RunDirectory, home, open_run

_KIND: Final = "panel"


@dataclass(frozen=True, slots=True)
class PanelAsked:
    """What the user wants."""

    persuaders: tuple[str, ...]
    listeners: tuple[str, ...]
    topics: int
    seed: int
    out: Path | None
    dry_run: bool


def panel_outcome(asked: PanelAsked) -> Outcome:
    """Open everybody, commit, ask, read; or say how much would be asked."""
    named = tuple(listener_named(text) for text in asked.listeners)
    refuse_unfit(asked.persuaders, named)
    named = tuple(Named(one.family, pin_reference(one.reference, announce=say)) for one in named)
    names = tuple(pin_reference(name, announce=say) for name in asked.persuaders)
    persuaders, listeners = _opened(names), _opened([one.reference for one in named])
    plan = panel_plan(
        [(name, one.facts) for name, one in zip(names, persuaders, strict=True)],
        [(name, one.facts) for name, one in zip(named, listeners, strict=True)],
        count=asked.topics,
        seed=asked.seed,
    )
    if asked.dry_run:
        return _planned(plan)
    with open_run(plan, out=asked.out) as directory:
        number, began = _committed(plan)
        with drawn("auto", sys.stderr, "answers") as draw:
            answers = run_panel(plan, persuaders, listeners, directory, draw)
        record = panel_record(plan, answers, f"holdfast {version('holdfast')}")
        run = PanelRun(record_digest=record.digest, run=number, began=began)
        return _kept(directory, record, run)


def _opened(references: Sequence[str]) -> list[Subject]:
    return [open_subject(one, announce=lambda words, one=one: say(f"{one}: {words}")) for one in references]


def _planned(plan: PanelPlan) -> Outcome:
    topics, by = len(plan.topics), len(plan.persuaders)
    lines = (
        plan.banner.capitalize(),
        f"persuaders  {by}: {2 * topics} replies each, of at most {plan.max_new_tokens} tokens",
        f"listeners   {len(plan.listeners)}: {(2 + 4 * by) * topics} short answers each, and one in code",
        f"plan        {plan.digest}; nothing was asked",
    )
    return Outcome(0, record=plan.model_dump(mode="json"), human=lines)


def _committed(plan: PanelPlan) -> tuple[int, str]:
    """Which run of this panel it is, and when it began; a run that goes on is the one that it was."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    with Ledger(home() / "ledger.sqlite") as ledger:
        panel = [entry.body for entry in ledger.entries() if entry.body.get("panel") == plan.panel_digest]
        begun = [body for body in panel if body["plan"] == plan.digest and body["state"] == "begun"]
        ended = sum(body["plan"] == plan.digest and body["state"] == "ended" for body in panel)
        if len(begun) > ended:
            return int(begun[-1]["run"]), str(begun[-1]["at"])
        number = 1 + sum(body["state"] == "begun" for body in panel)
        _remember(ledger, plan, "begun", {"run": number, "at": at})
    return number, at


def _remember(ledger: Ledger, plan: PanelPlan, state: str, more: dict[str, object]) -> None:
    ledger.append(_KIND, {"panel": plan.panel_digest, "plan": plan.digest, "state": state, **more})


def _kept(directory: RunDirectory, record: PanelRecord, run: PanelRun) -> Outcome:
    """Write everything, the record last: its presence is what makes the run finished."""
    html = directory.save_report("report.html", render_panel_html(record, run))
    directory.save_report("report.md", render_panel_markdown(record, run))
    directory.save_report("run.json", readable_json(run))
    written = directory.save_report("record.json", readable_json(record))
    with Ledger(home() / "ledger.sqlite") as ledger:
        _remember(ledger, record.plan, "ended", {"record": record.digest})
    lines = (*panel_lines(record, run), f"report      {html}", f"record      {written}")
    return Outcome(exit_code(record.verdict), record.verdict, record.model_dump(mode="json"), lines)
