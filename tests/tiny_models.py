"""Tiny models with random weights, one of each kind that the engine must run as `generate` does."""

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from transformers import (
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    GptOssConfig,
    GptOssForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    MixtralConfig,
    MixtralForCausalLM,
    PreTrainedModel,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from holdfast.models import Engine

VOCABULARY = 96
END = 2
PAD = 0

_COMMON: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 512,
    "pad_token_id": PAD,
    "bos_token_id": 1,
    "eos_token_id": END,
    # Large enough that greedy choices are not near ties.
    "initializer_range": 0.4,
}
# Windows shorter than the sequences of the tests, so that sliding is really tried.
_KINDS: dict[str, Callable[[], PreTrainedModel]] = {
    "llama": lambda: LlamaForCausalLM(LlamaConfig(**_COMMON)),
    "qwen3": lambda: Qwen3ForCausalLM(Qwen3Config(**_COMMON)),
    "gemma3": lambda: Gemma3ForCausalLM(Gemma3TextConfig(**_COMMON, sliding_window=8, query_pre_attn_scalar=8)),
    "mixtral": lambda: MixtralForCausalLM(MixtralConfig(**_COMMON, num_local_experts=4, sliding_window=8)),
    "gpt-oss": lambda: GptOssForCausalLM(
        GptOssConfig(**_COMMON, num_local_experts=4, num_experts_per_tok=2, sliding_window=8)
    ),
}
KINDS = tuple(_KINDS)


@cache
def tiny(kind: str) -> PreTrainedModel:
    torch.manual_seed(7)
    model = _KINDS[kind]().eval()
    model.generation_config.eos_token_id = END
    model.generation_config.pad_token_id = PAD
    return model


def engine(kind: str, slots: int = 4) -> Engine:
    return Engine(tiny(kind), ends=frozenset({END}), pad=PAD, slots=slots)


def prompts(count: int, seed: int = 0, longest: int = 24) -> list[tuple[int, ...]]:
    """Prompts of very different lengths, without special tokens but the first."""
    draw = torch.Generator().manual_seed(seed)
    lengths = torch.randint(1, longest, (count,), generator=draw).tolist()
    return [(1, *torch.randint(3, VOCABULARY, (n,), generator=draw).tolist()) for n in lengths]


@torch.inference_mode()
def by_generate(kind: str, prompt: tuple[int, ...], new: int) -> tuple[list[int], list[float]]:
    """Greedy tokens of raw `generate`, and the log-probability of each from one plain forward pass."""
    model = tiny(kind)
    ids = torch.tensor([prompt])
    # With the mask: `generate` would guess that a generated padding token is padding.
    whole: Any = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=new, do_sample=False)  # type: ignore[operator]
    start = len(prompt)
    tokens = whole[0, start:]
    nats = model(whole).logits.log_softmax(-1)[0, start - 1 : -1]
    return tokens.tolist(), nats.gather(-1, tokens[:, None]).squeeze(1).tolist()
