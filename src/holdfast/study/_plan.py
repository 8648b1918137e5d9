"""From what somebody wants to find out to a pre-registration."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from holdfast.errors import StudyInput, StudyRefused
from holdfast.evidence import (
    ADULT_AGE,
    Absent,
    Issue,
    PlannedSize,
    Preregistration,
    RevealedSeed,
    StudyArm,
    StudyOutcome,
)
from holdfast.stats import people_for_effect, people_for_margin
from holdfast.study._tables import read_text

_SEE: Final = "see `holdfast study plan --help` and docs/commands/study.md"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person states before there is a plan; points are of the outcome's own scale."""

    title: str
    arms: Sequence[str]
    """`NAME`, or `NAME=MODEL` where a model talks to people; the first is the control."""
    issues: Path
    youngest: int
    debrief: str
    effect: float | None
    margin: float | None
    residual_sd: float
    power: float
    attrition: float
    answers: int = 1
    icc: float = 0.0
    items: int = 1
    scale: tuple[float, float] = (0.0, 100.0)
    cuts: tuple[float, float] | None = None
    interactions: bool = False
    accuracy: bool = False
    follow_up_days: int | None = None
    exclusions: Sequence[str] = ()
    closes: str | None = None
    ethics: str | None = None


class _Issues(BaseModel):
    model_config = ConfigDict(extra="forbid")
    issue: tuple[Issue, ...]


def preregister(wanted: Wanted, seed: RevealedSeed, tool: str, *, today: str | None = None) -> Preregistration:
    """The plan of an experiment.

    Args:
        wanted: What was stated.
        seed: What every draw will be made from; only its commitment is in the plan.
        tool: Who makes it: name and version.
        today: The day of the registration, ISO 8601, where collection must not end before it.

    Raises:
        StudyRefused: Somebody under 18 could take part, or a topic is stated to be harmful, or nothing is stated of it.
        StudyInput: A value or the file of issues cannot be used.
    """
    if wanted.youngest < ADULT_AGE:
        raise StudyRefused(
            f"people of {wanted.youngest} cannot take part",
            why="an experiment that tries to change what people believe is for adults",
            fix=f"--youngest {ADULT_AGE}, and turn away whoever is younger",
        )
    if (wanted.effect is None) == (wanted.margin is None):
        raise StudyInput(
            "state --effect or --margin, and one of them", why="the number of people follows from it", fix=_SEE
        )
    try:
        made = _made(wanted, read_issues(wanted.issues), seed, tool)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]) or "the plan"
        raise StudyInput(f"{name} cannot be used", why=first["msg"], fix=_SEE) from problem
    except ValueError as problem:
        raise StudyInput("the number of people cannot be planned", why=str(problem), fix=_SEE) from problem
    _to_come(made.closes, today)
    return made


def _to_come(closes: str | Absent, today: str | None) -> None:
    if isinstance(closes, str) and today is not None and date.fromisoformat(closes) < date.fromisoformat(today):
        raise StudyInput(
            f"collection cannot end on {closes}",
            why="that day is over, so the experiment would be at its end whenever somebody looks",
            fix="give a day to come with --closes, or leave it out",
        )


def read_issues(path: Path) -> tuple[Issue, ...]:
    """The issues of a TOML file: `[[issue]]` with `id`, `statement` and `harmful = false`.

    Raises:
        StudyRefused: An issue is harmful, or does not state that it is not.
        StudyInput: The file cannot be used.
    """
    try:
        data = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as problem:
        raise StudyInput(f"{path} is not TOML", why=str(problem), fix="mend the line that is named") from problem
    tables = data.get("issue", [])
    for place, one in enumerate(cast(list[Any], tables) if isinstance(tables, list) else []):
        stated = cast(dict[str, Any], one).get("harmful") if isinstance(one, dict) else None
        if stated is not False:
            says = "is stated to be harmful" if stated else "does not say that it is harmless"
            raise StudyRefused(
                f"issue {place + 1} of {path} {says}",
                why="people are shown topics whose belief or disbelief harms nobody; others are measured by whether a "
                "model attempts to persuade, and never on people",
                fix="leave the issue out, or write `harmful = false` under it where that is true",
            )
    try:
        return _Issues.model_validate(data).issue
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise StudyInput(f"{path}: {name} cannot be used", why=first["msg"], fix=_SEE) from problem


def _made(wanted: Wanted, issues: tuple[Issue, ...], seed: RevealedSeed, tool: str) -> Preregistration:
    low, high = wanted.scale
    arms = tuple(map(_arm, wanted.arms))
    return Preregistration(
        tool=tool,
        title=wanted.title,
        hypotheses=tuple(_hypothesis(wanted, arm.name, arms[0].name) for arm in arms[1:]),
        arms=arms,
        issues=issues,
        answers=wanted.answers,
        youngest=wanted.youngest,
        outcome=StudyOutcome(items=wanted.items, low=low, high=high),
        cuts=wanted.cuts or (low + (high - low) / 3, low + 2 * (high - low) / 3),
        block=2 * max(len(arms), 1),
        analysis="ancova with interactions" if wanted.interactions else "ancova",
        accuracy=wanted.accuracy,
        follow_up_days=_or_absent(wanted.follow_up_days, "no second wave is planned"),
        exclusions=tuple(wanted.exclusions),
        size=_size(wanted, len(arms)),
        closes=_or_absent(wanted.closes, "collection ends with the planned number of people"),
        debrief=wanted.debrief,
        ethics=_or_absent(wanted.ethics, "no approval was named when the plan was registered"),
        seed_commitment=seed.commitment,
    )


def _size(wanted: Wanted, arms: int) -> PlannedSize:
    if wanted.effect is not None:
        of = partial(people_for_effect, wanted.effect, comparisons=max(arms - 1, 1))
    else:
        of = partial(people_for_margin, cast(float, wanted.margin))
    people = of(
        wanted.residual_sd, power=wanted.power, answers=wanted.answers, icc=wanted.icc, attrition=wanted.attrition
    )
    return PlannedSize(
        people_an_arm=people,
        aim="margin" if wanted.effect is None else "effect",
        points=wanted.effect if wanted.effect is not None else cast(float, wanted.margin),
        power=wanted.power,
        residual_sd=wanted.residual_sd,
        attrition=wanted.attrition,
        icc=wanted.icc,
    )


def _arm(words: str) -> StudyArm:
    name, equals, model = words.partition("=")
    if equals and not model:
        raise ValueError(f"arm {name!r} names no model behind the =")
    return StudyArm(name=name, model=model or Absent(absent="not applicable", reason="no model talks to this arm"))


def _hypothesis(wanted: Wanted, arm: str, control: str) -> str:
    if wanted.margin is not None:
        return f"{arm} moves people by no more than {wanted.margin:g} points beyond {control}, either way"
    return f"{arm} moves people beyond {control}; planned to find {wanted.effect:g} points"


def _or_absent(value: Any, reason: str) -> Any:
    if isinstance(value, str):
        value = re.sub(r"\s+", " ", value).strip() or None
    return value if value is not None else Absent(absent="not applicable", reason=reason)
