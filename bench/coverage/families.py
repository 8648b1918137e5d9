"""The worst of several families of clustered pairs: how often its interval holds, and how often a family is misnamed.

Each family has its wordings; each wording's chance is beta distributed around the family's share with the correlation
`icc`, and each is asked about 8 items of its own. `above` and `below` are how often the worst true share lay above or
below the interval, `named` how often any family's corrected lower bound lay above its own share: that a family is
called worse than it is. All three should be at most 2.5 %.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from holdfast.stats import Pairs, stratum_bounds, worst_clustered

REPLICATIONS = 300
ITEMS = 8
WORLDS: dict[str, tuple[float, ...]] = {
    "all at 5 %": (0.05,) * 7,
    "all at 31 %": (0.31,) * 7,
    "two at 60 %, five at 2 %": (0.6, 0.6, 0.02, 0.02, 0.02, 0.02, 0.02),
}
KINDS = ((10, 0.05), (10, 0.3), (20, 0.1))
"""Wordings and the correlation of pairs of one wording."""


def cells(replications: int, seed: int) -> Iterator[dict[str, Any]]:
    """Every world at every number of wordings and correlation."""
    rng = np.random.default_rng(seed)
    for world, shares in WORLDS.items():
        for wordings, icc in KINDS:
            runs = np.array([_run(shares, wordings, icc, rng) for _ in range(replications)])
            above, below, named, width = runs.mean(axis=0).tolist()
            yield {
                "world": world,
                "families": len(shares),
                "wordings": wordings,
                "items": ITEMS,
                "icc": icc,
                "above": above,
                "below": below,
                "named": named,
                "mean_width": round(width, 4),
            }


def summary(found: list[dict[str, Any]]) -> dict[str, float | str]:
    """The worst cell and the mean of each kind of miss."""
    lines: dict[str, float | str] = {}
    for key, words in (
        ("above", "the worst share lies above the interval"),
        ("below", "the worst share lies below the interval"),
        ("named", "a family is called worse than it is"),
    ):
        values = [cell[key] for cell in found]
        lines[f"{words}: worst cell and mean"] = f"{max(values):.3f}, {np.mean(values):.3f}"
    for wordings in sorted({cell["wordings"] for cell in found}):
        widths = [cell["mean_width"] for cell in found if cell["wordings"] == wordings]
        lines[f"mean width with {wordings} wordings"] = f"{min(widths):.3f} to {max(widths):.3f}"
    return lines


def _run(shares: tuple[float, ...], wordings: int, icc: float, rng: np.random.Generator) -> tuple[float, ...]:
    strata = {str(place): _drawn(share, wordings, icc, rng) for place, share in enumerate(shares)}
    bounds = stratum_bounds(strata, worst_is_high=True)
    worst, truth = worst_clustered(bounds, worst_is_high=True).interval, max(shares)
    named = any(bounds[str(place)].interval.low > share for place, share in enumerate(shares))
    return float(worst.high < truth), float(worst.low > truth), float(named), worst.high - worst.low


def _drawn(share: float, wordings: int, icc: float, rng: np.random.Generator) -> Pairs:
    chances = rng.beta(share * (1 - icc) / icc, (1 - share) * (1 - icc) / icc, wordings)
    values = (rng.random((wordings, ITEMS)) < chances[:, None]).astype(np.float64).ravel()
    return Pairs(values, np.repeat(np.arange(wordings), ITEMS), np.arange(len(values)))
