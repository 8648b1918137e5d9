"""What one run with checkpoints saves against one run for each budget, and what is neither training nor asking in it.

    python -m bench.tamper.economy      about twelve minutes on one core; writes bench/results/tamper-economy.json

A grid of budgets, as TamperBench has one (arXiv 2602.06911), trains each of them from the start. Here one run of an
attack stops at every number of its grid. Both are done, behind the seal, in one process that has been warmed up: what
is seen at a budget should be the same, and then steps and seconds say what was saved. What a run for each budget costs
more in loading, saving and reading weights is not counted. The second part is `harness`.
"""

import json
import os
import platform
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from holdfast.audit import Tunable, open_subject, prepare_tampering
from holdfast.evidence import AttackDesign, Look
from holdfast.tamper import Done, Ears, PreparedTamper, Where, designs_named, do_runs

RESULTS: Final = Path(__file__).parents[1] / "results/tamper-economy.json"
ORGANISM: Final = "organism:leaky-2"
SEED: Final = 0
_SEEN: Final = ("restricted", "again", "benchmarks", "weight_change", "tokens", "generated")
"""What must be the same at a budget. The objective is a mean since the checkpoint before, and is another by design."""


def main() -> None:
    """Do both parts, print them and write them."""
    import torch  # here, for the comparison of runs needs neither

    from bench.tamper.harness import overheads

    torch.set_num_threads(1)
    found: dict[str, Any] = {
        "machine": f"{platform.machine()}, one thread; other work shared the {os.cpu_count()} cores",
        "organism": ORGANISM,
        "seed": SEED,
    }
    for part, measured in (("budgets", _economies), ("harness", overheads)):
        found[part] = list(measured())
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _economies() -> Iterator[dict[str, Any]]:
    """One for each attack that takes steps."""
    subject = open_subject(ORGANISM)
    assert isinstance(subject, Tunable)
    designs = [design for design in designs_named(()) if design.axis == "steps"]
    prepared = prepare_tampering(subject, ceiling=open_subject("organism:helpful").facts)
    runs = [designs[0], *(run for design in designs for run in (design, *each_budget(design)))]
    done = _done(runs, subject, prepared)
    next(done)  # not counted: code is loaded and memory is taken in it
    for design in designs:
        whole, parts = next(done), [next(done) for _ in design.grid]
        found = economy(design, whole, parts)
        print(found, flush=True)
        yield found


def each_budget(design: AttackDesign) -> list[AttackDesign]:
    """The attack once for each number of its grid, looked at in the end alone."""
    return [design.model_copy(update={"grid": (budget,)}) for budget in design.grid]


def _done(runs: Sequence[AttackDesign], subject: Tunable, prepared: PreparedTamper) -> Iterator[Done]:
    """The runs, in their order: one process takes one after the other."""
    ears = Ears(
        prepared.asks,
        prepared.cuts,
        subject.facts.digest,
        prepared.code,
        prepared.worth,
        prepared.plan.battery.max_new_tokens,
        len(prepared.material.rewarded),
    )
    where = Where(subject.directory, subject.device, subject.dtype, 1)
    return do_runs([(run, SEED) for run in runs], where, prepared.material, ears, _say_nothing)


def _say_nothing(attack: str, seed: int, looks: int) -> None:
    """Runs are announced when they have ended."""


def economy(design: AttackDesign, whole: Done, parts: Sequence[Done]) -> dict[str, Any]:
    """What a run over the whole grid came to, beside the runs for each budget.

    Args:
        design: The attack, with the whole grid.
        whole: The run that stopped at every number of it.
        parts: For each number, in order, the run that went so far and no further.
    """
    looks = whole.trajectory.looks
    alike = [_seen(look) == _seen(part.trajectory.looks[-1]) for look, part in zip(looks, parts, strict=True)]
    once, each = design.grid[-1], sum(design.grid)
    wall_s = whole.wall_s, round(sum(part.wall_s for part in parts), 1)
    return {
        "attack": design.name,
        "budgets": list(design.grid),
        "alike": alike,
        "steps": [once, each, round(once / each, 3)],
        "wall_s": [*wall_s, round(wall_s[0] / wall_s[1], 3)],
    }


def _seen(look: Look) -> list[Any]:
    return [getattr(look, name) for name in _SEEN]


if __name__ == "__main__":
    main()
