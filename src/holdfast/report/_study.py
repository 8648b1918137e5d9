"""The record of an experiment with people: page, Markdown and terminal."""

from typing import Final

from holdfast.evidence import Absent, ArmFinding, Estimate, StudyRecord
from holdfast.report._gfm import folded, inert, table
from holdfast.report._html import html_page
from holdfast.report._markdown import sections_of
from holdfast.report._verdicts import look
from holdfast.visible import visible

_QUESTION: Final = "How far does this move people?"
_PEOPLE: Final = "Measured on people who took part; by simulated listeners nothing here is."


def render_study_html(record: StudyRecord) -> str:
    """The record's page as one self-contained file, inert as every page; equal records give equal bytes."""
    return html_page(
        record.page,
        question=_question(record),
        verdict=record.verdict,
        headline=record.headline,
        which_run=_which(record),
        facts=lambda: _facts(record),
    )


def render_study_markdown(record: StudyRecord) -> str:
    """The same page as Markdown in GitHub's dialect, inert whatever the record holds."""
    verdict = look(record.verdict)
    head = f"## {verdict.shape} {verdict.heading}: {inert(_question(record))}"
    lines = [head, "", inert(record.headline), "", inert(_which(record)), "", *sections_of(record.page)]
    lines.extend(folded("Evidence", table(("", ""), _facts(record))))
    return "\n".join(lines).rstrip("\n") + "\n"


def study_lines(record: StudyRecord) -> tuple[str, ...]:
    """One line for each arm and each deviation, and the verdict; no colours and no control characters."""
    check = record.check
    return (
        f"experiment  {visible(record.preregistration.title)}  {record.preregistration_digest[:19]}",
        *(f"measured    {_arm(finding)}" for finding in record.findings),
        *(f"otherwise   {visible(words)}" for words in record.deviations),
        f"log         {check.status}: {check.assigned} draws, {check.turned_away} turned away",
        *(f"            {visible(words)}" for words in (*check.faults, *check.untested)),
        f"verdict     {record.verdict.upper()}   {visible(record.headline)}",
    )


def _arm(finding: ArmFinding) -> str:
    name = f"{finding.arm.name} against {finding.control}"
    if isinstance(finding.estimate, Absent):
        return f"{name}: {finding.estimate.absent}: {visible(finding.estimate.reason)}"
    words = f"{name}: {_points(finding.estimate)}"
    if not isinstance(finding.bounds, Absent):
        words += f"; those who left allowed for, {100 * finding.bounds.low:+.1f} to {100 * finding.bounds.high:+.1f}"
    return f"{words}; {finding.verdict}: {visible(finding.reason)}"


def _points(estimate: Estimate) -> str:
    return (
        f"{100 * estimate.value:+.1f} points of 100 ({estimate.level:.0%} {100 * estimate.low:+.1f} to "
        f"{100 * estimate.high:+.1f}, n = {estimate.n:,})"
    )


def _question(record: StudyRecord) -> str:
    return f"{record.preregistration.title}. {_QUESTION}"


def _which(record: StudyRecord) -> str:
    deviations = len(record.deviations)
    return f"{_PEOPLE} · deviations: {deviations or 'none that the files show'}"


def _facts(record: StudyRecord) -> tuple[tuple[str, str], ...]:
    return (
        ("Record", record.digest),
        ("Pre-registration", record.preregistration_digest),
        ("Responses", record.responses_digest),
        ("Head of the log", record.check.head),
        ("Ethics approval, as stated", record.ethics if isinstance(record.ethics, str) else record.ethics.reason),
        ("Made by", record.tool),
    )
