"""An absence has a word and a reason."""

import pytest
from pydantic import ValidationError

from holdfast.evidence import Absent


def test_an_absence_without_a_reason_is_refused() -> None:
    with pytest.raises(ValidationError, match="reason"):
        Absent(absent="undetermined", reason="")


def test_an_absence_of_no_known_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="Input should be"):
        Absent.model_validate({"absent": "lost", "reason": "who knows"})
