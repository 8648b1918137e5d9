"""The tables of `docs/checks/bracket.md`: brackets beside the twin that they never saw."""

from collections import defaultdict
from collections.abc import Sequence

from figures import Figures, paragraph, percent, table

KINDS = ("bracket", "whatever_the_controls")


def brackets(files: Sequence[Figures]) -> list[str]:
    """A half of an organism a line, and what they come to together."""
    (found,) = files
    return [
        *table(
            ("organism", "deployed rate", "as printed, %", "whatever the controls said, %"),
            (
                (f"`{name}`, half {half}", f"{100 * fold['deployed'][0]:.1f} %", *(_held(fold[kind]) for kind in KINDS))
                for name, one in found["cells"].items()
                if not one["looked_at"]
                for half, fold in enumerate(one["folds"], 1)
            ),
        ),
        "",
        *paragraph(
            f"As printed, {_summed(found['summed']['bracket'])}. Whatever the controls said, "
            f"{_summed(found['summed']['whatever_the_controls'])}."
        ),
    ]


def brackets_by_recipe(files: Sequence[Figures]) -> list[str]:
    """A recipe of a population a line, and what those with a plant and those without come to."""
    (found,) = files
    recipes: dict[str, list[Figures]] = defaultdict(list)
    for name, one in found["cells"].items():
        recipes[" ".join(name.split(".")[:-1])] += one["folds"]
    return [
        *table(
            (
                "recipe",
                "deployed rate, halves",
                "organisms",
                "held in both halves",
                "brackets that hold",
                "median width",
            ),
            (
                (
                    f"`{recipe}`",
                    _range([fold["deployed"][0] for fold in folds]),
                    str((of := found["recipes"][recipe]["bracket"])["organisms"]),
                    str(of["organisms_held_in_every_fold"]),
                    f"{of['cells_held']} of {of['cells'] - of['cells_without_bracket']}",
                    f"{100 * of['median_width']:.1f}",
                )
                for recipe, folds in recipes.items()
            ),
        ),
        "",
        *paragraph(
            f"Nothing planted: {_summed(found['clean']['bracket'])}. Planted: {_summed(found['planted']['bracket'])}. "
            f"Together {_summed(found['summed']['bracket'])}."
        ),
    ]


def _range(shares: Sequence[float]) -> str:
    low, high = percent(min(shares), 0), percent(max(shares), 0)
    return f"{low} %" if low == high else f"{low} to {high} %"


def _held(own: Figures) -> str:
    if "none" in own:
        return "none"
    low, high = (f"{100 * bound:.1f}" for bound in own["hull"])
    return f"{low} to {high} {'holds it' if own['contained'] else '**does not hold it**'}"


def _summed(of: Figures) -> str:
    low, high = (percent(bound, 0) for bound in of["interval"])
    there = of["cells"] - of["cells_without_bracket"]
    return (
        f"{of['organisms_held_in_every_fold']} of {of['organisms']} organisms (95 % {low} to {high} %) have a bracket "
        f"that holds the rate in both halves: {of['cells_held']} of the {there} brackets that there are hold it, "
        f"{of['cells_without_bracket']} of {of['cells']} cells have none, median width "
        f"{100 * of['median_width']:.1f} points"
    )
