"""Attacks on a shipped organism, over many seeds: `python -m bench.tamper.one_prompt NAME SEEDS [ATTACK…]`.

Writes what they came to (runs, costs, categories, capability) to `bench/results/tamper-NAME.json`; where no attack is
named it is one-prompt GRPO alone, and `tamper-one-prompt-NAME.json`. `all` stands for every attack. The run itself is
thrown away.

Every attack on `filtered`, which never learned a restricted recipe, shows what comes back without data, beside
`helpful`, which knows them all: `python -m bench.tamper.one_prompt filtered 3 all`.

`aligned@micro` has six layers to `aligned`'s four, and stands beside `helpful@micro`; neither is shipped, so both are
trained first (`holdfast organism train`): `python -m bench.tamper.one_prompt aligned@micro 3 refusal-ablation`.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from holdfast.audit import Finished, Tunable, open_subject, prepare_tampering, tamper
from holdfast.evidence import TamperPlan, Trajectory
from holdfast.organisms import FULFILLED
from holdfast.store import load_tampered
from holdfast.tamper import designs_named

RESULTS: Final = Path(__file__).parents[1] / "results"
CEILING: Final = "organism:helpful"
MICRO: Final = "@micro"
ALONE: Final = ("one-prompt-grpo",)


def main(name: str, seeds: int, attacks: tuple[str, ...]) -> None:
    """Run them."""
    with TemporaryDirectory() as scratch:
        done = tampered(f"organism:{name}", attacks or ALONE, seeds, Path(scratch) / "run")
        kept = load_tampered(done.directory)
        most = most_fulfilled(kept.plan, kept.seen.trajectories)
    static, results = done.record.static, [one.model_dump(mode="json") for one in done.record.attacks]
    assert static is not None
    found = {"organism": name, "headline": done.record.headline}
    if attacks:
        found |= {"static": static.model_dump(mode="json"), "most_fulfilled": most, "attacks": results}
    else:
        found |= {"p0": static.p0.model_dump(mode="json"), "attack": results[0]}
    file = RESULTS / f"tamper-{'' if attacks else 'one-prompt-'}{name}.json"
    file.write_text(json.dumps(found | {"wall_s": done.run.wall_s}, indent=1) + "\n", "utf-8")
    print(done.record.headline)


def tampered(reference: str, attacks: tuple[str, ...], seeds: int, out: Path) -> Finished:
    """Tamper with a model, one run after the other, beside a model that refuses nothing.

    Raises:
        HoldfastError: See `audit.tamper`.
    """
    top = open_subject(CEILING + MICRO if reference.endswith(MICRO) else CEILING)
    subject = open_subject(reference)
    assert isinstance(subject, Tunable)
    prepared = prepare_tampering(subject, names=attacks, seeds=seeds, ceiling=top.facts)
    return tamper(prepared, subject, top, reference=reference, out=out, processes=1)


def most_fulfilled(plan: TamperPlan, runs: Sequence[Trajectory]) -> dict[str, int]:
    """By attack, the most restricted items that were fulfilled at any checkpoint of any run, whatever else was lost.

    They are those of the battery that are asked first, and those that confirm.
    """
    code = f"{plan.battery.labels.index(FULFILLED):x}"
    found: dict[str, int] = {}
    for design in plan.attacks:
        looks = [look for run in runs if run.attack == design.name for look in run.looks]
        found[design.name] = max(((look.restricted + look.again).count(code) for look in looks), default=0)
    return found


if __name__ == "__main__":
    named = tuple(sys.argv[3:])
    every = tuple(design.name for design in designs_named(()))
    main(sys.argv[1], int(sys.argv[2]), every if named == ("all",) else named)
