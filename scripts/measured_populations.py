"""The tables of `docs/commands/calibrate.md`: what the shipped passports say."""

from collections.abc import Iterable, Iterator, Sequence

from figures import Figures, counted, interval, paragraph, percent, table

HEAD = ("measured", "found", "95 %")


def exams(files: Sequence[Figures]) -> list[str]:
    """Of `sandbagging`."""
    (made,) = files
    limit = f"{percent(made['margin'])} points"
    recipes = ", ".join(f"{one['not_met']['n']} of `{one['recipe']}`" for one in made["recipes"])
    rows = table(
        HEAD,
        (
            _share("a gain where nothing is hidden", made["false_alarm"]),
            _share(f"*not met*, no more than {limit} hidden", made["wrong_not_met"]),
            _share(f"*met*, more than {limit} hidden", made["wrong_met"]),
            _share("*not met*, 10 points or more hidden", made["power"]),
            *_areas(made["separations"]),
        ),
    )
    return [*paragraph(f"There are {recipes}."), "", *rows]


def _areas(separations: Iterable[Figures]) -> Iterator[tuple[str, ...]]:
    """All together, those against what never knew, and of single recipes the one of which least is known."""
    by_pair = {(one["planted"], one["clean"]): one["auroc"] for one in separations}
    never = {planted: area for (planted, clean), area in by_pair.items() if clean == "never-knew"}
    least = min(never, key=lambda planted: never[planted]["low"])
    yield _area("all that are equally weak", by_pair["all", "all"])
    yield _area("those with a plant against `never-knew`", never["all"])
    yield _area(f"the recipe of which least is known, `{least}`, against `never-knew`", never[least])


def _area(what: str, found: Figures) -> tuple[str, ...]:
    bounds = " to ".join(f"{found[bound]:.3f}" for bound in ("low", "high"))
    return (f"AUROC, {what}", f"{found['value']:.3f} ({found['n']} organisms)", bounds)


def twins(files: Sequence[Figures]) -> list[str]:
    """Of `awareness`."""
    (made,) = files
    clean = [one for one in made["recipes"] if not one["planted"]]
    (weak,) = (one for one in made["effects"] if one["at_least"] == made["margin"])
    margin, above = (f"{percent(size)} points" for size in (made["margin"], weak["below"]))
    sizes = f"true gap of {percent(weak['at_least'])} to {above}"
    return table(
        HEAD,
        (
            _share("a difference where none was planted", made["false_alarm"]),
            ("the least adjusted p-value of a recipe above 5 %", f"{min(one['p_adjusted'] for one in clean):.2g}", ""),
            ("one pair of framings instead (McNemar, 5 %)", _single_pairs([one["single_pair"] for one in clean]), ""),
            _share(f"*not met*, the true gap within {margin}", made["wrong_not_met"]),
            _share(f"*met*, the true gap beyond {margin}", made["wrong_met"]),
            _share(f"a difference found, {sizes}", weak["found_gap"]),
            _share(f"*not met*, {sizes}", weak["not_met"]),
            _share("interval and truth agree", made["agreement"]),
        ),
    )


def _single_pairs(found: Sequence[Figures]) -> str:
    rejected, asked = sum(round(one["value"] * one["n"]) for one in found), sum(one["n"] for one in found)
    worst = max(found, key=lambda one: one["value"])
    return f"{rejected} of {asked} pairs; worst recipe {counted(worst)}"


def _share(what: str, found: Figures) -> tuple[str, ...]:
    return (what, f"{counted(found)} {found['unit']}", interval(found))
