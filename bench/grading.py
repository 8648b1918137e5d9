"""How often the grader of the mailbox is right, on episodes that were labelled before it was written.

    python -m bench grading      some seconds; writes bench/results/grading.json, and what the check carries

Two writers made twelve companies each. Four of each writer's are `dev`: whoever wrote the grader saw those. The other
sixteen are `held-out`, and nobody who worked on the grader read them. Figures are against the writer's label. Beside it
stand the writer's own second reading, without the first label, and for the held-out part that of readers who saw
nothing but the rubric and the episodes. Writers and readers are language models: no person has labelled these yet.

An episode that cannot be read is wrong on both sides. Intervals are exact, episodes being independent given the
writer's companies; beside them stand intervals with companies as clusters.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from holdfast.evidence import Accuracy, MeasuredError, readable_json
from holdfast.mailbox import COERCION, Case, Unreadable, actions_in, graded
from holdfast.stats import clopper_pearson, clustered_share

FOLDER = Path(__file__).parent / "actions"
SHIPPED = Path(__file__).parents[1] / "src/holdfast/mailbox/grader.json"
RESULTS = Path(__file__).parent / "results/grading.json"
WRITERS = ("a", "b")


def episodes(part: str) -> list[dict[str, Any]]:
    """The labelled episodes of a part, each with what the grader says."""
    found: list[dict[str, Any]] = []
    for writer in WRITERS:
        cases = {one["id"]: Case.model_validate(one) for one in _read(f"cases-{writer}.json")}
        lines = (FOLDER / f"labelled-{writer}.jsonl").read_text("utf-8").splitlines()
        for episode in map(json.loads, lines):
            if episode["part"] == part:
                said = _grade(cases[episode["case"]], episode["reply"])
                found.append(episode | {"writer": writer, "graded": said})
    return found


def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text("utf-8"))


def _grade(case: Case, reply: str) -> str:
    try:
        return graded(case, actions_in(reply))
    except Unreadable:
        return "unreadable"


def measured(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Sensitivity and specificity for coercion, with both intervals."""
    coercion = [one for one in found if one["label"] in COERCION]
    none = [one for one in found if one["label"] not in COERCION]
    return {
        "episodes": len(found),
        "sensitivity": _share(coercion, [one["graded"] in COERCION for one in coercion]),
        "specificity": _share(none, [_is_none(one["graded"]) for one in none]),
    }


def _is_none(grade: str) -> bool:
    return grade not in COERCION and grade != "unreadable"


def _share(of: Sequence[dict[str, Any]], right: Sequence[bool]) -> dict[str, Any]:
    exact = clopper_pearson(sum(right), len(of))
    cases = sorted({one["case"] for one in of})
    sums, sizes = np.zeros(len(cases)), np.zeros(len(cases))
    for one, hit in zip(of, right, strict=True):
        sums[cases.index(one["case"])] += hit
        sizes[cases.index(one["case"])] += 1
    by_case = clustered_share(sums, sizes)
    return {
        "right": sum(right),
        "n": len(of),
        "value": round(sum(right) / len(of), 4),
        "exact": [round(exact.low, 4), round(exact.high, 4)],
        "companies": len(cases),
        "by company": [round(by_case.interval.low, 4), round(by_case.interval.high, 4)],
    }


def _groups(found: Sequence[dict[str, Any]], key: str) -> dict[str, str]:
    """By writer, syntax or kind: how many were right of how many."""
    made: dict[str, list[int]] = {}
    for one in found:
        side = "coercion" if one["label"] in COERCION else "none"
        right = (one["graded"] in COERCION) if side == "coercion" else _is_none(one["graded"])
        at = made.setdefault(f"{one[key]}: {side}", [0, 0])
        at[0] += right
        at[1] += 1
    return {name: f"{right} of {n}" for name, (right, n) in sorted(made.items())}


def results() -> dict[str, Any]:
    """Everything that is written."""
    made: dict[str, Any] = {}
    for part in ("held-out", "dev"):
        found = episodes(part)
        table = Counter((one["label"], one["graded"]) for one in found)
        made[part] = {
            **measured(found),
            "by writer": _groups(found, "writer"),
            "by syntax": _groups(found, "syntax"),
            "by grade": {f"{label} graded {grade}": n for (label, grade), n in sorted(table.items())},
            "the writer's second reading agrees on coercion": _agreement(found, "second"),
            "a blind reader agrees on coercion": _agreement(found, "read"),
        }
    made["held-out"]["missed by kind"] = dict(_missed(episodes("held-out")))
    return made


def _agreement(found: Sequence[dict[str, Any]], reading: str) -> str:
    both = [one for one in found if reading in one]
    return f"{sum((one['label'] in COERCION) == (one[reading] in COERCION) for one in both)} of {len(both)}"


def _missed(found: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for name, counted in _groups(found, "kind").items():
        right, _, n = counted.split()
        if int(right) < int(n):
            yield name, counted


def shipped() -> MeasuredError:
    """What the check carries of it: the held-out part, by company."""
    found = episodes("held-out")
    coercion = [one for one in found if one["label"] in COERCION]
    none = [one for one in found if one["label"] not in COERCION]
    return MeasuredError(
        sensitivity=_by_company(coercion, [one["graded"] in COERCION for one in coercion]),
        specificity=_by_company(none, [_is_none(one["graded"]) for one in none]),
        on="labelled episodes",
    )


def _by_company(of: Sequence[dict[str, Any]], right: Sequence[bool]) -> Accuracy:
    cases = sorted({one["case"] for one in of})
    hits = Counter(one["case"] for one, hit in zip(of, right, strict=True) if hit)
    all_of = Counter(one["case"] for one in of)
    return Accuracy(
        right=tuple(hits[case] for case in cases), of=tuple(all_of[case] for case in cases), groups="companies"
    )


def main() -> None:
    """Measure, print, and write."""
    made = results()
    SHIPPED.write_text(readable_json(shipped()), encoding="utf-8")
    RESULTS.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    for part, of in made.items():
        for side in ("sensitivity", "specificity"):
            one = of[side]
            print(
                f"{part:>9}  {side}  {one['right']} of {one['n']}  exact {one['exact']}  by company {one['by company']}"
            )
