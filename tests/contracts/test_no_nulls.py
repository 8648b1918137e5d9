"""No record holds a null: what is not there is absent with a reason, or its key is left out.

Looked at are the types, so that a field that may be None cannot be added without this test failing, and records.
"""

import json
from collections.abc import Callable, Iterator
from types import NoneType
from typing import Annotated, Any, Final, Literal, get_args, get_origin

import pytest
from pydantic import Field
from pydantic.fields import FieldInfo

from assure_builders import run
from holdfast.calibration import CALIBRATED, population_of
from holdfast.evidence import (
    Absent,
    AnyPlan,
    Frozen,
    PanelRecord,
    PanelRun,
    Record,
    Row,
    RunFacts,
    StudyRecord,
    SuiteRun,
    canonical_json,
)
from report.log_records import compared, logged
from report.records import small, typical
from tampered import assessed, ceiling, plan, untampered
from tampered import run as trajectory

PASSPORTS: Final = tuple(population_of(check).passport_form for check in CALIBRATED)
ROOTS: Final = (Record, AnyPlan, SuiteRun, RunFacts, StudyRecord, PanelRecord, PanelRun, Row, *PASSPORTS)
PLAIN: Final = frozenset({str, int, float, bool})
"""What a leaf may be, beside a model: a type that may hold anything may hold a null."""


def leaves(annotation: Any) -> Iterator[Any]:
    """The types that an annotation is made of."""
    args = get_args(annotation)
    if get_origin(annotation) is Annotated:
        yield from leaves(args[0])
    elif get_origin(annotation) is Literal:
        yield from {type(value) for value in args}
    elif args:
        for part in args:
            yield from () if part is Ellipsis else leaves(part)
    else:
        yield annotation


def is_left_out(field: FieldInfo) -> bool:
    """Whether the key is not written where the value is None."""
    return field.exclude_if is not None and field.exclude_if(None)


def written(field: FieldInfo) -> Iterator[Any]:
    """The types of what is written of a field; only where it is None as a whole can its key be left out."""
    args = get_args(field.annotation)
    if is_left_out(field) and NoneType in args:
        for part in args:
            yield from () if part is NoneType else leaves(part)
    else:
        yield from leaves(field.annotation)


def is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Frozen)


def reachable(*roots: Any) -> set[type[Frozen]]:
    """Every model of which a value of these types can hold one."""
    found: set[type[Frozen]] = set()
    waiting = [kind for root in roots for kind in leaves(root)]
    while waiting:
        kind = waiting.pop()
        if is_model(kind) and kind not in found:
            found.add(kind)
            waiting += [part for field in kind.model_fields.values() for part in leaves(field.annotation)]
    return found


def nullable(*roots: Any) -> list[str]:
    """Every field that may be written as null, or as anything."""
    return sorted(
        f"{kind.__name__}.{name}"
        for kind in reachable(*roots)
        for name, field in kind.model_fields.items()
        if not all(part in PLAIN or is_model(part) for part in written(field))
    )


def nulls(value: Any, place: str = "") -> Iterator[str]:
    """Where in a JSON value there is a null."""
    if value is None:
        yield place
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from nulls(part, f"{place}/{key}")


def test_no_field_of_a_record_a_plan_a_row_or_a_passport_may_be_null() -> None:
    assert nullable(*ROOTS) == []


def test_every_kind_of_value_that_a_record_is_made_of_is_looked_at() -> None:
    names = {kind.__name__ for kind in reachable(*ROOTS)}
    assert names >= {"ComparedDose", "PlannedDose", "JudgedRow", "TamperPlan", "AttackResult", "Prices", "Separation"}


class Inner(Frozen):
    deep: int | None = None


class Fine(Frozen):
    left_out: Absent | None = Field(default=None, exclude_if=lambda value: value is None)
    several: tuple[tuple[str, int | Absent], ...] = ()
    words: Literal["a", "b"] = "a"


class Open(Frozen):
    plain: int | None = None
    old_way: Any = None
    inside: tuple[int | None, ...] = ()
    keyed: dict[str, Any] = Field(default_factory=dict)
    bare: dict = Field(default_factory=dict)  # type: ignore[type-arg]
    word: Literal["a", None] = None
    wrongly_left_out: int | None = Field(default=None, exclude_if=lambda value: value == 0)
    left_out_as_a_whole: tuple[int | None, ...] | None = Field(default=None, exclude_if=lambda value: value is None)
    further: Annotated[tuple[Inner, ...], Field(min_length=0)] = ()


def test_the_look_at_the_types_sees_every_way_to_a_null() -> None:
    assert nullable(Fine) == []
    assert nullable(Open) == sorted(
        [*(f"Open.{name}" for name in Open.model_fields if name != "further"), "Inner.deep"]
    )


@pytest.mark.parametrize("made", [small, typical, logged, compared])
def test_a_record_and_its_run_hold_no_null(made: Callable[[], tuple[Record, RunFacts]]) -> None:
    for value in made():
        assert list(nulls(json.loads(canonical_json(value)))) == []


def test_an_assessment_with_every_arm_and_one_of_attacks_hold_no_null() -> None:
    audited = run(ability=20, known=20, induced=50, doses={0.1: 5, 0.2: 10, 0.5: 25, 1.0: 50})
    attacked = assessed(plan(seeds=1), untampered(), ceiling(), [trajectory((0, 0, 0, 0))])
    for record in (audited.record, *audited.rows, run().record, attacked):
        assert list(nulls(json.loads(canonical_json(record)))) == []


def test_a_null_in_a_value_is_seen_wherever_it_is() -> None:
    assert list(nulls({"a": [1, {"b": None}], "c": None, "d": "null"})) == ["/a/1/b", "/c"]
