"""Chosen activations in files beside the log: half precision, two bytes a number, mapped and not read whole.

`NAME.npy` holds one row for each token, (tokens, model layers, width); `NAME.json` says which rows are whose.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from holdfast.errors import BrokenLog, StorageFailed
from holdfast.models._request import Capture, Completion


def save_activations(path: Path, made: Mapping[str, Completion], capture: Capture) -> None:
    """Write what was captured; readable by the owner alone, since it tells what was said.

    Args:
        path: Without an ending; files that are there are replaced.
        made: Completions by the sample's id; those without activations are left out.
        capture: What was captured.

    Raises:
        StorageFailed: The disk refused.
    """
    held = {key: one.activations.numpy().swapaxes(0, 1) for key, one in made.items() if one.activations is not None}
    ends = np.cumsum([len(rows) for rows in held.values()]).tolist()
    index = {
        "model_layers": capture.model_layers,
        "at": capture.at,
        "samples": {key: [end - len(held[key]), end] for key, end in zip(held, ends, strict=True)},
    }
    rows = np.concatenate(list(held.values())) if held else np.zeros((0, len(capture.model_layers), 0), np.float16)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _private(path.with_suffix(".npy")) as file:
            np.save(file, rows)
        with _private(path.with_suffix(".json")) as file:
            file.write(json.dumps(index).encode())
    except OSError as problem:
        raise StorageFailed(
            f"{path} cannot be written",
            why=problem.strerror or str(problem),
            fix="make room or make the directory writable",
            state="the completions are not affected",
        ) from problem


def load_activations(path: Path, sample: str) -> np.ndarray:
    """One sample's activations, (tokens, model layers, width), float16, mapped from the file.

    Args:
        path: Without an ending, as it was given to `save_activations`.
        sample: Its id.

    Raises:
        BrokenLog: The files cannot be read, or do not hold the sample.
    """
    try:
        start, end = json.loads(path.with_suffix(".json").read_text("utf-8"))["samples"][sample]
        return np.load(path.with_suffix(".npy"), mmap_mode="r")[start:end]
    except (OSError, ValueError, KeyError) as problem:
        raise BrokenLog(
            f"no activations of {sample!r} at {path}", why=str(problem), fix="capture them again; see the sample's id"
        ) from problem


def _private(path: Path) -> Any:
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
