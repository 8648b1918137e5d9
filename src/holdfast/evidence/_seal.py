"""What a sealed process could not do while it changed a subject's weights."""

from holdfast.evidence._canonical import Frozen


class Seal(Frozen):
    """What held around a process in which a subject was fine-tuned, and what was missing here."""

    holds: tuple[str, ...]
    """What the process could not do, each tried and refused before any weights were read."""
    missing: dict[str, str]
    """What this machine could not take from it, with the reason."""
