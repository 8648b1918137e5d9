"""What `holdfast calibrate` measured on another machine, brought here: its figures, and the passport that is shipped.

    python -m bench population DIR       the directory that it filled; adds it to bench/results/population-CHECK.json

A machine whose time is up leaves a population unfinished. Organisms are measured in the order of their numbers, and
which are missing depends on nothing else, so those that are there are counted, and the rest is said to be missing.
Organisms of a recipe that is no longer made stay among the figures, and are counted nowhere.

Machines have other library versions. Figures of each stand apart, as a part of their own, and are counted together
where the check, its framework and the recipes were the same. An organism is counted once, where it was measured first.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from holdfast.calibration import EVERY_RECIPE, Measured, Passport, passport, population, population_of
from holdfast.evidence import readable_json

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "src/holdfast/calibration/passports"


def results(check: str) -> Path:
    """Where the figures of a check's population are committed."""
    return ROOT / f"bench/results/population-{check}.json"


def parts(check: str) -> list[dict[str, Any]]:
    """What each machine measured: its plan, and its organisms."""
    return json.loads(results(check).read_text("utf-8"))["parts"] if results(check).is_file() else []


def made_of(check: str) -> Passport:
    """The passport that the committed figures come to."""
    found = parts(check)
    known = {member.recipe_name for member in population(check, EVERY_RECIPE)}
    counted = [one for one in _once(check, found) if one.recipe in known]
    return passport(check, counted, "; ".join(part["plan"]["measured_with"] for part in found))


def _once(check: str, found: Sequence[dict[str, Any]]) -> Iterator[Measured]:
    """Every organism once, in the order of parts."""
    form, names = population_of(check).form, set[str]()
    for part in found:
        for one in map(form.model_validate, part["measured"]):
            if one.name not in names:
                yield one
            names.add(one.name)


def added(found: Sequence[dict[str, Any]], new: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts with a new one among them, in place of what the same machine measured before.

    Raises:
        ValueError: It is of another check, framework or design, or of other recipes under the same names.
    """
    others = [part for part in found if part["plan"]["measured_with"] != new["plan"]["measured_with"]]
    for other in others:
        if differ := sorted(_unlike(other["plan"], new["plan"])):
            raise ValueError(f"these cannot be counted together, since they differ in: {', '.join(differ)}")
    return [*others, new]


def _unlike(one: dict[str, Any], other: dict[str, Any]) -> Iterator[str]:
    yield from (name for name in ("check", "design", "framework") if one[name] != other[name])
    both = one["recipes"].keys() & other["recipes"].keys()
    yield from (name for name in both if one["recipes"][name] != other["recipes"][name])


def _said(part: dict[str, Any]) -> str:
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in part["measured"])
    return f'{{"plan": {json.dumps(part["plan"])},\n"measured": [\n{lines}\n]}}'


def main(names: Sequence[str]) -> None:
    """Bring the figures of one directory here, and write the passport that all come to."""
    directory = Path(names[0])
    plan = json.loads((directory / "plan.json").read_text("utf-8"))
    files = sorted((directory / "measured").glob("*.json"))
    check = plan["check"]
    form = population_of(check).form
    measured = [form.model_validate_json(file.read_text("utf-8")).model_dump(mode="json") for file in files]
    try:
        together = added(parts(check), {"plan": plan, "measured": measured})
    except ValueError as problem:
        sys.exit(str(problem))
    results(check).write_text('{"parts": [\n' + ",\n".join(map(_said, together)) + "\n]}\n", encoding="utf-8")
    (SHIPPED / f"{check}.json").write_text(readable_json(made_of(check)), encoding="utf-8")
    print(f"{check}: {len(measured)} organisms, beside {sum(len(part['measured']) for part in together[:-1])}")
