"""One request over HTTP: what came back, or what kind of failure it was.

Redirects are not followed: the key would go along. The key comes from HOLDFAST_API_KEY and is taken out of whatever an
endpoint says before that is shown or kept.
"""

import ipaddress
import json
import os
from collections.abc import Mapping
from typing import Any, Final, Self, cast
from urllib.parse import urlsplit

import httpx2

from holdfast.errors import EndpointRefused
from holdfast.subjects._budget import Failure, Lasting, Malformed, Passing, Patience, retry_after_s
from holdfast.visible import visible

KEY: Final = "HOLDFAST_API_KEY"
LARGEST_BODY: Final = 16 * 2**20
_MAY_PASS: Final = frozenset({408, 409, 425, 429})
_LONGEST_QUOTE: Final = 200


def api_key(environment: Mapping[str, str] = os.environ) -> str:
    """The key for endpoints, from the environment alone; empty where there is none.

    Raises:
        EndpointRefused: It holds something that no header can.
    """
    key = environment.get(KEY, "").strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise EndpointRefused(
            f"{KEY} cannot be sent",
            why="a key is printable ASCII without spaces; this one holds something else",
            fix=f"set {KEY} anew",
        )
    return key


def is_loopback(base_url: str) -> bool:
    """Whether an address stays on this machine."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class WireClient:
    """Requests to one endpoint."""

    def __init__(self, base_url: str, key: str, *, connections: int, patience: Patience) -> None:
        """Prepare; nothing is sent yet.

        Args:
            base_url: Without a slash at its end.
            key: Sent as a bearer token; empty for none.
            connections: How many may be open at once.
            patience: The clock that request limits are measured by.
        """
        self._base_url = base_url
        self._key = key
        self._patience = patience
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx2.Client(
            headers=headers,
            follow_redirects=False,
            # A proxy of the environment is meant for the network, not for this machine.
            trust_env=not is_loopback(base_url),
            limits=httpx2.Limits(max_connections=connections, max_keepalive_connections=connections),
        )

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close every connection."""
        self._http.close()

    def get(self, route: str, limit_s: float) -> bytes:
        """The body of a GET; see `_send`."""
        return self._send("GET", route, None, limit_s)

    def post(self, route: str, body: Mapping[str, Any], limit_s: float) -> bytes:
        """The body of a POST of JSON; see `_send`."""
        return self._send("POST", route, body, limit_s)

    def without_key(self, text: str) -> str:
        """The text without the key, should an endpoint have repeated it."""
        return text.replace(self._key, "[the key]") if self._key else text

    def _send(self, method: str, route: str, body: Mapping[str, Any] | None, limit_s: float) -> bytes:
        """One request, whole.

        Raises:
            Passing: Busy, broken inside, not there, too slow, or cut short.
            Lasting: Refused.
        """
        deadline = self._patience.now() + limit_s
        try:
            with self._http.stream(method, self._base_url + route, json=body, timeout=limit_s) as response:
                content = self._whole(response, deadline, limit_s)
        except httpx2.TimeoutException as problem:
            raise Passing(f"no answer within {limit_s:g} s") from problem
        except httpx2.DecodingError as problem:
            raise Malformed("the body's encoding is damaged") from problem
        except httpx2.TransportError as problem:
            raise Passing(self._quoted(str(problem)) or type(problem).__name__) from problem
        if response.status_code == 200:
            return content
        raise self._refusal(response, content)

    def _whole(self, response: httpx2.Response, deadline: float, limit_s: float) -> bytes:
        # A timeout of the library is for each read: a body that drips a byte a second would never meet it.
        content = bytearray()
        for part in response.iter_bytes():
            content += part
            if len(content) > LARGEST_BODY:
                raise Malformed(f"the body is larger than {LARGEST_BODY // 2**20} MiB")
            if self._patience.now() > deadline:
                raise Passing(f"no whole answer within {limit_s:g} s")
        return bytes(content)

    def _refusal(self, response: httpx2.Response, content: bytes) -> Failure:
        status = response.status_code
        words = self._quoted(_message(content))
        said = f"HTTP {status}{f': {words}' if words else ''}"
        if status in _MAY_PASS or status >= 500:
            return Passing(said, status=status, after_s=retry_after_s(response.headers.get("Retry-After")))
        if 300 <= status < 400:
            return Lasting(f"HTTP {status}: it sends elsewhere, and redirects are not followed", status=status)
        if status < 300:
            return Malformed(f"HTTP {status} where 200 was due", status=status)
        return Lasting(said, status=status)

    def _quoted(self, text: str) -> str:
        return visible(" ".join(self.without_key(text).split()))[:_LONGEST_QUOTE]


def _message(content: bytes) -> str:
    """What an error's body says, if it says it in one of the usual ways."""
    try:
        body: Any = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    for name in ("error", "message"):
        body = cast(dict[str, Any], body).get(name, body) if isinstance(body, dict) else body
    return body if isinstance(body, str) else ""
