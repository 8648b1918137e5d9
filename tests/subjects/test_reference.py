"""How a user names a subject."""

from pathlib import Path

import pytest

from holdfast.errors import UnknownReference
from holdfast.subjects import (
    DirectoryReference,
    EndpointReference,
    HubReference,
    InspectReference,
    OrganismReference,
    parse_reference,
)


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
    ("text", "repository", "revision"),
    [
        ("hf:org/name", "org/name", None),
        ("hf:org/name@main", "org/name", "main"),
        ("hf:org/na.me-2@refs/pr/1", "org/na.me-2", "refs/pr/1"),
        ("hf:gpt2@v1.0", "gpt2", "v1.0"),
    ],
)
def test_a_model_of_the_hub_may_have_a_revision(text: str, repository: str, revision: str | None) -> None:
    assert parse_reference(text) == HubReference(repository, revision)


@pytest.mark.parametrize("text", ["hf:", "hf:a/b/c", "hf:org/name@", "hf:../name", "hf:org/na me", "hf:/abs"])
def test_what_cannot_be_a_model_of_the_hub_is_refused(text: str) -> None:
    with pytest.raises(UnknownReference, match="hf:") as caught:
        parse_reference(text)
    assert "hf:org/name@revision" in caught.value.fix


@pytest.mark.parametrize(
    ("text", "base_url", "model"),
    [
        ("http://127.0.0.1:8000/v1#aligned", "http://127.0.0.1:8000/v1", "aligned"),
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1", None),
        ("https://api.example.org/v1/#org/model", "https://api.example.org/v1", "org/model"),
        ("HTTPS://api.example.org/openai/v1#m", "https://api.example.org/openai/v1", "m"),
        ("http://[::1]:80/v1#m", "http://[::1]:80/v1", "m"),
    ],
)
def test_an_endpoint_is_an_address_and_a_model_behind_a_hash(text: str, base_url: str, model: str | None) -> None:
    assert parse_reference(text) == EndpointReference(base_url, model)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("http://host", "no path"),
        ("https://host/#model", "no path"),
        ("http:///v1#m", "names no host"),
        ("http:host/v1", "names no host"),
        ("http://host:port/v1#m", "Port could not be cast"),
        ("http://host:99999/v1#m", "Port out of range"),
        ("http://host:0/v1#m", "no port"),
        ("http://host/v1?api-version=1#m", "no query"),
        ("http://host/v1/chat/completions#m", "one route"),
        ("http://[host/v1#m", "IPv6"),
    ],
)
def test_what_cannot_be_an_endpoint_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(UnknownReference, match="cannot open") as caught:
        parse_reference(text)
    assert why in caught.value.why
    assert "#MODEL" in caught.value.fix


@pytest.mark.parametrize("text", ["https://me:sesame@host/v1#m", "https://host/v1?key=sesame#m"])
def test_a_secret_in_an_address_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UnknownReference) as caught:
        parse_reference(text)
    said = " ".join((caught.value.what, caught.value.why, caught.value.fix))
    assert "sesame" not in said
    assert "HOLDFAST_API_KEY" in said


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("openai/gpt-x", "openai/gpt-x"),
        ("vllm/org/model", "vllm/org/model"),
        ("inspect:own/model", "own/model"),
        ("inspect:openai/gpt-x", "openai/gpt-x"),
    ],
)
def test_a_model_string_of_inspect_is_known_by_its_provider_or_its_prefix(text: str, model: str) -> None:
    assert parse_reference(text) == InspectReference(model)


@pytest.mark.parametrize("text", ["inspect:", "inspect:model", "openai/", "inspect:a b/c"])
def test_what_cannot_be_a_model_string_is_refused(text: str) -> None:
    with pytest.raises(UnknownReference) as caught:
        parse_reference(text)
    assert "provider/model" in caught.value.fix


def test_a_directory_that_exists_wins_over_a_provider(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "openai" / "gpt").mkdir(parents=True)
    assert parse_reference("openai/gpt") == DirectoryReference(Path("openai/gpt"))
    assert parse_reference("inspect:openai/gpt") == InspectReference("openai/gpt")
