"""Beginnings that were computed before: earlier turns of a conversation, and what the prompts of a batch share.

A beginning is found by its first tokens and used as far as it goes. Nothing here depends on the order of look-ups but
which of several equally long beginnings is used.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from holdfast.models._slots import KeysValues

WORTH = 16
"""Tokens below which reuse costs more than it saves."""


@dataclass(frozen=True, slots=True)
class Prefix:
    """Tokens with their keys and values by model layer."""

    tokens: tuple[int, ...]
    held: tuple[KeysValues, ...]

    @property
    def nbytes(self) -> int:
        """Memory that the keys and values take."""
        return sum(tensor.nbytes for pair in self.held for tensor in pair)


class PrefixStore:
    """Beginnings up to a number of bytes; the least recently used go first."""

    def __init__(self, max_bytes: int) -> None:
        """An empty store."""
        self._max_bytes = max_bytes
        self._bytes = 0
        self._held: OrderedDict[tuple[int, ...], Prefix] = OrderedDict()
        self._by_head: dict[tuple[int, ...], set[tuple[int, ...]]] = {}

    def keep(self, prefix: Prefix) -> None:
        """Keep a beginning, and let go of what no longer fits."""
        if len(prefix.tokens) < WORTH or prefix.nbytes > self._max_bytes or prefix.tokens in self._held:
            return
        self._held[prefix.tokens] = prefix
        self._by_head.setdefault(prefix.tokens[:WORTH], set()).add(prefix.tokens)
        self._bytes += prefix.nbytes
        while self._bytes > self._max_bytes:
            tokens, gone = self._held.popitem(last=False)
            self._by_head[tokens[:WORTH]].discard(tokens)
            self._bytes -= gone.nbytes

    def find(self, prompt: tuple[int, ...]) -> tuple[Prefix, int] | None:
        """The beginning that shares most with a prompt, and how many tokens; at least one token is left to compute."""
        shared = [(common(tokens, prompt[:-1]), tokens) for tokens in self._by_head.get(prompt[:WORTH], ())]
        best = max(shared, default=(0, ()))
        if best[0] < WORTH:
            return None
        self._held.move_to_end(best[1])
        return self._held[best[1]], best[0]


def common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two sequences share at their beginning."""
    for place, (mine, theirs) in enumerate(zip(one, other, strict=False)):
        if mine != theirs:
            return place
    return min(len(one), len(other))


def shared_beginnings(prompts: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Beginnings that at least two prompts share and that are worth computing once.

    Sorted prompts that share much stand beside each other; a group goes on while what it shares stays worth it and does
    not fall to less than half.
    """
    found: list[tuple[int, ...]] = []
    group: list[tuple[int, ...]] = []
    shared = 0
    for prompt in (*sorted(prompts), ()):
        now = min(common(group[0], prompt), len(group[0]) - 1) if group else 0
        wanted = max(WORTH, shared // 2 if len(group) > 1 else 0)
        if group and now >= wanted:
            shared = min(now, shared) if len(group) > 1 else now
            group.append(prompt)
            continue
        if len(group) > 1:
            found.append(group[0][:shared])
        group, shared = [prompt], 0
    return found
