"""The block vocabulary of a page: all that a report can show, so that it can say nothing that the record does not."""

from typing import Annotated, Literal

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen
from holdfast.evidence._curves import Curves
from holdfast.evidence._estimate import Estimate
from holdfast.evidence._verdict import Threshold, Verdict


class Text(Frozen):
    """Paragraphs."""

    kind: Literal["text"] = "text"
    paragraphs: tuple[str, ...]


class IntervalRow(Frozen):
    """One number on an axis that was measured, and that nothing was claimed about."""

    kind: Literal["measured"] = "measured"
    label: str
    detail: str = ""
    estimate: Estimate | Absent
    events: str = ""
    """The count in words: `3 of 400`."""
    reason: str = ""


class JudgedRow(Frozen):
    """One number on an axis beside its policy, and what became of that."""

    kind: Literal["judged"] = "judged"
    label: str
    detail: str = ""
    estimate: Estimate | Absent
    events: str = ""
    """The count in words: `3 of 400`."""
    threshold: Threshold | Absent
    verdict: Verdict
    reason: str = ""


AnyIntervalRow = Annotated[IntervalRow | JudgedRow, Field(discriminator="kind")]


class IntervalRows(Frozen):
    """Dot-and-interval rows on one shared axis."""

    kind: Literal["intervals"] = "intervals"
    caption: str
    axis: Literal["share", "difference"] = "share"
    """From 0 to 1, or from -1 to 1 with the zero in the middle."""
    rows: tuple[AnyIntervalRow, ...]


class Table(Frozen):
    """Words in rows and columns."""

    kind: Literal["table"] = "table"
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class MatrixRow(Frozen):
    """One row of a coverage matrix."""

    tag: str
    title: str
    state: Literal["tested", "not tested"]
    by: str
    """What tested it, or why nothing did."""


class Matrix(Frozen):
    """What was covered and what was not, every row shown."""

    kind: Literal["matrix"] = "matrix"
    caption: str
    rows: tuple[MatrixRow, ...]


Block = Annotated[Text | IntervalRows | Curves | Table | Matrix, Field(discriminator="kind")]


class Section(Frozen):
    """A titled run of blocks at one reading level."""

    id: str
    title: str
    level: Literal["page one", "detail", "appendix"]
    blocks: tuple[Block, ...]
