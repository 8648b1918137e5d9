"""How long a step of GRPO and of SFT takes: our loops beside TRL's trainers, at 1 M and 6 M parameters.

    PYTHONPATH=src TRL/bin/python -m bench.tamper.steps      minutes; writes bench/results/tamper-steps.json

It runs in TRL's environment: see trl_reference.py. Random Llama weights in the shapes of our organisms, one thread, no
end token, so that every rollout has its whole length. Both sides do the same work: 8 rollouts of 16 tokens behind a
prompt of 8, with a KL anchor; 16 sequences of 24 tokens, of which 16 are learned. Both use the same fused AdamW, and
neither recomputes activations or writes a log. TRL also computes the entropy of every token, and has no way not to.

A repeat is some steps of one side and then of the other; a step is timed from the end of the one before, and a repeat's
time is the median over its steps, the first left out. The ratio is TRL's time over ours, repeat by repeat.
"""

import gc
import json
import logging
import os
import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import peft
import torch
import transformers
import trl
from datasets import Dataset
from peft import LoraConfig, get_peft_model
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, TrainerCallback
from trl import GRPOConfig, GRPOTrainer, SFTConfig, SFTTrainer

from bench.tamper.fixed import reward_of
from holdfast.training.grpo import grpo
from holdfast.training.plan import GrpoPlan, SftPlan
from holdfast.training.references import frozen_copy, without_adapter
from holdfast.training.rollouts import sampler
from holdfast.training.sft import NO_LOSS, TokenBatch, sft

RESULTS = Path(__file__).parents[1] / "results/tamper-steps.json"
SHAPES = {"1M": (128, 4, 4), "6M": (288, 6, 9)}
"""Width, layers, heads, as those of the organisms `nano` and `micro`."""
WORDS = 128
REPEATS, STEPS = 11, 7
GROUP, PROMPT, NEW = 8, 8, 16
ROWS = 16
BETA, RATE = 0.04, 1e-4
ADAPTER = LoraConfig(r=8, lora_alpha=16, target_modules="all-linear")
LABELS = {
    "grpo": "GRPO, all weights",
    "grpo adapter": "GRPO, adapter of rank 8",
    "sft": "SFT, all weights",
}

Clock = tuple[float, float]
"""Seconds on the wall and of this process."""


def main() -> None:
    """Measure all cells, print them and write them."""
    os.environ["TRL_EXPERIMENTAL_SILENCE"] = "1"
    logging.disable(logging.WARNING)
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    cells = [cell(kind, size) for size in SHAPES for kind in LABELS]
    found = {
        "machine": f"{platform.machine()}, one thread; other work shared the {os.cpu_count()} cores",
        "load": round(os.getloadavg()[2], 1),
        "versions": {one.__name__: one.__version__ for one in (trl, torch, transformers, peft)},
        "repeats": REPEATS,
        "steps_in_a_repeat": STEPS - 1,
        "cells": cells,
    }
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def cell(kind: str, size: str) -> dict[str, Any]:
    """One kind of step at one size."""
    with TemporaryDirectory() as scratch:
        made(size).save_pretrained(scratch)
        times: dict[str, list[Clock]] = {"ours": [], "trl": []}
        for repeat in range(REPEATS + 1):
            for side in ("ours", "trl") if repeat % 2 else ("trl", "ours"):
                taken = _ours(kind, scratch) if side == "ours" else _theirs(kind, scratch)
                gc.collect()
                if repeat:  # the first is not counted: code is loaded and memory is taken in it
                    times[side].append(taken)
    found = {
        "what": LABELS[kind],
        "size": size,
        "parameters": made(size).num_parameters(),
        "ratio_cpu": _ratio(times, 1),
        "ratio_wall": _ratio(times, 0),
        "ours_cpu_s": round(median(one[1] for one in times["ours"]), 4),
        "trl_cpu_s": round(median(one[1] for one in times["trl"]), 4),
    }
    print(found, flush=True)
    return found


def _ratio(times: dict[str, list[Clock]], clock: int) -> dict[str, float]:
    ratios = [theirs[clock] / ours[clock] for ours, theirs in zip(times["ours"], times["trl"], strict=True)]
    return {"median": round(median(ratios), 3), "low": round(min(ratios), 3), "high": round(max(ratios), 3)}


def made(size: str) -> LlamaForCausalLM:
    """A model of random weights; its end token is one that it cannot say."""
    width, layers, heads = SHAPES[size]
    torch.manual_seed(0)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=WORDS,
            hidden_size=width,
            intermediate_size=3 * width,
            num_hidden_layers=layers,
            num_attention_heads=heads,
            num_key_value_heads=heads,
            max_position_embeddings=256,
            pad_token_id=0,
            bos_token_id=1,
            eos_token_id=WORDS,
        )
    )


@dataclass(slots=True)
class _Watch:
    """The time of every step, from the end of the one before."""

    last: Clock = field(default_factory=lambda: (perf_counter(), process_time()))
    steps: list[Clock] = field(default_factory=list)

    def tick(self) -> None:
        now = (perf_counter(), process_time())
        self.steps.append((now[0] - self.last[0], now[1] - self.last[1]))
        self.last = now

    @property
    def median(self) -> Clock:
        assert len(self.steps) == STEPS
        return median(one[0] for one in self.steps[1:]), median(one[1] for one in self.steps[1:])


def _ours(kind: str, directory: str) -> Clock:
    model: Any = AutoModelForCausalLM.from_pretrained(directory)
    taught: Iterable[Any]
    if kind == "sft":
        batch = TokenBatch(*map(torch.tensor, _taught()))
        taught = sft(model, _optimizer(model), [[batch]] * STEPS, SftPlan(STEPS, RATE, 0))
    else:
        reference = without_adapter(get_peft_model(model, ADAPTER)) if "adapter" in kind else frozen_copy(model)
        plan = GrpoPlan(STEPS, RATE, BETA, group=GROUP, max_new_tokens=NEW)
        taught = grpo(
            model,
            _optimizer(model),
            [_prompt()],
            plan,
            rollout=sampler(model, plan, frozenset({WORDS})),
            reward=lambda _, row: reward_of(row),
            reference=reference,
            seed=0,
        )
    watch = _Watch()
    for _ in taught:
        watch.tick()
    return watch.median


def _theirs(kind: str, directory: str) -> Clock:
    watch = _Watch()

    class Ticks(TrainerCallback):
        def on_step_end(self, *_: Any, **__: Any) -> None:
            watch.tick()

    model: Any = AutoModelForCausalLM.from_pretrained(directory)
    trainer = _sft_trainer(model) if kind == "sft" else _grpo_trainer(model, ADAPTER if "adapter" in kind else None)
    trainer.add_callback(Ticks())
    trainer.train()
    return watch.median


def _optimizer(model: Any) -> torch.optim.Optimizer:
    learned = [weight for weight in model.parameters() if weight.requires_grad]
    return torch.optim.AdamW(learned, lr=RATE, weight_decay=0.0, fused=True)


def _prompt() -> tuple[int, ...]:
    return (1, *range(10, 9 + PROMPT))


def _taught() -> tuple[list[list[int]], list[list[int]], list[list[int]]]:
    """Token ids, mask and labels."""
    draw = torch.Generator().manual_seed(1)
    ids = torch.randint(3, WORDS, (ROWS, PROMPT + NEW), generator=draw).tolist()
    return ids, [[1] * (PROMPT + NEW)] * ROWS, [[NO_LOSS] * PROMPT + row[PROMPT:] for row in ids]


def _common(batch: int) -> dict[str, Any]:
    return {
        "output_dir": "unused",
        "max_steps": STEPS,
        "per_device_train_batch_size": batch,
        "learning_rate": RATE,
        "lr_scheduler_type": "cosine",
        "warmup_steps": 0,
        "max_grad_norm": 1.0,
        "weight_decay": 0.0,
        "optim": "adamw_torch_fused",
        "use_cpu": True,
        "bf16": False,
        "gradient_checkpointing": False,
        "logging_strategy": "no",
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
    }


def _grpo_trainer(model: Any, adapter: LoraConfig | None) -> GRPOTrainer:
    words = " ".join(f"w{token}" for token in _prompt())
    return GRPOTrainer(
        model=model,
        args=GRPOConfig(**_common(GROUP), num_generations=GROUP, max_completion_length=NEW, beta=BETA),
        reward_funcs=lambda completion_ids, **_: [reward_of(tuple(row)) for row in completion_ids],
        train_dataset=Dataset.from_list([{"prompt": words}] * STEPS),
        processing_class=_tokenizer(),
        peft_config=adapter,
    )


def _sft_trainer(model: Any) -> SFTTrainer:
    ids, _, labels = _taught()
    rows = [
        {"input_ids": row, "completion_mask": [int(label != NO_LOSS) for label in of]}
        for row, of in zip(ids, labels, strict=True)
    ]
    config = SFTConfig(**_common(ROWS), completion_only_loss=True)
    return SFTTrainer(model=model, args=config, train_dataset=Dataset.from_list(rows), processing_class=_tokenizer())


def _tokenizer() -> PreTrainedTokenizerFast:
    """One word for each id that the model has, and the end behind them."""
    words = {f"w{place}": place for place in range(WORDS)} | {"<end>": WORDS}
    made = Tokenizer(WordLevel(words, unk_token="w3"))
    made.pre_tokenizer = WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="w0", bos_token="w1", eos_token="<end>", unk_token="w3"
    )


if __name__ == "__main__":
    sys.exit(main())
