"""Closed denominators."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from holdfast.evidence import Counts

SOME = st.integers(0, 1000)


@given(SOME, SOME, SOME)
def test_every_unit_is_in_exactly_one_of_three(scored: int, unscorable: int, skipped: int) -> None:
    total = scored + unscorable + skipped
    assert Counts(total=total, scored=scored, unscorable=unscorable, skipped=skipped).total == total
    for wrong in (total + 1, total - 1):
        with pytest.raises(ValidationError):
            Counts(total=wrong, scored=scored, unscorable=unscorable, skipped=skipped)


def test_a_negative_count_is_refused_though_the_sum_fits() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        Counts(total=3, scored=5, unscorable=-2, skipped=0)
