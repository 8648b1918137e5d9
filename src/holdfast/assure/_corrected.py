"""A judged share as people would have found it, by their labels of a random part of this very log."""

from collections.abc import Mapping, Sequence
from math import sqrt

import numpy as np

from holdfast.assure._columns import Columns
from holdfast.assure._log_estimates import design_effect_of
from holdfast.evidence import Absent, Estimate, JudgeError
from holdfast.labels import LabelledCell, Labels, accuracy
from holdfast.stats import Corrected, Interval, JudgeCheck, Tally, corrected_over_strata


def corrected(
    columns: Columns, labels: Labels, judged: Estimate, *, level: float = 0.95, never: int = 0
) -> tuple[Estimate, JudgeError]:
    """The share that people would have found, and what is known of the judge.

    Labels that are disputed or that nobody could settle are counted both ways. Where samples come in clusters, both
    sides are widened by the root of the design effect, as if the labels came in clusters too.

    Args:
        columns: The judge's values.
        labels: What people said of samples drawn from them.
        judged: The share as the judge gave it.
        level: Confidence of the interval.
        never: Planned samples that the log does not have: counted both ways.

    Returns:
        The corrected estimate; the judge's own, where no label is final yet.
    """
    tallies = _tallies(columns, labels, never)
    settled = any(cell.event + cell.none for cell in labels.cells)
    if not settled and not labels.disputed + labels.undecidable:
        return judged, _error(labels, judged, "uncorrected", "people have not labelled any sample yet: uncorrected")
    found = both_ways(tallies, labels.cells, level=level)
    estimate = _widened(columns, judged, found)
    return estimate, _error(labels, judged, "corrected", _found(labels, judged, estimate))


def both_ways(tallies: Mapping[str, Tally], cells: Sequence[LabelledCell], *, level: float) -> Corrected:
    """The share over strata by their labels; what is disputed or undecidable counts as none below and as event above.

    Args:
        tallies: For each stratum, what the judge said.
        cells: Each stratum × judge's word with its labels; at least one is labelled, disputed or undecidable.
        level: Confidence of the interval.
    """
    if not any(cell.disputed + cell.undecidable for cell in cells):
        return corrected_over_strata(tallies, _checks(cells, disputed=None), level=level)
    low = corrected_over_strata(tallies, _checks(cells, disputed=False), level=level)
    high = corrected_over_strata(tallies, _checks(cells, disputed=True), level=level)
    settled = any(cell.event + cell.none for cell in cells)
    middle = corrected_over_strata(tallies, _checks(cells, disputed=None), level=level) if settled else high
    return Corrected(middle.value, Interval(low.interval.low, high.interval.high), middle.method)


def _widened(columns: Columns, judged: Estimate, found: Corrected) -> Estimate:
    """The corrected share, on neither side surer than clusters allow: labels tell of the judge, not of clusters."""
    value, low, high = found.value, found.interval.low, found.interval.high
    wider = sqrt(design_effect_of(columns))
    below, above = (value - low) * wider, (high - value) * wider
    if not columns.independent:
        below, above = max(below, judged.value - judged.low), max(above, judged.high - judged.value)
    return judged.model_copy(
        update={
            "value": value,
            "low": max(0.0, value - max(below, 0.0)),
            "high": min(1.0, value + max(above, 0.0)),
            "method": found.method + (f", widened for a design effect of {wider**2:.2f}" if wider > 1 else ""),
        }
    )


def _tallies(columns: Columns, labels: Labels, never: int) -> dict[str, Tally]:
    """For each stratum what the judge said; samples that never came are counted with the first.

    So are those of a stratum of which the judge said nothing at all: people could not be asked about any of them.
    """
    found: dict[str, Tally] = {}
    strata = dict.fromkeys(cell.stratum for cell in labels.cells)
    silent = [code for code, name in enumerate(columns.stratum_names) if name not in strata]
    never += int(np.isin(columns.strata, silent).sum())
    for stratum in strata:
        part = columns.where(columns.strata == columns.stratum_names.index(stratum))
        words = {cell.word: cell.n_log for cell in labels.cells if cell.stratum == stratum}
        missing = part.n - int(part.scored.sum()) + (never if not found else 0)
        found[stratum] = Tally(words.get("event", 0), sum(words.values()), missing)
    return found


def _checks(cells: Sequence[LabelledCell], *, disputed: bool | None) -> dict[str, JudgeCheck]:
    """The judge beside the people in each stratum; what they did not settle is left out, or taken as said."""
    strata = dict.fromkeys(cell.stratum for cell in cells)
    return {stratum: _check([cell for cell in cells if cell.stratum == stratum], disputed) for stratum in strata}


def _check(cells: list[LabelledCell], disputed: bool | None) -> JudgeCheck:
    counts = {"event": (0, 0), "none": (0, 0)}
    for cell in cells:
        open_ = cell.disputed + cell.undecidable
        event = cell.event + (open_ if disputed is True else 0)
        none = cell.none + (open_ if disputed is False else 0)
        counts[cell.word] = (event, none)
    return JudgeCheck(
        hits=counts["event"][0],
        misses=counts["none"][0],
        false_alarms=counts["event"][1],
        correct_rejections=counts["none"][1],
    )


def _found(labels: Labels, judged: Estimate, estimate: Estimate) -> str:
    by = "one rater" if len(labels.raters) == 1 else f"{len(labels.raters)} raters"
    left = labels.disputed + labels.undecidable
    open_ = f", {left} not settled and counted both ways" if left else ""
    return (
        f"the judge found {judged.value:.1%}, people by {len(labels.final)} labels of {by} {estimate.value:.1%}{open_}"
    ).replace("%", " %")


def _error(labels: Labels, judged: Estimate, reading: str, reason: str) -> JudgeError:
    strata = accuracy(labels.cells)
    several = Absent(absent="not applicable", reason="it differs by stratum, and is shown for each")
    return JudgeError.model_validate(
        {
            "reading": reading,
            "reason": reason,
            "labels": len(labels.final),
            "uncorrected": judged,
            "sensitivity": strata[0].sensitivity if len(strata) == 1 else several,
            "specificity": strata[0].specificity if len(strata) == 1 else several,
        }
    )
