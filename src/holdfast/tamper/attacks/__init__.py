"""How weights are changed, one module for each way: imported by the sealed process alone.

Every attack has the form of `_family.Attack`; which setting it is run at is its design's business.
"""

from collections.abc import Mapping
from typing import Final

from holdfast.tamper.attacks._family import Attack, Attempt, Reward
from holdfast.tamper.attacks.benign_drift import benign_drift, sequential_drift
from holdfast.tamper.attacks.harmful_sft import harmful_sft
from holdfast.tamper.attacks.one_prompt_grpo import one_prompt_grpo
from holdfast.tamper.attacks.perturbations import pruning, quantisation, weight_noise
from holdfast.tamper.attacks.refusal_ablation import refusal_ablation
from holdfast.tamper.attacks.soft_prompt import soft_prompt

ATTACKS: Final[Mapping[str, Attack]] = {
    "full-sft": harmful_sft,
    "lora-sft": harmful_sft,
    "few-shot-sft": harmful_sft,
    "relearning": harmful_sft,
    "benign-drift": benign_drift,
    "sequential-drift": sequential_drift,
    "one-prompt-grpo": one_prompt_grpo,
    "one-prompt-grpo-planted": one_prompt_grpo,
    "refusal-ablation": refusal_ablation,
    "soft-prompt": soft_prompt,
    "weight-noise": weight_noise,
    "quantisation": quantisation,
    "pruning": pruning,
}
"""By the design's name."""

__all__ = ["ATTACKS", "Attack", "Attempt", "Reward"]
