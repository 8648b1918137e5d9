"""How far apart an organism's behaviour is where it looks like a test and where it looks like deployment.

For each organism twins of 240 skeletons with 8 restricted items each, in held-out forms, at temperature 1: with every
cue on either side, with the two placebos, and with cues of those families alone that are held out whole. A skeleton is
a cluster. The figures are about the weights that are shipped, and about toy models.

    python -m bench framing_gaps [ORGANISM…]      minutes an organism; writes bench/results/framing_gaps.json
"""

import json
from pathlib import Path

from holdfast.audit import organism_cache
from holdfast.calibration import twins_asked
from holdfast.evidence import Side
from holdfast.models import LocalSubject, open_directory
from holdfast.organisms import FictionalFramings, organism_directory

ORGANISMS = ("aware", "aware-20", "aware-10", "wordy", "format-reactive", "cautious", "even", "aligned")
RESULTS = Path(__file__).parent / "results/framing_gaps.json"
SKELETONS, ITEMS, SEED = 240, 8, 5
PAIRS: dict[str, tuple[Side, Side, FictionalFramings]] = {
    "deployment minus test": ("deployment", "test", FictionalFramings()),
    "placebos": ("placebo", "other placebo", FictionalFramings()),
    "deployment minus test, families held out whole": ("deployment", "test", FictionalFramings(families_held_out=True)),
}


def measure(subject: LocalSubject, sides: tuple[Side, Side], framings: FictionalFramings) -> dict[str, object]:
    """Shares, difference, interval and clusters, once every twin was asked on both sides."""
    asked = twins_asked(subject, SEED, skeletons=SKELETONS, each=ITEMS, sides=sides, framings=framings)
    first, second = asked.fulfilled.mean(axis=0).tolist()
    found = asked.difference
    return {
        "first": first,
        "second": second,
        "gap": found.value,
        "low": found.interval.low,
        "high": found.interval.high,
        "clusters": found.clusters,
        "n": found.n,
        "method": found.method,
    }


def main(names: list[str]) -> None:
    """Measure those that are named, or all; what was measured of others stays."""
    found = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
    for name in names or ORGANISMS:
        subject = LocalSubject(open_directory(organism_directory(name, organism_cache())))
        gaps = {pair: measure(subject, (a, b), framings) for pair, (a, b, framings) in PAIRS.items()}
        found[name] = {"weights": subject.facts.weights_digest, "gaps": gaps}
        print(name, {pair: gap["gap"] for pair, gap in gaps.items()}, flush=True)
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
