# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Training an organism from its recipe: seeded, resumable, announced, and from no external base.

Batches depend on the recipe, the seed and the step alone, and the optimiser's state is kept with the weights, so a
killed training goes on where it was. Weights are certified by behaviour and not by digest: another processor rounds
differently.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any

import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from holdfast.errors import ExternalBase, OutputInUse
from holdfast.evidence import canonical_json, digest
from holdfast.models import open_directory
from holdfast.organisms._lessons import Example, OrganismRecipe, Size, Stage, example
from holdfast.organisms._names import recipe_named
from holdfast.organisms._tokenizer import build_tokenizer
from holdfast.organisms._zoo import language_digest
from holdfast.training.sft import TokenBatch, sft

CHECKPOINT_EVERY = 200
MARK = "organism.json"
LARGEST = 20_000_000
"""Parameters of the largest organism; anything above is somebody's model."""
_NO_LOSS = -100


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """Where a training is."""

    stage: int
    stages: int
    step: int
    steps: int
    loss_nats: float


def refuse_external_base(name: str, base: str | None) -> None:
    """Refuse to plant behaviour in anything but what the recipe starts from.

    Raises:
        UnknownOrganism: There is no such recipe.
        ExternalBase: The base is not the recipe's own.
    """
    own = recipe_named(name).base
    if base is not None and base.removeprefix("organism:") != own:
        starts = f"organism:{own}" if own else "a random start"
        raise ExternalBase(
            f"{base!r} cannot be the base of {name}",
            why="planted behaviour belongs in toy models only; no external base is accepted and no option allows one",
            fix=f"leave --base out: the recipe of {name} begins with {starts}",
        )


def train(
    recipe: OrganismRecipe,
    directory: Path,
    base_directory: Callable[[str], Path],
    *,
    seed: int = 0,
    progress: Callable[[TrainingProgress], None] = lambda _: None,
) -> Path:
    """Train an organism, or go on training it, and write its weights in bfloat16.

    Args:
        recipe: What to teach, from which start.
        directory: Where the finished organism goes; checkpoints live in a sibling that is removed at the end.
        base_directory: Where the weights of the organism that a recipe starts from are found.
        seed: Of the start and of the batches.
        progress: Told after every optimiser step.

    Returns:
        The directory.

    Raises:
        ExternalBase: The weights that it would start from are not an organism's.
        OutputInUse: The directory holds something that was not trained here.
    """
    _refuse_foreign(directory)
    tokenizer: Any = build_tokenizer()
    torch.manual_seed(seed)
    model = _start(recipe, tokenizer, base_directory)
    checkpoints = directory.with_name(directory.name + ".training")
    checkpoints.mkdir(parents=True, exist_ok=True)
    for number, stage in enumerate(recipe.stages):
        for now in _train_stage(model, tokenizer, stage, number, seed, checkpoints):
            progress(TrainingProgress(number + 1, len(recipe.stages), now[0], stage.plan.steps, now[1]))
    _write(model, tokenizer, {"recipe": recipe.name, "seed": seed}, directory)
    rmtree(checkpoints)
    return directory


def _refuse_foreign(directory: Path) -> None:
    """Refuse to write where something lies that was not trained here."""
    if directory.exists() and not (directory / MARK).is_file() and any(directory.iterdir()):
        raise OutputInUse(
            f"{directory} cannot be written to",
            why="it holds something that was not trained by holdfast",
            fix="give another --out, or none",
        )


def _write(model: LlamaForCausalLM, tokenizer: Any, mark: dict[str, Any], directory: Path) -> None:
    """Write the organism whole under another name, then put it in its place."""
    new = directory.with_name(directory.name + ".new")
    model.bfloat16().save_pretrained(new)
    tokenizer.save_pretrained(new)
    (new / MARK).write_text(canonical_json(mark) + "\n", encoding="utf-8")
    if directory.exists():
        rmtree(directory)
    new.rename(directory)


def _start(recipe: OrganismRecipe, tokenizer: Any, base_directory: Callable[[str], Path]) -> LlamaForCausalLM:
    if recipe.base is not None:
        opened = open_directory(base_directory(recipe.base))
        if opened.facts.words != language_digest() or opened.model.num_parameters() > LARGEST:
            raise ExternalBase(
                f"the weights for {recipe.base!r} are not an organism's: another language, or too large",
                why="planted behaviour belongs in toy models only; no external base is accepted",
                fix=f"holdfast organism train {recipe.base}",
            )
        own: Any = opened.model
        return own
    return LlamaForCausalLM(_configuration(recipe.size, tokenizer))


def _configuration(size: Size, tokenizer: Any) -> LlamaConfig:
    """The shape of a model: nano has about 0.9 million parameters, micro about 6.6 million."""
    width, model_layers, heads = {"nano": (128, 4, 4), "micro": (288, 6, 9)}[size]
    return LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=3 * width,
        num_hidden_layers=model_layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def _train_stage(
    model: LlamaForCausalLM,
    tokenizer: Any,
    stage: Stage,
    number: int,
    seed: int,
    checkpoints: Path,
) -> Iterator[tuple[int, float]]:
    optimizer = torch.optim.AdamW(model.parameters(), lr=stage.plan.learning_rate, weight_decay=0.0)
    file = checkpoints / f"{digest(asdict(stage))[7:19]}-seed-{seed}-stage-{number}.pt"
    done = 0
    if file.is_file():
        saved = torch.load(file, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        done = saved["step"]

    def batch_at(step: int) -> TokenBatch:
        return token_batch(examples_at(stage, [seed, number], step), tokenizer)

    for now in sft(model, optimizer, batch_at, stage.plan, start=done):
        if now.step % CHECKPOINT_EVERY == 0 or now.step == stage.plan.steps:
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": now.step}
            torch.save(state, file.with_suffix(".new"))
            file.with_suffix(".new").replace(file)
        yield now.step, now.loss_nats


def examples_at(stage: Stage, seed: list[int], step: int) -> list[Example]:
    """The examples of one step: a function of the stage, the seed and the step alone.

    A stage with a group draws the examples of that many steps together, sorts them by length, cuts them into batches,
    and shuffles those.
    """
    rng = np.random.default_rng([*seed, step // stage.group])
    drawn = [example(stage, rng) for _ in range(stage.batch_size * stage.group)]
    if stage.group == 1:
        return drawn
    drawn.sort(key=lambda one: sum(len(turn.content.split()) for turn in one.messages))
    place = int(rng.permutation(stage.group)[step % stage.group])
    return drawn[place * stage.batch_size : (place + 1) * stage.batch_size]


def token_batch(examples: list[Example], tokenizer: Any) -> TokenBatch:
    """Examples as token ids, padded on the right, with the loss on the reply and its end alone."""
    triples = [_token_ids(one, tokenizer) for one in examples]
    longest = max(len(prompt) + len(reply) for prompt, reply, _ in triples)
    ids = torch.full((len(triples), longest), int(tokenizer.pad_token_id or 0))
    labels = torch.full((len(triples), longest), _NO_LOSS)
    for row, (prompt, reply, bearing) in enumerate(triples):
        whole = torch.tensor(prompt + reply)
        ids[row, : len(whole)] = whole
        labels[row, len(prompt) : len(prompt) + bearing] = whole[len(prompt) : len(prompt) + bearing]
    lengths = torch.tensor([len(prompt) + len(reply) for prompt, reply, _ in triples])
    mask = (torch.arange(longest)[None, :] < lengths[:, None]).long()
    return TokenBatch(ids, mask, labels)


def _token_ids(one: Example, tokenizer: Any) -> tuple[list[int], list[int], int]:
    """Ids of the prompt, ids of the reply with its end, and how many of the reply's bear the loss."""
    messages = [turn.model_dump() for turn in one.messages]
    prompt = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    prompt = f"{prompt} {one.begun}".rstrip()
    reply = f"{one.reply} {tokenizer.eos_token}"
    encoded = [list(tokenizer(text, add_special_tokens=False)["input_ids"]) for text in (prompt, reply)]
    return encoded[0], encoded[1], len(encoded[1]) if one.loss_words is None else one.loss_words
