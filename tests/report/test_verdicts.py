"""How verdicts look."""

import re
from typing import cast

import pytest

from holdfast.evidence import VERDICT_MEANS, Verdict
from holdfast.report._verdicts import COVERAGE_SHAPES, look


def test_every_verdict_has_a_shape_and_a_name_of_its_own() -> None:
    looks = [look(verdict) for verdict in VERDICT_MEANS]
    assert len({seen.shape for seen in looks}) == len({seen.name for seen in looks}) == len(looks)


def test_the_word_is_the_verdict_itself() -> None:
    assert [look(verdict).word for verdict in VERDICT_MEANS] == list(VERDICT_MEANS)
    assert look("not met").heading == "Not met"


def test_tested_does_not_look_like_met() -> None:
    assert COVERAGE_SHAPES["tested"] not in {look(verdict).shape for verdict in VERDICT_MEANS}


def test_no_verdict_claims_more_than_it_knows() -> None:
    said = " ".join(look(verdict).heading for verdict in VERDICT_MEANS)
    assert not re.search(r"safe|secure|robust|grade|score", said, re.IGNORECASE)


def test_a_verdict_that_nobody_knows_is_refused() -> None:
    with pytest.raises(AssertionError):
        look(cast(Verdict, "safe"))
