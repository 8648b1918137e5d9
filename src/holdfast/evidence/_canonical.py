"""One way to write a value as bytes, so that equal values have equal digests on every machine."""

import json
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """The base of every value in a record: immutable, no unknown keys, no NaN."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_by_name=True,
        serialize_by_alias=True,
        use_attribute_docstrings=True,
    )


def canonical_json(value: Any) -> str:
    """The value as JSON: sorted keys, no spaces, no NaN, text as it is.

    Raises:
        ValueError: The value holds NaN or an infinity, which JSON cannot say.
    """
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def readable_json(value: BaseModel) -> str:
    """The value as JSON for people and version control: two spaces, keys in the order of the type, a final newline."""
    return json.dumps(value.model_dump(mode="json"), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def digest(value: Any) -> str:
    """The SHA-256 of a value's canonical JSON, as `sha256:…`."""
    return "sha256:" + sha256(canonical_json(value).encode()).hexdigest()
