"""Activations in files beside: two bytes a number, one sample at a time."""

import stat
from pathlib import Path

import numpy as np
import pytest

from holdfast.errors import BrokenLog, StorageFailed
from holdfast.models import Capture, Request, load_activations, save_activations
from tiny_models import engine, prompts


def test_what_was_captured_is_read_back_sample_by_sample(tmp_path: Path) -> None:
    capture = Capture((1, 3), at="reply")
    asked = {f"check/subject/{n}": Request(prompt, 40) for n, prompt in enumerate(prompts(6))}
    made = dict(zip(asked, engine("llama").run(list(asked.values()), capture=capture), strict=True))
    path = tmp_path / "logs" / "activations"
    save_activations(path, made, capture)
    save_activations(path, made, capture)
    numbers = 0
    for key, completion in made.items():
        read = load_activations(path, key)
        assert read.dtype == np.float16
        assert np.array_equal(read.swapaxes(0, 1), completion.activations.numpy())  # type: ignore[union-attr]
        numbers += read.size
    files = [path.with_suffix(ending) for ending in (".npy", ".json")]
    assert sum(file.stat().st_size for file in files) <= 2.1 * numbers
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_sample_that_is_not_there_is_a_coded_error(tmp_path: Path) -> None:
    save_activations(tmp_path / "a", {}, Capture((1,)))
    for path in (tmp_path / "a", tmp_path / "none"):
        with pytest.raises(BrokenLog, match="no activations"):
            load_activations(path, "check/subject/1")


def test_a_place_that_cannot_be_written_is_a_coded_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFailed, match="cannot be written"):
        save_activations(tmp_path / "file" / "a", {}, Capture((1,)))
