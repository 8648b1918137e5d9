"""The absence of a value, with its reason: never None, zero or NaN."""

from typing import Literal

from holdfast.evidence._canonical import Frozen


class Absent(Frozen):
    """A value that is not there, and why."""

    absent: Literal["not tested", "not applicable", "undetermined", "unscorable", "skipped", "withheld"]
    reason: str
    """For a person: what would have to change for there to be a value."""
