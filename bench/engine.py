"""The engine beside raw `generate` of transformers, its `generate_batch`, and Inspect's own local provider.

    python -m bench engine             1 M and 100 M random weights on this machine; some minutes
    python -m bench engine 1B 7B       larger ones, for a GPU: tokens a second against the memory-bandwidth floor too

    --out DIR        where the results go; what stands there for other sizes stays
    --seconds N      shared among the sizes: no repeat begins after a size's share, and what was not reached says so

On a GPU in bfloat16, and `greedy_equal` counts the rows that are those of `generate` there in float32, at 1 M; on every
machine each cell counts its own. The exit status is 1 where the first is not all of them.

It needs torch, transformers, numpy and pydantic; Inspect's provider is measured where inspect_ai and accelerate are
installed. Random Llama weights, no end token, so that lengths are as planned. The sides take turns and each repeat
gives a ratio, their time over ours; medians of the ratios are printed. *Useful* tokens are those that were asked for:
`generate` runs a batch until its longest row is done. Log-probabilities are on in ours and off in the others.
"""

import argparse
import gc
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import torch
import transformers
from transformers import PreTrainedModel

from bench.continuous import Continuous
from bench.conversations import turns_in_inspect
from bench.sides import SIZES, WORDS, Load, by_engine, by_generate, loads, made, timed, tokens
from holdfast.models import Engine, EngineWorker, Request

RESULTS = Path(__file__).parent / "results"
_BATCHED = ("equal lengths", "ragged, 10 × spread")
"""Cells in which `generate_batch` has its turn too."""
_BATCHED_REPEATS = 2
_PATIENCE_S = 60.0
"""For one run of `generate_batch`."""


def rows_equal(ours: list[tuple[int, ...]], theirs: list[tuple[int, ...]]) -> str:
    """How many rows have the same tokens."""
    return f"{sum(mine == other for mine, other in zip(ours, theirs, strict=True))} of {len(ours)}"


@dataclass
class Cell:
    """One load and what the sides took for it, by repeat."""

    load: Load
    theirs: list[float] = field(default_factory=list[float])
    ours: list[float] = field(default_factory=list[float])
    batched: list[float] = field(default_factory=list[float])
    equal: str = ""

    def found(self, problem: str) -> dict[str, Any]:
        """Medians over repeats; `problem` says why `generate_batch` has none."""
        if not self.ours:
            return {"not measured": "the time given was used up"}
        ratios = [t / o for t, o in zip(self.theirs, self.ours, strict=True)]
        return {
            "ratio": round(median(ratios), 3),
            "ratio_low": round(min(ratios), 3),
            "ratio_high": round(max(ratios), 3),
            "generate_tokens_per_s": round(self.load.useful / median(self.theirs), 1),
            "engine_tokens_per_s": round(self.load.useful / median(self.ours), 1),
            "repeats": len(self.ours),
            "rows_equal_to_generate": self.equal,
            "generate_batch": self._batched() if self.batched else {"not measured": problem},
        }

    def _batched(self) -> dict[str, float]:
        ratios = [b / o for b, o in zip(self.batched, self.ours, strict=False)]
        return {
            "ratio": round(median(ratios), 3),
            "tokens_per_s": round(self.load.useful / median(self.batched), 1),
            "repeats": len(ratios),
        }


def side_by_side(model: PreTrainedModel, cells: dict[str, Cell], repeats: int, end: float) -> Continuous:
    """Let the sides take turns, cell by cell and then again, so that a time that runs out takes repeats and not cells.

    Args:
        model: Of random weights.
        cells: Filled here.
        repeats: At most; `generate_batch` has two.
        end: On the clock of `perf_counter`; no repeat begins later.

    Returns:
        The side that runs `generate_batch`, closed; its problem, if it had one.
    """
    batched = Continuous(model, [cells[name].load for name in _BATCHED])
    for load in (cell.load for cell in cells.values()):  # not timed: kernels are chosen and memory is taken here
        few = Load(load.prompts[: load.batch], [4] * load.batch, load.batch)
        by_generate(model, few), by_engine(model, few)
        if load in batched.loads:
            batched.run(few, _PATIENCE_S)
    for repeat in range(repeats):
        for name, cell in cells.items():
            if perf_counter() > end:
                break
            seconds, plain = timed(lambda load=cell.load: by_generate(model, load))
            cell.theirs.append(seconds)
            seconds, made_ids = timed(lambda load=cell.load: by_engine(model, load))
            assert sum(map(len, made_ids)) == cell.load.useful
            cell.ours.append(seconds)
            cell.equal = rows_equal(made_ids, plain)
            if name in _BATCHED and repeat < _BATCHED_REPEATS and not batched.problem:
                seconds, done = timed(lambda load=cell.load: batched.run(load, _PATIENCE_S))
                if done is not None and sum(map(len, done)) == cell.load.useful:
                    cell.batched.append(seconds)
    batched.close()
    return batched


def greedy_equal() -> str:
    """Rows whose greedy tokens are those of `generate`, in float32 on this machine: 64 that come and go in 24 slots.

    Weights are wide, so that the likeliest token is not nearly a tie.
    """
    model = made("1M", dtype=torch.float32, initializer_range=0.3, tie_word_embeddings=False)
    ours, theirs = [], []
    requests = []
    for part, length in enumerate((9, 20, 33, 57)):
        prompts = tokens(16, length, WORDS["1M"], 300 + part)
        new = [8 + 3 * (n % 9) for n in range(16)]
        requests += [Request(prompt, count) for prompt, count in zip(prompts, new, strict=True)]
        theirs += by_generate(model, Load(prompts, new, 16))
    ours = [done.token_ids for done in Engine(model, ends=frozenset(), pad=0, slots=24).run(requests)]
    return rows_equal(ours, theirs)


def added_per_turn(model: PreTrainedModel, turns: int, repeats: int) -> dict[str, float]:
    """What a conversation's turn costs through the worker beyond `generate` of the same tokens in one go."""
    words = int(model.config.vocab_size)
    added: list[float] = []
    for repeat in range(repeats):
        worker = EngineWorker(Engine(model, ends=frozenset(), pad=0, slots=8))
        history = tokens(1, 32, words, 100 + repeat)[0]
        for turn in range(turns):
            load = Load([history], [16], 1)
            plain, _ = timed(lambda load=load: by_generate(model, load))
            begun = perf_counter()
            made_ids = worker.submit(Request(history, 16)).result().token_ids
            added.append(perf_counter() - begun - plain)
            history += made_ids + tokens(1, 12, words, 200 + turn)[0]
        worker.close()
    return {"median_added_s": round(median(added), 4), "worst_added_s": round(max(added), 4), "turns": len(added)}


def floor_tokens_per_s(model: PreTrainedModel, batch: int) -> float:
    """What reading the weights once a step allows, at this machine's measured copy bandwidth."""
    block = torch.empty(1 << 30, dtype=torch.int8, device=model.device)
    copy = torch.empty_like(block)
    copy.copy_(block)
    copied, _ = timed(lambda: [copy.copy_(block) for _ in range(10)])
    bandwidth = 2 * 10 * block.numel() / copied
    return batch * bandwidth / model.get_memory_footprint()


def measured(size: str, seconds: float) -> dict[str, Any]:
    """All cells of one size.

    Args:
        size: One of `SIZES`.
        seconds: After which no further repeat begins.
    """
    end = perf_counter() + seconds
    threads = torch.get_num_threads()
    torch.set_num_threads(1 if size == "1M" else threads)
    model = made(size)
    cells = {name: Cell(load) for name, load in loads(size).items()}
    batched = side_by_side(model, cells, 7 if size == "1M" else 3, end)
    found: dict[str, Any] = {
        "machine": _machine(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "parameters": model.num_parameters(),
        "dtype": str(model.dtype).removeprefix("torch."),
        "cells": {
            name: cell.found(batched.problem or ("out of time" if name in _BATCHED else "not asked for"))
            for name, cell in cells.items()
        },
        "a turn through the worker": {"not measured": "the time given was used up"},
    }
    if perf_counter() < end:
        found["a turn through the worker"] = added_per_turn(model, 10, 1 if torch.cuda.is_available() else 3)
    if torch.cuda.is_available():
        floor = floor_tokens_per_s(model, cells["equal lengths"].load.batch)
        found["bandwidth_floor_tokens_per_s"] = round(floor, 1)
    torch.set_num_threads(threads)
    return found


def main(arguments: Sequence[str]) -> None:
    """Measure, print, and write after every size."""
    asked = _asked(arguments)
    name = "engine-gpu.json" if torch.cuda.is_available() else "engine.json"
    file = asked.out / name
    found: dict[str, Any] = json.loads(file.read_text()) if file.is_file() else {}
    begun = perf_counter()
    found["greedy_equal"] = greedy_equal()
    print(f"greedy tokens in float32 are those of generate: {found['greedy_equal']} rows", flush=True)
    for number, size in enumerate(asked.sizes):
        left = asked.seconds - (perf_counter() - begun)
        found.setdefault("sizes", {})[size] = measured(size, left / (len(asked.sizes) - number))
        gc.collect()  # before the next model takes its memory
        _write(file, found)
        _print(size, found["sizes"][size])
    found["a turn through Inspect"] = turns_in_inspect(2, 10)
    print(found["a turn through Inspect"])
    _write(file, found)
    same, of = found["greedy_equal"].split(" of ")
    if same != of:
        sys.exit("the engine's greedy tokens are not those of generate")


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench engine")
    parser.add_argument("sizes", nargs="*", default=["1M", "100M"], metavar="|".join(SIZES))
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    asked = parser.parse_args(arguments)
    for other in set(asked.sizes) - set(SIZES):
        parser.error(f"there is no size {other}")
    return asked


def _write(file: Path, found: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(found, indent=1) + "\n")


def _print(size: str, found: dict[str, Any]) -> None:
    for name, cell in found["cells"].items():
        if "ratio" not in cell:
            print(f"{size:<5} {name:<22} not measured: {cell['not measured']}")
            continue
        spread = f"{cell['ratio_low']:.2f}–{cell['ratio_high']:.2f}, {cell['engine_tokens_per_s']:,.0f} tokens/s"
        print(f"{size:<5} {name:<22} {cell['ratio']:.2f} × generate ({spread}); {cell['generate_batch']}")
    print(f"{size:<5} a turn through the worker: {found['a turn through the worker']}", flush=True)


def _machine() -> str:
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"{platform.machine()}, {torch.get_num_threads()} threads"


if __name__ == "__main__":
    main(sys.argv[1:])
