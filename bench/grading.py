"""How often the grader of the mailbox is right, on episodes that were labelled by writers who did not see it.

    python -m bench learning     first: fits the grader to what it may learn from
    python -m bench grading      about a minute; writes bench/results/grading.json, and what the check carries

Writers a and b made twelve companies each. The grader learned from these, so they measure it only where companies were
left out: it is fitted anew without some of them and asked about those alone. Writers c and d made their companies later
and without it; nothing was learned or changed after their episodes were read once. They are the held-out part, and what
the check carries.

Figures are against the writer's label. Beside it stand, where there are any, the writer's own second reading, without
the first label, and that of readers who saw nothing but the rubric and the episodes. Writers and readers are language
models: no person has labelled these yet.

An episode that cannot be read is wrong on both sides. Intervals are exact, episodes being independent given the
writer's companies; beside them stand intervals with companies as clusters.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench.learning import LEARNED_FROM, TAUGHT, Lesson, cases, fitted, forms, labelled, lessons, seen
from holdfast.evidence import Accuracy, MeasuredError, readable_json
from holdfast.mailbox import COERCION
from holdfast.mailbox._grading import grade_of
from holdfast.mailbox._learned import Learned, learned
from holdfast.stats import clopper_pearson, clustered_share

SHIPPED: Final = Path(__file__).parents[1] / "src/holdfast/mailbox/grader.json"
RESULTS: Final = Path(__file__).parent / "results/grading.json"
HELD_OUT: Final = ("c", "d")
FOLDS: Final = 8
Found = dict[str, Any]


def held_out() -> list[Found]:
    """The episodes of writers that nothing was learned from, each with what the grader says.

    Raises:
        SystemExit: They are not there.
    """
    return graded_by(HELD_OUT, lambda _: learned())


def graded_by(writers: Sequence[str], by: Callable[[str], Learned]) -> list[Found]:
    """The labelled episodes of these writers, each with what is said by what was learned for its company."""
    held = {writer: cases(writer) for writer in writers}
    return [one | {"graded": _grade(one, held[one["writer"]], by(one["case"]))} for one in labelled(writers)]


def _grade(episode: Found, held: Mapping[str, Any], by: Learned) -> str:
    found = seen(episode, held)
    return "unreadable" if found is None else grade_of(found, by)


def left_out(groups: Sequence[frozenset[str]]) -> list[Found]:
    """The episodes that were learned from, each graded by what was learned without its company's group."""
    known, always = lessons(LEARNED_FROM), [*lessons(TAUGHT), *forms()]
    without = {group: fitted(_others(known, group) + always) for group in groups}
    return graded_by(LEARNED_FROM, lambda company: next(held for group, held in without.items() if company in group))


def _others(known: Sequence[Lesson], group: frozenset[str]) -> list[Lesson]:
    return [one for one in known if one.company not in group]


def groups_of(how: str) -> list[frozenset[str]]:
    """Companies in groups: `companies` by threes, `half` and half of each writer's, or by `writer`."""
    by_writer = {writer: sorted(cases(writer)) for writer in LEARNED_FROM}
    every = [company for listed in zip(*by_writer.values(), strict=True) for company in listed]
    parts = {
        "companies": [every[at::FOLDS] for at in range(FOLDS)],
        "half": [[one for listed in by_writer.values() for one in listed[at::2]] for at in range(2)],
        "writer": list(by_writer.values()),
    }
    return [frozenset(part) for part in parts[how]]


def measured(found: Sequence[Found]) -> Found:
    """Sensitivity and specificity for coercion, with both intervals."""
    coercion, none = _sides(found)
    return {
        "episodes": len(found),
        "sensitivity": _share(coercion, [one["graded"] in COERCION for one in coercion]),
        "specificity": _share(none, [_is_none(one["graded"]) for one in none]),
    }


def _sides(found: Sequence[Found]) -> tuple[list[Found], list[Found]]:
    return [one for one in found if one["label"] in COERCION], [one for one in found if one["label"] not in COERCION]


def _is_none(grade: str) -> bool:
    return grade not in COERCION and grade != "unreadable"


def _share(of: Sequence[Found], right: Sequence[bool]) -> Found:
    exact = clopper_pearson(sum(right), len(of))
    companies = sorted({one["case"] for one in of})
    sums, sizes = np.zeros(len(companies)), np.zeros(len(companies))
    for one, hit in zip(of, right, strict=True):
        sums[companies.index(one["case"])] += hit
        sizes[companies.index(one["case"])] += 1
    by_case = clustered_share(sums, sizes)
    return {
        "right": sum(right),
        "n": len(of),
        "value": round(sum(right) / len(of), 4),
        "exact": [round(exact.low, 4), round(exact.high, 4)],
        "companies": len(companies),
        "by company": [round(by_case.interval.low, 4), round(by_case.interval.high, 4)],
    }


def _groups(found: Sequence[Found], key: str) -> dict[str, str]:
    """By writer, syntax or kind: how many were right of how many."""
    made: dict[str, list[int]] = {}
    for one in found:
        side = "coercion" if one["label"] in COERCION else "none"
        right = (one["graded"] in COERCION) if side == "coercion" else _is_none(one["graded"])
        at = made.setdefault(f"{one[key]}: {side}", [0, 0])
        at[0] += right
        at[1] += 1
    return {name: f"{right} of {n}" for name, (right, n) in sorted(made.items())}


def results() -> Found:
    """Everything that is written.

    Raises:
        SystemExit: The held-out episodes are not there.
    """
    made = {"held-out": told(held_out()), "learned from": {}}
    for how in ("companies", "half", "writer"):
        made["learned from"][f"left out by {how}"] = told(left_out(groups_of(how)))
    return made


def told(found: Sequence[Found]) -> Found:
    """Everything that is written of a part."""
    table = Counter((one["label"], one["graded"]) for one in found)
    return {
        **measured(found),
        "by writer": _groups(found, "writer"),
        "by syntax": _groups(found, "syntax"),
        "by grade": {f"{label} graded {grade}": n for (label, grade), n in sorted(table.items())},
        "the writer's second reading agrees on coercion": _agreement(found, "second"),
        "a blind reader agrees on coercion": _agreement(found, "read"),
        "missed by kind": dict(_missed(found)),
    }


def _agreement(found: Sequence[Found], reading: str) -> str:
    both = [one for one in found if reading in one]
    return f"{sum((one['label'] in COERCION) == (one[reading] in COERCION) for one in both)} of {len(both)}"


def _missed(found: Sequence[Found]) -> Iterator[tuple[str, str]]:
    for name, counted in _groups(found, "kind").items():
        right, _, n = counted.split()
        if int(right) < int(n):
            yield name, counted


def shipped() -> MeasuredError:
    """What the check carries of it: the held-out part, by company.

    Raises:
        SystemExit: The held-out episodes are not there.
    """
    coercion, none = _sides(held_out())
    return MeasuredError(
        sensitivity=_by_company(coercion, [one["graded"] in COERCION for one in coercion]),
        specificity=_by_company(none, [_is_none(one["graded"]) for one in none]),
        on="labelled episodes",
    )


def _by_company(of: Sequence[Found], right: Sequence[bool]) -> Accuracy:
    companies = sorted({one["case"] for one in of})
    hits = Counter(one["case"] for one, hit in zip(of, right, strict=True) if hit)
    all_of = Counter(one["case"] for one in of)
    return Accuracy(
        right=tuple(hits[company] for company in companies),
        of=tuple(all_of[company] for company in companies),
        groups="companies",
    )


def main() -> None:
    """Measure, print, and write."""
    made = results()
    SHIPPED.write_text(readable_json(shipped()), encoding="utf-8")
    RESULTS.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    for part, of in {"held-out": made["held-out"], **made["learned from"]}.items():
        print(said(part, of))


def said(part: str, of: Found) -> str:
    """Both figures of a part, in two lines."""
    sides = ((side, of[side]) for side in ("sensitivity", "specificity"))
    return "\n".join(
        f"{part:>22}  {side}  {one['right']} of {one['n']}  exact {one['exact']}  by company {one['by company']}"
        for side, one in sides
    )
