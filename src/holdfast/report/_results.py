"""A record as results for a machine that gates on them: one for each claim, and one for whatever else held it back.

The forms that other tools read have no word for `undecided` or `not tested`. So it is decided here, once, which results
block: exactly those that keep a record from exit code 0. No form that is made from them can then be green where the
process returned something else.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from holdfast.evidence import Absent, Finding, JudgeError, Record, RunFacts, Verdict
from holdfast.report._facts import post_hoc
from holdfast.report._logs import axis_of, judge_words
from holdfast.report._numbers import Axis, policy, read_finding


@dataclass(frozen=True)
class Result:
    """One thing that was asked and what became of it."""

    name: str
    """The claim's id; a leaf that the framework requires; or `holdfast:verdict`."""
    check: str
    says: str
    """What had to hold, as a sentence."""
    verdict: Verdict
    blocks: bool
    """Whether it alone keeps the exit code from being 0."""
    said: str
    """Verdict, numbers with n and interval, limit and reason, in sentences. Not yet made visible."""
    tags: tuple[str, ...]
    finding: Finding | None
    """None where no claim is behind it."""


def results_of(record: Record, run: RunFacts) -> tuple[Result, ...]:
    """One result for each finding, one for each required leaf that nothing covered, and the verdict where it needs one.

    Some result blocks whenever the record's exit code is not 0.
    """
    found = (*(_of_finding(finding, record, run) for finding in record.findings), *_uncovered(record))
    if record.exit == 0 or any(result.blocks for result in found):
        return found
    return (*found, _of_verdict(record, run))


def _of_finding(finding: Finding, record: Record, run: RunFacts) -> Result:
    untested = finding.verdict == "not tested" and finding.required
    return Result(
        name=finding.claim,
        check=finding.check,
        says=finding.says,
        verdict=finding.verdict,
        blocks=untested or finding.verdict in ("not met", "invalid", "undecided"),
        said=" ".join(_sentences(finding, run, axis_of(record.plan, finding))),
        tags=finding.tags,
        finding=finding,
    )


def _sentences(finding: Finding, run: RunFacts, axis: Axis) -> Iterator[str]:
    reading = read_finding(finding, axis)
    if isinstance(reading, Absent):
        told = f"{'' if finding.verdict == 'not tested' else 'no value, '}{reading.reason}"
    else:
        told = reading.sentence
    yield _sentence(f"{finding.verdict.capitalize()}: {told}")
    yield _sentence(f"Claimed: {policy(finding.threshold, axis)}")
    if finding.reason and not (isinstance(reading, Absent) and reading.reason == finding.reason):
        yield _sentence(f"Reason: {finding.reason}")
    missing = finding.counts.unscorable + finding.counts.skipped
    if missing:
        yield f"{missing} of {finding.counts.total} have no label."
    if isinstance(finding.judge_error, JudgeError):
        yield _sentence(f"Judge's error: {judge_words(finding.judge_error)}")
    yield from _after_the_fact(run)


def _uncovered(record: Record) -> Iterator[Result]:
    """The leaves that the framework requires and no measured claim speaks to."""
    leaves = {leaf.tag: leaf for leaf in record.coverage}
    for tag in dict.fromkeys(record.plan.framework.required_tags):
        leaf = leaves.get(tag)
        if leaf is None or not leaf.tested:
            title, reason = (leaf.title, leaf.reason) if leaf else ("", "no claim speaks to it")
            says = f"The framework requires that {' '.join(part for part in (tag, title) if part)} is tested."
            said = f"Not tested: {_sentence(reason)}"
            yield Result(tag, "coverage", says, "not tested", blocks=True, said=said, tags=(tag,), finding=None)


def _of_verdict(record: Record, run: RunFacts) -> Result:
    """The verdict itself, where no claim shows why the exit code is not 0."""
    told = _sentence(
        f"{record.verdict.capitalize()}: {record.headline or 'nothing was asked and nothing was measured'}"
    )
    return Result(
        name="holdfast:verdict",
        check="record",
        says=record.plan.framework.question,
        verdict=record.verdict,
        blocks=True,
        said=" ".join((told, *_after_the_fact(run))),
        tags=(),
        finding=None,
    )


def _after_the_fact(run: RunFacts) -> Iterator[str]:
    if why := post_hoc(run):
        yield _sentence(f"Post hoc: {why}")


def _sentence(text: str) -> str:
    return text.rstrip(" .") + "."
