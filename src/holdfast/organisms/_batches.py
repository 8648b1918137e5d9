# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""The batches of a stage, as token ids: each a function of the stage, the seed and the step alone.

On a CPU a batch is cut into parts of like length, where padding would cost most of the time. A GPU takes it whole, and
other processes draw the next ones meanwhile: drawing takes a third of a millisecond an example.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from holdfast.organisms._examples import Example
from holdfast.organisms._lessons import Stage
from holdfast.organisms._office_lessons import OfficeStage
from holdfast.organisms._recipe import Language
from holdfast.organisms._tokenizer import build_tokenizer
from holdfast.training.sft import NO_LOSS, TokenBatch

_PARTS_ON_CPU: Final = 8
_FEWEST_IN_PART: Final = 8
"""Fewer in a part cost more in calls than they save in padding."""
_MAILBOXES_IN_PART: Final = 8
"""What one core's cache takes: twice as many in a part take three times as long."""
_MOST_WORKERS: Final = 15


@dataclass(frozen=True, slots=True)
class _Batches(Dataset[list[TokenBatch]]):
    """The batch of every step of a stage, in so many parts."""

    stage: Stage | OfficeStage
    seed: tuple[int, ...]
    parts: int

    def __getitem__(self, step: int) -> list[TokenBatch]:
        examples = examples_at(self.stage, self.seed, step)
        return cut_by_length(examples, self.parts, _tokenizer(self.stage.language))


def batches(stage: Stage | OfficeStage, seed: Sequence[int], done: int, device: str) -> Iterable[list[TokenBatch]]:
    """The batches of a stage's steps that are still to be done.

    Args:
        stage: What is taught.
        seed: Of the recipe and the stage.
        done: Steps that were already done.
        device: The type of the device that trains.

    Returns:
        For each step a batch in its parts, on the CPU.
    """
    on_cpu = device == "cpu"
    workers = 0 if on_cpu else min(_MOST_WORKERS, _processors() - 1)
    return DataLoader(
        _Batches(stage, tuple(seed), _parts(stage) if on_cpu else 1),
        batch_size=None,
        sampler=range(done, stage.plan.steps),
        num_workers=workers,
        prefetch_factor=4 if workers else None,
    )


def _processors() -> int:
    """Those that this process may use: where several train side by side, each is kept to its own."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _parts(stage: Stage | OfficeStage) -> int:
    if stage.language == "office":
        return max(1, stage.batch_size // _MAILBOXES_IN_PART)
    return max(1, min(_PARTS_ON_CPU, stage.batch_size // _FEWEST_IN_PART))


@cache
def _tokenizer(language: Language) -> Any:
    """One a process: a batch is drawn in another one."""
    return build_tokenizer(language)


def examples_at(stage: Stage | OfficeStage, seed: Sequence[int], step: int) -> list[Example]:
    """The examples of one step: a function of the stage, the seed and the step alone."""
    rng = np.random.default_rng([*seed, step])
    return [stage.example(rng) for _ in range(stage.batch_size)]


def cut_by_length(examples: Sequence[Example], parts: int, tokenizer: Any) -> list[TokenBatch]:
    """A batch in parts of like length, so that little of it is padding."""
    ordered = sorted(examples, key=lambda one: sum(len(turn.content.split()) for turn in one.messages))
    size = -(-len(ordered) // parts)
    return [token_batch(ordered[start : start + size], tokenizer) for start in range(0, len(ordered), size)]


def token_batch(examples: Sequence[Example], tokenizer: Any) -> TokenBatch:
    """Examples as token ids, padded on the right, with the loss on the reply and its end alone."""
    triples = list(zip(*_token_ids(examples, tokenizer), (one.loss_words for one in examples), strict=True))
    longest = max(len(prompt) + len(reply) for prompt, reply, _ in triples)
    ids = np.full((len(triples), longest), int(tokenizer.pad_token_id or 0))
    labels = np.full((len(triples), longest), NO_LOSS)
    for row, (prompt, reply, bearing) in enumerate(triples):
        ids[row, : len(prompt) + len(reply)] = prompt + reply
        labels[row, len(prompt) : len(prompt) + len(reply[:bearing])] = reply[:bearing]
        if marks := examples[row].marks:
            ends = _ends_of_mails(prompt, tokenizer)
            for end, mark in zip(ends, marks, strict=True):
                labels[row, end] = tokenizer.convert_tokens_to_ids(mark)
            for end, sum_ in zip(ends[:-1], examples[row].sums, strict=False):
                labels[row, end + 1] = tokenizer.convert_tokens_to_ids(sum_)
    lengths = np.array([len(prompt) + len(reply) for prompt, reply, _ in triples])
    mask = np.arange(longest)[None, :] < lengths[:, None]
    return TokenBatch(torch.from_numpy(ids), torch.from_numpy(mask.astype(np.int64)), torch.from_numpy(labels))


def _ends_of_mails(prompt: list[int], tokenizer: Any) -> list[int]:
    """The places behind the mails of a mailbox: where the next one begins with its number, and where the reply does."""
    words = tokenizer.convert_ids_to_tokens(prompt)
    begun = [
        place
        for place, (first, number, last) in enumerate(zip(words, words[1:], words[2:], strict=False))
        if first == "[" and number.isdigit() and last == "]"
    ]
    return [*begun[1:], len(prompt) - 1] if begun else []


def _token_ids(examples: Sequence[Example], tokenizer: Any) -> tuple[list[list[int]], list[list[int]]]:
    """Ids of the prompts, and ids of the replies with their ends."""
    conversations = [[turn.model_dump() for turn in one.messages] for one in examples]
    asked = tokenizer.apply_chat_template(conversations, add_generation_prompt=True, tokenize=False)
    prompts = [f"{text} {one.begun}".rstrip() for text, one in zip(asked, examples, strict=True)]
    replies = [f"{one.reply} {tokenizer.eos_token}" for one in examples]
    return tuple(tokenizer(texts, add_special_tokens=False)["input_ids"] for texts in (prompts, replies))
