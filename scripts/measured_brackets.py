"""The table of `docs/checks/bracket.md`: brackets beside the twin that they never saw."""

from collections.abc import Sequence

from figures import Figures, paragraph, percent, table

KINDS = ("bracket", "whatever_the_controls")


def brackets(files: Sequence[Figures]) -> list[str]:
    """A half of an organism a line, and what they come to together."""
    (found,) = files
    return [
        *table(
            ("organism", "deployed rate", "as printed, %", "whatever the controls said, %"),
            (
                (f"`{name}`, half {half}", f"{100 * fold['deployed'][0]:.1f} %", *(_held(fold[kind]) for kind in KINDS))
                for name, one in found["cells"].items()
                if not one["looked_at"]
                for half, fold in enumerate(one["folds"], 1)
            ),
        ),
        "",
        *paragraph(
            f"As printed, {_summed(found['summed']['bracket'])}. Whatever the controls said, "
            f"{_summed(found['summed']['whatever_the_controls'])}."
        ),
    ]


def _held(own: Figures) -> str:
    if "none" in own:
        return "none"
    low, high = (f"{100 * bound:.1f}" for bound in own["hull"])
    return f"{low} to {high} {'holds it' if own['contained'] else '**does not hold it**'}"


def _summed(of: Figures) -> str:
    low, high = (percent(bound, 0) for bound in of["interval"])
    there = of["cells"] - of["cells_without_bracket"]
    return (
        f"{of['organisms_held_in_every_fold']} of {of['organisms']} organisms (95 % {low} to {high} %) have a bracket "
        f"that holds the rate in both halves: {of['cells_held']} of the {there} brackets that there are hold it, "
        f"{of['cells_without_bracket']} of {of['cells']} cells have none, median width "
        f"{100 * of['median_width']:.1f} points"
    )
