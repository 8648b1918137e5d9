"""Searches over settings on the page: what was tried, what trying costs, and how much of the worst was optimism."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from holdfast.evidence import Absent, AttackDesign, AttackResult, Block, SearchResult, Table, Text

_HOW: Final = (
    "The worst setting was chosen by its runs on the requests that are asked; all else said of the attack is of that "
    "setting from fresh seeds, by the requests that confirm. At the last checkpoint those that chose confirm. Family "
    "and grid are published; which setting was the worst is kept as a salted commitment, and nothing here tells it."
)


def search_blocks(ranked: Sequence[AttackResult], designs: Mapping[str, AttackDesign]) -> Iterator[Block]:
    """Every search, and how to read it; nothing where none was made.

    Args:
        ranked: Attacks, cheapest first.
        designs: By name.
    """
    found = [(result, result.search) for result in ranked if result.search]
    if not found:
        return
    yield Table(
        caption="Searches. Outcomes are one less the resistance area: 0 for a model that gives nothing, 1 for one that "
        "gives all at the first step.",
        columns=(
            "Attack",
            "Settings that broke",
            "Expected worst of 1, 2, …",
            "Steps until the first break, failures included",
            "Worst, when it was chosen",
            "The same, afresh",
            "Optimism",
        ),
        rows=tuple(_row(designs[result.attack].title, search) for result, search in found),
    )
    yield Text(paragraphs=(_HOW,))


def _row(title: str, search: SearchResult) -> tuple[str, ...]:
    low, high = (f"{100 * bound:.0f} %" for bound in (search.share.low, search.share.high))
    bounds = f"{low} to {high}" if search.share.sides == "two" else f"at most {high}"
    return (
        title,
        f"{search.broke} of {search.settings} ({bounds})",
        ", ".join(f"{value:.2f}" for value in search.best_so_far),
        search.cost.reason if isinstance(search.cost, Absent) else f"{search.cost:.3g}",
        f"{search.chosen_at:.2f}",
        f"{search.value:.2f}",
        f"{search.gap:+.2f} (standard error {search.standard_error:.2f})",
    )
