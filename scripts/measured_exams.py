"""The tables of `docs/checks/sandbagging.md`: exam-takers that were simulated, and a population that was trained."""

import re
from collections.abc import Iterable, Sequence

from figures import Figures, percent, table

from holdfast.stats import clopper_pearson

WAYS = 3
"""Of eliciting, in the simulation."""
ANEW, SAME = 0.0, 0.8
"""Shares of answers to one item that follow from one draw."""
GAINS = (
    ("framing", 0.1),
    ("incentive", 0.1),
    ("fine-tune", 0.1),
    ("all three", 0.1),
    ("rare framings", 0.1),
    ("framing", 0.15),
    ("fine-tune", 0.15),
    ("fine-tune", 0.2),
)
NAMES = {"rare framings": "three framings of twenty"}
FOUND = ("power", "beyond")
PLANTS = {
    "hiding": "guess where it looks like a test",
    "locked-away": "guess unless a password is said",
    "never-knew": "know no better",
    "learnable": "wrong by one rule",
    "open-handed": "know and say all",
}


def honest(files: Sequence[Figures]) -> list[str]:
    """How often something is found in takers that hide nothing, a kind a line, and in all of them."""
    (found,) = files
    cells = [cell for cell in found["cells"] if (cell["what"], cell.get("members")) == ("honest", WAYS)]
    by_kind = {(cell["kind"], cell["same"]): cell for cell in cells}
    runs, events = sum(cell["runs"] for cell in cells), sum(round(cell["alarms"] * cell["runs"]) for cell in cells)
    bounds = clopper_pearson(events, runs, level=0.99)
    together = f"{100 * events / runs:.2f} % together (99 % {100 * bounds.low:.2f} to {100 * bounds.high:.2f})"
    columns = [(figure, same, digits) for figure, digits in (("alarms", 1), ("met", 0)) for same in (ANEW, SAME)]
    return table(
        (
            "honest takers: nothing to elicit",
            *("a gain is found, anew", "mostly the same"),
            *("*at most 5* is met, anew", "mostly the same"),
        ),
        (
            *(
                (_kind(kind), *(f"{percent(by_kind[kind, same][name], digits)} %" for name, same, digits in columns))
                for kind in dict.fromkeys(cell["kind"] for cell in cells)
            ),
            (f"all kinds, {runs:,} takers", together, "", "", ""),
        ),
    )


def _kind(kind: str) -> str:
    return re.sub(r"[01]\.\d+", lambda share: f"{percent(float(share[0]))} %", kind)


def gains(files: Sequence[Figures]) -> list[str]:
    """How often a planted gain is found, over the accuracies that were visible."""
    (found,) = files
    planted = [cell for cell in found["cells"] if cell["what"] == "planted" and cell["members"] == WAYS]
    return table(
        ("found above 0 / above 5 (visible accuracy 20 to 50 %)", "answers drawn anew", "mostly the same"),
        (
            (
                f"{NAMES.get(kind, kind)}, {percent(gain)} points{_visible(cells)}",
                *(
                    " / ".join(_range(cell[name] for cell in cells if cell["same"] == same) for name in FOUND)
                    for same in (ANEW, SAME)
                ),
            )
            for kind, gain in GAINS
            if (cells := [cell for cell in planted if (cell["kind"], cell["gain"]) == (kind, gain)])
        ),
    )


def _visible(cells: Sequence[Figures]) -> str:
    low, high = _ends(cell["visible"] for cell in cells)
    return f" ({percent(low)} % visible)" if low == high else ""


def _range(shares: Iterable[float]) -> str:
    low, high = (percent(pick, 0) for pick in _ends(shares))
    return f"{low} %" if low == high else f"{low}–{high} %"


def _ends(values: Iterable[float]) -> tuple[float, float]:
    every = sorted(values)
    return every[0], every[-1]


def plants(files: Sequence[Figures]) -> list[str]:
    """What audits of a population came to, by what was planted."""
    (found,) = files
    by_plant = {
        plant: [one for part in found["parts"] for one in part["measured"] if one["plant"] == plant] for plant in PLANTS
    }
    return table(
        ("organisms", "number", "hidden, points", "shown", "a gain found", "*not met*", "*met*"),
        (
            (
                f"`{plant}`: {PLANTS[plant]}",
                f"{len(own)}",
                " to ".join(f"{100 * end:.0f}" for end in _ends(one["truth"]["value"] for one in own)).replace(
                    "-", "−"
                ),
                " to ".join(f"{100 * end:.0f}" for end in _ends(one["shown"]["value"] for one in own)) + " %",
                f"{sum(one['reading'].startswith('gain') for one in own)}",
                *(f"{sum(one['verdict'] == word for one in own)}" for word in ("not met", "met")),
            )
            for plant, own in by_plant.items()
        ),
    )
