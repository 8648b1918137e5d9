"""A secret of this machine: with it names are made that nobody else can translate."""

import os
from hashlib import sha256
from hmac import new
from secrets import token_hex

from holdfast.errors import StorageFailed
from holdfast.store._home import home

_FILE = "secret.key"


def secret_for(what: str) -> bytes:
    """32 bytes that follow from this machine's secret and from what they are for; the secret is drawn where none is.

    Args:
        what: What they are for; another purpose has other bytes.

    Raises:
        StorageFailed: The secret cannot be read or kept.
    """
    path = home() / _FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(token_hex(32))
        except FileExistsError:
            pass
        key = bytes.fromhex(path.read_text("ascii"))
    except (OSError, ValueError) as problem:
        raise StorageFailed(
            f"{path} cannot be used",
            why=getattr(problem, "strerror", None) or "it does not hold what was written there",
            fix="make it readable, or move it aside: another is drawn then, and searches begin anew",
            state="nothing was run",
        ) from problem
    return new(key, what.encode(), sha256).digest()
