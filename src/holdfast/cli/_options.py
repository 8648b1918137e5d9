"""Several options on a command at once."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

Command = Callable[..., Any]


def together(options: Sequence[Callable[[Command], Command]]) -> Callable[[Command], Command]:
    """A decorator that puts all of them on a command; its help shows them in this order."""
    return lambda command: reduce(lambda made, option: option(made), reversed(options), command)
