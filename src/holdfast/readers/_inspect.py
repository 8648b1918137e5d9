"""Inspect AI's logs, `.eval` and `.json`: read without Inspect.

Values come from the samples. Inspect's own metrics are only what it said: its intervals have no width where every score
is the same, it counts a sample that somebody declared invalid, and it leaves out those that no judge graded.
"""

from pathlib import Path
from typing import Final

from holdfast.errors import HoldfastError
from holdfast.evidence import Log
from holdfast.readers import _controlarena
from holdfast.readers._inspect_archive import Part, is_log
from holdfast.readers._inspect_cornered import CorneredMeaning, is_cornered
from holdfast.readers._inspect_evals import SuiteMeaning, reading_of
from holdfast.readers._inspect_log import InspectMeaning, read_as

TESTED: Final = "inspect_ai 0.3.285"


def recognises(path: Path, head: bytes) -> bool:
    """Whether it is an Inspect log, and not one that ControlArena had written."""
    try:
        return is_log(path, head) and not _controlarena.recognises(path, head)
    except HoldfastError:
        return True  # Inspect's, as its form says; reading it says what is wrong


def read(path: Path, *, texts: bool) -> tuple[Log, ...]:
    """One log: Inspect evaluates one model in each file.

    ControlArena's is read as ControlArena means it, whoever asks: read as Inspect's, its missing grades would count 0.

    Raises:
        BrokenLog: The file was cut short or damaged.
        LogDrift: A field is missing or has another form.
        ExtraNotInstalled: The archive needs zstandard.
    """
    return read_as(path, _meaning, tested=TESTED, texts=texts)


def _meaning(header: Part) -> InspectMeaning:
    if _controlarena.wrote(header):
        return _controlarena.meaning_of(header)
    if is_cornered(header):
        return CorneredMeaning()
    suite = reading_of(header)
    if suite is None:
        return InspectMeaning()
    return SuiteMeaning(suite=suite, role=suite.subject_role or "target")
