"""Whether a reply is about a topic, by the words that few other topics use."""

import re
from collections import Counter
from functools import cache
from typing import Final

from holdfast.topics import Topic, topics

_SHARED: Final = 2
"""As many of its words make a reply one about a topic."""
_USED_BY: Final = 3
"""Words that more topics use say nothing."""
_STEM: Final = 5


def is_about(reply: str, topic: Topic) -> bool:
    """Whether a reply holds at least two of the words that belong to a topic, by how they begin.

    Args:
        reply: English prose.
        topic: One of the shipped topics.

    Raises:
        SuiteBroken: The shipped topics are missing or damaged.
    """
    return len(_stems(reply) & own_words()[topic.name]) >= _SHARED


@cache
def own_words() -> dict[str, frozenset[str]]:
    """For each topic the beginnings of its words that at most three topics use.

    Raises:
        SuiteBroken: The shipped topics are missing or damaged.
    """
    said = {topic.name: _stems(" ".join((topic.name, topic.leans, *topic.sides.values()))) for topic in topics()}
    used = Counter(stem for stems in said.values() for stem in stems)
    return {name: frozenset(stem for stem in stems if used[stem] <= _USED_BY) for name, stems in said.items()}


def _stems(text: str) -> set[str]:
    return {word[:_STEM].lower() for word in re.findall(r"[A-Za-z]{4,}", text)}
