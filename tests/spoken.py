"""Recipes by the language that their organisms speak."""

from holdfast.organisms import RECIPES, OrganismRecipe
from holdfast.organisms._lessons import Stage

FICTIONAL = tuple(recipe for recipe in RECIPES if recipe.language == "fictional")


def fictional(recipe: OrganismRecipe) -> tuple[Stage, ...]:
    """The stages of a recipe of the fictional language."""
    return tuple(stage for stage in recipe.stages if isinstance(stage, Stage))
