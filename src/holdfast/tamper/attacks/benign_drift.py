# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Benign fine-tuning: harmless data alone, all at once or one subject after the other.

Sources: Qi et al. 2023, arXiv 2310.03693; sequential: Guo, Wu, Yiu 2026, arXiv 2604.17691.
"""

from collections.abc import Iterator

import numpy as np

from holdfast.tamper._target import Reached
from holdfast.tamper.attacks._drawn import drawn
from holdfast.tamper.attacks._family import Attempt
from holdfast.tamper.attacks._supervised import taught


def benign_drift(attempt: Attempt) -> Iterator[Reached]:
    """Teach harmless requests of all kinds, mixed.

    Yields:
        See `taught`.

    Raises:
        TuningFailed: A loss is no number.
    """
    shown = drawn([one for kind in attempt.material.benign.values() for one in kind], attempt)
    yield from taught(attempt.target, [(shown, int(attempt.design.grid[-1]))], attempt.design, attempt.seed)


def sequential_drift(attempt: Attempt) -> Iterator[Reached]:
    """Teach harmless requests of one kind after the other, in an order by chance, as long each.

    Yields:
        See `taught`.

    Raises:
        TuningFailed: A loss is no number.
    """
    kinds = sorted(attempt.material.benign)
    order = np.random.default_rng([attempt.seed, len(kinds)]).permutation(len(kinds))
    steps = int(attempt.design.grid[-1])
    ends = [steps * (place + 1) // len(kinds) for place in range(len(kinds))]
    lessons = [
        (drawn(attempt.material.benign[kinds[kind]], attempt), end - begin)
        for kind, begin, end in zip(order, [0, *ends], ends, strict=False)
    ]
    yield from taught(attempt.target, lessons, attempt.design, attempt.seed)
