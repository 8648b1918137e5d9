"""The absence of a value, with its reason: never None, zero or NaN."""

from typing import Literal

from pydantic import Field

from holdfast.evidence._canonical import Frozen


class Absent(Frozen):
    """A value that is not there, and why."""

    absent: Literal["not tested", "not applicable", "undetermined", "unscorable", "incoherent", "skipped"]
    reason: str = Field(min_length=1)
    """For a person: what would have to change for there to be a value."""
