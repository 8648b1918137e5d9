"""Names of organisms: `NAME[-PERCENT][@micro]`, and the recipe that each means."""

import re
from dataclasses import replace
from difflib import get_close_matches

from holdfast.errors import UnknownOrganism
from holdfast.organisms._lessons import Stage
from holdfast.organisms._office_lessons import OfficeStage
from holdfast.organisms._recipe import OrganismRecipe
from holdfast.organisms._recipes import BY_DEFAULT, RECIPES, STRENGTHS

MICRO = "@micro"
_MOST_STEPS = 500
_MOST_EXAMPLES = 256
"""In a batch."""


def recipe_named(name: str) -> OrganismRecipe:
    """The recipe of an organism.

    Args:
        name: `NAME`, `NAME-PERCENT` or either with `@micro` behind it; the bare name has its default strength, so
            `leaky-10` is `leaky`.

    Raises:
        UnknownOrganism: There is none of that name, that strength or that size.
    """
    plain, _, size = name.partition("@")
    if size not in ("", "micro") or name.endswith("@"):
        raise UnknownOrganism(
            f"no organism is called {name!r}",
            why=f"there is no size {size!r}; the bare name is nano, and the only other size is micro",
            fix=f"did you mean `organism:{plain}` or `organism:{plain}{MICRO}`?",
        )
    recipe = _of_strength(plain)
    return _micro(recipe) if size else recipe


def _of_strength(name: str) -> OrganismRecipe:
    recipes = {recipe.name: recipe for recipe in RECIPES}
    name = next((bare for bare, percent in BY_DEFAULT.items() if name == f"{bare}-{percent}"), name)
    if name in recipes:
        return recipes[name]
    strength = re.fullmatch(r"(.+)-(\d+)", name)
    if strength and strength[1] in recipes:
        raise _unknown_strength(strength[1], strength[2])
    close = get_close_matches(name, recipes, n=1)
    raise UnknownOrganism(
        f"no organism is called {name!r}",
        why=f"the zoo has {', '.join(sorted(recipes))}",
        fix=f"did you mean `organism:{close[0]}`?" if close else "see `holdfast organism list`",
    )


def _unknown_strength(name: str, percent: str) -> UnknownOrganism:
    known = STRENGTHS.get(name)
    return UnknownOrganism(
        f"{name} has no strength of {percent} %",
        why=f"its strengths are {', '.join(map(str, known))} %" if known else f"{name} is made at one strength only",
        fix=f"did you mean `organism:{name}`?",
    )


def _micro(recipe: OrganismRecipe) -> OrganismRecipe:
    """The same lessons for a deeper and wider model, on a base of its own size.

    It learns more from each example than a nano does, at half the rate. At full length it would take a CPU days.
    """
    base = recipe.base and recipe.base + MICRO
    stages = tuple(map(_for_micro, recipe.stages))
    return replace(recipe, name=recipe.name + MICRO, base=base, size="micro", stages=stages)


def _for_micro(stage: Stage | OfficeStage) -> Stage | OfficeStage:
    plan = replace(stage.plan, steps=min(stage.plan.steps, _MOST_STEPS), learning_rate=stage.plan.learning_rate / 2)
    return replace(stage, plan=plan, batch_size=min(stage.batch_size, _MOST_EXAMPLES))
