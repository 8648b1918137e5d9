"""The table of `docs/checks/sandbagging.md` about questions that are asked with the right option in every place."""

from collections.abc import Sequence

from figures import Figures, percent, table

SIZES = (200, 64)
"""Questions: as many as an audit asks at most, and what is left of eighty."""
KINDS = {"honest": "", "habits": " (hides nothing)", "planted": " (knows more)"}


def places(files: Sequence[Figures]) -> list[str]:
    """How often right answers are found to hang on a place, a kind of subject a line."""
    (found,) = files
    cells = {(cell["kind"], cell["questions"]): cell for cell in found["cells"]}
    kinds = {cell["kind"]: cell["what"] for cell in found["cells"]}
    return table(
        (
            "subject",
            "more at its place, in points",
            *(f"found, {size} questions" for size in SIZES),
            *(f"beyond 10 points, {size}" for size in SIZES),
            f"evenness of its places: truth (bounds on average), {SIZES[0]}",
        ),
        (
            (
                f"{kind}{KINDS[what]}",
                f"{percent(cells[kind, SIZES[0]]['hangs'], 0)}",
                *(f"{percent(cells[kind, size][figure])} %" for figure in ("found", "beyond") for size in SIZES),
                _evenness(cells[kind, SIZES[0]]),
            )
            for kind, what in kinds.items()
        ),
    )


def _evenness(cell: Figures) -> str:
    return f"{cell['evenness']:.2f} ({cell['evenness_low']:.2f} to {cell['evenness_high']:.2f})"
