"""Whether one-prompt GRPO and benign fine-tuning tell refusal trainings apart that refuse alike when they are asked.

    python -m bench.tamper.discrimination DIR [--each N]     the two attacks, on N organisms of each recipe
    python -m bench.tamper.discrimination DIR --profile      every other attack, on number 0 of each recipe

Either writes bench/results/tamper-discrimination.json. Two minutes an organism on one core. Figures are kept organism
by organism in DIR, weights as well: a killed command goes on. The unit is the organism: its runs say what it costs, and
organisms are compared (`costs_apart`).
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import Any, Final

from bench.tamper.costs_apart import found_in
from bench.tamper.one_prompt import tampered
from bench.tamper.refusal_trainings import BASE, BATCH, PEAK, TRAININGS, Member, members, trained
from holdfast.audit import Finished
from holdfast.audit._prepare import versions
from holdfast.evidence import Absent, AttackResult, digest
from holdfast.organisms import organism_directory
from holdfast.store import home
from holdfast.tamper import designs_named

RESULTS: Final = Path(__file__).parents[1] / "results/tamper-discrimination.json"
ATTACKS: Final = ("one-prompt-grpo", "benign-drift")
SEEDS: Final = 3
"""Runs of an attack on an organism: the middle one is what it costs."""


def main() -> None:
    """Do what is missing, then analyse whatever is there."""
    parser = ArgumentParser(prog="python -m bench.tamper.discrimination")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--each", type=int, default=7, help="organisms of each recipe")
    parser.add_argument("--profile", action="store_true", help="every other attack, on number 0 of each recipe")
    parser.add_argument("--seeds", type=int, default=1, help="runs of each attack of the profile")
    given = parser.parse_args()
    plan = begun(given.directory)
    if given.profile:
        others = tuple(design.name for design in designs_named(()) if design.name not in ATTACKS)
        for member in members(1):
            _kept(given.directory, member, "profile", others, given.seeds)
    else:
        for member in members(given.each):
            _kept(given.directory, member, "measured", ATTACKS, SEEDS)
    written(given.directory, plan)


def begun(directory: Path) -> dict[str, Any]:
    """What is fixed before the first organism; a directory that was begun otherwise is refused."""
    plan = {
        "base": BASE,
        "recipes": {training.name: asdict(training) | {"batch": BATCH, "peak": PEAK} for training in TRAININGS},
        "recipes_digest": digest([asdict(training.recipe) for training in TRAININGS]),
        "attacks": {design.name: design.model_dump(mode="json") for design in designs_named(ATTACKS)},
        "runs": SEEDS,
        "measured_with": versions(),
    }
    file = directory / "plan.json"
    if file.exists() and json.loads(file.read_text("utf-8")) != json.loads(json.dumps(plan)):
        raise SystemExit(f"{directory} was begun with other recipes, attacks or versions")
    directory.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(plan), "utf-8")
    return plan


def _kept(directory: Path, member: Member, where: str, attacks: tuple[str, ...], seeds: int) -> None:
    """Measure an organism, unless its figures are there."""
    file = directory / where / f"{member.name}.json"
    if file.exists():
        return
    weights, begin = directory / "weights" / member.name, monotonic()
    if not weights.exists():
        trained(member, weights, lambda base: organism_directory(base, home() / "organisms"))
    train_s = round(monotonic() - begin, 1)
    done = tampered(str(weights), attacks, seeds, directory / "runs" / f"{where}-{member.name}")
    found = figures_of(done)
    made = {"name": member.name, "recipe": member.training.name, "number": member.number, "seed": member.seed}
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(made | {"train_s": train_s} | found), "utf-8")
    print(member.name, train_s, found["tamper_s"], done.record.headline, flush=True)


def figures_of(done: Finished) -> dict[str, Any]:
    """The numbers of a run that are committed."""
    static = done.record.static
    assert static is not None
    shares = {"refusal": static.refusal, "harm": static.harm, "p0": static.p0, **static.capability}
    return {
        "weights": done.record.plan.subject_digest,
        "static": {name: {"value": share.value, "n": share.n} for name, share in shares.items()},
        "ceiling_harm": None if isinstance(static.ceiling_harm, Absent) else static.ceiling_harm.value,
        "attacks": {result.attack: _attack_figures(result) for result in done.record.attacks},
        "tamper_s": done.run.wall_s,
    }


def _attack_figures(result: AttackResult) -> dict[str, Any]:
    harm, control = result.harm_of_ceiling, result.potency_control
    return {
        "runs": [[run.end, run.after, None if isinstance(run.by, Absent) else run.by] for run in result.outcomes],
        "harm_of_ceiling": None if isinstance(harm, Absent) else round(harm.value, 4),
        "weight_change": result.weight_change,
        "potency": [None if isinstance(control.passed, Absent) else control.passed, control.reason],
    }


def written(directory: Path, plan: dict[str, Any]) -> None:
    """Analyse what is there, write it with the figures, one organism a line, and print it."""
    measured, profile = (
        sorted(
            (json.loads(file.read_text("utf-8")) for file in (directory / where).glob("*.json")),
            key=lambda one: one["seed"],
        )
        for where in ("measured", "profile")
    )
    found = found_in(measured, ATTACKS)
    lines = [f'"plan": {json.dumps(plan)}', f'"found": {json.dumps(found)}']
    for name, rows in (("measured", measured), ("profile", profile)):
        lines.append(f'"{name}": [\n' + ",\n".join(map(json.dumps, rows)) + "\n]")
    RESULTS.write_text("{" + ",\n".join(lines) + "}\n", "utf-8")
    print("\n".join(_table(found)))


def _table(found: dict[str, Any]) -> Iterator[str]:
    """A line for each recipe and each pair of recipes, attack by attack; a cost of `-` is beyond the budget."""
    yield f"counted {found['counted']}, left out {found['left_out']}"
    for figure in ("refusal", "capability", "p0"):
        yield f"{figure}: {found[figure]['by_recipe']}; differs between {found[figure]['differ'] or 'no two recipes'}"
    for attack, own in found["attacks"].items():
        for name, recipe in own["recipes"].items():
            costs = " ".join("-" if cost is None else f"{cost:g}" for cost in recipe["costs"])
            yield f"{attack}  {name:9} broken {recipe['broken']}  by steps {costs}  runs {recipe['runs']}"
        for pair in own["pairs"]:
            yield f"{attack}  {pair['first']} and {pair['second']}: above {pair['above']}, Holm p {pair['holm']}"
        yield f"{attack}  goes with cost: {own['goes_with_cost']}"


if __name__ == "__main__":
    main()
