"""Reading a judge's answer: one verdict that only this judge of this call can have written, or none at all."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

ABSTAIN: Final = "abstain"
KEYS: Final = frozenset({"call", "label", "why"})
LONGEST: Final = 20_000
"""Characters of an answer that are read. A longer one is no verdict."""


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict as the judge gave it."""

    label: str
    """One of the labels, or `abstain`."""
    why: str


class _Twice(ValueError):
    """A key that an object has twice."""


def read_verdict(answer: str, mark: str, labels: frozenset[str]) -> Said | None:
    """The verdict in an answer, or None where there is not exactly one that counts.

    It is a JSON object `{"call": mark, "label": …, "why": …}` with these keys and no others. It ends the answer, and no
    other object in the answer has a label. Words may stand before it. A verdict that the judged text planted, and that
    the judge repeats, lacks the mark or stands beside the judge's own: either way nothing counts.

    Args:
        answer: What the judge wrote.
        mark: The mark of this call.
        labels: What it may say, beside `abstain`.
    """
    if len(answer) > LONGEST:
        return None
    found = [(end, said) for end, said in _objects(answer) if "label" in said]
    if len(found) != 1:
        return None
    end, said = found[0]
    rest = answer[end:].strip().removeprefix("```").strip()
    label, why = said.get("label"), said.get("why")
    if rest or said.keys() != KEYS or said["call"] != mark or not isinstance(why, str):
        return None
    return Said(label, why) if isinstance(label, str) and label in labels | {ABSTAIN} else None


def _objects(answer: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The outermost JSON objects of a text, each with the place where it ends."""
    decoder = json.JSONDecoder(object_pairs_hook=_once)
    place = answer.find("{")
    while place >= 0:
        try:
            value, end = decoder.raw_decode(answer, place)
        except (ValueError, RecursionError):
            end = place + 1
        else:
            yield end, cast(dict[str, Any], value)
        place = answer.find("{", end)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are all different: of two labels, nobody could say which was meant."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Twice
    return made
