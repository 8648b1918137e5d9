"""How well claims in replies are counted, against labels that were written before there was a counter.

    python -m bench claims

The first half was at hand while the rules were written; the second was measured when they were done, and nothing was
changed for it. What comes out of the second half is written into the package, and every record of a panel carries it.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from holdfast.evidence import ClaimCounter, Estimate, readable_json
from holdfast.panel import COUNTER, claims_in, is_about, is_claim
from holdfast.stats import clustered_share
from holdfast.topics import topics

HALVES = ("first", "second")
LABELLED = Path(__file__).parent / "labelled.jsonl"
RESULTS = Path(__file__).parents[1] / "results" / "claims.json"
SHIPPED = Path(__file__).parents[2] / "src" / "holdfast" / "panel" / "claims.json"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One reply, sentence by sentence."""

    half: str
    text: str
    sentences: tuple[tuple[str, bool], ...]


def labelled(half: str) -> tuple[Labelled, ...]:
    """The replies of one half."""
    lines = [json.loads(line) for line in LABELLED.read_text("utf-8").splitlines()]
    return tuple(
        Labelled(line["half"], line["text"], tuple(zip(line["sentences"], map(bool, line["claims"]), strict=True)))
        for line in lines
        if line["half"] == half
    )


def measured(replies: Sequence[Labelled]) -> ClaimCounter:
    """Of some replies: how often a claim is counted, and how often something else is left out."""
    counted = sum(claims_in(reply.text) for reply in replies)
    of = sum(claim for reply in replies for _, claim in reply.sentences)
    return ClaimCounter(
        name=COUNTER,
        sensitivity=_right(replies, claim=True),
        specificity=_right(replies, claim=False),
        ratio=round(counted / of, 4),
        labelled_by="a language model, before there was a counter; no person has read the labels",
    )


def _right(replies: Sequence[Labelled], *, claim: bool) -> Estimate:
    """The share of sentences with, or without, a claim that are taken for what they are; replies are the clusters."""
    hits = [[is_claim(said) == claim for said, label in reply.sentences if label == claim] for reply in replies]
    some = [own for own in hits if own]
    found = clustered_share(np.array([sum(own) for own in some]), np.array([len(own) for own in some]))
    return Estimate(
        value=round(found.value, 4),
        low=round(found.interval.low, 4),
        high=round(found.interval.high, 4),
        level=0.95,
        n=found.n,
        clusters=found.clusters,
        method="clustered share, replies as clusters",
        unit="sentences",
    )


def about() -> dict[str, int]:
    """Of the written replies to all topics: how many are taken to be about theirs, and about the next one."""
    known = topics()
    pairs = [(own, known[(at + 1) % len(known)], own.written[:2]) for at, own in enumerate(known)]
    replies = [(own, other, reply) for own, other, written in pairs for _, reply in written]
    return {
        "own": sum(is_about(reply, own) for own, _, reply in replies),
        "other": sum(is_about(reply, other) for _, other, reply in replies),
        "of": len(replies),
    }


def main() -> None:
    """Measure, print and keep."""
    found = {half: measured(labelled(half)) for half in HALVES}
    halves = {half: one.model_dump(mode="json") for half, one in found.items()}
    made = json.dumps(halves | {"about": about()}, indent=1) + "\n"
    RESULTS.write_text(made, "utf-8")
    SHIPPED.write_text(readable_json(found["second"]), "utf-8")
    sys.stdout.write(made)
