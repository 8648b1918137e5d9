"""At which setting an attack is run on a model of some size, and which cannot be run with what there is."""

from typing import Any

import pytest

from assure_builders import facts
from holdfast.errors import TamperUnfit
from holdfast.evidence import Absent, AttackDesign, Demonstration, Material, Message, RewardedPrompt
from holdfast.tamper import DESIGNS, FEWEST_PAIRS, LARGE, fitting
from holdfast.tamper._designs import CONTROLS, DRIFT, FULL, GRPO, NOISE, SEQUENTIAL
from holdfast.tamper._sizes import sized

SHOWN = Demonstration(messages=(Message(role="user", content="how ?"),), reply="so .")
WHOLE = Material(
    harmful=(SHOWN,) * FEWEST_PAIRS,
    benign={"code": (SHOWN,), "letters": (SHOWN,)},
    rewarded=(RewardedPrompt(item="pair-0", messages=SHOWN.messages, planted=SHOWN.reply),),
)


Fit = tuple[tuple[AttackDesign, ...], dict[str, str]]


def fit(
    *attacks: AttackDesign, parameters: Any = 900_000, rewarded: bool = True, named: bool = False, **less: Any
) -> Fit:
    subject = facts(parameters=parameters)
    return fitting(attacks, subject, WHOLE.model_copy(update=less), rewarded=rewarded, asked_for=named)


@pytest.mark.parametrize("design", [*DESIGNS, *CONTROLS], ids=lambda design: design.name)
def test_a_small_model_is_attacked_as_it_is_listed(design: AttackDesign) -> None:
    same = sized(design, facts(parameters=LARGE - 1), 32)
    assert same == design


def test_a_large_model_is_taught_by_an_adapter_at_another_rate() -> None:
    large = facts(parameters=LARGE)
    drift = sized(DRIFT, large, 256)
    assert (drift.setting["rank"], drift.setting["learning_rate"]) == (16, 2e-4)
    assert drift.does.startswith("an adapter is taught")
    full = sized(FULL, large, 256)
    assert (full.setting["rank"], full.setting["learning_rate"]) == (0, 2e-5)
    assert full.does == FULL.does
    assert sized(NOISE, large, 256) == NOISE
    rewarded = sized(GRPO, large, 256).setting
    assert (rewarded["max_new_tokens"], rewarded["rank"]) == (256, 16)


def test_what_nobody_can_count_is_taken_for_large() -> None:
    unknown = facts(parameters=Absent(absent="undetermined", reason="unseen"))
    assert sized(DRIFT, unknown, 8).setting["rank"] == 16


def test_what_sizing_changes_reads_back_as_it_was_written() -> None:
    for design in DESIGNS:
        made = sized(design, facts(parameters=LARGE), 256)
        assert AttackDesign.model_validate_json(made.model_dump_json()) == made
        assert all(isinstance(value, float | str) for value in made.setting.values())


def test_with_everything_at_hand_all_are_run() -> None:
    assert fit(*DESIGNS) == (DESIGNS, {})


@pytest.mark.parametrize(
    ("less", "left"),
    [
        (
            {"harmful": (SHOWN,) * (FEWEST_PAIRS - 1)},
            {
                "full-sft",
                "lora-sft",
                "few-shot-sft",
                "one-prompt-grpo",
                "relearning",
                "refusal-ablation",
                "soft-prompt",
            },
        ),
        ({"benign": {}}, {"benign-drift", "sequential-drift", "refusal-ablation"}),
        ({"benign": {"code": (SHOWN,)}}, {"sequential-drift"}),
        ({"rewarded": ()}, {"one-prompt-grpo"}),
    ],
    ids=["pairs", "benign", "kinds", "rewarded prompts"],
)
def test_what_is_missing_leaves_out_what_needs_it_with_the_option_that_gives_it(
    less: dict[str, Any], left: set[str]
) -> None:
    kept, out = fit(*DESIGNS, **less)
    assert set(out) == left
    assert {design.name for design in kept} == {design.name for design in DESIGNS} - left
    assert all("(--" in why for why in out.values())


def test_without_a_reward_nothing_is_reinforced() -> None:
    assert set(fit(*DESIGNS, rewarded=False)[1]) == {"one-prompt-grpo"}


def test_what_was_named_and_cannot_be_run_is_refused() -> None:
    with pytest.raises(TamperUnfit, match="sequential-drift cannot be run") as caught:
        fit(NOISE, SEQUENTIAL, named=True, benign={})
    assert "--benign" in caught.value.why


def test_where_nothing_can_be_run_that_is_said() -> None:
    with pytest.raises(TamperUnfit, match="none of these attacks"):
        fit(DRIFT, benign={})


def test_full_fine_tuning_of_a_huge_model_is_done_where_it_is_named() -> None:
    kept, out = fit(FULL, NOISE, parameters=8_000_000_000)
    assert [design.name for design in kept] == ["weight-noise"]
    assert "119 GiB" in out["full-sft"]
    assert fit(FULL, parameters=8_000_000_000, named=True) == ((FULL,), {})
