"""A number that says how sure it is, or no number."""

from typing import Any

import pytest
from pydantic import ValidationError

from holdfast.evidence import Estimate


def estimate(**more: Any) -> Estimate:
    said = {"value": 0.1, "low": 0.05, "high": 0.2, "level": 0.95, "n": 40, "clusters": 40, "method": "m", "unit": "u"}
    return Estimate.model_validate(said | more)


def test_a_value_may_lie_at_either_end_of_its_interval() -> None:
    assert estimate(value=0.05).value == 0.05
    assert estimate(value=0.2).value == 0.2
    assert estimate().sides == "two"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"value": 0.1, "low": 0.1, "high": 0.1}, "zero width"),
        ({"value": 0.04}, "inside its interval"),
        ({"value": 0.21}, "inside its interval"),
        ({"low": 0.3, "high": 0.2}, "inside its interval"),
        ({"n": 0}, "greater than or equal to 1"),
        ({"clusters": 0}, "greater than or equal to 1"),
        ({"level": 0.5}, "greater than 0.5"),
        ({"level": 1.0}, "less than 1"),
        ({"method": ""}, "at least 1 character"),
        ({"unit": ""}, "at least 1 character"),
        ({"sides": "both"}, "Input should be"),
        ({"value": float("nan")}, "finite"),
        ({"high": float("inf")}, "finite"),
    ],
)
def test_what_no_finite_sample_can_say_is_refused(more: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        estimate(**more)


@pytest.mark.parametrize("key", ["value", "low", "high", "level", "n", "clusters", "method", "unit"])
def test_nothing_about_an_estimate_may_be_left_out(key: str) -> None:
    said = estimate().model_dump(exclude={key})
    with pytest.raises(ValidationError, match="Field required"):
        Estimate.model_validate(said)
