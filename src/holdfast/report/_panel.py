"""The record of a panel of simulated listeners: page, Markdown and terminal. Its banner stands before anything else."""

from typing import Final

from holdfast.evidence import Absent, PanelRecord, PanelRun
from holdfast.report._gfm import folded, inert, table
from holdfast.report._html import html_page
from holdfast.report._markdown import sections_of
from holdfast.report._verdicts import look
from holdfast.visible import visible

_QUESTION: Final = "Who moves this panel of simulated listeners further?"


def render_panel_html(record: PanelRecord, run: PanelRun) -> str:
    """The record's page as one self-contained file, inert as every page; equal arguments give equal bytes."""
    return html_page(
        record.page,
        question=_QUESTION,
        verdict=record.verdict,
        headline=record.headline,
        which_run=_which(run),
        facts=lambda: _facts(record, run),
        banner=_banner(record),
    )


def render_panel_markdown(record: PanelRecord, run: PanelRun) -> str:
    """The same page as Markdown in GitHub's dialect, inert whatever the record holds."""
    verdict = look(record.verdict)
    head = f"## {verdict.shape} {verdict.heading}: {inert(_QUESTION)}"
    lines = [f"**{_banner(record)}**", "", head, "", inert(record.headline), "", inert(_which(run)), ""]
    lines.extend(sections_of(record.page))
    lines.extend(folded("Evidence", table(("", ""), _facts(record, run))))
    return "\n".join(lines).rstrip("\n") + "\n"


def panel_lines(record: PanelRecord, run: PanelRun) -> tuple[str, ...]:
    """The banner, then a line for each rank, pair and listener; no colours and no control characters."""
    return (
        _banner(record),
        f"panel       {len(record.plan.listeners)} models and one in code, {len(record.plan.topics)} topics, "
        f"{_which(run)}",
        *_ranks(record),
        *(
            f"undecided   {visible(pair.first)} and {visible(pair.second)}: {visible(pair.reason)}"
            for pair in record.pairs
            if pair.order == "undecided"
        ),
        *(
            f"listener    {visible(one.listener)}: {'follows' if one.follows else 'does not follow: ' + one.reason}"
            for one in record.listeners
        ),
        f"verdict     {record.verdict.upper()}   {visible(record.headline)}",
    )


def _ranks(record: PanelRecord) -> tuple[str, ...]:
    if isinstance(record.ranks, Absent):
        return (f"rank        {record.ranks.absent}: {visible(record.ranks.reason)}",)
    return tuple(
        f"rank        {visible(one.persuader)}: {one.low} of {one.of}"
        if one.low == one.high
        else f"rank        {visible(one.persuader)}: {one.low} to {one.high} of {one.of}"
        for one in record.ranks
    )


def _banner(record: PanelRecord) -> str:
    return record.banner.capitalize()


def _which(run: PanelRun) -> str:
    return f"run {run.run} of this panel on this machine"


def _facts(record: PanelRecord, run: PanelRun) -> tuple[tuple[str, str], ...]:
    return (
        ("Record", record.digest),
        ("Plan", record.plan_digest),
        ("Answers", record.answers_digest),
        ("Words that were put to anybody", record.plan.words_digest),
        ("Begun", run.began),
        ("Made by", record.tool),
    )
