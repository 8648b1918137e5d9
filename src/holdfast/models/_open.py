# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Opening a local Hugging Face directory, or saying exactly why it cannot be opened.

Only safetensors are read: unpickling weights would run whatever code they carry. Nothing is fetched from anywhere.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging as transformers_logging

from holdfast.errors import (
    BrokenWeights,
    FileNotInModel,
    NoChatTemplate,
    PathNotFound,
    UnreadableModel,
    VocabularyMismatch,
)
from holdfast.evidence import SubjectFacts, digest
from holdfast.models._engine import Engine
from holdfast.models._placement import Placement, Resolved, place, runs_on_one_thread, slots_of

ENGINE = "holdfast engine 2"


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """A model that is ready to be asked, with what pins it."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    facts: SubjectFacts
    placement: Placement
    slots: Resolved
    """Sequences at a time, at most."""

    def engine(self) -> Engine:
        """An engine that runs the model."""
        ends = frozenset(end_ids(self.model, self.tokenizer))
        pad: Any = self.tokenizer.pad_token_id
        return Engine(self.model, ends=ends, pad=int(pad or 0), slots=int(self.slots.value))


def open_directory(path: Path, *, device: str | None = None, dtype: str | None = None) -> OpenedModel:
    """Open a local Hugging Face directory for reading.

    Args:
        path: A directory with `config.json`, safetensors, and a tokenizer that has a chat template.
        device: Where it shall run; None to choose, see `holdfast.models.place`.
        dtype: In which number type; None to choose.

    Returns:
        The model in evaluation mode: in float32 on a CPU, in its own number type elsewhere, unless asked otherwise.

    Raises:
        PathNotFound: There is no such directory.
        FileNotInModel: It lacks a file that a model needs.
        BrokenWeights: The weights are cut short, or tensors are missing from them.
        NoChatTemplate: The tokenizer cannot write a conversation.
        VocabularyMismatch: The tokenizer writes ids beyond the model's embedding.
        UnreadableModel: transformers refuses for another reason.
        UnusableDevice: There is no such device or number type here.
    """
    placement = place(device, dtype)
    weights = _present_files(path)
    for file in weights:
        _check_weights(file)
    model, tokenizer = _load(path, placement)
    _check_tokenizer(path, model, tokenizer)
    slots = slots_of(model)
    return OpenedModel(model, tokenizer, _facts(path, weights, model, tokenizer, slots), placement, slots)


def _present_files(path: Path) -> list[Path]:
    if not path.is_dir():
        raise PathNotFound(
            f"no model directory at {path}",
            why="there is nothing there" if not path.exists() else "it is a file; a model is a directory",
            fix="check the path; `ls` it from the directory you run in",
        )
    if (path / "adapter_config.json").is_file():
        raise UnreadableModel(
            f"{path} holds an adapter, not a model",
            why="an adapter changes a base that is elsewhere; auditing it here would audit something else",
            fix="merge the adapter into its base with peft, save the result, and give that directory",
        )
    weights = sorted({*path.glob("model.safetensors"), *path.glob("model-*.safetensors")})
    wanted = {"config.json": (path / "config.json").is_file(), "model.safetensors": bool(weights)}
    for name, present in wanted.items():
        if not present:
            raise FileNotInModel(
                f"{path} has no {name}",
                why="a local subject is a Hugging Face directory; pickled weights (.bin) are not read",
                fix="save the model with `model.save_pretrained(DIR)` and `tokenizer.save_pretrained(DIR)`",
            )
    return weights


def _check_weights(file: Path) -> None:
    try:
        with safe_open(file, framework="pt") as tensors:
            tensors.keys()
    except (SafetensorError, OSError) as problem:
        raise BrokenWeights(
            f"{file} cannot be read",
            why=f"the file does not hold what its header says ({problem}); usually an interrupted copy or download",
            fix=f"copy or download {file.name} again and compare its size with the source",
        ) from problem


def _load(path: Path, placement: Placement) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    spread = {"device_map": "auto"} if placement.device.value == "auto" else {}
    try:
        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True, trust_remote_code=False)
        opened: Any = AutoModelForCausalLM.from_pretrained(
            path,
            local_files_only=True,
            trust_remote_code=False,
            dtype=placement.dtype.value,
            use_safetensors=True,
            output_loading_info=True,
            **spread,
        )
    except Exception as problem:
        raise _unreadable(path, problem) from problem
    model, loading = opened
    if loading["missing_keys"] or loading["mismatched_keys"]:
        missing = sorted({str(key) for key in (*loading["missing_keys"], *loading["mismatched_keys"])})
        raise BrokenWeights(
            f"{path} lacks {len(missing)} tensors that its configuration asks for",
            why=f"the first is {missing[0]}; transformers would have filled them with random numbers",
            fix="copy every *.safetensors file that belongs to this config.json",
        )
    return (model if spread else model.to(placement.device.value)).eval(), tokenizer


def _unreadable(path: Path, problem: Exception) -> UnreadableModel:
    said = str(problem).strip().splitlines()[0] if str(problem).strip() else type(problem).__name__
    own_code = "trust_remote_code" in str(problem)
    return UnreadableModel(
        f"transformers cannot open {path}",
        why="the model brings its own code, which is never run here" if own_code else said,
        fix="use a directory of a kind that the installed transformers knows by itself, complete as it was published",
    )


def _check_tokenizer(path: Path, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
    if not tokenizer.chat_template:
        raise NoChatTemplate(
            f"the tokenizer in {path} has no chat template",
            why="without one, requests cannot be written the way the model was trained to read them",
            fix="add the publisher's chat_template.jinja to the directory",
        )
    embedding: Any = model.get_input_embeddings()
    rows = int(embedding.weight.shape[0])
    highest = max(tokenizer.get_vocab().values())
    if highest >= rows:
        raise VocabularyMismatch(
            f"the tokenizer in {path} writes ids up to {highest}; the model reads ids below {rows}",
            why="tokenizer and weights are from different models, or tokens were added without resizing the embedding",
            fix="put the tokenizer files that were published with these weights into the directory",
        )


def _facts(
    path: Path,
    weights: list[Path],
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    slots: Resolved,
) -> SubjectFacts:
    settings = path / "tokenizer_config.json"
    backend: Any = getattr(tokenizer, "backend_tokenizer", None)
    pinned = {
        "weights": digest([_file_digest(file) for file in weights]),
        "config": digest(json.loads((path / "config.json").read_text())),
        "tokenizer": digest(json.loads(backend.to_str()) if backend else tokenizer.get_vocab()),
        # Settings outside the tokenizer proper still change what a reply reads like.
        "tokenizer_settings": digest(json.loads(settings.read_text()) if settings.is_file() else {}),
        "chat_template": digest(tokenizer.chat_template),
        "ends": digest([str(tokenizer.bos_token), *map(str, end_ids(model, tokenizer))]),
    }
    number_type = str(model.dtype).removeprefix("torch.")
    return SubjectFacts(
        digest=digest(pinned),
        access="weights",
        architecture=type(model).__name__,
        parameters=model.num_parameters(),
        weights_digest=pinned["weights"],
        tokenizer_digest=pinned["tokenizer"],
        chat_template_digest=pinned["chat_template"],
        words=digest(sorted(tokenizer.get_vocab())),
        decoder=f"{ENGINE}, {number_type} on {model.device.type}, {slots.value} at a time"
        + (", one thread" if runs_on_one_thread(model) else ""),
    )


def end_ids(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """The token ids that end a turn: the generation settings' and the tokenizer's own."""
    configured: Any = getattr(model.generation_config, "eos_token_id", None)
    ends: list[Any] = configured if isinstance(configured, list) else [configured]
    own: Any = tokenizer.eos_token_id
    return sorted({int(end) for end in (*ends, own) if end is not None})


def _file_digest(file: Path) -> str:
    seen = sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(1 << 22):
            seen.update(chunk)
    return seen.hexdigest()
