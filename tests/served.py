"""A real model behind a real server on loopback, in a thread of the test."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import httpx2

from holdfast.models import OpenedModel, open_directory
from holdfast.models.serving import ModelServer, listen

ZOO = Path("src/holdfast/organisms/zoo").absolute()


def served(organism: str) -> AbstractContextManager[str]:
    """The base address of `organism:NAME`, as long as the block runs."""
    return serving(open_directory(ZOO / organism), organism)


@contextmanager
def serving(opened: OpenedModel, name: str) -> Iterator[str]:
    """The base address of a model that is open."""
    with ModelServer(opened, name, listen("127.0.0.1", 0)) as server:
        thread = Thread(target=server.run, daemon=True)
        thread.start()
        deadline = monotonic() + 30
        while not _is_up(server.url) and monotonic() < deadline:
            sleep(0.02)
        try:
            yield server.url
        finally:
            server.stop()
            thread.join(30)


def _is_up(url: str) -> bool:
    try:
        return httpx2.get(url.removesuffix("/v1") + "/health", trust_env=False).status_code == 200
    except httpx2.TransportError:
        return False
