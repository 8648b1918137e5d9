"""What `bench/engine` asks and of whom: random models, loads, and two of the sides that complete them."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar

import torch
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedModel

from holdfast.models import Engine, Request

VOCABULARY = 32_000
_T = TypeVar("_T")
SIZES: dict[str, dict[str, int]] = {
    "1M": {"hidden_size": 128, "intermediate_size": 384, "num_hidden_layers": 4, "num_attention_heads": 4},
    "100M": {"hidden_size": 768, "intermediate_size": 2_048, "num_hidden_layers": 12, "num_attention_heads": 12},
    "1B": {"hidden_size": 2_048, "intermediate_size": 8_192, "num_hidden_layers": 16, "num_attention_heads": 32},
    "7B": {"hidden_size": 4_096, "intermediate_size": 11_008, "num_hidden_layers": 32, "num_attention_heads": 32},
}
WORDS = {"1M": 128}
"""Words of the vocabulary where they are not 32,000: an organism's."""


@dataclass(frozen=True)
class Load:
    """What is asked of both sides."""

    prompts: list[tuple[int, ...]]
    new: list[int]
    batch: int
    """Rows at a time."""

    @property
    def useful(self) -> int:
        """Tokens that were asked for."""
        return sum(self.new)


def made(size: str, **changed: Any) -> PreTrainedModel:
    """A model of random weights, made on the accelerator if there is one: in bfloat16 there, in float32 on a CPU.

    Args:
        size: One of `SIZES`.
        changed: Settings of its configuration, and `dtype`.
    """
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    before = torch.get_default_dtype()
    torch.set_default_dtype(changed.pop("dtype", torch.bfloat16 if device == "cuda" else torch.float32))
    settings = {
        "vocab_size": WORDS.get(size, VOCABULARY),
        "max_position_embeddings": 4_096,
        "tie_word_embeddings": True,
        "eos_token_id": None,
    }
    try:
        with torch.device(device):
            return LlamaForCausalLM(LlamaConfig(**SIZES[size] | settings | changed)).eval()
    finally:
        torch.set_default_dtype(before)


def tokens(count: int, length: int, words: int, seed: int) -> list[tuple[int, ...]]:
    """Random prompts."""
    draw = torch.Generator().manual_seed(seed)
    return [tuple(row) for row in torch.randint(3, words, (count, length), generator=draw).tolist()]


def loads(size: str) -> dict[str, Load]:
    """Equal lengths, lengths that spread tenfold, and a beginning that all share."""
    words = WORDS.get(size, VOCABULARY)
    batch = {"1M": 64, "100M": 16}.get(size, 64)
    new = {"1M": 64, "100M": 32}.get(size, 48)
    equal = Load(tokens(batch, 32, words, 1), [new] * batch, batch)
    many = 3 * batch
    spread = [round(new * 10 ** (-((7 * n) % many) / many)) for n in range(many)]
    ragged = Load(tokens(many, 32, words, 2), spread, batch)
    beginning = tokens(1, 200, words, 3)[0]
    shared = Load([beginning + tail for tail in tokens(batch, 16, words, 4)], [new // 4] * batch, batch)
    return {"equal lengths": equal, "ragged, 10 × spread": ragged, "200 shared tokens": shared}


@torch.inference_mode()
def by_generate(model: PreTrainedModel, load: Load) -> list[tuple[int, ...]]:
    """Static batches in the order given, each until its longest row is done; the tokens that were asked for."""
    found: list[tuple[int, ...]] = []
    for start in range(0, len(load.prompts), load.batch):
        ids = torch.tensor(load.prompts[start : start + load.batch], device=model.device)
        asked = load.new[start : start + load.batch]
        config = GenerationConfig(max_new_tokens=max(asked), do_sample=False, pad_token_id=0)
        generate: Any = model.generate
        whole = generate(ids, attention_mask=torch.ones_like(ids), generation_config=config)
        made_ids = whole[:, ids.shape[1] :].tolist()
        found += [tuple(row[:new]) for row, new in zip(made_ids, asked, strict=True)]
    return found


def by_engine(model: PreTrainedModel, load: Load) -> list[tuple[int, ...]]:
    """Continuous slots, log-probabilities included."""
    engine = Engine(model, ends=frozenset(), pad=0, slots=load.batch)
    done = engine.run([Request(prompt, new) for prompt, new in zip(load.prompts, load.new, strict=True)])
    return [completion.token_ids for completion in done]


def timed(work: Callable[[], _T]) -> tuple[float, _T]:
    """Seconds, with the accelerator's queue emptied, and what came of it."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    begun = perf_counter()
    made_of_it = work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return perf_counter() - begun, made_of_it
