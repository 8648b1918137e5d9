# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""The residual stream behind prompts: read in one forward pass, and made small enough for a record."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedModel

from holdfast.evidence import Absent, State
from holdfast.models._layers import watched
from holdfast.models._prefill import read
from holdfast.models._prefixes import PrefixStore
from holdfast.models._steering import Steering

WIDEST: Final = 256
"""Numbers a layer that a record keeps; wider states are projected to as many."""
_DEPTHS: Final = 4


def states_behind(
    model: PreTrainedModel,
    prompts: Sequence[tuple[int, ...]],
    store: PrefixStore,
    pad: int,
    model_layers: Sequence[int],
    steering: Steering | None = None,
) -> Tensor:
    """What left these decoder layers at the last token of each prompt.

    Args:
        model: In evaluation mode.
        prompts: At least one token each.
        store: Beginnings that were computed before.
        pad: What stands where a row has no token.
        model_layers: 1 is the first decoder layer.
        steering: What is added to the residual stream.

    Returns:
        (prompts, model layers, width), float32, on the CPU. Order and company of the prompts change nothing but the
        last bits of rounding.

    Raises:
        UnreadableModel: The model does not keep its decoder layers in one list.
    """
    found: dict[int, Tensor] = {}
    with watched(model, model_layers) as seen:
        for group in read(model, prompts, store, pad, steering=steering):
            # The new tokens are the last columns of the cache, and the first ones of the stream.
            new = group.cache.length - seen[model_layers[0]].shape[1]
            streams = [_last(seen[k], group.ends - new - 1) for k in model_layers]
            found |= dict(zip(group.places, torch.stack(streams, dim=1), strict=True))
    return torch.stack([found[place] for place in range(len(prompts))])


def _last(stream: Tensor, columns: Tensor) -> Tensor:
    """(n, width) of a stream (n, S, width), on the CPU; columns (n,)."""
    rows = torch.arange(len(columns), device=stream.device)
    return stream[rows, columns.to(stream.device)].float().cpu()


def depths(layers: int) -> tuple[int, ...]:
    """The decoder layers at a quarter, a half, three quarters and the end of a model; fewer where these coincide."""
    return tuple(sorted({-(-layers * part // _DEPTHS) for part in range(1, _DEPTHS + 1)}))


def packed(states: Tensor, model_layers: tuple[int, ...]) -> list[State | Absent | None]:
    """States as a record keeps them, in half precision, and projected where they are wider than 256 numbers.

    A random projection keeps the distances between n states to a relative error of about √(8 ln n / 256) at worst,
    whatever the states are. What all of them have in common drops out of distances but not out of rounding: half
    precision has eleven bits.

    Args:
        states: (prompts, model layers, width), on the CPU.
        model_layers: Which they are.

    Returns:
        One for each prompt: the state, why it does not fit into half precision, or None where it is not finite.

    Source: Johnson and Lindenstrauss (1984), Contemp. Math. 26:189; with signs in place of Gaussian numbers: Achlioptas
    (2003), J. Comput. Syst. Sci. 66:671.
    """
    width = states.shape[2]
    signs = projection(width) if width > WIDEST else None
    return [_packed(one if signs is None else one @ signs, model_layers) for one in states.numpy()]


def _packed(state: np.ndarray, model_layers: tuple[int, ...]) -> State | Absent | None:
    if not np.isfinite(state).all():
        return None
    if (largest := float(np.abs(state).max())) > float(np.finfo(np.float16).max):
        return Absent(absent="undetermined", reason=f"numbers as large as {largest:.0f} do not fit into half precision")
    halves = b64encode(state.astype("<f2").tobytes()).decode("ascii")
    return State(layers=model_layers, width=state.shape[1], halves=halves)


def projection(width: int) -> np.ndarray:
    """The fixed projection of states of this width: (width, 256), signs over √256, a function of the width alone."""
    # Raw words of a counter-based generator: numpy keeps its streams, but not what `integers` makes of them.
    words = np.random.Philox(key=width).random_raw(width * WIDEST // 64).astype("<u8")
    bits = np.unpackbits(words.view(np.uint8)).reshape(width, WIDEST)
    return (1 - 2 * bits.astype(np.float32)) / np.float32(WIDEST**0.5)
