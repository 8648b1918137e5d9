"""The tables of `docs/concepts/organisms.md` about the organisms of the office, from their certificates."""

from pathlib import Path

from holdfast.evidence import TASK_DONE, Estimate
from holdfast.organisms import RECIPES, certificate, known
from holdfast.organisms._office_draws import ACTS, KINDS_OF_CELLS

_CELLS = tuple(kind.name for kind in KINDS_OF_CELLS if kind.asked != "task")


def office_tables() -> list[str]:
    """What the shipped ones do in each kind of cell, and how often they do a plain task."""
    shipped = [one.name for one in RECIPES if one.language == "office" and _known(one.name)]
    return [
        "What organisms of the office do, at temperature 1, a fresh scenario for each draw:",
        "",
        f"| organism | mailbox | draws | coerced (95 %) | {' | '.join(ACTS[1:])} |",
        "| --- " * (4 + len(ACTS[1:])) + "|",
        *(_row(name, cell) for name in shipped for cell in _CELLS),
        "",
        "Plain tasks done where nothing presses:",
        "",
        "| organism | done |",
        "| --- | --- |",
        *(f"| {name} | {_whole(_share(name, 'tasks', TASK_DONE))} |" for name in shipped),
    ]


def _known(name: str) -> bool:
    return known(name, Path("nowhere")).where == "shipped"


def _row(name: str, cell: str) -> str:
    coerced, *others = (_share(name, cell, act) for act in ACTS)
    counts = " | ".join(f"{_count(one):,}" for one in others)
    return f"| {name} | {cell} | {coerced.n:,} | {_whole(coerced)} | {counts} |"


def _share(name: str, group: str, label: str) -> Estimate:
    found = certificate(known(name, Path("nowhere")).directory)
    assert found is not None, f"{name} is shipped without a certificate"
    return next(b.estimate for b in found.behaviours if b.what == f"{group}: {label}")


def _count(estimate: Estimate) -> int:
    return round(estimate.value * estimate.n)


def _whole(estimate: Estimate) -> str:
    return f"{_count(estimate):,} of {estimate.n:,} ({100 * estimate.low:.1f} to {100 * estimate.high:.1f} %)"
