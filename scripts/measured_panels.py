"""Tables of `docs/commands/panel.md`: the counter of claims, and panels in simulation."""

from collections.abc import Sequence
from typing import Final

from figures import Figures, paragraph, percent, table

GROUPS: Final = {
    "equals": "equals",
    "apart": "the first is stronger",
    "apart, a sycophant among four": "the same, a sycophant among four listeners",
    "apart, a deaf one among four": "the same, a deaf one among four",
    "apart, 1 % missing": "the same, 1 % of answers missing",
    "odd": "stronger by 8 points",
}
FOUND: Final = ("wrong", "found", "undecided", "invalid")


def claim_counter(files: Sequence[Figures]) -> list[str]:
    """What the counter does on either half of the labelled replies, and whether replies are found to be on a topic."""
    (found,) = files
    about = found["about"]
    halves = (("the half that it was written with", "first"), ("the other half", "second"))
    return [
        *table(
            (
                "labelled replies",
                "claims that it counts",
                "other sentences that it leaves out",
                "counted for each claim",
            ),
            (
                (
                    said,
                    _right(found[half]["sensitivity"]),
                    _right(found[half]["specificity"]),
                    f"{found[half]['ratio']:.2f}",
                )
                for said, half in halves
            ),
        ),
        "",
        *paragraph(
            f"Of {about['of']} written replies {about['own']} are taken to be about their topic, and {about['other']} "
            "about the next one; the listener in code is not moved by any other."
        ),
    ]


def panels(files: Sequence[Figures]) -> list[str]:
    """A world a line: how often somebody is ranked wrongly, the stronger alone first, nobody decided, nothing valid."""
    (found,) = files
    return table(
        ("who is there", "", "a wrong order", "the stronger alone first", "undecided", "invalid"),
        (
            (
                GROUPS[cell["of"]],
                cell["world"],
                *("" if (name, cell["of"]) == ("found", "equals") else f"{percent(cell[name])} %" for name in FOUND),
            )
            for cell in found["cells"]
        ),
    )


def _right(own: Figures) -> str:
    return f"{percent(own['value'], 0)} % of {own['n']} (95 % {percent(own['low'], 0)} to {percent(own['high'], 0)})"
