"""Salted digests: names by which records can be told apart, and by nobody be found who lacks the salt."""

import hmac
from hashlib import sha256
from typing import Final

_KEPT: Final = 20
"""Hex digits: 80 bits, so that no two of a hundred million records meet by chance."""


def salted(salt: bytes, kind: str, name: str) -> str:
    """A digest of a name under a salt (HMAC-SHA-256, RFC 2104).

    Args:
        salt: Whoever has it can look a name up.
        kind: What is named: a user and a session of one name come to different digests.
        name: The name.
    """
    return hmac.new(salt, f"{kind}\0{name}".encode("utf-8", "backslashreplace"), sha256).hexdigest()[:_KEPT]
