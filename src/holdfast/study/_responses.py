"""What people said afterwards, joined with how they were drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from holdfast.errors import StudyInput
from holdfast.evidence import Preregistration
from holdfast.study._log import Draw
from holdfast.study._tables import item_columns, mean_of, number, pseudonym, read_table, refuse

_MOST_CLAIMS: Final = 1e6


@dataclass(frozen=True, slots=True)
class Response:
    """One row; None where a cell is empty."""

    participant: str
    issue: str
    post: float | None
    follow_up: float | None
    claims: int | None
    accurate: int | None
    received: str
    """The arm that the survey says the person was in; empty where it says none."""


@dataclass(frozen=True, slots=True)
class Responses:
    """A file of responses."""

    rows: tuple[Response, ...]
    digest: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """One draw, with what came of it; None where nothing did."""

    draw: Draw
    response: Response | None

    @property
    def post(self) -> float | None:
        """The outcome."""
        return self.response.post if self.response else None

    @property
    def follow_up(self) -> float | None:
        """The outcome of the second wave."""
        return self.response.follow_up if self.response else None


def read_responses(path: Path, plan: Preregistration, *, outcome: str | None = None) -> Responses:
    """Responses from a CSV: participant, issue, the outcome; where they are, `follow_up`, `claims`, `accurate`, `arm`.

    Args:
        path: The file.
        plan: What was registered.
        outcome: Another column than the one that was registered; the analysis then says so on page one.

    Raises:
        StudyInput: A line cannot be used, or a column is missing that was registered.
    """
    column = outcome or plan.outcome.column
    needed = ["participant", "issue", *item_columns(column, plan.outcome)]
    needed += ["claims", "accurate"] if plan.accuracy else []
    columns, rows = read_table(path, needed)
    found = [_response(path, line, row, column, columns, plan) for line, row in rows]
    seen: set[tuple[str, str]] = set()
    for (line, _), one in zip(rows, found, strict=True):
        if (one.participant, one.issue) in seen:
            refuse(
                path, line, f"a second row of {one.participant} about {one.issue}: which of them counts is not for us"
            )
        seen.add((one.participant, one.issue))
    return Responses(tuple(found), "sha256:" + sha256(path.read_bytes()).hexdigest(), columns)


def joined(draws: Sequence[Draw], responses: Responses) -> tuple[tuple[Unit, ...], tuple[Response, ...]]:
    """Every draw with its response, and responses of people whom nobody drew."""
    rows = {(row.participant, row.issue): row for row in responses.rows}
    units = tuple(Unit(draw, rows.pop((draw.participant, draw.issue), None)) for draw in draws)
    return units, tuple(rows.values())


def _response(
    path: Path, line: int, row: dict[str, str], column: str, columns: Sequence[str], plan: Preregistration
) -> Response:
    waves = item_columns("follow_up", plan.outcome)
    counts = [_count(path, line, row, name) if name in columns else None for name in ("claims", "accurate")]
    if (counts[0] is not None and counts[1] is None) or (counts[1] or 0) > (counts[0] or 0):
        refuse(path, line, "more accurate claims than claims, or claims of which nobody says how many were accurate")
    return Response(
        participant=pseudonym(path, line, row),
        issue=row["issue"],
        post=mean_of(path, line, row, column, plan.outcome),
        follow_up=mean_of(path, line, row, "follow_up", plan.outcome) if set(waves) <= set(columns) else None,
        claims=counts[0],
        accurate=counts[1],
        received=row.get("arm", ""),
    )


def _count(path: Path, line: int, row: dict[str, str], column: str) -> int | None:
    value = number(path, line, row, column, low=0, high=_MOST_CLAIMS)
    if value is not None and value != int(value):
        raise StudyInput(f"{path}:{line} cannot be used", why=f"`{column}` is no whole number", fix="mend the line")
    return None if value is None else int(value)
