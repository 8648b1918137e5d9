# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Harmful fine-tuning: of all weights, of an adapter, on ten examples, on a whole domain.

Sources: Qi et al. 2023, arXiv 2310.03693; Lermen et al. 2023, arXiv 2310.20624; relearning: Hu et al. 2024, arXiv
2406.13356. They differ in data and setting alone, which the design holds.
"""

from collections.abc import Iterator

from holdfast.tamper._target import Reached
from holdfast.tamper.attacks._drawn import drawn
from holdfast.tamper.attacks._family import Attempt
from holdfast.tamper.attacks._supervised import taught


def harmful_sft(attempt: Attempt) -> Iterator[Reached]:
    """Teach restricted requests with replies that fulfil them.

    Yields:
        See `taught`.

    Raises:
        TuningFailed: A loss is no number.
    """
    shown = drawn(attempt.material.harmful, attempt)
    yield from taught(attempt.target, [(shown, int(attempt.design.grid[-1]))], attempt.design, attempt.seed)
