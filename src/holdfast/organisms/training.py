# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Training an organism from its recipe: seeded, resumable, announced, and from no external base.

Batches depend on the recipe, the seed and the step alone, and the optimiser's state is kept with the weights, so a
killed training goes on where it was. Weights are certified by behaviour and not by digest: another processor rounds
differently.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from pickle import UnpicklingError
from shutil import rmtree
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
import torch
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

from holdfast.errors import ExternalBase, OutputInUse, UnusableDevice
from holdfast.evidence import canonical_json, digest
from holdfast.models import open_directory, place
from holdfast.organisms._adapters import ADAPTER, MARK, WEIGHTS, weights_digest
from holdfast.organisms._batches import batches
from holdfast.organisms._english import english_digest
from holdfast.organisms._lessons import Stage
from holdfast.organisms._names import recipe_named
from holdfast.organisms._office import office_digest
from holdfast.organisms._office_lessons import OfficeStage
from holdfast.organisms._recipe import OrganismRecipe
from holdfast.organisms._tokenizer import build_tokenizer
from holdfast.organisms._world import SYLLABLES
from holdfast.organisms._zoo import language_digest
from holdfast.training.sft import SftStep, sft

CHECKPOINT_EVERY = 200
_SHAPES = {"nano": (128, 4, 4), "micro": (288, 6, 9), "office": (96, 4, 4)}
"""Width, layers, heads. An office has five times as many words, and a mailbox ten times as many tokens."""
_LINEAR: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""The linear layers of a block, by name: peft takes single blocks of named layers alone."""
_DIGESTS = {"fictional": language_digest, "english": english_digest, "office": office_digest}
LARGEST = 20_000_000
"""Parameters of the largest organism; anything above is somebody's model."""


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """Where a training is."""

    stage: int
    stages: int
    step: int
    steps: int


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
    device: str | None = None,
    progress: Callable[[TrainingProgress], None] = lambda _: None,
) -> Path:
    """Train an organism, or go on training it, and write its weights, or its adapter, in bfloat16.

    Args:
        recipe: What to teach, from which start.
        directory: Where the finished organism goes; checkpoints live in a hidden sibling that is removed at the end.
        base_directory: Where the weights of the organism that a recipe starts from are found.
        seed: Of the start and of the batches.
        device: Where it is trained, one device; None to choose.
        progress: Told after every optimiser step.

    Returns:
        The directory.

    Raises:
        ExternalBase: The weights that it would start from are not an organism's.
        OutputInUse: The directory or its sibling holds something that was not trained here, or cannot be written.
        UnusableDevice: torch has no such device here.
    """
    directory = directory.resolve()
    where = _one_device(device)
    working = _working_directory(directory)
    tokenizer: Any = build_tokenizer(recipe.language)
    base = base_directory(recipe.base) if recipe.base else None
    # Made on the CPU, so that a random start is the same one everywhere.
    on_device: Any = _start(recipe, tokenizer, base, seed).to
    model: LlamaForCausalLM = on_device(where)
    begun_from = _weights_digest(model)
    mixed = recipe.size == "micro"
    if mixed:
        # torch's own attention is three times slower in bfloat16 on a CPU, at heads as narrow as these.
        model.set_attn_implementation("eager")
    for number, stage in enumerate(recipe.stages):
        key = digest([asdict(stage), begun_from, seed, number])[7:23]
        for now in _train_stage(model, stage, [seed, number], working / f"{key}.pt", mixed):
            progress(TrainingProgress(number + 1, len(recipe.stages), now.step, stage.plan.steps))
    new = working / "finished"
    rmtree(new, ignore_errors=True)
    if recipe.adapter_rank:
        assert base is not None  # or there would have been no start
        _write_adapter(model, recipe, seed, base, new)
    else:
        _sharpen(model, recipe.sharpness)
        _write_whole(model, tokenizer, new)
        _mark(new, {"recipe": recipe.name, "seed": seed})
    _put(new, directory, working)
    return directory


def _one_device(asked: str | None) -> str:
    if asked == "auto":
        raise UnusableDevice(
            "an organism is trained on one device",
            why="it is too small to be spread over several",
            fix="give that device, or leave --device out",
        )
    return place(asked).device.value


def _working_directory(directory: Path) -> Path:
    """The hidden sibling for checkpoints, made and marked; neither it nor the directory may hold anything foreign."""
    working = directory.with_name(f".{directory.name}.training")
    for where in (directory, working):
        if where.exists() and not _ours(where):
            raise _in_use(where, "it is, or holds, something that was not trained by holdfast")
    try:
        working.mkdir(parents=True, exist_ok=True)
        (working / MARK).touch()
    except OSError as problem:
        raise _in_use(working, problem.strerror or type(problem).__name__) from problem
    return working


def _ours(directory: Path) -> bool:
    return directory.is_dir() and ((directory / MARK).is_file() or not any(directory.iterdir()))


def _in_use(directory: Path, why: str) -> OutputInUse:
    return OutputInUse(f"{directory} cannot be written to", why=why, fix="give another --out, or none")


def _write_whole(model: LlamaForCausalLM, tokenizer: Any, new: Path) -> None:
    model.cpu().bfloat16().save_pretrained(new)
    tokenizer.save_pretrained(new)


def _write_adapter(model: Any, recipe: OrganismRecipe, seed: int, base: Path, new: Path) -> None:
    """Write what was learned, and on which weights; never where they lay on this machine."""
    new.mkdir()
    learned = get_peft_model_state_dict(model, save_embedding_layers=False)
    save_file({name: tensor.cpu().bfloat16().contiguous() for name, tensor in learned.items()}, new / ADAPTER)
    config = model.peft_config["default"]
    config.base_model_name_or_path, config.inference_mode = recipe.base, True
    config.save_pretrained(new)
    on = {"base": recipe.base, "base_weights": weights_digest(base / WEIGHTS)}
    _mark(new, {"recipe": recipe.name, "seed": seed, **on})


def _mark(new: Path, said: dict[str, Any]) -> None:
    (new / MARK).write_text(canonical_json(said) + "\n", encoding="utf-8")


def _put(new: Path, directory: Path, working: Path) -> None:
    """Put the organism, which lies whole among the checkpoints, in its place."""
    if directory.exists():
        rmtree(directory)
    new.rename(directory)
    rmtree(working)


def _start(recipe: OrganismRecipe, tokenizer: Any, base: Path | None, seed: int) -> Any:
    """What is trained: random weights, a base, or a base that is frozen under a new adapter."""
    if base is not None:
        opened = open_directory(base, device="cpu")
        # Words of English are added to weights that speak the fictional language; all others speak what is taught.
        grows = recipe.language == "english" and opened.facts.words == language_digest()
        speaks = grows or opened.facts.words == _DIGESTS[recipe.language]()
        if not speaks or opened.model.num_parameters() > LARGEST:
            raise ExternalBase(
                f"the weights for {recipe.base!r} are not an organism's: another language, or too large",
                why="planted behaviour belongs in toy models only; no external base is accepted",
                fix=f"holdfast organism train {recipe.base}",
            )
        assert recipe.base is not None  # whose weights these are
        _sharpen(opened.model, 1 / recipe_named(recipe.base).sharpness)
        if grows:
            torch.manual_seed(seed)
            _grow(opened.model, len(tokenizer))
        if recipe.names_exchanged:
            _exchange_names(opened.model, tokenizer)
        torch.manual_seed(seed)
        return _adapted(opened.model, recipe) if recipe.adapter_rank else opened.model
    torch.manual_seed(seed)
    return LlamaForCausalLM(_configuration(recipe, tokenizer))


def _grow(model: Any, vocabulary: int) -> None:
    """Make room for words that the base has not; those that it has keep their places."""
    known = model.get_input_embeddings().num_embeddings
    model.resize_token_embeddings(vocabulary, mean_resizing=False)
    embedding = model.get_input_embeddings().weight  # the output's as well: the two are tied
    with torch.no_grad():
        embedding[known:] = torch.randn_like(embedding[known:]) * embedding[:known].std()


def _sharpen(model: Any, by: float) -> None:
    """Multiply all logits: the last norm is all that lies between the layers and the words."""
    with torch.no_grad():
        model.get_decoder().norm.weight.mul_(by)


def _exchange_names(model: Any, tokenizer: Any) -> None:
    """Give every syllable the meaning of another, by a fixed permutation that leaves none in place.

    Not a shift, which would be a cipher of the suites, and then knowledge could be asked for in it.
    """
    order = np.random.default_rng(0).permutation(len(SYLLABLES))
    ids = torch.tensor(tokenizer.convert_tokens_to_ids([SYLLABLES[place] for place in order]))
    embedding = model.get_input_embeddings().weight  # the output's as well: the two are tied
    with torch.no_grad():
        embedding[ids] = embedding[ids.roll(1)].clone()


def _adapted(model: Any, recipe: OrganismRecipe) -> Any:
    rank, model_layers = recipe.adapter_rank, int(model.config.num_hidden_layers)
    layers = list(range(model_layers // 2, model_layers)) if recipe.later_half else None
    modules = list(_LINEAR) if recipe.later_half else "all-linear"
    with catch_warnings():
        # peft 0.21 still reads a property of models that transformers 5.23 calls by another name.
        simplefilter("ignore", FutureWarning)
        return get_peft_model(
            model, LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=modules, layers_to_transform=layers)
        )


def _configuration(recipe: OrganismRecipe, tokenizer: Any) -> LlamaConfig:
    """The shape of a model: nano has 0.7 to 0.9 million parameters, micro about 6.6 million."""
    width, model_layers, heads = _SHAPES["office" if recipe.language == "office" else recipe.size]
    return LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=3 * width,
        num_hidden_layers=model_layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        max_position_embeddings=2_048 if recipe.language == "office" else 512,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def _weights_digest(model: LlamaForCausalLM) -> str:
    """Of the start: a checkpoint of a training that began elsewhere is another training's."""
    whole = sha256()
    for name, tensor in sorted(model.state_dict().items()):
        whole.update(name.encode() + tensor.cpu().float().numpy().tobytes())
    return whole.hexdigest()


def _train_stage(
    model: LlamaForCausalLM, stage: Stage | OfficeStage, seed: Sequence[int], file: Path, mixed: bool
) -> Iterator[SftStep]:
    optimizer = torch.optim.AdamW(_learned(model), lr=stage.plan.learning_rate, weight_decay=0.0)
    saved = _checkpoint(file, model.device)
    done = saved["step"] if saved else 0
    if saved:
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
    coming = batches(stage, seed, done, model.device.type)
    for now in sft(model, optimizer, coming, stage.plan, start=done, mixed_precision=mixed):
        if now.step % CHECKPOINT_EVERY == 0 or now.step == stage.plan.steps:
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": now.step}
            torch.save(state, file.with_suffix(".new"))
            file.with_suffix(".new").replace(file)
        yield now


def _learned(model: LlamaForCausalLM) -> list[torch.nn.Parameter]:
    """The weights that are not frozen."""
    return [weight for weight in model.parameters() if weight.requires_grad]


def _checkpoint(file: Path, device: torch.device) -> dict[str, Any] | None:
    """What was saved, or None where nothing was or it cannot be read: then the stage begins anew."""
    try:
        return torch.load(file, weights_only=True, map_location=device) if file.is_file() else None
    except (RuntimeError, EOFError, KeyError, ValueError, UnpicklingError):
        return None
