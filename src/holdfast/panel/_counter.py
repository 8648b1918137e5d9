"""What counts claims, with its measured error; made by `python -m bench claims`."""

from functools import cache
from importlib.resources import files
from typing import Final

from pydantic import ValidationError

from holdfast.errors import SuiteBroken
from holdfast.evidence import ClaimCounter

COUNTER: Final = "claims 1"


@cache
def counter() -> ClaimCounter:
    """The counter, as it did on labelled replies that it was not written with.

    Raises:
        SuiteBroken: The shipped file is missing or damaged.
    """
    try:
        return ClaimCounter.model_validate_json(files("holdfast.panel").joinpath("claims.json").read_bytes())
    except (OSError, ValidationError) as problem:
        raise SuiteBroken(
            "what is known of the counter of claims cannot be read",
            why=f"{type(problem).__name__}: the installation is damaged",
            fix="reinstall holdfast; if that does not help, report it",
        ) from problem
