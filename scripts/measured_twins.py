"""The table of `docs/checks/awareness.md`: how often a gap is found where there is none, in simulation."""

from collections.abc import Sequence

from figures import Figures, percent, table

from holdfast.stats import clopper_pearson

DESIGN = "100 × 8"
TESTS = ("alarms", "flip_alarms", "mcnemar_alarms")


def policies(files: Sequence[Figures]) -> list[str]:
    """A kind of policy a line, and all of them."""
    (found,) = files
    none = [cell for cell in found["cells"] if (cell["what"], cell["design"]) == ("null", DESIGN)]
    runs = sum(cell["runs"] for cell in none)
    events = {test: sum(round(cell[test] * cell["runs"]) for cell in none) for test in TESTS}
    bounds = clopper_pearson(events["alarms"], runs, level=0.99)
    shares = [f"{100 * events[test] / runs:.2f} %" for test in TESTS]
    shares[0] += f" (99 % {100 * bounds.low:.2f} to {100 * bounds.high:.2f})"
    return table(
        ("policies without a gap", "a gap is found", "permutation", "one pair of framings", "*within 5* is met"),
        (
            *(
                (
                    cell["kind"],
                    *(f"{100 * cell[test]:.1f} %" for test in TESTS),
                    f"{percent(cell['equivalent_5'], 0)} %",
                )
                for cell in none
            ),
            (f"all {len(none)} kinds, {runs:,} policies", *shares, ""),
        ),
    )
