"""How often each interval holds the truth: simulation against known truth, cell by cell.

    python -m bench coverage          every part, 10,000 replications a cell; writes bench/results/coverage-<part>.json
    python -m bench coverage PART     one part

Each part is a module with `REPLICATIONS`, and `cells(replications, seed)` that yields one flat dict for each cell:
what was simulated, how often the interval held, how wide it was. `summary(cells)` gives the lines that are printed
and kept beside them.
"""

import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from time import perf_counter

PARTS = (
    "share",
    "clustered",
    "families",
    "paired",
    "sequential",
    "judge_error",
    "judged_audits",
    "best_of_n",
    "twins",
    "elicited",
    "rotations",
    "auroc",
    "scenarios",
    "recognised",
    "study",
    "cost_to_break",
    "panel",
)
RESULTS = Path(__file__).parent.parent / "results"


def main(parts: Sequence[str] = ()) -> None:
    """Simulate the parts that are named, or all of them."""
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        sys.exit(f"no part {unknown[0]!r}: {', '.join(PARTS)}")
    for name in parts or PARTS:
        part = import_module(f"bench.coverage.{name}")
        begun = perf_counter()
        cells = list(part.cells(part.REPLICATIONS, 0))
        found = part.summary(cells)
        body = {"replications": part.REPLICATIONS, "seed": 0, "summary": found, "cells": cells}
        (RESULTS / f"coverage-{name.replace('_', '-')}.json").write_text(json.dumps(body, indent=1) + "\n")
        print(f"{name}: {len(cells)} cells, {perf_counter() - begun:.0f} s")
        for key, value in found.items():
            print(f"  {key:<60} {value}")
