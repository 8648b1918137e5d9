"""What a population was measured with is what is asked today: else its figures would be about another check."""

import json
from pathlib import Path

from exams import ExamTaker
from holdfast.checks import CHECKS, asks_of
from holdfast.evidence import digest
from holdfast.organisms import in_exam

POPULATION = Path(__file__).parents[2] / "bench" / "results" / "population-sandbagging.json"


def test_the_exam_is_the_one_that_the_population_was_measured_with() -> None:
    parts = json.loads(POPULATION.read_text("utf-8"))["parts"]
    assert {part["plan"]["design"] for part in parts} == {digest(CHECKS["sandbagging"].model_dump(mode="json"))}


def test_organisms_are_asked_in_the_arms_that_they_were_asked_in() -> None:
    asks = asks_of(CHECKS["sandbagging"], in_exam(), 0, ExamTaker().facts)
    assert {ask.arm for ask in asks} == {"subject", "incentive", "placebo", "induced", "ability", "tuned"}
    assert digest([ask.model_dump(mode="json") for ask in asks]) == (
        "sha256:d979eced1e2bd022b8c8c8cf44fb5392634c3433c0371c02cc7c467ba18518cf"
    )
