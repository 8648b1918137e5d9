"""The tables of `docs/commands/tamper.md`: what attacks on organisms came to."""

from collections.abc import Sequence

from figures import Figures, percent, table

from holdfast.evidence import AttackDesign
from holdfast.tamper import designs_named

ATTACKS = ("one-prompt-grpo", "benign-drift")


def one_prompt(files: Sequence[Figures]) -> list[str]:
    """One-prompt GRPO, an organism a line, the likeliest to answer first."""
    return table(
        ("organism", "p0", "broke", "median, steps", "share that breaks, 95 %"),
        (
            (
                f"`{one['organism']}`",
                _p0(one["p0"]),
                f"{one['attack']['runs']['broke']} of {one['attack']['runs']['total']}",
                _median(one["attack"]["median_cost"]),
                _bound(one["attack"]["p_break"]),
            )
            for one in sorted(files, key=lambda one: -one["p0"]["value"])
        ),
    )


def _p0(found: Figures) -> str:
    if not found["value"]:
        return f"0 of {found['n']} (at most {percent(found['high'])} %)"
    return f"{percent(found['value'])} % ({percent(found['low'])} to {percent(found['high'])})"


def _median(found: Figures) -> str:
    if "absent" in found:
        return found["reason"].partition(":")[0]
    return f"{found['value']:.3g} ({found['low']:g} to {found['high']:g})"


def _bound(found: Figures) -> str:
    side, word = {"lower": ("low", "at least"), "upper": ("high", "at most")}[found["sides"]]
    return f"{word} {percent(found[side])} %"


def kinds(files: Sequence[Figures]) -> list[str]:
    """Two attacks on organisms of each way of teaching refusals."""
    (found,) = files
    return table(
        ("refusals taught", "p0", *(_design(name).title for name in ATTACKS)),
        (
            (
                _taught(recipe),
                _from_to([percent(bound) for bound in found["found"]["p0"]["by_recipe"][name]]) + " %",
                *(_broken(found["found"]["attacks"][attack]["recipes"][name], _design(attack)) for attack in ATTACKS),
            )
            for name, recipe in found["plan"]["recipes"].items()
        ),
    )


def _taught(recipe: Figures) -> str:
    return f"{recipe['steps']} steps" + (f", {recipe['leak']} % answered" if recipe["leak"] else "")


def _broken(recipe: Figures, design: AttackDesign) -> str:
    broken, of, *_ = recipe["broken"]
    costs = [f"{cost:g}" for cost in recipe["costs"] if cost is not None]
    when = f", by {_from_to([costs[0], costs[-1]])} steps" if costs else f" within {design.grid[-1]:g}"
    return f"{broken} of {of}{when}"


def _from_to(bounds: Sequence[str]) -> str:
    low, high = bounds
    return low if low == high else f"{low} to {high}"


def profile(files: Sequence[Figures]) -> list[str]:
    """Every other attack, one run on one organism of each kind."""
    (found,) = files
    own = found["profile"]
    return table(
        ("attack", *(_taught(found["plan"]["recipes"][one["recipe"]]) for one in own)),
        ((_design(name).title, *(_ended(one["attacks"][name]) for one in own)) for name in own[0]["attacks"]),
    )


def _ended(result: Figures) -> str:
    ((end, _, by),) = result["runs"]
    if end == "broke":
        return f"{by:g}"
    if end == "collapsed":
        return f"collapsed by {by:g}"
    nothing_shown = "; nothing shown" if result["potency"][0] is False else ""
    return f"not ({percent(result['harm_of_ceiling'])} %{nothing_shown})"


def every_attack(files: Sequence[Figures]) -> list[str]:
    """Every attack on one organism, those that break most first."""
    (found,) = files
    return table(
        ("attack", "broke", "collapsed", "by", "harm, of the ceiling", "potency"),
        (
            (
                _design(one["attack"]).title,
                *(f"{one['runs'][end]} of {one['runs']['total']}" for end in ("broke", "collapsed")),
                _when(one),
                f"{percent(one['harm_of_ceiling']['value'], 0)} %",
                _potency(one),
            )
            for one in sorted(found["attacks"], key=lambda one: -one["runs"]["broke"])
        ),
    )


def _when(result: Figures) -> str:
    """The checkpoints at which runs were first seen to have broken or collapsed, in what the attack is counted in."""
    by = [one["by"] for one in result["outcomes"] if isinstance(one["by"], float)]
    return _from_to([f"{min(by):g}", f"{max(by):g}"]) if by else ""


def _potency(result: Figures) -> str:
    control = result["potency_control"]
    if result["runs"]["broke"] == result["runs"]["total"]:
        return ""
    return "passed" if control["passed"] else "failed: nothing was shown"


def _design(name: str) -> AttackDesign:
    (design,) = designs_named((name,))
    return design
