"""What TRL computes on a fixed tiny model and fixed batches: the numbers that `holdfast.training` must come to as well.

TRL is no dependency. In an environment of its own, outside the repository:

    python3.11 -m venv TRL
    TRL/bin/pip install torch==2.13.0
    TRL/bin/pip install -r bench/tamper/requirements.txt
    TRL/bin/python -m bench.tamper.trl_reference      seconds; writes bench/tamper/trl_reference.json

The file has the inputs too, so that the tests need neither TRL nor its generators of random numbers.

    losses     one batch, with old and reference log-probabilities under which the clip is reached: log-probabilities,
               advantages, losses, the length of every gradient
    steps      whole trainings by `GRPOTrainer` with given rollouts: all weights, two updates of each, an adapter
    sft        a whole training by `SFTTrainer`
"""

import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import accelerate
import peft
import torch
import transformers
import trl
from datasets import Dataset
from peft import LoraConfig
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer, SFTConfig, SFTTrainer
from trl.trainer.utils import add_fused_lm_head

from bench.tamper.fixed import fill, fixed_model, reward_of, summary, weights_digest

FILE = Path(__file__).with_suffix(".json")
WORDS = 24
INPUTS: dict[str, Any] = {
    "model": {
        "vocab_size": WORDS,
        "hidden_size": 16,
        "intermediate_size": 24,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "max_position_embeddings": 64,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "tie_word_embeddings": False,
    },
    "scale": 1.2,
    "old": 0.05,
    "reference": -0.15,
    "group": 4,
    "temperature": 0.8,
    "clip_epsilon": 0.2,
    "beta": 0.04,
    "learning_rate": 3e-3,
    "max_grad_norm": 0.25,
    "prompts": [[1, 5, 9, 14], [1, 7, 3, 11, 20, 6, 4]],
    "rollouts": [
        [
            [[4, 8, 12, 2], [5, 7, 9, 11, 13, 2], [6, 3, 10, 21, 4, 8], [17, 2]],
            [[22, 20, 18, 16, 2], [3, 5, 2], [4, 9, 15, 2], [19, 23, 21, 3, 6, 8, 10, 2]],
        ],
        [[[3, 3, 3, 2], [12, 5, 8, 2], [14, 2], [7, 16, 9, 2]], [[4, 2], [9, 2], [11, 13, 5, 6, 2], [10, 3, 2]]],
        [[[21, 2], [20, 2], [5, 18, 2], [3, 7, 9, 4, 2]], [[6, 7, 2], [8, 22, 2], [13, 2], [15, 17, 3, 2]]],
    ],
    "adapter": {"r": 2, "lora_alpha": 4},
    "adapter_scale": 0.6,
    "sft": {
        "steps": 4,
        "taught": [[[1, 5, 9, 14], [4, 8, 12, 2]], [[1, 7, 3], [10, 2]], [[1, 6, 6, 21, 13, 5], [22, 3, 17, 9, 4, 2]]],
    },
}
"""Rollouts by step, by prompt, by row; `old` and `reference` say how far those models are mixed with other numbers."""


def main() -> None:
    """Compute all of it, and write it."""
    os.environ["TRL_EXPERIMENTAL_SILENCE"] = "1"
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    with TemporaryDirectory() as scratch:
        found = {
            "versions": {one.__name__: one.__version__ for one in (trl, torch, transformers, peft, accelerate)},
            "inputs": INPUTS,
            "weights": weights_digest(fixed_model(INPUTS)),
            "losses": losses(Path(scratch)),
            "steps": {
                "all weights": grpo_steps(Path(scratch)),
                "two updates": grpo_steps(Path(scratch), num_iterations=2),
                "adapter": grpo_steps(Path(scratch), adapter=True),
            },
            "sft": sft_steps(Path(scratch)),
        }
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found["versions"]), {name: rows["loss"] for name, rows in found["steps"].items()})


def losses(scratch: Path) -> dict[str, Any]:
    """The first step's batch as TRL pads it, with log-probabilities of two models nearby as old and as reference."""
    batch = _batch(INPUTS["prompts"], INPUTS["rollouts"][0])
    made = {name: _log_probs(scratch, batch, INPUTS[name]) for name in ("old", "reference")}
    found: dict[str, Any] = {"log_probs": {name: _rows(made[name]) for name in made}}
    found["log_probs"]["now"] = _rows(_log_probs(scratch, batch, 0.0))
    rewards = torch.tensor([[reward_of(tuple(row)) for row in rows] for rows in INPUTS["rollouts"][0]])
    given = batch | {
        "old_per_token_logps": made["old"],
        "ref_per_token_logps": made["reference"],
        # As `_generate_and_score_completions` has it; `steps` goes through that itself.
        "advantages": ((rewards - rewards.mean(1, True)) / (rewards.std(1, keepdim=True) + 1e-4)).flatten(),
        "num_items_in_batch": batch["completion_mask"].sum(),
    }
    found["advantages"] = given["advantages"].tolist()
    for kind in ("dapo", "grpo"):
        for beta in (0.0, INPUTS["beta"]):
            found[f"{kind}, beta {beta}"] = _loss(scratch, given, loss_type=kind, beta=beta)
    plain = {"beta": INPUTS["beta"], "use_bias_correction_kl": False}
    found["dapo, KL not weighted"] = _loss(scratch, given, **plain)
    return found


def grpo_steps(scratch: Path, *, num_iterations: int = 1, adapter: bool = False) -> dict[str, Any]:
    """What `GRPOTrainer.train` comes to, with rollouts that are given."""
    trainer = _grpo_trainer(scratch, num_iterations=num_iterations, adapter=adapter, beta=INPUTS["beta"])
    trainer.train()
    return _told(trainer) | {"kl": [row["kl"] for row in trainer.state.log_history if "kl" in row]}


def sft_steps(scratch: Path) -> dict[str, Any]:
    """What `SFTTrainer.train` comes to when every step has all that there is to teach."""
    taught = INPUTS["sft"]["taught"]
    rows = [{"input_ids": p + r, "completion_mask": [0] * len(p) + [1] * len(r)} for p, r in taught]
    config = SFTConfig(**_common(scratch, INPUTS["sft"]["steps"], len(taught)), completion_only_loss=True)
    model = _saved(scratch / "policy", 0.0)
    trainer = SFTTrainer(model=model, args=config, train_dataset=Dataset.from_list(rows), processing_class=_tokenizer())
    trainer.train()
    return _told(trainer)


def _told(trainer: Any) -> dict[str, Any]:
    rows = [row for row in trainer.state.log_history if "loss" in row]
    model = trainer.model
    changed = [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
    return {
        "loss": [row["loss"] for row in rows],
        "grad_norm": [row["grad_norm"] for row in rows],
        "weights": summary(changed),
    }


def _common(scratch: Path, steps: int, batch: int) -> dict[str, Any]:
    return {
        "output_dir": str(scratch / "out"),
        "max_steps": steps,
        "per_device_train_batch_size": batch,
        "learning_rate": INPUTS["learning_rate"],
        "lr_scheduler_type": "cosine",
        "warmup_steps": 0,
        "max_grad_norm": INPUTS["max_grad_norm"],
        "weight_decay": 0.0,
        "use_cpu": True,
        "bf16": False,
        "gradient_checkpointing": False,
        "logging_steps": 1,
        "report_to": "none",
        "save_strategy": "no",
        "disable_tqdm": True,
    }


def _grpo_trainer(scratch: Path, *, num_iterations: int = 1, adapter: bool = False, **settings: Any) -> GRPOTrainer:
    rows = [row for rows in INPUTS["rollouts"][0] for row in rows]
    config = GRPOConfig(
        **_common(scratch, len(INPUTS["rollouts"]) * num_iterations, len(rows)),
        num_generations=INPUTS["group"],
        num_iterations=num_iterations,
        epsilon=INPUTS["clip_epsilon"],
        temperature=INPUTS["temperature"],
        shuffle_dataset=False,
        **{"loss_type": "dapo"} | settings,
    )
    trainer = GRPOTrainer(
        model=_saved(scratch / "policy", 0.0),
        args=config,
        reward_funcs=lambda completion_ids, **_: [reward_of(tuple(row)) for row in completion_ids],
        train_dataset=Dataset.from_list([{"prompt": "w5"}] * (len(INPUTS["rollouts"]) * len(INPUTS["prompts"]))),
        processing_class=_tokenizer(),
        rollout_func=_given(),
        # Handed over like this, an adapter is switched off for the reference; one that is there already is copied.
        peft_config=LoraConfig(**INPUTS["adapter"], target_modules="all-linear") if adapter else None,
    )
    if adapter:
        learned = ((name, one) for name, one in trainer.model.named_parameters() if "lora_" in name)
        fill(learned, INPUTS["adapter_scale"])
    return trainer


def _given() -> Callable[..., dict[str, Any]]:
    """The rollouts of the next step at every call."""
    coming = iter(INPUTS["rollouts"])
    prompts = [prompt for prompt in INPUTS["prompts"] for _ in range(INPUTS["group"])]

    def rollouts(_: Any, __: Any) -> dict[str, Any]:
        rows = [row for rows in next(coming) for row in rows]
        return {"prompt_ids": prompts, "completion_ids": rows, "logprobs": None}

    return rollouts


def _saved(directory: Path, mixed: float) -> Any:
    """The fixed model by way of a directory: TRL reads the reference anew from where the model says it came from."""
    fixed_model(INPUTS, mixed).save_pretrained(directory)
    return AutoModelForCausalLM.from_pretrained(directory)


def _tokenizer() -> PreTrainedTokenizerFast:
    words = {"<pad>": 0, "<bos>": 1, "<eos>": 2} | {f"w{place}": place for place in range(3, WORDS)}
    made = Tokenizer(WordLevel(words, unk_token="w3"))
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="<pad>", bos_token="<bos>", eos_token="<eos>", unk_token="w3"
    )


def _batch(prompts: Sequence[Sequence[int]], rollouts: Sequence[Sequence[Sequence[int]]]) -> dict[str, torch.Tensor]:
    """Prompts padded on the left, rollouts on the right."""
    pairs = [(prompt, row) for prompt, rows in zip(prompts, rollouts, strict=True) for row in rows]
    before, behind = max(len(prompt) for prompt, _ in pairs), max(len(row) for _, row in pairs)
    return {
        "prompt_ids": torch.tensor([[0] * (before - len(prompt)) + list(prompt) for prompt, _ in pairs]),
        "prompt_mask": torch.tensor([[0] * (before - len(prompt)) + [1] * len(prompt) for prompt, _ in pairs]),
        "completion_ids": torch.tensor([list(row) + [0] * (behind - len(row)) for _, row in pairs]),
        "completion_mask": torch.tensor([[1] * len(row) + [0] * (behind - len(row)) for _, row in pairs]),
    }


def _log_probs(scratch: Path, batch: dict[str, torch.Tensor], mixed: float) -> torch.Tensor:
    trainer = _grpo_trainer(scratch, beta=0.0)
    model = fixed_model(INPUTS, mixed)
    add_fused_lm_head(model, temperature=INPUTS["temperature"])
    with torch.no_grad():
        nats, _, _ = trainer._get_per_token_logps_and_entropies(
            model,
            torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1),
            torch.cat([batch["prompt_mask"], batch["completion_mask"]], 1),
            batch["completion_ids"].shape[1],
        )
    return nats * batch["completion_mask"]


def _loss(scratch: Path, given: dict[str, torch.Tensor], **settings: Any) -> dict[str, Any]:
    trainer = _grpo_trainer(scratch, **settings)
    trainer.current_gradient_accumulation_steps = 1
    trainer.model.train()
    loss = trainer._compute_loss(trainer.model, dict(given))
    loss.backward()
    gradients = {name: float(one.grad.double().norm()) for name, one in sorted(trainer.model.named_parameters())}
    return {"loss": float(loss), "gradients": gradients}


def _rows(nats: torch.Tensor) -> list[list[float]]:
    return [[round(one, 7) for one in row] for row in nats.tolist()]


if __name__ == "__main__":
    sys.exit(main())
