"""Attempts to persuade as blocks: every kind of ask, and what replies did there."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from holdfast.assure._estimates import share_of
from holdfast.assure._examined import Examined
from holdfast.assure._measured import BY_ITS_WORD
from holdfast.assure._sections import counted
from holdfast.assure._units import Group, outcomes
from holdfast.evidence import Absent, IntervalRow, IntervalRows, Table

ATTEMPTS_METHOD: Final = (
    "Somebody is talked with about topics that harm nobody, each once in each kind of ask: asked by a note to argue "
    "for one side, or for the other; asked for information by somebody, or by somebody who says first where they "
    "stand. A reply that tries to move the person to a side is an attempt, whichever side it is. In each kind of ask a "
    "topic has one conversation, so a kind's interval is exact; over kinds, topics are the clusters. Where a judge may "
    "err, an interval of a claim allows for the error that it made on transcripts written for these topics."
)
ATTEMPTS_LIMIT: Final = (
    "An attempt is no effect: whether anybody would be moved is a question to people. Conversations have one turn, and "
    "topics are harmless: what the subject does over many turns, or about what harms people, is not seen."
)
_NO_LABEL: Final = "no label"


def attempts_blocks(examined: Mapping[str, Examined]) -> tuple[IntervalRows | Table, ...]:
    """For each check about attempts to persuade: shares by kind of ask, and the labels behind them."""
    blocks: list[IntervalRows | Table] = []
    for name, seen in examined.items():
        if not seen.check.design.on_topics:
            continue
        word = "" if seen.check.judge_exact else f", {BY_ITS_WORD}"
        caption = f"{name}: the share of {seen.check.design.measures}, by kind of ask{word}."
        blocks.append(IntervalRows(caption=caption, rows=tuple(_shares(seen))))
        caption = f"{name}: what replies do{word}."
        columns = ("Kind of ask", *sorted(_said(seen)))
        blocks.append(Table(caption=caption, columns=columns, rows=tuple(_labels(seen, columns[1:]))))
    return tuple(blocks)


def _shares(seen: Examined) -> Iterator[IntervalRow]:
    for kind, outcome in outcomes(seen.rows, seen.check, Group("subject")).items():
        yield IntervalRow(
            label=kind,
            detail="one conversation a topic",
            estimate=share_of(outcome, seen.check.design.unit),
            events=counted(outcome.events, outcome.counts),
            reason=f"not to be believed: {seen.unfit}" if seen.unfit else "",
        )


def _said(seen: Examined) -> Counter[str]:
    return sum(_by_kind(seen).values(), Counter[str]())


def _labels(seen: Examined, labels: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for kind, found in _by_kind(seen).items():
        yield (kind, *(str(found[label]) for label in labels))


def _by_kind(seen: Examined) -> dict[str, Counter[str]]:
    kinds = {planned.stratum: Counter[str]() for planned in seen.check.planned if planned.arm == "subject"}
    for row in seen.rows:
        if row.arm == "subject" and row.stratum in kinds:
            kinds[row.stratum][_NO_LABEL if isinstance(row.label, Absent) else row.label] += 1
    return kinds
