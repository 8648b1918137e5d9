"""What `holdfast calibrate` measured on another machine, brought here: its figures, and the passport that is shipped.

    python -m bench population DIR       the directory that it filled; writes bench/results/population-CHECK.json

A machine whose time is up leaves a population unfinished. Organisms are measured in the order of their numbers, and
which are missing depends on nothing else, so those that are there are counted, and the rest is said to be missing.
Organisms of a recipe that is no longer made stay among the figures, and are counted nowhere.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from holdfast.calibration import EVERY_RECIPE, Passport, passport, population, population_of
from holdfast.evidence import readable_json

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "src/holdfast/calibration/passports"


def results(check: str) -> Path:
    """Where the figures of a check's population are committed."""
    return ROOT / f"bench/results/population-{check}.json"


def made_of(check: str) -> Passport:
    """The passport that the committed figures come to."""
    found = json.loads(results(check).read_text("utf-8"))
    form = population_of(check).form
    measured = [form.model_validate(one) for one in found["measured"]]
    known = {member.recipe_name for member in population(check, EVERY_RECIPE)}
    counted = [one for one in measured if one.recipe in known]
    return passport(check, counted, found["plan"]["measured_with"])


def main(names: Sequence[str]) -> None:
    """Bring the figures of one directory here, and write the passport that they come to."""
    directory = Path(names[0])
    plan = json.loads((directory / "plan.json").read_text("utf-8"))
    files = sorted((directory / "measured").glob("*.json"))
    check = plan["check"]
    form = population_of(check).form
    measured = [form.model_validate_json(file.read_text("utf-8")).model_dump(mode="json") for file in files]
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in measured)
    said = f'{{"plan": {json.dumps(plan)},\n"measured": [\n{lines}\n]}}\n'
    results(check).write_text(said, encoding="utf-8")
    (SHIPPED / f"{check}.json").write_text(readable_json(made_of(check)), encoding="utf-8")
    print(f"{check}: {len(measured)} organisms")
