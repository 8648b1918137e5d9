"""What secrets look like: keys, tokens, passwords, and addresses that carry one."""

import re
from typing import Final
from urllib.parse import parse_qsl, urlsplit

_PREFIXED: Final = (
    r"sk-[\w-]{16,}",
    r"(?:sk|pk|rk)_(?:live|test)_\w{10,}",
    r"gh[opsur]_\w{20,}",
    r"github_pat_\w{20,}",
    r"glpat-[\w-]{16,}",
    r"xox[abeprs]-[\w-]{10,}",
    r"(?:AKIA|ASIA)[0-9A-Z]{16}",
    r"AIza[\w-]{30,}",
    r"ya29\.[\w-]{20,}",
    r"hf_[A-Za-z0-9]{20,}",
    r"npm_[A-Za-z0-9]{30,}",
    r"pypi-[\w-]{30,}",
    r"SG\.[\w-]{16,}\.[\w-]{16,}",
    r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*",
)
KEY: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    rf"|(?<![A-Za-z0-9-])(?:{'|'.join(_PREFIXED)})",
    re.DOTALL,
)
"""A private key, or a token that begins as its issuer's do."""
_UNSEEN: Final = r"\u00ad\u200b-\u200d\u2060\ufeff"
LABELLED: Final = re.compile(
    # Names of variables, such as DB_PASSWORD, end in such a word.
    r"(?<![^\W_])(?:api[ _-]?key|access[ _-]?key|private[ _-]?key|secret(?:[ _-]?key)?|access[ _-]?token|"
    r"auth[ _-]?token|token|password|passwort|passwd|pwd|passphrase|bearer)\b"
    rf"[\"'{_UNSEEN}]*(?:\s*(?:[=-]>|→|[=:]+)\s*|\s+(?:is|ist|lautet)\s+(?=\S*[^\sA-Za-z.,;!?])|\s+(?=\S*\d))"
    r"(?:\"(?P<quoted>[^\"\n]{6,})\"|'(?P<single>[^'\n]{6,})'"
    r"|[\"'`]?(?P<value>(?!\[(?-i:[A-Z]+)\])[^\s\"'`]{5,}[^\s\"'`,;]))"
    r"|(?<![^\W_])authorization[\"']?\s*[:=]\s*[\"']?(?:basic|bearer|digest|token|negotiate)\s+"
    r"(?P<sent>(?!\[(?-i:[A-Z]+)\])[^\s\"'`,;]{6,})",
    re.IGNORECASE,
)
"""What stands behind a word that says that it is a secret; without a sign between them only if it is no plain word."""
LONG: Final = re.compile(r"(?<![\w/+=-])[\w+/=-]{32,}(?![\w/+=-])")
"""Long runs without a space: some are tokens."""
URL: Final = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s<>\"'`\])}]+", re.IGNORECASE)
_CARRIERS: Final = re.compile(
    r"key|token|secret|sig|signature|auth|password|passwd|pwd|pass|code|session|sid|jwt|credential", re.IGNORECASE
)
_MIXED: Final = (re.compile(r"\d"), re.compile(r"[a-z]"), re.compile(r"[A-Z]"))
_HEX: Final = re.compile(r"[0-9a-fA-F]{32,}")


def is_random(run: str) -> bool:
    """Whether a long run looks drawn at random: hexadecimal throughout, or digits with letters of both cases."""
    return bool(_HEX.fullmatch(run)) or (all(kind.search(run) for kind in _MIXED) and len(set(run)) >= 16)


def carries_secret(address: str) -> bool:
    """Whether an address holds a password, or a parameter that is named as secrets are and says something."""
    try:
        parts = urlsplit(address)
        parameters = [*parse_qsl(parts.query), *parse_qsl(parts.fragment)]
    except ValueError:
        # What cannot be taken apart cannot be cleared.
        return True
    named = any(_CARRIERS.search(name) and len(value) >= 6 for name, value in parameters)
    return named or "@" in parts.netloc
