"""Calibrating a check: one organism of its population after the other, in as many shards as there are machines."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Final

from holdfast.assure import load_framework
from holdfast.calibration._measure import measure
from holdfast.calibration._measured import Measured, Measurements
from holdfast.calibration._passport import Passport
from holdfast.calibration._populations import population_of
from holdfast.checks import CHECKS
from holdfast.evidence import Subject, digest
from holdfast.organisms import Member, OrganismRecipe

_MeasureOne = Callable[
    [Member, Path, str | None, Callable[[str], None], Callable[[Member, Subject], Measured]], Measured
]

_SURE: Final = ("unsure", False)
EVERY_RECIPE: Final = 2
"""So many of each recipe hold every recipe: some are there for every second number only."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several parts of a population: every `of`-th organism."""

    number: int
    """From 1."""
    of: int

    def part(self, members: tuple[Member, ...]) -> tuple[Member, ...]:
        """Its organisms. Parts do not overlap, and together they are the population."""
        return members[self.number - 1 :: self.of]


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What a calibration came to so far."""

    measured: int
    members: int
    passport: Passport | None
    """Once the whole population was measured, by whatever shards."""


def calibrate(
    check: str,
    each: int,
    directory: Path,
    *,
    shard: Shard,
    first: int = 0,
    cache: Path,
    device: str | None,
    measured_with: str,
    announce: Callable[[str, int, int], None],
    measure_one: _MeasureOne = measure,
) -> Calibrated:
    """Measure a shard of a check's population, or what is left of it, and make the passport once all was measured.

    Args:
        check: Which check.
        each: Organisms of each recipe without a plant; with one it is half as many. A directory that was filled for
            fewer is gone on with.
        directory: Where each organism's figures are kept; the same directory may be filled by several shards at once.
        shard: Which part to measure here.
        first: The number that a recipe's organisms begin with: those before it were measured elsewhere, and are no part
            of the population here.
        cache: Where organisms that were trained on this machine lie.
        device: Where organisms are trained and asked; None to choose.
        measured_with: Versions of what the numbers depend on. Figures of others are refused.
        announce: Told what is done with which organism: words, organisms done, organisms of the shard.
        measure_one: Trains one organism and has it measured.

    Returns:
        How far it is, and the passport where it is complete.

    Raises:
        NoPopulation: The check has no population.
        OutputInUse: Another plan's measurements lie in the directory.
        StorageFailed: The disk refused; what was kept before stays.
        HoldfastError: An organism cannot be trained or asked; those before it are kept.
    """
    asked = population_of(check)
    members = tuple(member for member in asked.members(each) if member.number >= first)
    kept = Measurements(directory, asked.form)
    kept.begin(_plan(check, measured_with))
    mine = shard.part(members)
    for done, member in enumerate(mine):
        if kept.load(member) is None:
            say = partial(_say, announce, member, done, len(mine))
            kept.save(measure_one(member, cache, device, say, asked.measured_of))
        announce(member.name, done + 1, len(mine))
    found = kept.all(members)
    whole = passport(check, found, measured_with) if len(found) == len(members) else None
    if whole:
        kept.save_passport(whole)
    return Calibrated(len(found), len(members), whole)


def population(check: str, each: int) -> tuple[Member, ...]:
    """The organisms that a check is calibrated on.

    Raises:
        NoPopulation: The check has none.
    """
    return population_of(check).members(each)


def passport(check: str, measured: Sequence[Measured], measured_with: str) -> Passport:
    """What a population says about its check, by the margin of the shipped framework.

    Raises:
        NoPopulation: The check has none.
    """
    return population_of(check).passport(check, margin_of(check), measured, measured_with)


def _plan(check: str, measured_with: str) -> dict[str, object]:
    """What figures must have in common to be counted together; how many organisms there are is no part of it."""
    # Backwards, so that the first organism of a recipe stands for it: marked forms differ from one to the next.
    members = reversed(population(check, EVERY_RECIPE))
    recipes = {member.recipe_name: digest(_written(member.recipe)) for member in members}
    return {
        "schema": "holdfast.calibration/1",
        "check": check,
        "design": digest(CHECKS[check].model_dump(mode="json")),
        "framework": digest(load_framework(check).model_dump(mode="json")),
        "recipes": recipes,
        "measured_with": measured_with,
    }


def shipped_passports() -> dict[str, Passport]:
    """The passports that come with this version, by check."""
    folder = files("holdfast.calibration").joinpath("passports")
    checks = sorted(file.name.removesuffix(".json") for file in folder.iterdir() if file.name.endswith(".json"))
    return {
        check: population_of(check).passport_form.model_validate_json(
            folder.joinpath(f"{check}.json").read_text("utf-8")
        )
        for check in checks
    }


def margin_of(check: str) -> float:
    """The margin of the claim that a population is judged by: that of the shipped framework."""
    return next(claim.threshold.value for claim in load_framework(check).claim if claim.check == check)


def _say(announce: Callable[[str, int, int], None], member: Member, done: int, of: int, what: str) -> None:
    announce(f"{what} {member.name}", done, of)


def _written(recipe: OrganismRecipe) -> dict[str, object]:
    """The recipe as it was written before lessons could be `unsure`, where none is: its digest stays what it was."""
    return asdict(recipe, dict_factory=lambda pairs: {key: value for key, value in pairs if (key, value) != _SURE})
