"""The engine beside raw `generate` of transformers and beside Inspect's own local provider: the same weights, one run.

    python -m bench engine             1 M and 100 M random weights on this machine; some minutes
    python -m bench engine 1B 7B       larger ones, for a GPU: tokens a second against the memory-bandwidth floor too

Random Llama weights, no end token, so that lengths are as planned. The two sides take turns and each repeat gives a
ratio; medians of the ratios are printed. *Useful* tokens are those that were asked for: `generate` runs a batch until
its longest row is done. Log-probabilities are on in ours and off in `generate`, which has them only afterwards.
"""

import json
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import torch
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedModel

from holdfast.models import Engine, EngineWorker, Request

RESULTS = Path(__file__).parent / "results"
VOCABULARY = 32_000
SIZES: dict[str, dict[str, int]] = {
    "1M": {"hidden_size": 128, "intermediate_size": 384, "num_hidden_layers": 4, "num_attention_heads": 4},
    "100M": {"hidden_size": 768, "intermediate_size": 2_048, "num_hidden_layers": 12, "num_attention_heads": 12},
    "1B": {"hidden_size": 2_048, "intermediate_size": 8_192, "num_hidden_layers": 16, "num_attention_heads": 32},
    "7B": {"hidden_size": 4_096, "intermediate_size": 11_008, "num_hidden_layers": 32, "num_attention_heads": 32},
}
_WORDS = {"1M": 128}
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


def made(size: str) -> PreTrainedModel:
    """A model of random weights, on the accelerator if there is one."""
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    config = LlamaConfig(
        **SIZES[size], vocab_size=_WORDS.get(size, VOCABULARY), max_position_embeddings=4_096, tie_word_embeddings=True
    )
    with torch.device(device):
        model = LlamaForCausalLM(config).eval()
    return model.to(torch.bfloat16 if device == "cuda" else torch.float32)


def tokens(count: int, length: int, words: int, seed: int) -> list[tuple[int, ...]]:
    """Random prompts."""
    draw = torch.Generator().manual_seed(seed)
    return [tuple(row) for row in torch.randint(3, words, (count, length), generator=draw).tolist()]


def loads(size: str) -> dict[str, Load]:
    """Equal lengths, lengths that spread tenfold, and a beginning that all share."""
    words = _WORDS.get(size, VOCABULARY)
    batch = {"1M": 64, "100M": 16}.get(size, 64)
    new = {"1M": 64, "100M": 32}.get(size, 128)
    equal = Load(tokens(batch, 32, words, 1), [new] * batch, batch)
    many = 3 * batch
    spread = [round(new * 10 ** (-((7 * n) % many) / many)) for n in range(many)]
    ragged = Load(tokens(many, 32, words, 2), spread, batch)
    beginning = tokens(1, 200, words, 3)[0]
    shared = Load([beginning + tail for tail in tokens(batch, 16, words, 4)], [new // 4] * batch, batch)
    return {"equal lengths": equal, "ragged, 10 × spread": ragged, "200 shared tokens": shared}


@torch.inference_mode()
def by_generate(model: PreTrainedModel, load: Load) -> None:
    """Static batches in the order given, each until its longest row is done."""
    for start in range(0, len(load.prompts), load.batch):
        ids = torch.tensor(load.prompts[start : start + load.batch], device=model.device)
        longest = max(load.new[start : start + load.batch])
        config = GenerationConfig(max_new_tokens=longest, min_new_tokens=longest, do_sample=False, pad_token_id=0)
        generate: Any = model.generate
        generate(ids, attention_mask=torch.ones_like(ids), generation_config=config)


def by_engine(model: PreTrainedModel, load: Load) -> None:
    """Continuous slots, log-probabilities included."""
    engine = Engine(model, ends=frozenset(), pad=0, slots=load.batch)
    done = engine.run([Request(prompt, new) for prompt, new in zip(load.prompts, load.new, strict=True)])
    assert sum(len(c.token_ids) for c in done) == load.useful


def timed(work: Callable[[], None]) -> float:
    """Seconds, with the accelerator's queue emptied."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    begun = perf_counter()
    work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return perf_counter() - begun


def side_by_side(model: PreTrainedModel, load: Load, repeats: int) -> dict[str, float]:
    """Medians over repeats in which both sides take turns."""
    theirs: list[float] = []
    ours: list[float] = []
    for _ in range(repeats + 1):
        theirs.append(timed(lambda: by_generate(model, load)))
        ours.append(timed(lambda: by_engine(model, load)))
    ratios = [t / o for t, o in zip(theirs[1:], ours[1:], strict=True)]
    return {
        "ratio": round(median(ratios), 3),
        "ratio_low": round(min(ratios), 3),
        "ratio_high": round(max(ratios), 3),
        "generate_tokens_per_s": round(load.useful / median(theirs[1:]), 1),
        "engine_tokens_per_s": round(load.useful / median(ours[1:]), 1),
        "repeats": repeats,
    }


def added_per_turn(model: PreTrainedModel, turns: int, repeats: int) -> dict[str, float]:
    """What a conversation's turn costs through the worker beyond `generate` of the same tokens in one go."""
    words = int(model.config.vocab_size)
    added: list[float] = []
    for repeat in range(repeats):
        worker = EngineWorker(Engine(model, ends=frozenset(), pad=0, slots=8))
        history = tokens(1, 32, words, 100 + repeat)[0]
        for turn in range(turns):
            load = Load([history], [16], 1)
            plain = timed(lambda load=load: by_generate(model, load))
            begun = perf_counter()
            made_ids = worker.submit(Request(history, 16)).result().token_ids
            added.append(perf_counter() - begun - plain)
            history += made_ids + tokens(1, 12, words, 200 + turn)[0]
        worker.close()
    return {"median_added_s": round(median(added), 4), "worst_added_s": round(max(added), 4), "turns": len(added)}


def floor_tokens_per_s(model: PreTrainedModel, batch: int) -> float:
    """What reading the weights once a step allows, at this machine's measured copy bandwidth."""
    block = torch.empty(1 << 29, dtype=torch.int8, device=model.device)
    copied = timed(lambda: [block.clone() for _ in range(8)] and None)
    bandwidth = 2 * 8 * block.numel() / copied
    return batch * bandwidth / model.get_memory_footprint()


def main(sizes: Sequence[str]) -> None:
    """Measure, print, write."""
    found: dict[str, Any] = {"machine": _machine(), "torch": torch.__version__, "sizes": {}}
    for size in sizes or ("1M", "100M"):
        model = made(size)
        repeats = 7 if size == "1M" else 3
        torch.set_num_threads(1 if size == "1M" else torch.get_num_threads())
        cells = {name: side_by_side(model, load, repeats) for name, load in loads(size).items()}
        found["sizes"][size] = {"parameters": model.num_parameters(), "cells": cells}
        found["sizes"][size]["a turn through the worker"] = added_per_turn(model, 10, 3)
        if torch.cuda.is_available():
            limit = floor_tokens_per_s(model, loads(size)["equal lengths"].batch)
            found["sizes"][size]["bandwidth_floor_tokens_per_s"] = round(limit, 1)
        for name, cell in cells.items():
            spread = f"{cell['ratio_low']:.2f}–{cell['ratio_high']:.2f}"
            print(f"{size:<5} {name:<22} {cell['ratio']:.2f} × generate ({spread})")
        print(f"{size:<5} {found['sizes'][size]['a turn through the worker']}", flush=True)
        del model
    name = "engine-gpu.json" if torch.cuda.is_available() else "engine.json"
    (RESULTS / name).write_text(json.dumps(found, indent=1) + "\n")


def _machine() -> str:
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"{platform.machine()}, {torch.get_num_threads()} threads"


if __name__ == "__main__":
    main(sys.argv[1:])
