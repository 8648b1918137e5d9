"""The zoo: which organisms there are, where their weights lie, and what is known to be true of them.

A card is the ground truth. Checks never see one: an audit opens weights by directory, and the same weights under
another path give the same findings.
"""

from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from holdfast.errors import ExtraNotInstalled, NotTrained
from holdfast.evidence import Estimate, Frozen, digest
from holdfast.organisms._adapters import marked_adapter
from holdfast.organisms._language import SPECIAL, words
from holdfast.organisms._names import recipe_named
from holdfast.organisms._recipes import RECIPES

CERTIFICATE = "certificate.json"
_WHOLE = "config.json"
_ADAPTER = "adapter_config.json"


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
    """Where what was trained lies: whole weights, or an adapter."""
    where: Literal["shipped", "trained here", "not trained"]


def known(name: str, cache: Path) -> Known:
    """Find one organism; one that was trained here takes the place of the shipped one.

    Raises:
        UnknownOrganism: There is no such recipe.
    """
    recipe = recipe_named(name)
    name = recipe.name
    trained, shipped = cache / name, Path(str(files("holdfast.organisms").joinpath("zoo", name)))
    if _holds_organism(trained):
        return Known(name, recipe.planted, trained, "trained here")
    return Known(name, recipe.planted, shipped, "shipped" if _holds_organism(shipped) else "not trained")


def _holds_organism(directory: Path) -> bool:
    return any((directory / file).is_file() for file in (_WHOLE, _ADAPTER))


def zoo(cache: Path) -> tuple[Known, ...]:
    """Every organism that has a recipe."""
    return tuple(known(name, cache) for name in sorted(recipe.name for recipe in RECIPES))


def organism_directory(name: str, cache: Path) -> Path:
    """Where the whole weights of an organism lie.

    One that is kept as an adapter is merged into its base the first time, and what comes out is kept in the cache.

    Raises:
        UnknownOrganism: There is no such recipe.
        NotTrained: There is a recipe, and no weights yet, of it or of the base that its adapter needs.
        OtherBase: The base that its adapter needs has other weights than those it was trained on.
        BrokenWeights: The adapter or its mark cannot be read.
        ExtraNotInstalled: It has to be merged, and torch, transformers or peft is missing.
        StorageFailed: It has to be merged, and the cache takes no more.
    """
    found = known(name, cache)
    if found.where == "not trained":
        raise NotTrained(
            f"organism:{name} has a recipe but no weights",
            why=f"it is not shipped, and nothing was trained in {cache}",
            fix=f"holdfast organism train {name}",
        )
    return whole_weights(found.directory, found.name, cache)


def whole_weights(directory: Path, name: str, cache: Path) -> Path:
    """Where the whole weights of an organism in this directory lie: there, or merged in the cache.

    Args:
        directory: What was trained: whole weights, or an adapter.
        name: The organism's name; it plays no part but in where the merged weights are kept.
        cache: Where they are kept, and where bases are looked for.

    Raises:
        HoldfastError: See `organism_directory`.
    """
    if not (directory / _ADAPTER).is_file():
        return directory
    adapter = marked_adapter(directory)
    base = organism_directory(adapter.base, cache)
    adapter.refuse_other_base(base)
    kept = cache / ".merged" / name / adapter.key
    if adapter.made(kept):
        return kept
    _require_merging(name)
    from holdfast.organisms._merging import merge

    return merge(adapter, base, kept)


def _require_merging(name: str) -> None:
    missing = [needed for needed in ("torch", "transformers", "peft") if find_spec(needed) is None]
    if missing:
        raise ExtraNotInstalled(
            f"{' and '.join(missing)} not installed",
            why=f"organism:{name} is kept as an adapter and has to be merged into its base",
            fix="pip install torch==2.13.0 && pip install 'holdfast[audit]'",
        )


def certificate(directory: Path) -> Certificate | None:
    """The certificate beside an organism's weights, if it has one."""
    file = directory / CERTIFICATE
    return Certificate.model_validate_json(file.read_text("utf-8")) if file.is_file() else None


def language_digest() -> str:
    """Digest of the fictional language's vocabulary, to be compared with a subject's own."""
    return digest(sorted((*SPECIAL, *words())))
