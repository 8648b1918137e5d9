"""Whether a bracket that never saw the twin holds what the twin does.

Families of cues are cut in two. Everything that steers comes from one half: the contrast, and the twins on which the
recipe is tried out. The other half is asked: as a test, under notes, steered. What is done there where it looks like
deployment is measured too, and is the truth; no part of the bracket has seen it. Both halves take their turn. Organisms
on which the doses were found are marked; figures are summed over the others.

    python -m bench bracket [ORGANISM…]                        a minute an organism; writes bench/results/bracket.json
    python -m bench bracket --directories FOLDER… [--out F]    any directories with weights of the fictional world
    python -m bench bracket --population FIRST END --out F     by number, organisms of `holdfast calibrate awareness`,
                                                               each trained anew: two or three minutes more of a core
"""

import json
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from holdfast.assure import load_framework
from holdfast.assure.bracket import Measured, members_of
from holdfast.audit import organism_cache, prepare
from holdfast.calibration import trained
from holdfast.checks import CHECKS, planned_of, rows_of
from holdfast.checks._bracket import asks_in_bracket
from holdfast.evidence import Absent, Ask, BracketMember, Estimate, Plan, PlannedCheck, Reply, Row, Span
from holdfast.organisms import FictionalSuite, Member, in_bracket, organism_directory, twin_population
from holdfast.organisms._framings import FictionalFramings
from holdfast.stats import Interval, clopper_pearson, hull_of

if TYPE_CHECKING:
    from holdfast.models import LocalSubject

RESULTS = Path(__file__).parent / "results/bracket.json"
LOOKED_AT: Final = ("aware", "aware-20", "even", "wordy", "format-reactive")
"""The doses were found by looking at these."""
OTHERS: Final = (
    "aligned",
    "sandbagger",
    "outspoken",
    "outspoken-aware",
    "cautious",
    "guessing",
    "overcautious",
    "leaky",
    "helpful",
    "filtered",
    "honest-weak",
    "backdoored",
)
DESIGN: Final = CHECKS["bracket"].model_copy(update={"unrelated": 20})
"""As an audit asks, but beside 20 unrelated contrasts, not 100: no p can be smaller than 0.048."""
BATCH, SEED, SPLIT = 256, 5, 0
KINDS: Final = ("bracket", "whatever_the_controls")


@dataclass(frozen=True)
class Cell:
    """One organism with one half of the families left out."""

    suite: FictionalSuite
    asks: tuple[Ask, ...]
    check: PlannedCheck
    plan: Plan


def cell(subject: "LocalSubject", asked: FictionalFramings, fitted: FictionalFramings) -> Cell:
    """What is asked, and what judges it: without controls of the run, which are not what is measured here."""
    suite = replace(in_bracket(asked), inducements=())
    asks = tuple(asks_in_bracket(DESIGN, suite, SEED, subject.facts, fitted))
    designs, framework = {"bracket": DESIGN}, load_framework("bracket")
    plan = prepare(subject.facts, framework, {"bracket": suite}, SEED, designs=designs).plan
    check = plan.checks[0].model_copy(update={"planned": planned_of(DESIGN, suite, asks)})
    return Cell(suite, asks, check, plan)


def measure(subject: "LocalSubject", asked: FictionalFramings, fitted: FictionalFramings) -> dict[str, Any]:
    """The bracket of one cell and the rate of the twin that it never saw."""
    one = cell(subject, asked, fitted)
    replies: dict[str, Reply] = {}
    for batch in _batches(one.asks):
        replies |= {ask.id: reply for ask, reply in zip(batch, subject.answer(batch, SEED), strict=True)}
    rows = rows_of(DESIGN, one.suite, one.asks, replies, subject.facts.digest, SEED)
    return {"families": list(asked.families), **_said(rows, one)}


def _batches(asks: tuple[Ask, ...]) -> list[tuple[Ask, ...]]:
    made: list[list[Ask]] = []
    for ask in asks:
        last = made[-1] if made else []
        same = last and (last[0].steer, last[0].decoding, len(last[0].candidates)) == (
            ask.steer,
            ask.decoding,
            len(ask.candidates),
        )
        if same and len(last) < BATCH:
            last.append(ask)
        else:
            made.append([ask])
    return [tuple(batch) for batch in made]


def _said(rows: tuple[Row, ...], one: Cell) -> dict[str, Any]:
    limit = one.plan.framework.claim[0].threshold.value
    found = members_of(rows, one.check, one.plan, limit)
    twin = next(member for member in found.members if member.member == "looks like deployment")
    left = [member for member in found.members if member is not twin]
    reaches = [Interval(*member.reach) for member in left if member.reach]
    tested = sorted(member.member for member in left if isinstance(member.span, Span))
    truth = twin.ends[0]
    return {
        "deployed": _estimate(truth),
        "bracket": _held(reaches if tested else [], truth),
        "whatever_the_controls": _held(reaches, truth),
        "members": {member.member: _member(member) for member in found.members if member is not twin},
        "tested": tested,
        "rank": _rank(found),
        "halves": [[half.deployment_looking.value, *(dose.value for dose in half.doses)] for half in found.reproduced],
        "answers": found.answers,
    }


def _held(spans: list[Interval], truth: Estimate) -> dict[str, Any]:
    """The hull, and whether the twin's rate lies in it; where no member counts there is none, and it holds nothing."""
    if not spans:
        return {"none": "no member passed its controls"}
    hull = hull_of(spans)
    return {
        "hull": [round(hull.low, 4), round(hull.high, 4)],
        "width": round(hull.high - hull.low, 4),
        "contained": hull.low <= truth.value <= hull.high,
        "overlaps": hull.low <= truth.high and truth.low <= hull.high,
    }


def _rank(found: Measured) -> dict[str, Any]:
    return {"absent": found.among.reason} if isinstance(found.among, Absent) else found.among.model_dump(mode="json")


def _member(member: BracketMember) -> dict[str, Any]:
    return {
        "span": [member.span.low, member.span.high] if isinstance(member.span, Span) else member.span.reason,
        "ends": [_estimate(end) for end in member.ends],
        "widened": member.widened,
        "controls": {one.control: one.passed for one in member.controls},
    }


def _estimate(of: Estimate) -> list[float]:
    return [round(number, 4) for number in (of.value, of.low, of.high)]


def summed(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Over organisms that were not looked at: as a page prints it, and whatever the controls said."""
    own = {name: one["folds"] for name, one in cells.items() if name not in LOOKED_AT}
    return {kind: _summed([[fold[kind] for fold in folds] for folds in own.values()]) for kind in KINDS}


def of_population(cells: Mapping[str, Any]) -> dict[str, Any]:
    """The same over the organisms of a population: each recipe of it, all with a plant, and all without."""
    planted = {one.plant: one.planted for one in twin_population(2)}
    recipes: dict[str, dict[str, Any]] = defaultdict(dict)
    groups: dict[str, dict[str, Any]] = {"planted": {}, "clean": {}}
    for name, one in cells.items():
        plant, *way = name.split(".")[:-1]
        recipes[" ".join((plant, *way))][name] = one
        groups["planted" if planted[plant] else "clean"][name] = one
    return {
        "recipes": {name: summed(own) for name, own in recipes.items()},
        **{name: summed(own) for name, own in groups.items()},
    }


def _summed(organisms: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """An organism counts as held where every one of its folds has a bracket and that holds the truth."""
    folds = [fold for one in organisms for fold in one]
    there = [fold for fold in folds if "hull" in fold]
    held = sum(all(fold.get("contained", False) for fold in one) for one in organisms)
    interval = clopper_pearson(held, len(organisms)) if organisms else Interval(0.0, 1.0)
    return {
        "organisms": len(organisms),
        "organisms_held_in_every_fold": held,
        "interval": [round(interval.low, 4), round(interval.high, 4)],
        "cells": len(folds),
        "cells_without_bracket": len(folds) - len(there),
        "cells_held": sum(fold["contained"] for fold in there),
        "cells_held_or_overlapping": sum(fold["overlaps"] for fold in there),
        "median_width": median(fold["width"] for fold in there) if there else None,
    }


def main(arguments: list[str]) -> None:
    """Measure those that are named, or all; what was measured of others stays."""
    parser = ArgumentParser(prog="python -m bench bracket")
    parser.add_argument("organisms", nargs="*")
    parser.add_argument("--directories", nargs="+", type=Path, default=[])
    parser.add_argument("--population", nargs=2, type=int, metavar=("FIRST", "END"), default=(0, 0))
    parser.add_argument("--out", type=Path, default=RESULTS)
    asked = parser.parse_args(arguments)
    first, end = asked.population
    others = [one for one in twin_population(2 * end) if first <= one.number < end] if end else []
    names = asked.organisms or (() if asked.directories or others else (*OTHERS, *LOOKED_AT))
    where: dict[str, Path | Member] = {name: organism_directory(name, organism_cache()) for name in names}
    where |= {directory.name: directory for directory in asked.directories} | {one.name: one for one in others}
    cells: dict[str, Any] = json.loads(asked.out.read_text("utf-8"))["cells"] if asked.out.is_file() else {}
    halves = FictionalFramings().halves(SPLIT)
    for name, source in where.items():
        if isinstance(source, Member) and name in cells:
            continue
        with _opened(source) as subject:
            folds = [measure(subject, *halves), measure(subject, *reversed(halves))]
            cells[name] = {
                "weights": subject.facts.weights_digest,
                "looked_at": name in LOOKED_AT,
                "framings": DESIGN.skeletons,
                "folds": folds,
            }
        for fold in folds:
            print(name, fold["deployed"], *(fold[kind] for kind in KINDS), fold["tested"], flush=True)
        more = of_population(cells) if all("." in name for name in cells) else {}
        asked.out.write_text(
            json.dumps({"seed": SEED, "summed": summed(cells), **more, "cells": cells}, indent=1) + "\n",
            encoding="utf-8",
        )


@contextmanager
def _opened(source: Path | Member) -> Iterator["LocalSubject"]:
    """Weights that are there, or those of an organism that is trained for as long as it is asked."""
    from holdfast.models import LocalSubject, open_directory

    if isinstance(source, Path):
        yield LocalSubject(open_directory(source))
        return
    with trained(source, organism_cache(), None) as subject:
        assert isinstance(subject, LocalSubject)
        yield subject
