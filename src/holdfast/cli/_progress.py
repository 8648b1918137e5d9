"""Drawing progress on stderr: a bar on a terminal, a line now and then anywhere else."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from holdfast.audit import Progress

HEARTBEAT_S = 10.0
"""A silent job is killed by many schedulers; a line every few seconds is not noise."""


@contextmanager
def drawn(display: str, stream: TextIO) -> "Generator[Callable[[Progress], None]]":
    """How progress is drawn: `live`, `plain`, `none`, or `auto` for whichever the stream can show."""
    chosen = ("live" if stream.isatty() else "plain") if display == "auto" else display
    if chosen == "none":
        yield lambda _: None
    elif chosen == "live":
        with _bar(stream) as announce:
            yield announce
    else:
        yield _lines(stream)


@contextmanager
def _bar(stream: TextIO) -> "Generator[Callable[[Progress], None]]":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=stream), transient=True) as bars:
        task = bars.add_task("asking", total=None)
        yield lambda now: bars.update(task, description=now.check, completed=now.samples_done, total=now.samples)


def _lines(stream: TextIO) -> "Callable[[Progress], None]":
    said, at = "", monotonic()

    def announce(now: "Progress") -> None:
        nonlocal said, at
        due = monotonic() - at >= HEARTBEAT_S
        if now.check != said or due or now.samples_done == now.samples:
            said, at = now.check, monotonic()
            print(f"{now.check}: {now.samples_done} of {now.samples} samples", file=stream, flush=True)

    return announce
