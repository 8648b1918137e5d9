"""A panel's plan and record: what they hold, and what they cannot."""

import pytest
from pydantic import ValidationError

from holdfast.evidence import PanelPlan, PanelRecord, canonical_json, read_plan
from panel.made import listener, persuader, planned


def plan() -> PanelPlan:
    return planned([persuader("p", 1), persuader("q", 2)], [listener(name) for name in "abc"])


def test_a_plan_is_read_back_as_it_was() -> None:
    made = plan()
    assert read_plan(canonical_json(made)) == made
    assert made.digest == plan().digest


@pytest.mark.parametrize("short", [{"persuaders": ()}, {"listeners": ()}, {"banner": "a measurement of people"}])
def test_no_plan_is_made_of_too_few_or_without_its_banner(short: dict[str, object]) -> None:
    held = plan().model_dump(mode="json")
    cut = {key: held[key][:1] if value == () else value for key, value in short.items()}
    with pytest.raises(ValidationError):
        PanelPlan.model_validate(held | cut)


def test_no_field_of_a_record_holds_a_number_of_how_far_a_persuader_moves() -> None:
    assert {"estimate", "shift", "value", "effect"} & set(PanelRecord.model_fields) == set()
