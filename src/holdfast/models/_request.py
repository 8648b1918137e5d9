"""What the engine is asked and what it answers, in token ids: it knows nothing of words, turns or checks."""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Capture:
    """Which activations to keep: the residual stream behind these model layers."""

    model_layers: tuple[int, ...]
    """0 is the embedding, k is what leaves the k-th decoder layer; the last as transformers gives it, behind the final
    norm."""
    at: Literal["prompt end", "reply"] = "prompt end"
    """At the last prompt token alone, or there and at every generated token but the last."""


@dataclass(frozen=True, slots=True)
class Request:
    """One sequence to go on with."""

    prompt: tuple[int, ...]
    """Token ids, beginning of sequence included; at least one."""
    max_new_tokens: int
    temperature: float = 0.0
    """0 is greedy."""
    seed: int = 0
    """Of this sequence's own generator: what is drawn depends on nothing else."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What came of one request."""

    token_ids: tuple[int, ...]
    """Generated, the end token included where there was one."""
    log_probs_nats: tuple[float, ...]
    """Of each generated token, under the distribution that it was drawn from; at temperature 1 where greedy."""
    stop: Literal["end", "length"]
    cached_tokens: int
    """Prompt tokens whose keys and values were there already."""
    activations: Tensor | None = None
    """(model layers, positions, width), float16, on the CPU; None where no capture was asked for."""
