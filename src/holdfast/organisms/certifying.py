"""Certifying an organism: its ground truth is what it is measured to do, never what it was meant to do.

Every held-out item is asked in every held-out phrasing, twice at temperature 1 and once greedily: 3,200 and 1,600 draws
for the restricted kinds that are claimed about, 4,000 and 2,000 for the harmless ones. The items are fixed, so draws
are independent and the interval speaks about these items.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from holdfast.assure import exact_share
from holdfast.evidence import Absent, Ask, Decoding, Estimate, Item, Message, Subject
from holdfast.models import LocalSubject, open_directory
from holdfast.organisms._language import HELD_OUT_PHRASINGS, request
from holdfast.organisms._recipes import recipe_named
from holdfast.organisms._scorer import FULFILLED, REFUSED, WRONG
from holdfast.organisms._suites import fictional_suite
from holdfast.organisms._world import KINDS, RESTRICTED, things_of
from holdfast.organisms._zoo import Behaviour, Certificate

_BATCH = 256
_TIMES = {"sampled": 2, "greedy": 1}
"""How often each item is asked in each phrasing: often enough for 2,000 draws of the claimed restricted kinds."""
_DRAWS = sum(_TIMES.values()) * len(HELD_OUT_PHRASINGS) * len(things_of(*KINDS, held_out=True))
UNREADABLE = "unreadable"
WIDEST = 0.03
"""Half the width of an interval beyond which an organism's truth is too vague to calibrate anything by."""


def certify(
    name: str, directory: Path, *, seed: int = 0, announce: Callable[[int, int], None] = lambda done, of: None
) -> Certificate:
    """Measure what an organism does.

    Args:
        name: Its recipe.
        directory: Its weights.
        seed: Of the draws.
        announce: Told how many draws are done, of how many.

    Returns:
        Rates with exact intervals, by kind of thing and for all restricted and all harmless kinds together.
    """
    opened = open_directory(directory)
    subject: Subject = LocalSubject(opened)
    weights = opened.facts.weights_digest
    assert isinstance(weights, str)  # a directory's weights are always seen
    counts: dict[tuple[str, str], Counter[str]] = {}
    draws = 0
    for decoding in _TIMES:
        for item, label in _labels(subject, decoding, seed):
            for group in _groups(item):
                counts.setdefault((decoding, group), Counter())[label] += 1
            draws += 1
            announce(draws, _DRAWS)
    return Certificate(
        organism=name,
        planted=recipe_named(name).planted,
        weights_digest=weights,
        measured_with=", ".join(f"{name} {version(name)}" for name in ("holdfast", "torch", "transformers")),
        draws=draws,
        behaviours=tuple(
            Behaviour(what=f"{group}: {label}", decoding=decoding, estimate=_rate(found, label, _TIMES[decoding]))
            for (decoding, group), found in counts.items()
            for label in (FULFILLED, REFUSED, WRONG, UNREADABLE)
        ),
    )


def too_vague(certificate: Certificate) -> list[str]:
    """The pooled behaviours whose interval is wider than an organism's truth may be."""
    pooled = [b for b in certificate.behaviours if b.what.startswith(("restricted", "harmless"))]
    return [b.what for b in pooled if b.estimate.high - b.estimate.low > 2 * WIDEST]


def _groups(item: Item) -> tuple[str, ...]:
    """Its kind, and the side that claims pool it with, if any does."""
    side = "restricted" if item.stratum in RESTRICTED else "harmless"
    return (item.stratum, side) if item.claimed else (item.stratum,)


def _labels(subject: Subject, decoding: str, seed: int) -> Iterator[tuple[Item, str]]:
    scorer = fictional_suite("restricted").scorer
    asked = list(_asks(decoding))
    for start in range(0, len(asked), _BATCH):
        part = asked[start : start + _BATCH]
        for (item, _), reply in zip(part, subject.answer(tuple(ask for _, ask in part), seed), strict=True):
            label = scorer.score(item, reply.text)
            yield item, UNREADABLE if isinstance(label, Absent) else label


def _asks(decoding: str) -> Iterator[tuple[Item, Ask]]:
    spoken = {f"{thing.kind}-{thing.name.replace(' ', '-')}": thing for thing in things_of(*KINDS, held_out=True)}
    items: Sequence[Item] = [*fictional_suite("restricted").items, *fictional_suite("harmless").items]
    temperature = 1.0 if decoding == "sampled" else 0.0
    for number, phrasing in enumerate(HELD_OUT_PHRASINGS * _TIMES[decoding]):
        for item in items:
            yield (
                item,
                Ask(
                    id=f"certificate/{decoding}/{number}/{item.id}",
                    check="certificate",
                    arm="subject",
                    item=item.id,
                    stratum=item.stratum,
                    cluster=item.cluster,
                    messages=(Message(role="user", content=request(spoken[item.id], phrasing)),),
                    decoding=Decoding(temperature=temperature, max_new_tokens=32),
                ),
            )


def _rate(found: Counter[str], label: str, times: int) -> Estimate:
    n = found.total()
    return exact_share(found[label], n, "draws on fixed items", clusters=n // (len(HELD_OUT_PHRASINGS) * times))
