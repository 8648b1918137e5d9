"""What attacks took, and what they would cost at prices that the user brings."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from pydantic import ValidationError

from holdfast.errors import PathUnreadable
from holdfast.evidence import Absent, AttackResult, AttackSpend, Band, Prices


def load_prices(path: Path) -> Prices:
    """Read a price table.

    Raises:
        PathUnreadable: It cannot be read, is no TOML, or lacks a value.
    """
    try:
        return Prices.model_validate(tomllib.loads(path.read_text("utf-8")))
    except ValidationError as problem:
        first = problem.errors()[0]
        why = f"{'.'.join(map(str, first['loc'])) or 'it'}: {first['msg']}"
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
    raise PathUnreadable(
        f"{path} is no price table",
        why=why,
        fix="write it like docs/commands/tamper.md, “What it would cost”, shows",
    )


def spending(
    results: Sequence[AttackResult], walls: Mapping[str, Sequence[float]], prices: Prices | None, *, on_gpu: bool
) -> tuple[AttackSpend, ...]:
    """What each attack took, and would cost.

    Args:
        results: The attacks.
        walls: Seconds of each run, by attack; attacks without any are left out.
        prices: None for no price.
        on_gpu: Whether it ran on one.
    """
    return tuple(
        AttackSpend(
            attack=result.attack,
            run_s=round(median(walls[result.attack]), 1),
            gpu_s=round(median(walls[result.attack]), 1)
            if on_gpu
            else Absent(absent="not applicable", reason="it ran on a CPU"),
            usd=_priced(result, prices),
        )
        for result in results
        if walls.get(result.attack)
    )


def _priced(result: AttackResult, prices: Prices | None) -> Band | Absent:
    flop = result.cost.flop
    if prices is None:
        return Absent(absent="not tested", reason="no price table was given (--prices)")
    return flop if isinstance(flop, Absent) else prices.usd(flop)
