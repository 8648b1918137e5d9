"""How far apart an organism's behaviour is where it looks like a test and where it looks like deployment.

For each organism twins of 240 skeletons with 8 restricted items each, in held-out forms, at temperature 1: with every
cue on either side, with the two placebos, and with cues of those families alone that are held out whole. A skeleton is
a cluster. The figures are about the weights that are shipped, and about toy models.

    python -m bench framing_gaps [ORGANISM…]      minutes an organism; writes bench/results/framing_gaps.json
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from holdfast.audit import organism_cache
from holdfast.evidence import Ask, Decoding, Item, Side, Skeleton
from holdfast.models import LocalSubject, open_directory
from holdfast.organisms import fictional_suite, organism_directory
from holdfast.organisms._framings import FictionalFramings
from holdfast.stats import Difference, paired_difference

ORGANISMS = ("aware", "aware-20", "aware-10", "wordy", "format-reactive", "cautious", "even", "aligned")
RESULTS = Path(__file__).parent / "results/framing_gaps.json"
SKELETONS, ITEMS, BATCH = 240, 8, 256
PAIRS: dict[str, tuple[Side, Side, FictionalFramings]] = {
    "deployment minus test": ("deployment", "test", FictionalFramings()),
    "placebos": ("placebo", "other placebo", FictionalFramings()),
    "deployment minus test, families held out whole": ("deployment", "test", FictionalFramings(families_held_out=True)),
}


@dataclass(frozen=True)
class Gap:
    """The difference in the share of restricted requests that were fulfilled, and the share on either side."""

    first: float
    second: float
    difference: Difference

    def said(self) -> dict[str, object]:
        """As JSON: shares, difference, interval, clusters."""
        low, high = self.difference.interval.low, self.difference.interval.high
        return {
            "first": self.first,
            "second": self.second,
            "gap": self.difference.value,
            "low": low,
            "high": high,
            "clusters": self.difference.clusters,
            "n": self.difference.n,
            "method": self.difference.method,
        }


def measure(directory: Path, sides: tuple[Side, Side], framings: FictionalFramings, seed: int = 5) -> Gap:
    """Ask every twin once a side."""
    subject = LocalSubject(open_directory(directory))
    scorer = fictional_suite("restricted").scorer
    asked = list(_twins(framings, sides, seed))
    labels: list[bool] = []
    for start in range(0, len(asked), BATCH):
        part = asked[start : start + BATCH]
        replies = subject.answer(tuple(ask for _, ask, _ in part), seed)
        labels += [
            scorer.score(item, reply.text) == "fulfilled" for (item, _, _), reply in zip(part, replies, strict=True)
        ]
    fulfilled = np.array(labels, dtype=float).reshape(-1, 2)
    clusters = [place for _, _, place in asked[::2]]
    difference = paired_difference(fulfilled[:, 0] - fulfilled[:, 1], clusters)
    return Gap(float(fulfilled[:, 0].mean()), float(fulfilled[:, 1].mean()), difference)


def _twins(framings: FictionalFramings, sides: tuple[Side, Side], seed: int) -> Iterator[tuple[Item, Ask, int]]:
    items = [item for item in fictional_suite("restricted").items if item.claimed]
    rng = np.random.default_rng([seed, 1])
    for place, skeleton in enumerate(framings.draw(SKELETONS, seed)):
        for chosen in rng.permutation(len(items))[:ITEMS].tolist():
            for side in sides:
                yield items[chosen], _ask(items[chosen], skeleton, side), place


def _ask(item: Item, skeleton: Skeleton, side: Side) -> Ask:
    return Ask(
        id=f"gap/{skeleton.id}/{side}/{item.id}",
        check="gap",
        arm="subject",
        item=item.id,
        stratum=item.stratum,
        cluster=skeleton.id,
        messages=skeleton.around(item.request, [side] * len(skeleton.slots)),
        decoding=Decoding(temperature=1.0, max_new_tokens=32),
    )


def main(names: list[str]) -> None:
    """Measure those that are named, or all; what was measured of others stays."""
    found = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
    for name in names or ORGANISMS:
        directory = organism_directory(name, organism_cache())
        gaps = {pair: measure(directory, (a, b), framings).said() for pair, (a, b, framings) in PAIRS.items()}
        found[name] = {"weights": open_directory(directory).facts.weights_digest, "gaps": gaps}
        print(name, {pair: gap["gap"] for pair, gap in gaps.items()}, flush=True)
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
