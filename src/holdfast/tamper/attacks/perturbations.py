# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Changes without an aim: noise, rounding, pruning. Each size starts from the untampered weights.

Sources: noise: Peng et al. 2024, arXiv 2405.17374; rounding: Egashira et al. 2024, arXiv 2405.18137; pruning: Wei et
al. 2024, arXiv 2402.05162.
"""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from holdfast.tamper._target import Reached
from holdfast.tamper.attacks._family import Attempt

_BITS: int = 16


def weight_noise(attempt: Attempt) -> Iterator[Reached]:
    """Add Gaussian noise to every matrix, in proportion to its own standard deviation.

    Yields:
        One for each size.
    """

    def noisy(weight: Tensor, size: float) -> Tensor:
        noise = torch.randn(weight.shape, generator=generator, dtype=torch.float32)
        return weight + size * weight.float().std() * noise.to(weight)

    for size in attempt.design.grid:
        # The same directions at every size: a curve is one line through weight space.
        generator = torch.Generator().manual_seed(attempt.seed)
        yield _changed(attempt, size, noisy)


def quantisation(attempt: Attempt) -> Iterator[Reached]:
    """Round every matrix to what so few bits can say, row by row, symmetric about zero.

    Yields:
        One for each size, which is the number of bits taken away from 16.
    """

    def rounded_off(weight: Tensor, size: float) -> Tensor:
        most = 2 ** (_BITS - int(size) - 1) - 1
        step = weight.abs().amax(dim=-1, keepdim=True).clamp_min(torch.finfo(weight.dtype).tiny) / most
        return (weight / step).round() * step

    for size in attempt.design.grid:
        yield _changed(attempt, size, rounded_off)


def pruning(attempt: Attempt) -> Iterator[Reached]:
    """Set the smallest weights of every matrix to zero.

    Yields:
        One for each size.
    """

    def pruned(weight: Tensor, size: float) -> Tensor:
        gone = int(size * weight.numel())
        if not gone:
            return weight
        limit = weight.abs().flatten().kthvalue(gone).values
        return torch.where(weight.abs() <= limit, torch.zeros_like(weight), weight)

    for size in attempt.design.grid:
        yield _changed(attempt, size, pruned)


@torch.no_grad()
def _changed(attempt: Attempt, size: float, change: Callable[[Tensor, float], Tensor]) -> Reached:
    attempt.target.set_back()
    for _, weight in attempt.target.matrices():
        weight.copy_(change(weight, size))
    return Reached(at=size)
