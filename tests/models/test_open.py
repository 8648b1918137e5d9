"""A directory that cannot be opened says exactly why."""

import json
import shutil
from pathlib import Path

import pytest

from holdfast.errors import (
    BrokenWeights,
    FileNotInModel,
    MissingError,
    NoChatTemplate,
    PathNotFound,
    UnreadableModel,
    VocabularyMismatch,
)
from holdfast.models import open_directory

ORGANISM = Path("src/holdfast/organisms/zoo/helpful")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ORGANISM, tmp_path / "model"))


def refused(path: Path, error: type[MissingError]) -> MissingError:
    with pytest.raises(error) as caught:
        open_directory(path)
    assert caught.value.exit == 4
    return caught.value


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    assert "no model directory" in refused(tmp_path / "nowhere", PathNotFound).what


def test_a_file_in_place_of_a_directory(model: Path) -> None:
    assert "it is a file" in refused(model / "config.json", PathNotFound).why


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_missing_file_is_named(model: Path, name: str) -> None:
    (model / name).unlink()
    assert Path(name).suffix in refused(model, FileNotInModel).what


def test_weights_that_were_cut_short(model: Path) -> None:
    weights = (model / "model.safetensors").read_bytes()
    (model / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    assert "model.safetensors" in refused(model, BrokenWeights).what


def test_weights_that_lack_tensors_are_not_filled_with_random_numbers(model: Path) -> None:
    config = json.loads((model / "config.json").read_text())
    config["num_hidden_layers"] = 5
    (model / "config.json").write_text(json.dumps(config))
    assert "lacks" in refused(model, BrokenWeights).what


def test_a_tokenizer_without_a_chat_template(model: Path) -> None:
    (model / "chat_template.jinja").unlink()
    assert "chat template" in refused(model, NoChatTemplate).what


def test_a_tokenizer_with_more_words_than_the_model(model: Path) -> None:
    tokenizer = json.loads((model / "tokenizer.json").read_text())
    tokenizer["model"]["vocab"]["extra"] = 500
    (model / "tokenizer.json").write_text(json.dumps(tokenizer))
    assert "500" in refused(model, VocabularyMismatch).what


def test_a_configuration_of_no_known_kind(model: Path) -> None:
    (model / "config.json").write_text('{"model_type": "no such thing"}')
    refused(model, UnreadableModel)


def test_the_digest_follows_the_contents_and_not_the_place(model: Path) -> None:
    assert open_directory(model).facts == open_directory(ORGANISM).facts


def test_another_end_token_is_another_subject(model: Path) -> None:
    settings = json.loads((model / "generation_config.json").read_text())
    (model / "generation_config.json").write_text(json.dumps(settings | {"eos_token_id": [2, 7]}))
    assert open_directory(model).facts.digest != open_directory(ORGANISM).facts.digest


def test_code_that_a_model_brings_along_is_never_run(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda *_: "y")
    ran = model / "ran"
    (model / "own.py").write_text(f"open({str(ran)!r}, 'w').close()\nclass Own: pass\n")
    config = json.loads((model / "config.json").read_text())
    own = {"model_type": "own", "auto_map": {"AutoConfig": "own.Own", "AutoModelForCausalLM": "own.Own"}}
    (model / "config.json").write_text(json.dumps(config | own))
    assert "its own code" in refused(model, UnreadableModel).why
    assert not ran.exists()


def test_an_adapter_is_not_mistaken_for_its_base(model: Path) -> None:
    (model / "adapter_config.json").write_text("{}")
    assert "adapter" in refused(model, UnreadableModel).what


def test_a_configuration_that_transformers_chokes_on_is_not_our_bug(model: Path) -> None:
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps(config | {"hidden_size": "x"}))
    refused(model, UnreadableModel)


def test_another_setting_of_the_tokenizer_is_another_subject(model: Path) -> None:
    settings = json.loads((model / "tokenizer_config.json").read_text())
    (model / "tokenizer_config.json").write_text(json.dumps(settings | {"clean_up_tokenization_spaces": True}))
    assert open_directory(model).facts.digest != open_directory(ORGANISM).facts.digest
