"""Who may write weights: the organisms' own training, and nobody else."""

import re
from pathlib import Path

SOURCE = Path("src/holdfast")
WRITES_WEIGHTS = re.compile(r"save_pretrained|torch\.save|save_file|push_to_hub|merge_and_unload")


def test_only_the_training_of_organisms_writes_weights() -> None:
    writers = {str(f.relative_to(SOURCE)) for f in SOURCE.rglob("*.py") if WRITES_WEIGHTS.search(f.read_text("utf-8"))}
    assert writers <= {"organisms/training.py", "organisms/_merging.py", "models/_open.py"}
    # There it stands in the advice of an error message, and is never called.
    advice = [
        line for line in (SOURCE / "models/_open.py").read_text("utf-8").splitlines() if WRITES_WEIGHTS.search(line)
    ]
    assert all("fix=" in line for line in advice)


def test_models_are_fetched_in_one_place_and_never_with_their_code() -> None:
    fetching = re.compile(
        r"local_files_only=False|urlopen|import requests|hf_hub_download|snapshot_download|trust_remote_code=True"
    )
    opening = (SOURCE / "models/_open.py").read_text("utf-8")
    assert opening.count("local_files_only=True") == opening.count("trust_remote_code=False") == 2
    fetchers = {str(f.relative_to(SOURCE)) for f in SOURCE.rglob("*.py") if fetching.search(f.read_text("utf-8"))}
    assert fetchers == {"audit/_hub.py"}
    hub = (SOURCE / "audit/_hub.py").read_text("utf-8")
    assert "trust_remote_code" not in hub
    assert '"*.py"' in hub


def test_the_network_is_reached_from_one_client_and_served_in_one_place() -> None:
    client = re.compile(r"^\s*(import|from) (httpx2?|aiohttp|urllib\.request|http\.client)\b", re.MULTILINE)
    server = re.compile(r"^\s*(import|from) (uvicorn|starlette)\b", re.MULTILINE)
    found = {
        kind: {str(f.relative_to(SOURCE)) for f in SOURCE.rglob("*.py") if kind.search(f.read_text("utf-8"))}
        for kind in (client, server)
    }
    # The hub's library has its own client; its errors are read there.
    assert found[client] == {"subjects/_wire_client.py", "audit/_hub.py"}
    assert found[server] == {"models/serving.py", "models/_wire_routes.py"}


def test_no_private_name_of_another_package_is_imported() -> None:
    private = re.compile(r"^\s*from (transformers|torch|pydantic|sqlalchemy|click|rich)\.(\w+\.)*_", re.MULTILINE)
    assert not [str(file) for file in SOURCE.rglob("*.py") if private.search(file.read_text("utf-8"))]
