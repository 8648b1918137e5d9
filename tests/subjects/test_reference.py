"""How a user names a subject."""

from pathlib import Path

import pytest

from holdfast.errors import UnknownReference
from holdfast.subjects import DirectoryReference, OrganismReference, parse_reference


@pytest.mark.parametrize("name", ["aligned", "leaky-2", "helpful@micro"])
def test_an_organism_is_named_with_its_prefix(name: str) -> None:
    assert parse_reference(f"organism:{name}") == OrganismReference(name)


@pytest.mark.parametrize("text", ["./model", "models/llama", "/abs/model", "../up", "."])
def test_a_slash_or_a_dot_makes_a_path_whether_or_not_it_exists(text: str) -> None:
    assert parse_reference(text) == DirectoryReference(Path(text))


def test_a_home_directory_is_spelled_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert parse_reference("~/model") == DirectoryReference(tmp_path / "model")


def test_a_home_directory_of_nobody_is_an_unknown_reference() -> None:
    with pytest.raises(UnknownReference, match="nobody-of-that-name"):
        parse_reference("~nobody-of-that-name/model")


def test_a_bare_word_is_a_path_only_where_it_exists(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model").mkdir()
    assert parse_reference("model") == DirectoryReference(Path("model"))
    with pytest.raises(UnknownReference) as caught:
        parse_reference("aligned")
    assert caught.value.code == "H101"
    assert "organism:aligned" in caught.value.fix


@pytest.mark.parametrize(
    "text", ["hf:org/name@main", "openai/gpt", "anthropic/x", "google/x", "vllm/x", "https://host/v1", "http://host"]
)
def test_hubs_and_endpoints_are_refused_by_name_and_not_taken_for_paths(text: str) -> None:
    with pytest.raises(UnknownReference, match="cannot open") as caught:
        parse_reference(text)
    assert "not opened yet" in caught.value.why
