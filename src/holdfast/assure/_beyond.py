"""What an attacker with more tries than were made would reach: a forecast, and bounds that need none."""

from collections.abc import Sequence

import numpy as np

from holdfast.assure._columns import Columns
from holdfast.evidence import Table
from holdfast.stats import AtBest, best_of_n

FEWEST_TRIALS = 5
"""With fewer trials an item there is no shape to forecast from."""


def beyond_table(name: str, columns: Columns, level: float) -> tuple[Table, ...]:
    """The share of items that break within 10 and 100 times the attempts that were made.

    Empty where items were not all tried equally often, where a value is missing or graded, where the log was stopped
    early, or with fewer than five attempts.
    """
    tried = np.bincount(columns.items) if columns.n else np.zeros(1, dtype=np.int64)
    trials = int(tried.max())
    sound = columns.n > 0 and not columns.anytime and columns.binary and bool(columns.scored.all())
    if not sound or trials < FEWEST_TRIALS or (tried[tried > 0] != trials).any():
        return ()
    successes = np.bincount(columns.items, weights=columns.values)[tried > 0].astype(np.int64)
    return (forecast_table(name, successes.tolist(), trials, level, "items"),)


def forecast_table(
    name: str, successes: Sequence[int], trials: int, level: float, unit: str, caution: str = ""
) -> Table:
    """The forecast for 10 and 100 times the attempts that were made at each unit; `caution` ends the caption."""
    found = best_of_n(successes, trials, (10 * trials, 100 * trials), level=level, generator=np.random.default_rng(0))
    one = unit.removesuffix("s")
    return Table(
        caption=(
            f"{name}: a forecast from {trials} attempts at each of {len(successes)} {unit}. The two fits are "
            "guesses at what the rarest chances look like; where neither is right they are too low. The last "
            "column holds whatever the chances look like: settle a claim by that, or by more attempts."
            f"{caution}"
        ),
        columns=("Within", f"Every {one} can break", "Some never do", "Either, 95 %", "Whatever the shape, 95 %"),
        rows=tuple(_row(one) for one in found),
    )


def _row(one: AtBest) -> tuple[str, ...]:
    fitted = one.method != "bracket"
    return (
        f"{one.attempts} attempts",
        f"{one.beta_binomial:.0%}".replace("%", " %") if fitted else "too few broke",
        f"{one.zero_inflated:.0%}".replace("%", " %") if fitted else "too few broke",
        _range(one.interval.low, one.interval.high),
        _range(one.bracket.low, one.bracket.high),
    )


def _range(low: float, high: float) -> str:
    return f"{low * 100:.0f}–{high * 100:.0f} %"
