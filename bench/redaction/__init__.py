"""How much of what should be taken out redaction takes out, and what it takes that should stay.

    python -m bench redaction

One set was seen while the rules were made; the other was written after them, and nothing was changed for it. Both are
by whoever wrote the rules, so other texts will show less. Kinds that no rule looks for are in the sets on purpose: they
are the measure of what stays.
"""

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from holdfast.replay import REDACTION, redactor
from holdfast.stats import clopper_pearson

SETS = {"seen": Path(__file__).parent / "labelled.txt", "held_out": Path(__file__).parent / "held-out.txt"}
RESULTS = Path(__file__).parents[1] / "results" / "redaction.json"
NAMES = ("Anna Schmidt", "Schmidt", "Oyelaran Adeyemi")
UNSOUGHT = frozenset({"ACCOUNT", "UNLISTED", "STREET", "BIRTH", "ORG", "ID"})
_MARK = re.compile(r"\{\{(\w+)\|(.*?)\}\}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One labelled sentence."""

    text: str
    sought: tuple[tuple[str, str], ...]
    """Kind and words of what should be taken out."""


def sentences(name: str) -> tuple[Sentence, ...]:
    """One of the labelled sets."""
    lines = [line for line in SETS[name].read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return tuple(Sentence(_MARK.sub(r"\2", line.removeprefix("- ")), tuple(_MARK.findall(line))) for line in lines)


def measure(name: str) -> dict[str, object]:
    """Of one set: by kind how much was taken out, and how many clean sentences were changed."""
    redact = redactor(NAMES)
    found: Counter[str] = Counter()
    of: Counter[str] = Counter()
    changed: list[str] = []
    missed: list[str] = []
    clean = 0
    for sentence in sentences(name):
        left = redact(sentence.text).text
        if not sentence.sought:
            clean += 1
            changed += [sentence.text] if left != sentence.text else []
        for kind, words in sentence.sought:
            of[kind] += 1
            gone = words not in left
            found[kind] += gone
            missed += [] if gone or kind in UNSOUGHT else [f"{kind}: {words}"]
    sought = [kind for kind in of if kind not in UNSOUGHT]
    kinds = {kind: _share(found[kind], of[kind]) for kind in sorted(of)}
    return {
        "by_kind": kinds,
        "all_kinds_with_a_form": _share(sum(found[k] for k in sought), sum(of[k] for k in sought)),
        "clean_sentences_changed": _share(len(changed), clean),
        "missed": missed,
        "changed": changed,
    }


def _share(events: int, n: int) -> dict[str, float]:
    bounds = clopper_pearson(events, n)
    return {"found": events, "of": n, "low": round(bounds.low, 4), "high": round(bounds.high, 4)}


def main() -> None:
    """Measure, print and keep."""
    made = (
        json.dumps({"redaction": REDACTION} | {name: measure(name) for name in SETS}, indent=1, ensure_ascii=False)
        + "\n"
    )
    RESULTS.write_text(made, "utf-8")
    sys.stdout.write(made)
