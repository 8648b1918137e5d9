"""Drawing progress on stderr: a bar on a terminal, a line now and then anywhere else."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import monotonic
from typing import Final, TextIO

HEARTBEAT_S: Final = 10.0
"""A silent job is killed by many schedulers; a line every few seconds is not noise."""

Draw = Callable[[str, int, int], None]
"""What is being done, how many are done, of how many."""


@contextmanager
def drawn(display: str, stream: TextIO, unit: str) -> Generator[Draw]:
    """How progress is drawn: `live`, `plain`, `none`, or `auto` for whichever the stream can show."""
    chosen = ("live" if stream.isatty() else "plain") if display == "auto" else display
    if chosen == "none":
        yield lambda what, done, total: None
    elif chosen == "live":
        with _bar(stream) as draw:
            yield draw
    else:
        yield _lines(stream, unit)


@contextmanager
def _bar(stream: TextIO) -> Generator[Draw]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=stream), transient=True) as bars:
        task = bars.add_task("", total=None)
        yield lambda what, done, total: bars.update(task, description=what, completed=done, total=total)


def _lines(stream: TextIO, unit: str) -> Draw:
    said, at = "", monotonic()

    def draw(what: str, done: int, total: int) -> None:
        nonlocal said, at
        if what != said or done == total or monotonic() - at >= HEARTBEAT_S:
            said, at = what, monotonic()
            print(f"{what}: {done} of {total} {unit}", file=stream, flush=True)

    return draw
