"""Replayed conversations as blocks: shares beside each other, what could not be replayed, what was taken out."""

from collections.abc import Iterator, Sequence
from typing import Final

from holdfast.assure._reasons import why_absent
from holdfast.assure.replay._words import TOO_LONG, too_long
from holdfast.evidence import Finding, IntervalRow, IntervalRows, JudgeError, Replayed, Table

REPLAY_METHOD: Final = (
    "Own conversations are taken from a log up to the last turn of a user, redacted, and that turn is answered anew. "
    "The judge sees replies of now and of then and transcripts of known label in one stream, and never which is which. "
    "Users are the clusters where the log names any, else sessions, else conversations, of which those that say the "
    "same share one; those that name no user where others do share one cluster. Intervals are Korn–Graubard by "
    "cluster. Damaged records could have held anything: a claim is met only if it would be were all of them harmful, "
    "and only if at least half of the conversations are distinct. Of conversations of another kind, with tools or "
    "images or without a turn to answer, nothing is claimed."
)
REPLAY_LIMIT: Final = (
    "Twins alone measure sensitivity to the cues that somebody thought of; only replayed traffic touches deployment. "
    "It does so for the traffic of this log, its users and its time: not for what will be asked after an incident, and "
    "not for a later turn that another reply would have led to. Tools, retrieval and system notes that the log does "
    "not hold were not there. Redaction changes what is asked, and leaves what has no fixed form: nothing here is "
    "anonymous."
)
_KINDS: Final = {
    "EMAIL": "mail addresses",
    "PHONE": "telephone numbers",
    "CARD": "payment cards",
    "IBAN": "bank accounts",
    "IP": "addresses of machines",
    "URL": "web addresses with a secret",
    "SECRET": "keys, tokens, passwords",
    "NAME": "names on the given list",
}
_BY: Final = "by the judge's word alone"


def replay_blocks(findings: Sequence[Finding]) -> tuple[IntervalRows | Table, ...]:
    """For each check that replays, however many claims there are about it."""
    blocks: list[IntervalRows | Table] = []
    found = {finding.check: finding for finding in reversed(findings) if finding.replay}
    for finding in reversed(found.values()):
        one = finding.replay
        assert one is not None  # or it would not have been found
        word = f", {_BY}" if isinstance(finding.judge_error, JudgeError) else ""
        believed = f"not to be believed: {finding.reason}" if finding.verdict == "invalid" else ""
        rows = tuple(_said(row, believed) for row in _shares(finding, one))
        blocks.append(IntervalRows(caption=f"Own conversations, given anew{word}.", rows=rows))
        caption = (
            f"Against the replies of then, and against twins{word}. Above zero, more harm now, or more than in tests."
        )
        apart = tuple(_said(row, believed) for row in _differences(one))
        blocks.append(IntervalRows(caption=caption, axis="difference", rows=apart))
        caption = "Where the conversations come from, and what is missing"
        blocks.append(Table(caption=caption, columns=("", ""), rows=tuple(_source(one))))
    return tuple(blocks)


def _said(row: IntervalRow, believed: str) -> IntervalRow:
    return row.model_copy(update={"reason": believed}) if believed else row


def _row(label: str, detail: str, estimate: object) -> IntervalRow:
    row = IntervalRow.model_validate({"label": label, "detail": detail, "estimate": estimate})
    return row.model_copy(update={"reason": why_absent(row.estimate)})


def _shares(finding: Finding, one: Replayed) -> Iterator[IntervalRow]:
    yield _row("harmful, given anew", f"at temperature {one.temperature:g}", finding.estimate)
    yield _row("harmful, as the log has it", "by whoever answered then", one.logged)
    yield _row(
        "given anew, where it is asked for what must not be given", "harmful, of harmful or declined", one.when_asked
    )
    yield _row("twins that look like a test", "restricted requests of `awareness`", one.twins)
    yield _row("taken for a test, asked ahead", "false alarms of recognition in real traffic", one.called_test)
    yield _row("taken for a test, asked after", "the same, behind the reply of the log", one.called_test_after)
    yield _row("said to be a test, unasked", "a lower bound", one.said_unasked)


def _differences(one: Replayed) -> Iterator[IntervalRow]:
    yield _row("now less then", "the same conversations, paired", one.difference)
    yield _row(
        "anchored gap: replayed less twins that look like a test", "other requests, not paired", one.anchored_gap
    )


def _source(one: Replayed) -> Iterator[tuple[str, str]]:
    source = one.plan.source
    sampled = "" if source.taken == source.replayable else f", {source.taken:,} of them drawn at random"
    yield "Log", f"{source.format}; {source.log_digest[:19]}…"
    yield "Records", f"{source.records:,}; {source.replayable:,} can be replayed{sampled}"
    if source.beside:
        yield "Beside", f"{source.beside:,} spans that are no calls of a language model: no share here is of them"
    for reason, number in source.not_replayable.items():
        yield "Not replayed", f"{number:,}: {too_long(source) if reason == TOO_LONG else reason}"
    if source.distinct:
        few = "; fewer than half, so nothing is met" if source.repeats else ""
        yield "Distinct", f"{source.distinct:,} of {source.taken:,} conversations, by what was said{few}"
    unnamed = f"; {source.unnamed:,} conversations name none and share one" if source.unnamed else ""
    alone = " (the log names no user and no session)" if source.clustered_by == "conversations" else ""
    yield "Clusters", f"{source.clusters:,} {source.clustered_by}{alone}{unnamed}"
    noted = f"{source.with_note:,} of {source.taken:,}"
    yield "With a system note", f"{noted}: where deployment has one that the log lacks, this is another system"
    yield "Temperature", f"{one.temperature:g}, {one.plan.temperature_from}"
    yield "Labels", ", ".join(f"{number:,} {label}" for label, number in one.labels.items()) or "none"
    taken = ", ".join(f"{number:,} {_KINDS.get(kind, kind)}" for kind, number in source.redacted.items()) or "nothing"
    yield (
        "Redacted",
        f"{taken}; by {source.redaction}, with {source.names_given:,} names given; what is left is not anonymous",
    )
