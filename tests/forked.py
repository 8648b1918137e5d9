"""Processes of their own, for what only a real one shows: that it is killed, or that two of them race.

Each is forked from one process that has loaded torch, which takes seconds, and has done nothing else.
"""

import os
import sys
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

LOADED = ["holdfast.audit", "holdfast.models", "holdfast.organisms", "transformers.models.llama.modeling_llama"]


def forked(called: Callable[..., None], *given: object) -> ForkServerProcess:
    """A process that does this and ends; `exitcode` is that of a command."""
    context = get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    process = context.Process(target=called, args=given)
    process.start()
    return process


def command(words: Sequence[str], home: Path, place: Path) -> None:
    """What `holdfast WORDS` does in this directory, unheard."""
    from holdfast.cli import main

    os.environ["HOLDFAST_HOME"] = str(home)
    os.chdir(place)
    sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  it ends with the process
    main(list(words))


def merge(organism: str, cache: Path, told: Path) -> None:
    """Writes down where the whole weights of an organism are, once they are there."""
    from holdfast.organisms import organism_directory

    told.write_text(str(organism_directory(organism, cache)))
