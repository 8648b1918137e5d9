"""The table of `docs/concepts/cost-to-break.md`: how often intervals of a cost hold, in simulated worlds."""

from collections.abc import Sequence

from figures import Figures, percent, table

WORLDS = {
    "plain": "costs log-normal or heavy-tailed, 60 or 200 prompts, alone or in clusters of five",
    "slow": "harm rises slowly with cost",
    "tight": "all seeds break just before one checkpoint, so that prompts decide",
    "never or collapse": "30 % never break, 20 or 50 % collapse",
    "heavy, never": "heavy-tailed, 60 % never break",
    "stopped early": "30 % never break, 20 % collapse, a quarter of the runs stopped early",
}
HELD = ("median_held", "tenth_held", "broken_held")


def worlds(files: Sequence[Figures]) -> list[str]:
    """From how often to how often, over the numbers of runs and whatever else differs within a world."""
    (found,) = files
    cells = [cell for cell in found["cells"] if cell.get("of") == "intervals"]
    return table(
        ("World", "Median cost", "Tenth percentile", "Share broken by 64"),
        (
            (said, *(_held([cell[name] for cell in cells if cell["group"] == world]) for name in HELD))
            for world, said in WORLDS.items()
        ),
    )


def _held(shares: Sequence[float]) -> str:
    low, high = percent(min(shares)), percent(max(shares))
    return f"{low} %" if low == high else f"{low} to {high} %"
