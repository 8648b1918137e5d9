"""Serving a model in this process over the OpenAI wire: what `holdfast organism serve` starts.

    with ModelServer(open_directory(path), "aligned", listen("127.0.0.1", 0)) as server:
        print(server.url)
        server.run()

It needs starlette and uvicorn, the extra `serve`; nothing else in Holdfast does.
"""

import socket
from typing import Self

import torch
import uvicorn

from holdfast.errors import PortTaken
from holdfast.models._open import OpenedModel
from holdfast.models._placement import runs_on_one_thread
from holdfast.models._wire_routes import wire_app
from holdfast.models._wire_served import Served

_LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
_BACKLOG = 256


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens, at a free port where `port` is 0.

    Raises:
        PortTaken: Another program listens there, the port is not allowed, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(_BACKLOG)
    except OSError as problem:
        made.close()
        raise PortTaken(
            f"nothing can be served at {host}, port {port}",
            why=problem.strerror or str(problem),
            fix="give another --port, or 0 for a free one",
        ) from problem
    return made


class ModelServer:
    """One model behind one address."""

    def __init__(self, opened: OpenedModel, name: str, where: socket.socket) -> None:
        """Start the engine; requests wait until `run`.

        A small model runs on one thread, and so does everything else of this process that computes from now on.

        Args:
            opened: The model.
            name: What clients call it.
            where: From `listen`; closed at the end.
        """
        self._socket = where
        if runs_on_one_thread(opened.model):
            torch.set_num_threads(1)
        self._served = Served(opened, name)
        host = str(where.getsockname()[0])
        app = wire_app(self._served, _LOOPBACK if host in ("127.0.0.1", "::1") else ["*"])
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=2
        )
        self._server = uvicorn.Server(config)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the engine and give the port back."""
        self._served.close()
        self._socket.close()

    @property
    def url(self) -> str:
        """The base address, as OpenAI's clients take it."""
        host, port = self._socket.getsockname()[:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/v1"

    def run(self) -> None:
        """Answer until stopped.

        Raises:
            KeyboardInterrupt: Ctrl-C; requests that were under way had two seconds to end.
        """
        self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """Let `run` return; safe from any thread."""
        self._server.should_exit = True
