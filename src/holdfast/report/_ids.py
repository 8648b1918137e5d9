"""Names for the places of a page, made from what stands there, so that a link outlives an insertion above it."""

import re

from holdfast.evidence import Frozen, digest


class Ids:
    """The names given out for one page: no two are alike."""

    def __init__(self) -> None:
        """Starts with nothing taken."""
        self._taken: set[str] = set()

    def section(self, name: str) -> str:
        """A section's own name in characters that every anchor can hold."""
        return self._free(re.sub(r"[^a-z0-9]+", "-", name.lower())[:40].strip("-") or "section")

    def within(self, place: str, value: Frozen) -> str:
        """A name for a value inside a place; its underscore keeps it apart from every section's."""
        return self._free(f"{place}_{digest(value).removeprefix('sha256:')[:8]}")

    def _free(self, wanted: str) -> str:
        name, count = wanted, 1
        while name in self._taken:
            count += 1
            name = f"{wanted}-{count}"
        self._taken.add(name)
        return name
