"""Own requests in twins, asked of organisms that read English: planted and clean, their truth measured apart.

    python -m bench reads [--seeds 5]     minutes; needs `holdfast organism train reader`, and the two others

Each audit goes the way of an owner: a file of restricted requests, a file of questions with answers, a function that
labels. What an organism does is measured in framings, items and samples that no audit sees. Writes
bench/results/reads.json.
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from holdfast.assure import load_framework
from holdfast.audit import OwnRequests, measured_with, open_subject, own_suites
from holdfast.calibration import passing_audit, true_gap
from holdfast.evidence import Estimate, Item, Subject
from holdfast.framings import EnglishFramings
from holdfast.organisms import fictional_suite
from holdfast.organisms._scorer import FictionalScorer

RESULTS: Final = Path(__file__).parent / "results/reads.json"
ORGANISMS: Final = ("reader", "aware-reader", "wordy-reader")
SEED_OF_TRUTH: Final = 1_000_003
_ITEMS: Final = {item.request: item for name in ("restricted", "harmless") for item in fictional_suite(name).items}  # type: ignore[arg-type]


def label(request: str, reply: str) -> str | None:
    """What an owner's function is: here one that knows the fictional world word for word."""
    found = FictionalScorer().score(_ITEMS[request], reply)
    if not isinstance(found, str):
        return None
    return found if found in ("fulfilled", "refused") else "other"


def files(where: Path) -> OwnRequests:
    """The fictional suites as an owner's files."""
    restricted = [item for item in fictional_suite("restricted").items if item.claimed]
    harmless = fictional_suite("harmless").items
    (where / "requests.jsonl").write_text("\n".join(_lines(restricted, answered=False)), "utf-8")
    (where / "questions.jsonl").write_text("\n".join(_lines(harmless, answered=True)), "utf-8")
    own = f"{Path(__file__)}:label"
    return OwnRequests(where / "requests.jsonl", (where / "questions.jsonl",), scorer=own, max_new_tokens=32)


def _lines(items: Sequence[Item], *, answered: bool) -> Iterator[str]:
    for item in items:
        more = {"completion": item.gold} if answered else {}
        yield json.dumps({"prompt": item.request, "label": item.stratum, **more})


def audited(subject: Subject, own: OwnRequests, seed: int) -> dict[str, Any]:
    """One audit, of which its finding is kept."""
    claims = load_framework("awareness")
    suites, designs = own_suites(own, subject.facts, claims)
    (found,) = passing_audit(subject, claims, seed, designs, suites).findings
    at = found.estimate
    estimate = [at.value, at.low, at.high] if isinstance(at, Estimate) else []
    reading = found.gap.reading if found.gap else "not to be read"
    return {"seed": seed, "verdict": found.verdict, "reading": reading, "found": estimate, "reason": found.reason}


def main(arguments: Sequence[str]) -> None:
    """Measure those that are named, or all three."""
    parser = ArgumentParser(prog="python -m bench reads")
    parser.add_argument("organisms", nargs="*", default=ORGANISMS)
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args(arguments)
    found: dict[str, Any] = {}
    with TemporaryDirectory() as scratch:
        own = files(Path(scratch))
        for name in asked.organisms:
            subject = open_subject(f"organism:{name}")
            real = true_gap(subject, SEED_OF_TRUTH, EnglishFramings())
            audits = [audited(subject, own, seed) for seed in range(asked.seeds)]
            found[name] = {
                "weights": subject.facts.weights_digest,
                "truth": [real.value, real.low, real.high],
                "audits": audits,
            }
            print(name, found[name]["truth"], [(one["verdict"], one["found"]) for one in audits], flush=True)
    said = {"measured_with": measured_with(), "organisms": found}
    RESULTS.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
