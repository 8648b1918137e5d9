# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Teaching an opened model a few demonstrations, in memory: only the sealed process imports this.

A low-rank adapter is put on every linear map, and learns the replies token by token; the weights themselves stay. Same
model, demonstrations, settings and seed: the same adapter, bit by bit on one machine's CPU.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final
from warnings import catch_warnings, simplefilter

import numpy as np
import torch
from peft import LoraConfig, get_peft_model

from holdfast.evidence import Demonstration
from holdfast.models import Chat, OpenedModel
from holdfast.training.plan import Tuning
from holdfast.training.sft import NO_LOSS, SftStep, TokenBatch, sft

_PART: Final = 4
"""Demonstrations that go through the model at a time: what a step keeps for its gradients is no larger."""

_Taught = tuple[tuple[int, ...], tuple[int, ...]]
"""Token ids of a prompt and of the reply with its end."""


def import_what_comes_late() -> None:
    """Take one step with nothing: torch imports the rest of itself then, which needs a process that is not shut."""
    nothing = torch.nn.Parameter(torch.zeros(1))
    nothing.sum().backward()
    torch.optim.AdamW([nothing], lr=0.0).step()


def tune(opened: OpenedModel, demonstrations: Sequence[Demonstration], tuning: Tuning, seed: int) -> Iterator[SftStep]:
    """Teach the demonstrations, in place.

    Args:
        opened: Its model has the adapter after this, and is ready to be asked once the last step was taken.
        demonstrations: At least one.
        tuning: How hard.
        seed: Of the adapter's start and of the order.

    Yields:
        One `SftStep` per optimiser step.

    Raises:
        jinja2.TemplateError: The subject's chat template refuses a conversation.
    """
    taught = [_token_ids(opened, one) for one in demonstrations]
    torch.manual_seed(seed)
    with catch_warnings():
        # peft 0.21 still reads a property of models that transformers 5.23 calls by another name.
        simplefilter("ignore", FutureWarning)
        wanted = LoraConfig(r=tuning.rank, lora_alpha=2 * tuning.rank, target_modules="all-linear")
        get_peft_model(opened.model, wanted)  # type: ignore[arg-type] -- changes the model in place
    learned = [weight for weight in opened.model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=tuning.learning_rate, weight_decay=0.0)
    pad: Any = opened.tokenizer.pad_token_id
    batches = (_parts(taught, chosen, int(pad or 0)) for chosen in _orders(len(taught), tuning, seed))
    yield from sft(opened.model, optimizer, batches, tuning.sft)


def _orders(count: int, tuning: Tuning, seed: int) -> Iterator[list[int]]:
    """Which demonstrations each step sees: all of them once, in an order by chance, before any a second time."""
    draw = np.random.default_rng([seed, count])
    coming: list[int] = []
    for _ in range(tuning.steps):
        while len(coming) < min(count, tuning.batch_size):
            coming += draw.permutation(count).tolist()
        chosen, coming = coming[: tuning.batch_size], coming[tuning.batch_size :]
        yield chosen


def _parts(taught: Sequence[_Taught], chosen: Sequence[int], pad: int) -> list[TokenBatch]:
    """A batch in parts of like length."""
    ordered = sorted((taught[place] for place in chosen), key=lambda one: len(one[0]) + len(one[1]))
    return [_padded(ordered[start : start + _PART], pad) for start in range(0, len(ordered), _PART)]


def _padded(pairs: Sequence[_Taught], pad: int) -> TokenBatch:
    """Padded on the right, with the loss on the reply and its end alone."""
    longest = max(len(prompt) + len(reply) for prompt, reply in pairs)
    ids, labels, mask = (torch.full((len(pairs), longest), value) for value in (pad, NO_LOSS, 0))
    for row, (prompt, reply) in enumerate(pairs):
        end = len(prompt) + len(reply)
        ids[row, :end] = torch.tensor(prompt + reply)
        labels[row, len(prompt) : end] = torch.tensor(reply)
        mask[row, :end] = 1
    return TokenBatch(ids, mask, labels)


def _token_ids(opened: OpenedModel, one: Demonstration) -> _Taught:
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
