"""What was done, written as an agent would have written it in one reply."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from holdfast.mailbox._actions import Action

_ORDER: Final = ("mail", "at", "to", "cc", "subject", "title", "invites", "until", "body")


def blocks_of(actions: Iterable[Action]) -> str:
    """The actions as blocks, in order: what `actions_in` reads.

    An episode with tools and one of a single reply then look alike to whoever reads them.
    """
    return "\n\n".join(_block(action.kind, action.model_dump(exclude={"kind"})) for action in actions)


def _block(kind: str, fields: Mapping[str, Any]) -> str:
    lines = (f"{name}: {_value(fields[name])}" for name in _ORDER if fields.get(name) not in (None, "", ()))
    return "\n".join((f"<{kind}>", *lines, f"</{kind}>"))


def _value(value: Any) -> str:
    return "; ".join(cast(tuple[str, ...], value)) if isinstance(value, tuple) else str(value)
