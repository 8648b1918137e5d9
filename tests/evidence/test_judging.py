"""The truth sample, and that a plan with an exact scorer looks as it always did."""

import pytest
from pydantic import ValidationError

from assure_builders import check, claim, plan, run
from holdfast.evidence import Plan, TruthSample

UNITS = [f"item-{n}" for n in range(4_000)]


def held(share: float, seed: int = 0) -> set[str]:
    return {unit for unit in UNITS if TruthSample(share=share, seed=seed, by="people").holds(unit)}


def test_a_unit_is_in_by_its_name_and_the_seed_alone() -> None:
    assert len(held(0.25)) == pytest.approx(1_000, abs=90)
    assert held(0.25) <= held(0.5) <= held(1.0) == set(UNITS)
    assert held(0.25) != held(0.25, seed=1)
    assert held(0.25) == held(0.25)


@pytest.mark.parametrize("share", [0.0, -0.1, 1.1])
def test_a_share_of_nothing_or_of_more_than_all_is_refused(share: float) -> None:
    with pytest.raises(ValidationError):
        TruthSample(share=share, seed=0, by="people")


def test_with_an_exact_scorer_plan_and_record_say_nothing_of_judges_that_err() -> None:
    made = run()
    assert '"judge_exact"' not in made.plan.model_dump_json()
    assert '"truth_sample"' not in made.plan.model_dump_json()
    control = made.finding.control.model_dump(mode="json")
    assert set(control) == {"passed", "reason", "spiked", "doses"}
    assert "judges" not in {section.id for section in made.record.page}


def test_who_judges_and_who_gives_true_labels_is_in_the_plan_and_comes_back_from_its_json() -> None:
    sample = TruthSample(share=0.5, seed=3, by="people")
    exact, noisy = (
        plan([check({"a": 5}, **more)], [claim()]) for more in ({}, {"judge_exact": False, "truth_sample": sample})
    )
    assert exact.digest != noisy.digest
    again = Plan.model_validate_json(noisy.model_dump_json())
    assert again == noisy
    assert again.checks[0].truth_sample == sample
