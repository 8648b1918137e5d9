"""True labels that people gave after the run, put beside the judge's."""

from collections.abc import Mapping, Sequence

from holdfast.evidence import Key, Plan, Row


def with_truths(rows: Sequence[Row], plan: Plan, final: Mapping[Key, bool]) -> tuple[Row, ...]:
    """The rows of an audit with people's labels of its truth sample.

    Args:
        rows: As the audit left them.
        plan: Says which units were to get a true label; labels of others are passed over, whoever chose them.
        final: By check, item and attempt, whether the event truly happened: `final` of `labels.load_labels`.

    Returns:
        The rows in the same order. One that has a true label keeps it.
    """
    events = {check.design.id: check.design.event for check in plan.checks}
    samples = {check.design.id: check.truth_sample for check in plan.checks}

    def labelled(row: Row) -> Row:
        sample, key = samples.get(row.check), (row.check, row.item, row.attempt)
        if (
            row.arm != "subject"
            or row.truth is not None
            or key not in final
            or not sample
            or not sample.holds(row.cluster)
        ):
            return row
        return row.model_copy(update={"truth": events[row.check] if final[key] else f"not {events[row.check]}"})

    return tuple(labelled(row) for row in rows)
