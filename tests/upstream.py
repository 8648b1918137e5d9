"""An endpoint that a test controls: it speaks the OpenAI wire on loopback, and breaks on command."""

import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread, local
from typing import Any, cast

from holdfast.subjects import Budget, RealPatience

MODEL = "tiny"


@dataclass(frozen=True)
class Call:
    """One request that came in."""

    number: int
    """Of its kind, from 1."""
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def last(self) -> str:
        """The last message's words."""
        return self.body["messages"][-1]["content"]

    @property
    def is_opening(self) -> bool:
        """Whether it is one of the requests that open an endpoint."""
        return self.body["messages"][0]["content"] == "ok"


Respond = Callable[["Wire"], None]
"""Writes a whole response, or less than one."""


def completion(content: str | None, *, prompt: int = 3, **changes: Any) -> dict[str, Any]:
    """The body of a good answer; `changes` replace what is at its top."""
    words = (content or "").split()
    usage = {"prompt_tokens": prompt, "completion_tokens": len(words), "total_tokens": prompt + len(words)}
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": content},
        "finish_reason": "stop",
        "logprobs": {
            "content": [{"token": word, "logprob": -0.5, "bytes": None, "top_logprobs": []} for word in words]
        },
    }
    made = {"id": "c-1", "object": "chat.completion", "created": 0, "model": MODEL, "choices": [choice], "usage": usage}
    return made | changes


def says(content: str | None, **changes: Any) -> Respond:
    return lambda wire: wire.send(200, completion(content, **changes))


def status(code: int, message: str = "", **headers: str) -> Respond:
    return lambda wire: wire.send(code, {"error": {"message": message}} if message else {}, headers)


def raw(body: bytes, *, claims: int | None = None) -> Respond:
    """These bytes with status 200; `claims` is the length that the header gives: more than there is, and it is cut."""
    return lambda wire: wire.send_bytes(200, body, {"Content-Length": str(len(body) if claims is None else claims)})


def drops(wire: "Wire") -> None:
    """The connection ends without a word."""


def listing(*names: str) -> dict[str, Any]:
    return {
        "object": "list",
        "data": [{"id": name, "object": "model", "created": 0, "owned_by": "x"} for name in names],
    }


def prompt_tokens(body: dict[str, Any]) -> int:
    """Words and marks, as a model's template would write them: a begun reply is gone on with."""
    return (
        1
        + sum(1 + len(message["content"].split()) for message in body["messages"])
        + (0 if body.get("continue_final_message") else 1)
    )


def well(call: Call) -> Respond:
    """A good answer to anything."""
    return says("i will not help .", prompt=prompt_tokens(call.body))


@dataclass
class Upstream:
    """What it does, and what it was asked."""

    chat: Callable[[Call], Respond] = well
    models: Callable[[Call], Respond] = lambda call: lambda wire: wire.send(200, listing(MODEL))
    calls: list[Call] = field(default_factory=list)
    port: int = 0
    paths: Counter[str] = field(default_factory=Counter[str])
    samples: Counter[int] = field(default_factory=Counter[int])
    """How often each sample was asked, by its seed; what opened the endpoint is left out."""
    lock: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def take(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> Respond:
        with self.lock:
            self.paths[path] += 1
            call = Call(self.paths[path], path, headers, body)
            self.calls.append(call)
            if body and not call.is_opening:
                self.samples[body["seed"]] += 1
            return (self.models if path.endswith("/models") else self.chat)(call)

    @contextmanager
    def up(self) -> Iterator["Upstream"]:
        """Listen; after the first time at the same port."""
        server = _Server(("127.0.0.1", self.port), Wire)
        server.upstream = self
        self.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    allow_reuse_address = True
    request_queue_size = 64
    upstream: Upstream

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what some tests are about."""


class Wire(BaseHTTPRequestHandler):
    """One connection, one request: no connection outlives the answer, so that going down is at once."""

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: dict[str, Any]) -> None:
        cast(_Server, self.server).upstream.take(self.path, dict(self.headers), body)(self)

    def send(self, code: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_bytes(code, content, {"Content-Length": str(len(content))} | (headers or {}))

    def send_bytes(self, code: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  as inherited
        """Nothing."""


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Hurried(RealPatience):
    """A clock that only waiting moves, each thread's own, and that never waits."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._own = local()

    @property
    def at(self) -> float:
        return getattr(self._own, "at", 0.0)

    def now(self) -> float:
        return self.at

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self._own.at = self.at + seconds
        return super().wait(0.0)


QUICK = Budget(attempts=3, seconds=60.0, request_s=5.0)
