"""Models of the hub: from the cache without a network, and a coded error for everything that the hub may say."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub
import pytest

from holdfast.audit import open_subject, pin_reference
from holdfast.errors import HubUnreachable, MissingError, RepositoryGated, RepositoryNotFound
from served import ZOO
from upstream import Upstream, free_port

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(autouse=True)
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache as the hub's own library lays it out, with one model in it; there is no network."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    model = tmp_path / "hub" / "models--org--name"
    shutil.copytree(ZOO / "helpful", model / "snapshots" / COMMIT)
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text(COMMIT)
    return model


@pytest.fixture
def online(monkeypatch: pytest.MonkeyPatch) -> Iterator[Upstream]:
    """A hub on loopback."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    with Upstream().up() as server:
        monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", server.url.removesuffix("/v1"))
        yield server


@pytest.mark.parametrize("reference", ["hf:org/name", "hf:org/name@main", f"hf:org/name@{COMMIT}"])
def test_a_model_in_the_cache_is_opened_without_a_network_and_pinned_to_its_commit(reference: str) -> None:
    said: list[str] = []
    pinned = pin_reference(reference, announce=said.append)
    assert pinned == f"hf:org/name@{COMMIT}"
    assert (f"{reference} is {pinned} now" in said) == (reference != pinned)
    assert open_subject(pinned).facts == open_subject(str(ZOO / "helpful")).facts


def test_other_references_have_nothing_to_pin() -> None:
    for reference in ("organism:aligned", "./somewhere", "http://127.0.0.1:1/v1#m"):
        assert pin_reference(reference) == reference


def refused(reference: str, kind: type[MissingError]) -> MissingError:
    with pytest.raises(kind) as caught:
        pin_reference(reference)
    assert caught.value.exit == 4
    return caught.value


@pytest.mark.parametrize("reference", ["hf:org/other", "hf:org/name@dev", "hf:org/name@" + "f" * 40])
def test_what_is_not_in_the_cache_cannot_be_fetched_without_a_network(reference: str) -> None:
    error = refused(reference, HubUnreachable)
    assert error.code == "H443"
    assert reference in error.what


def says(upstream: Upstream, code: int, kind: str) -> None:
    """The hub names its reasons in a header."""
    upstream.chat = lambda call: lambda wire: wire.send(code, {"error": "no"}, {"X-Error-Code": kind})


@pytest.mark.parametrize(
    ("code", "kind", "error", "fix"),
    [
        (404, "RepoNotFound", RepositoryNotFound, "hf auth login"),
        (404, "RevisionNotFound", RepositoryNotFound, "/commits"),
        (403, "GatedRepo", RepositoryGated, "accept it at https://huggingface.co/org/other"),
        (500, "", HubUnreachable, "go online"),
    ],
)
def test_what_the_hub_says_is_a_coded_error(
    online: Upstream, code: int, kind: str, error: type[MissingError], fix: str
) -> None:
    says(online, code, kind)
    assert fix in refused("hf:org/other@v1", error).fix


def test_a_hub_that_is_down_is_a_coded_error(online: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", f"http://127.0.0.1:{free_port()}")
    assert refused("hf:org/other", HubUnreachable).why
