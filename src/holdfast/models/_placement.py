# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Where a model runs, in which number type, how many sequences at a time: each decision with its reason.

Nothing here looks at memory that is free at the moment: a run that is resumed must come to the same decisions.
"""

import os
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

import torch
from transformers import PreTrainedModel
from transformers.cache_utils import get_layer_types_and_kwargs

from holdfast.errors import UnusableDevice

SMALL: Final = 20_000_000
"""Parameters below which one thread is used on a CPU. More threads gain little on matrices this small, wait for each
other thirty times as long as they work where cores are shared (11 ms against 0.34 ms for one product), and round
differently on a machine with another number of cores."""
MOST_SLOTS: Final = 256
_TYPES: Final = ("float32", "bfloat16", "float16")
_TOKENS: Final = 2_048
"""A sequence's length that memory is laid out for; longer ones get through while others are shorter."""
_SHARE: Final = 0.4
"""Of the memory that the weights leave: activations, logits and copies need the rest."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A decision and why it fell so."""

    value: str
    reason: str

    def __str__(self) -> str:
        return f"{self.value} ({self.reason})"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where and how a model runs."""

    device: Resolved
    """A device, or `auto`: spread over all that there are."""
    dtype: Resolved
    """A number type of torch, or `auto`: the weights' own."""


def place(device: str | None = None, dtype: str | None = None) -> Placement:
    """Decide before anything is loaded.

    Args:
        device: `cpu`, `cuda`, `cuda:1`, `mps`, or `auto` for all accelerators together; None to choose.
        dtype: `float32`, `bfloat16`, `float16`, or `auto`; None to choose.

    Raises:
        UnusableDevice: torch does not know the device or the number type, or has no such device here.
    """
    where = _device(device)
    if dtype is None:
        cpu = where.value == "cpu"
        reason = (
            "half precision is slow on a CPU, and rounds differently from build to build" if cpu else "as published"
        )
        return Placement(where, Resolved("float32" if cpu else "auto", reason))
    if dtype not in (*_TYPES, "auto"):
        raise UnusableDevice(
            f"no number type {dtype!r}", why=f"there are {', '.join(_TYPES)} and auto", fix="give one of these, or none"
        )
    return Placement(where, Resolved(dtype, "as asked"))


def _device(asked: str | None) -> Resolved:
    if asked is None:
        found = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        return Resolved(found, "torch sees no accelerator" if found == "cpu" else "the accelerator that torch sees")
    if asked == "auto":
        if find_spec("accelerate") is None:
            raise UnusableDevice(
                "a model cannot be spread over several devices here",
                why="transformers needs the package accelerate for it, which is not installed",
                fix="pip install accelerate, or give one device",
            )
        return Resolved("auto", "as asked: spread over every device")
    try:
        torch.empty(1, device=asked)
    except (RuntimeError, AssertionError) as problem:
        raise UnusableDevice(
            f"device {asked!r} cannot be used",
            why=str(problem).strip().splitlines()[0],
            fix="see `holdfast doctor` for what torch finds, or leave --device out",
        ) from problem
    return Resolved(asked, "as asked")


def runs_on_one_thread(model: PreTrainedModel) -> bool:
    """Whether a model is so small that more threads would cost more than they save; see `SMALL`."""
    return model.device.type == "cpu" and model.num_parameters() < SMALL


def slots_of(model: PreTrainedModel) -> Resolved:
    """How many sequences at a time: as many as fit into a fixed share of what the weights leave of all memory."""
    config: Any = model.config.get_text_config(decoder=True)
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    layers = len(get_layer_types_and_kwargs(config)[0])
    per_sequence = 2 * layers * heads * width * model.dtype.itemsize * _TOKENS
    left = max(0, _memory(model.device) - model.get_memory_footprint())
    fitting = int(_SHARE * left // per_sequence)
    mebibytes = per_sequence / 2**20
    reason = f"a sequence of {_TOKENS:,} tokens keeps {mebibytes:,.0f} MiB, and {left / 2**30:,.0f} GiB are left"
    return Resolved(str(max(1, min(MOST_SLOTS, fitting))), reason)


def _memory(device: torch.device) -> int:
    if device.type == "cuda":
        return int(torch.cuda.get_device_properties(device).total_memory)
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
