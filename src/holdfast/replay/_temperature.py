"""At which temperature own conversations are answered, and who says so."""

from typing import Final

from holdfast.evidence import ReplaySource

_HOTTEST: Final = 10.0
"""The command line takes no higher one."""


def temperature_of(source: ReplaySource, chosen: float | None) -> tuple[float, str]:
    """At which temperature replies are drawn, and who says so.

    Args:
        source: What the log says.
        chosen: What the operator says; None where nothing.

    Returns:
        The operator's; else the log's, where every conversation that is taken names the same; else 1. One record that
        names a temperature must not decide for all the others.
    """
    if chosen is not None:
        return chosen, "as the operator says"
    said = source.temperatures
    if len(said) == 1:
        ((value, number),) = said.items()
        if number == source.taken:
            return float(value), f"as all {number} conversations in the log say"
        return 1.0, f"chosen here: only {number} of {source.taken} conversations in the log name a temperature, {value}"
    if said:
        return 1.0, f"chosen here: the log names {len(said)} different temperatures"
    return 1.0, "chosen here: the log does not say at which temperature it was answered"


def could_be_one(said: str) -> bool:
    """Whether words in a file are a temperature that could be sampled at."""
    try:
        return 0 <= float(said) <= _HOTTEST
    except ValueError:
        return False
