# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Reading prompts: one forward pass over what of them was not computed before.

Known beginnings end in one column, what is new begins in the next and is padded on the right, so that every row is
without a gap and distances between tokens are true.

Axes: n rows, P columns of known beginnings, S columns of new tokens, V words of the vocabulary.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from transformers import PreTrainedModel

from holdfast.models._prefixes import Prefix, PrefixStore
from holdfast.models._slots import SlotCache
from holdfast.models._steering import Steering, steered

_MOST_TOKENS = 16_384
"""New tokens, padding included, in one forward pass: bounds the memory of activations."""
_MOST_LOGITS = 1 << 26
"""Numbers in one pass's logits."""
_ATTENTION = [SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]


@dataclass(frozen=True, slots=True)
class Read:
    """Prompts that were read together."""

    places: tuple[int, ...]
    """Which of the given prompts the rows are."""
    cache: SlotCache
    ends: Tensor
    """(n,) one past the last column of each row, on the CPU."""
    known: tuple[int, ...]
    """Tokens of each row that were computed before."""
    logits: Tensor
    """(n, K, V) behind the last K tokens of each row."""
    hidden: tuple[Tensor, ...]
    """The residual stream (n, S, width) by model layer, or nothing."""


def read(
    model: PreTrainedModel,
    prompts: Sequence[tuple[int, ...]],
    store: PrefixStore,
    pad: int,
    *,
    last: int = 1,
    with_hidden: bool = False,
    steering: Steering | None = None,
) -> Iterator[Read]:
    """Read prompts, in groups of about the same length.

    Args:
        model: In evaluation mode.
        prompts: At least one token each.
        store: Beginnings that were computed before.
        pad: What stands where a row has no token.
        last: How many tokens at the end of each prompt logits are wanted behind; fewer tokens are taken as known then.
        with_hidden: Whether the residual stream is wanted.
        steering: What is added to the residual stream. A prompt ends where logits are first wanted; the store must hold
            nothing that was computed otherwise.

    Yields:
        Each group as soon as it is read.
    """
    found = [_known(prompt, store, last) for prompt in prompts]
    new = [len(prompt) - used for prompt, (_, used) in zip(prompts, found, strict=True)]
    vocabulary = int(model.config.get_text_config(decoder=True).vocab_size)
    for group in _groups(new, max(1, _MOST_LOGITS // (vocabulary * last))):
        own = [prompts[g] for g in group]
        yield _read_group(model, group, own, [found[g] for g in group], pad, last, with_hidden, steering)


def _known(prompt: tuple[int, ...], store: PrefixStore, last: int) -> tuple[Prefix | None, int]:
    hit = store.find(prompt[: len(prompt) - last + 1])
    return hit if hit else (None, 0)


def _groups(new: Sequence[int], most_rows: int) -> Iterator[list[int]]:
    """Rows in order of length, cut where padding or memory would grow too large."""
    group: list[int] = []
    for place in sorted(range(len(new)), key=lambda place: -new[place]):
        full = len(group) >= most_rows or (len(group) + 1) * new[group[0]] > _MOST_TOKENS if group else False
        if full or (group and 2 * new[place] + 32 < new[group[0]]):
            yield group
            group = []
        group.append(place)
    if group:
        yield group


def _read_group(
    model: PreTrainedModel,
    places: list[int],
    prompts: list[tuple[int, ...]],
    found: list[tuple[Prefix | None, int]],
    pad: int,
    last: int,
    with_hidden: bool,
    steering: Steering | None,
) -> Read:
    known = [used for _, used in found]
    fresh = [prompt[used:] for prompt, used in zip(prompts, known, strict=True)]
    cache, before = SlotCache(model), max(known)
    if before:
        filled = next(prefix for prefix, _ in found if prefix)
        cache.begin([(prefix or filled).held for prefix, _ in found], known)
    width = max(len(tokens) for tokens in fresh)
    ids = torch.tensor([[*tokens, *[pad] * (width - len(tokens))] for tokens in fresh])  # (n, S)
    lengths = torch.tensor([len(tokens) for tokens in fresh])
    started = torch.tensor(known)
    columns = torch.arange(before + width)
    mask = (columns >= before - started[:, None]) & (columns < before + lengths[:, None])  # (n, P + S)
    positions = started[:, None] + torch.minimum(torch.arange(width), lengths[:, None] - 1)
    wanted = (lengths[:, None] - last + torch.arange(last)).clamp(min=0)  # (n, K)
    device = model.device
    with _logits_at(model, wanted), shapes_that_change(device), steered(model, steering, width, wanted[:, 0]):
        out: Any = model(
            input_ids=ids.to(device),
            attention_mask=mask.to(device),
            position_ids=positions.to(device),
            past_key_values=cache,
            use_cache=True,
            output_hidden_states=with_hidden,
        )
    hidden = out.hidden_states if with_hidden else ()
    return Read(tuple(places), cache, before + lengths, tuple(known), out.logits, hidden)


@contextmanager
def _logits_at(model: PreTrainedModel, wanted: Tensor) -> Generator[None]:
    """Compute logits at these columns of each row alone, (n, K): a whole prompt's would fill the memory.

    Not by `logits_to_keep`: transformers 5.23 takes columns of each row's own there, and 5.17 does not.
    """

    def keep(_: object, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        hidden = given[0]  # (n, S, width)
        return (torch.take_along_dim(hidden, wanted.to(hidden.device)[..., None], dim=1),)

    head: Any = model.get_output_embeddings()
    hook = head.register_forward_pre_hook(keep)
    try:
        yield
    finally:
        hook.remove()


def shapes_that_change(device: torch.device) -> AbstractContextManager[Any]:
    """Attention without cuDNN on CUDA: it plans anew for every shape, and here nearly every step has a new one.

    Source: pytorch/pytorch#155958, which keeps plans of other lengths where asked to.
    """
    return sdpa_kernel(_ATTENTION) if device.type == "cuda" else nullcontext()
