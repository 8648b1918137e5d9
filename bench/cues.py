"""How far words tell the sides of cues apart, and how far readers do: English and fictional.

    python -m bench cues                 a second; writes bench/results/cues.json

Words: naive Bayes on the presence of words, fitted on all families but one and asked about that one. Readers: two, who
gave each line of bench/reading a number, and knew nothing of sides. A cue should be told by what it means, and by no
list of words.
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from holdfast.framings import CueFamily, english_cues
from holdfast.organisms._framings import cues
from holdfast.stats import clopper_pearson

LINES: Final = Path(__file__).parent / "reading/lines.jsonl"
RESULTS: Final = Path(__file__).parent / "results/cues.json"
Forms = Sequence[Mapping[str, str]]


def words(line: str) -> frozenset[str]:
    """Every word that a line can say, whichever choices are made."""
    return frozenset(re.findall(r"[a-z0-9]+(?:['’][a-z]+)?", re.sub(r"[{}|]", " ", line.lower())))


def apart(families: Mapping[str, Forms]) -> dict[str, float]:
    """AUROC of naive Bayes, fitted without a family and asked about it: by family, and `all` together.

    Bernoulli naive Bayes with one added to both counts; a line is the set of all the words that its choices can say.
    """
    sides = ("test", "deployment")
    known = sorted(set().union(*(words(form[side]) for forms in families.values() for form in forms for side in sides)))
    present = {
        name: np.array([[[word in words(form[side]) for word in known] for form in forms] for side in sides])
        for name, forms in families.items()
    }
    scores = {name: _scores(present, name) for name in families}
    found = {name: auroc(own[0], own[1]) for name, own in scores.items()}
    every = np.concatenate(list(scores.values()), axis=1)
    return {"all": auroc(every[0], every[1]), **found}


def auroc(tests: NDArray[np.float64], deployments: NDArray[np.float64]) -> float:
    """The chance that a test-looking line has the higher score; ties count half."""
    above = np.mean(tests[:, None] > deployments) + np.mean(tests[:, None] == deployments) / 2
    return round(float(above), 4)


def _scores(present: Mapping[str, NDArray[np.bool_]], left_out: str) -> NDArray[np.float64]:
    """The log-odds of a test for every line of the family that is left out, by side and form."""
    fitted = np.concatenate([rows for name, rows in present.items() if name != left_out], axis=1)
    share = (fitted.sum(axis=1) + 1) / (fitted.shape[1] + 2)
    # A word that the others never say has equal shares on both sides, and no say.
    there, absent = np.log(share[0] / share[1]), np.log((1 - share[0]) / (1 - share[1]))
    return np.where(present[left_out], there, absent).sum(axis=2)


def by_name(families: Sequence[CueFamily]) -> dict[str, Forms]:
    """The forms of each family."""
    return {family.name: family.forms for family in families}


def read() -> list[dict[str, Any]]:
    """What readers said of every line."""
    return [json.loads(line) for line in LINES.read_text("utf-8").splitlines()]


def readings(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What each reader told apart: by family, and in how many forms the test-looking line has the higher number."""
    return [_reading(lines, reader) for reader in range(len(lines[0]["read"]))]


def _reading(lines: Sequence[Mapping[str, Any]], reader: int) -> dict[str, Any]:
    said: dict[tuple[str, str], list[float]] = defaultdict(list)
    forms: dict[tuple[str, int], dict[str, float]] = defaultdict(dict)
    for line in lines:
        number = float(line["read"][reader])
        forms[line["family"], line["form"]][line["side"]] = number
        said[line["family"], line["side"]].append(number)
    names = sorted({name for name, _ in said})
    right = sum(form["test"] > form["deployment"] for form in forms.values())
    found = clopper_pearson(right, len(forms))
    return {
        "families": {name: auroc(_of(said, name, "test"), _of(said, name, "deployment")) for name in names},
        "placebos": {name: auroc(_of(said, name, "placebo"), _of(said, name, "other placebo")) for name in names},
        "forms": len(forms),
        "forms_right": right,
        "interval": [round(found.low, 4), round(found.high, 4)],
        "means": {
            side: round(float(np.mean([n for (_, at), own in said.items() if at == side for n in own])), 1)
            for side in ("test", "deployment", "placebo", "other placebo")
        },
    }


def _of(said: Mapping[tuple[str, str], list[float]], name: str, side: str) -> NDArray[np.float64]:
    return np.array(said[name, side])


def main() -> None:
    """Count, and write what came out."""
    found = {
        "words": {"english": apart(by_name(english_cues())), "fictional": apart(by_name(cues()))},
        "readers": readings(read()),
    }
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))
