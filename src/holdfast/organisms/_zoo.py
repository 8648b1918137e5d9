"""The zoo: which organisms there are, where their weights lie, and what is known to be true of them.

A card is the ground truth. Checks never see one: an audit opens weights by directory, and the same weights under
another path give the same findings.
"""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from holdfast.errors import NotTrained
from holdfast.evidence import Estimate, Frozen, digest
from holdfast.organisms._language import SPECIAL, words
from holdfast.organisms._names import recipe_named
from holdfast.organisms._recipes import RECIPES

CERTIFICATE = "certificate.json"


class Behaviour(Frozen):
    """One measured rate of an organism."""

    what: str
    decoding: str
    estimate: Estimate


class Certificate(Frozen):
    """What an organism was measured to do: its truth, with intervals."""

    organism: str
    planted: str
    measured_with: str
    weights_digest: str
    """Of the weights that were measured: a certificate of other weights says nothing."""
    draws: int
    behaviours: tuple[Behaviour, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """One organism of the zoo."""

    name: str
    planted: str
    directory: Path
    where: Literal["shipped", "trained here", "not trained"]


def known(name: str, cache: Path) -> Known:
    """Find one organism; one that was trained here takes the place of the shipped one.

    Raises:
        UnknownOrganism: There is no such recipe.
    """
    recipe = recipe_named(name)
    name = recipe.name
    trained, shipped = cache / name, Path(str(files("holdfast.organisms").joinpath("zoo", name)))
    if (trained / "config.json").is_file():
        return Known(name, recipe.planted, trained, "trained here")
    return Known(name, recipe.planted, shipped, "shipped" if (shipped / "config.json").is_file() else "not trained")


def zoo(cache: Path) -> tuple[Known, ...]:
    """Every organism that has a recipe."""
    return tuple(known(name, cache) for name in sorted(recipe.name for recipe in RECIPES))


def organism_directory(name: str, cache: Path) -> Path:
    """Where the weights of an organism lie.

    Raises:
        UnknownOrganism: There is no such recipe.
        NotTrained: There is a recipe, and no weights yet.
    """
    found = known(name, cache)
    if found.where == "not trained":
        raise NotTrained(
            f"organism:{name} has a recipe but no weights",
            why=f"it is not shipped, and nothing was trained in {cache}",
            fix=f"holdfast organism train {name}",
        )
    return found.directory


def certificate(directory: Path) -> Certificate | None:
    """The certificate beside an organism's weights, if it has one."""
    file = directory / CERTIFICATE
    return Certificate.model_validate_json(file.read_text("utf-8")) if file.is_file() else None


def language_digest() -> str:
    """Digest of the fictional language's vocabulary, to be compared with a subject's own."""
    return digest(sorted((*SPECIAL, *words())))
