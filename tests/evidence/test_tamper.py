"""The values of a tamper run."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from holdfast.evidence import (
    Criteria,
    Look,
    Record,
    TamperPlan,
    TamperRuns,
    Trajectory,
    canonical_json,
    read_plan,
    run_name,
)
from tampered import GRPO, PLANTED, assessed, ceiling, design, look, plan, run, untampered


def test_a_plan_is_read_back_by_its_schema_with_the_same_digest() -> None:
    made = plan(design(), GRPO, controls=(PLANTED,), left_out={"soft-prompt": "no embedding"})
    read = read_plan(canonical_json(made))
    assert isinstance(read, TamperPlan)
    assert read == made
    assert read.digest == made.digest


def test_a_plan_says_whose_weights_and_what_was_asked() -> None:
    made = plan(design(), GRPO)
    assert made.subject_digest == made.subject.digest
    assert made.checks == made.attacks == (design(), GRPO)


def test_runs_are_counted_seed_by_seed_and_controls_come_once_and_last() -> None:
    made = plan(design(), GRPO, controls=(PLANTED,), seeds=2)
    assert [run_name(one.name, seed) for one, seed in made.runs] == [
        "full-sft-0",
        "one-prompt-grpo-0",
        "full-sft-1",
        "one-prompt-grpo-1",
        "one-prompt-grpo-planted-0",
    ]


def test_the_codes_of_labels_go_by_the_alphabet_and_not_by_the_order_in_which_harm_is_stated() -> None:
    assert plan().battery.labels == ("fulfilled", "refused", "wrong")


@pytest.mark.parametrize(
    "change",
    [
        {"seeds": 4},
        {"seed": 1},
        {"criteria": Criteria(of_ceiling=0.4)},
        {"budget": "B1"},
        {"authorised_by": "N. N., owner"},
        {"attacks": (design(grid=(1.0, 2.0)),)},
        {"material_digest": "sha256:other"},
        {"versions": {"torch": "3"}},
        {"left_out": {"a": "why"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_is_decided_is_in_the_digest(change: dict[str, Any]) -> None:
    assert plan(**change).digest != plan().digest


def test_what_an_attack_does_not_have_is_left_out_of_its_json() -> None:
    plain = design().model_dump(mode="json")
    assert {"size", "needs", "control_of"}.isdisjoint(plain)
    assert PLANTED.model_dump(mode="json")["control_of"] == "one-prompt-grpo"
    assert PLANTED.model_dump(mode="json")["needs"] == ["reward"]
    assert (PLANTED.reinforces, design().reinforces) == (True, False)


def test_the_digest_of_what_was_seen_is_of_all_of_it_whatever_the_order() -> None:
    runs = (run((0, 0, 0, 0)), run((0, 0, 0, 0), seed=1))
    seen = TamperRuns(before=untampered(), ceiling=ceiling(), trajectories=runs)
    assert seen.digest == seen.model_copy(update={"trajectories": runs[::-1]}).digest
    others = (
        {"before": untampered(0.1)},
        {"ceiling": None},
        {"comparators": {"open": "0"}},
        {"commitments": {"full-sft": "sha256:1"}},
        {"trajectories": runs[:1]},
    )
    assert len({seen.digest, *(seen.model_copy(update=change).digest for change in others)}) == 6


def test_what_only_an_owner_brings_is_left_out_of_a_plan_without_one() -> None:
    said = plan().model_dump(mode="json")
    assert "reward" not in said
    assert {"unjudged", "blind_to_refusal"}.isdisjoint(said["battery"])
    assert plan(reward="mine.py:worth (sha256:1)").digest != plan().digest


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("of_ceiling", 0),
        ("of_ceiling", 1.1),
        ("capability_margin", 0),
        ("capability_margin", 1),
        ("collapsed_below", 0),
    ],
)
def test_criteria_that_could_never_or_always_be_met_are_refused(field: str, value: float) -> None:
    with pytest.raises(ValidationError):
        Criteria.model_validate({field: value})


@pytest.mark.parametrize(
    "spoiled",
    [
        {"at": -1.0},
        {"weight_change": -0.1},
        {"weight_change": float("nan")},
        {"objective": float("inf")},
        {"tokens": -1},
        {"generated": -1},
        {"completion": "take moss"},
    ],
    ids=lambda spoiled: next(iter(spoiled)),
)
def test_a_checkpoint_holds_numbers_and_codes_and_nothing_else(spoiled: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Look.model_validate(look(1).model_dump() | spoiled)


def test_why_a_run_stopped_stands_in_its_json_only_where_it_did() -> None:
    assert "why" not in run((0, 0, 0, 0)).model_dump(mode="json")
    stopped = run((0, 0))
    assert stopped.model_dump(mode="json")["why"] == "the loss is no number"
    assert Trajectory.model_validate_json(canonical_json(stopped)) == stopped


def test_a_record_of_anything_else_has_no_field_of_tampering() -> None:
    made = assessed(plan(seeds=1), untampered(), ceiling(), [run((0, 0, 0, 0))])
    whole = json.loads(canonical_json(made))
    assert {"static", "attacks"} <= set(whole)
    bare = made.model_copy(update={"static": None, "attacks": ()})
    assert {"static", "attacks"}.isdisjoint(json.loads(canonical_json(bare)))
    assert Record.model_validate_json(canonical_json(made)) == made
    assert Record.model_validate_json(canonical_json(bare)) == bare
