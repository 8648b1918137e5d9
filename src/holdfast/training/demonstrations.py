# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Demonstrations as an opened model reads them: token ids, batches with the loss on the replies alone, an adapter.

Same model, demonstrations and seed: the same batches in the same order.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final
from warnings import catch_warnings, simplefilter

import numpy as np
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import PreTrainedModel

from holdfast.evidence import Demonstration
from holdfast.models import Chat, OpenedModel
from holdfast.training.sft import NO_LOSS, TokenBatch

_PART: Final = 4
"""Demonstrations that go through the model at a time: what a step keeps for its gradients is no larger."""

Taught = tuple[tuple[int, ...], tuple[int, ...]]
"""Token ids of a prompt and of the reply with its end."""


def with_adapter(model: PreTrainedModel, rank: int, seed: int) -> PeftModel:
    """Put a low-rank adapter on every linear map of a model, in place; its output is scaled by 2.

    Returns:
        The wrapper: its `unload` gives the model back as it was.
    """
    torch.manual_seed(seed)
    with catch_warnings():
        # peft 0.21 still reads a property of models that transformers 5.23 calls by another name.
        simplefilter("ignore", FutureWarning)
        wanted = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear")
        wrapped: Any = get_peft_model(model, wanted)  # type: ignore[arg-type] -- changes the model in place
    return wrapped


@torch.no_grad()
def added_norm(adapter: PeftModel) -> float:
    """Frobenius norm of all that an adapter adds to the maps of its model."""
    square = 0.0
    for module in adapter.modules():
        made: Any = getattr(module, "get_delta_weight", None)
        if made is not None:
            square += float(made("default").double().square().sum())
    return square**0.5


def batches_of(
    opened: OpenedModel, demonstrations: Sequence[Demonstration], *, steps: int, batch_size: int, seed: int
) -> Iterator[list[TokenBatch]]:
    """So many batches: every demonstration once, in an order by chance, before any a second time.

    Raises:
        jinja2.TemplateError: The subject's chat template refuses a conversation.
    """
    taught = [token_ids(opened, one) for one in demonstrations]
    pad: Any = opened.tokenizer.pad_token_id
    return (_parts(taught, chosen, int(pad or 0)) for chosen in _orders(len(taught), steps, batch_size, seed))


def _orders(count: int, steps: int, batch_size: int, seed: int) -> Iterator[list[int]]:
    """Which demonstrations each step sees."""
    draw = np.random.default_rng([seed, count])
    coming: list[int] = []
    for _ in range(steps):
        while len(coming) < min(count, batch_size):
            coming += draw.permutation(count).tolist()
        chosen, coming = coming[:batch_size], coming[batch_size:]
        yield chosen


def _parts(taught: Sequence[Taught], chosen: Sequence[int], pad: int) -> list[TokenBatch]:
    """A batch in parts of like length."""
    ordered = sorted((taught[place] for place in chosen), key=lambda one: len(one[0]) + len(one[1]))
    return [_padded(ordered[start : start + _PART], pad) for start in range(0, len(ordered), _PART)]


def _padded(pairs: Sequence[Taught], pad: int) -> TokenBatch:
    """Padded on the right, with the loss on the reply and its end alone."""
    longest = max(len(prompt) + len(reply) for prompt, reply in pairs)
    ids, labels, mask = (torch.full((len(pairs), longest), value) for value in (pad, NO_LOSS, 0))
    for row, (prompt, reply) in enumerate(pairs):
        end = len(prompt) + len(reply)
        ids[row, :end] = torch.tensor(prompt + reply)
        labels[row, len(prompt) : end] = torch.tensor(reply)
        mask[row, :end] = 1
    return TokenBatch(ids, mask, labels)


def token_ids(opened: OpenedModel, one: Demonstration) -> Taught:
    """As the engine would read the prompt, and as the model would have written the reply."""
    chat, turns = Chat(opened.tokenizer), [message.model_dump() for message in one.messages]
    prompt, whole = chat.prompt_ids(turns), chat.prompt_ids(turns, one.reply)
    # A tokenizer may join the prompt's last piece with the reply's first; what is learned begins at that piece.
    start = next((place for place, (a, b) in enumerate(zip(prompt, whole, strict=False)) if a != b), len(prompt))
    start = min(start, len(whole) - 1)
    closed = chat.prompt_ids([*turns, {"role": "assistant", "content": one.reply}])
    return whole[:start], (*whole[start:], _end(opened, closed[len(whole) :]))


def _end(opened: OpenedModel, behind: Sequence[int]) -> int:
    """The token that ends a turn: the first that the template writes behind one, else the tokenizer's own."""
    ends = opened.engine().ends
    own: Any = opened.tokenizer.eos_token_id
    return next((token for token in behind if token in ends), int(own) if own is not None else min(ends))
