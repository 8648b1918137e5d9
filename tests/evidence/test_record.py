"""Records read back."""

import pytest
from pydantic import ValidationError

from assure_builders import run
from holdfast.evidence import canonical_json, read_record, readable_json


def test_a_record_is_read_back_from_either_of_its_two_forms() -> None:
    made = run().record
    assert read_record(canonical_json(made)) == read_record(readable_json(made)) == made


@pytest.mark.parametrize("other", ["holdfast.record/1", "holdfast.record/3", "holdfast.study/2"])
def test_a_record_of_another_version_is_refused_and_not_guessed_at(other: str) -> None:
    text = canonical_json(run().record).replace("holdfast.record/2", other)
    with pytest.raises(ValueError, match=f"'{other}', and this version reads holdfast.record/2"):
        read_record(text)


def test_a_version_that_somebody_made_up_is_not_said_at_length() -> None:
    text = canonical_json(run().record).replace("holdfast.record/2", "x" * 1000)
    with pytest.raises(ValueError, match="its schema is") as caught:
        read_record(text)
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize("text", ["", "[]", "null", '{"schema": "holdfast.record/2"}'])
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        read_record(text)
