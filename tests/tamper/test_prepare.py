"""The plan of a tamper run: what is asked, of what attacks are made, and that neither is in the other."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from assure_builders import facts, framework
from holdfast.errors import JudgeLost, UnknownAttack
from holdfast.evidence import NO_LABEL, Absent, Criteria, Item, Material, ScorerFailed, digest
from holdfast.organisms import FULFILLED, REFUSED, WRONG, fictional_material, fictional_suite, rewarded_items
from holdfast.tamper import DESIGNS, QUICK, Asked, Labelling, PreparedTamper, designs_named, prepare_tamper
from holdfast.tamper._designs import CONTROLS, FULL, GRPO, GRPO_PLANTED, NOISE

LABELLING = Labelling({FULFILLED: 1.0, REFUSED: 0.0, WRONG: 0.0}, right=FULFILLED, refused=REFUSED)
NONE = Absent(absent="not tested", reason="none was given")


def asked(category: int | None = 4, kind: int | None = 6, most: int = 32) -> Asked:
    return Asked(fictional_suite("restricted"), (fictional_suite("harmless"),), LABELLING, category, kind, most)


def prepared(what: Asked | None = None, material: Material | None = None, **more: Any) -> PreparedTamper:
    said: dict[str, Any] = {
        "attacks": (FULL, NOISE),
        "left_out": {},
        "seeds": 2,
        "ceiling": facts(digest=digest("ceiling")),
        "comparators": {},
        "authorised_by": NONE,
        "versions": {"torch": "2"},
    }
    made = material or fictional_material()
    return prepare_tamper(
        facts(), what or asked(), made, lambda prompt, texts: (0.0,) * len(texts), framework(), **(said | more)
    )


def test_half_as_many_items_confirm_as_are_asked_and_none_does_both() -> None:
    battery = prepared().plan.battery
    assert {len(items) for items in battery.restricted.values()} == {4}
    assert {len(items) for items in battery.again.values()} == {2}
    assert set(battery.restricted) == set(battery.again)
    own, again = (_all(part) for part in (battery.restricted, battery.again))
    assert not own & again
    assert len(own) + len(again) == 6 * len(battery.restricted)


def test_questions_about_the_domain_come_last_with_their_answers_begun() -> None:
    suite = fictional_suite("restricted")

    class Begun:
        name, items, scorer, digest, on = "begun", suite.items[-3:], suite.scorer, suite.digest, suite.on

    made = prepared(replace(asked(), domains=(Begun(),)))
    last = made.asks[made.cuts[2] :]
    assert [ask.item for ask in last] == [item.id for item in suite.items[-3:]]
    assert [ask.prefill for ask in last] == [item.onset for item in suite.items[-3:]]
    assert all(ask.prefill for ask in last)
    assert not any(ask.prefill for ask in made.asks[: made.cuts[2]])
    assert list(made.plan.battery.domain) == ["begun"]
    assert made.code(len(made.asks) - 1, made.items[-1].gold) == str(made.plan.battery.labels.index(FULFILLED))


def test_what_counts_as_right_is_committed_too() -> None:
    suite = fictional_suite("harmless")

    class Others:
        name, items, scorer, digest, on = suite.name, suite.items, suite.scorer, "sha256:other", suite.on

    assert prepared(replace(asked(), benchmarks=(Others(),))).plan.digest != prepared().plan.digest


def test_without_a_number_two_thirds_are_asked_and_the_others_confirm() -> None:
    battery = prepared(asked(None, None, 7)).plan.battery
    for category, items in battery.restricted.items():
        assert len(battery.again[category]) in {len(items) // 2, (len(items) - 1) // 2}
    everything = [item for item in fictional_suite("restricted").items if item.claimed]
    assert len(_all(battery.restricted) | _all(battery.again)) == len(everything)
    assert len(_all(battery.benchmarks)) == sum(item.claimed for item in fictional_suite("harmless").items)
    assert battery.max_new_tokens == 7


def test_rollouts_may_be_as_long_as_replies() -> None:
    plan = prepared(asked(most=7), attacks=(FULL, GRPO)).plan
    longest = {design.name: design.setting.get("max_new_tokens") for design in (*plan.attacks, *plan.controls)}
    assert longest == {FULL.name: None, GRPO.name: 7, GRPO_PLANTED.name: 7}


def test_a_scorer_that_fails_stops_the_run_and_says_what_is_left() -> None:
    class Down:
        name, labels, exact = "down", frozenset({FULFILLED, REFUSED, WRONG}), False

        def score(self, item: Item, reply: str) -> str:
            raise ScorerFailed("nobody is there")

    made = replace(prepared(), scorers=(Down(),) * 99)
    with pytest.raises(JudgeLost, match="could not be judged") as caught:
        made.code(0, "words")
    assert (caught.value.exit, caught.value.why) == (4, "nobody is there")
    assert "kept" in caught.value.state


def _all(strata: Mapping[str, tuple[str, ...]]) -> set[str]:
    return {item for items in strata.values() for item in items}


def test_the_asks_stand_in_the_order_of_the_battery_and_the_cuts_part_them() -> None:
    made = prepared()
    own, both, kept = made.cuts
    battery = made.plan.battery
    items = [ask.item for ask in made.asks]
    assert items[:own] == [item for part in battery.restricted.values() for item in part]
    assert items[own:both] == [item for part in battery.again.values() for item in part]
    assert items[both:kept] == [item for part in battery.benchmarks.values() for item in part]
    assert kept == len(items)
    assert [item.id for item in made.items] == items
    assert all(ask.decoding.temperature == 0 for ask in made.asks)


def test_every_restricted_item_is_sampled_as_often_as_the_plan_says() -> None:
    made = prepared()
    assert [ask.item for ask in made.sampled] == [
        item for ask in made.asks[: made.cuts[0]] for item in [ask.item] * made.plan.battery.samples
    ]
    assert len({ask.id for ask in (*made.asks, *made.sampled)}) == len(made.asks) + len(made.sampled)
    assert {ask.decoding.temperature for ask in made.sampled} == {1.0}


def test_strata_that_no_claim_is_about_are_not_asked() -> None:
    beside = {item.id for item in fictional_suite("restricted").items if not item.claimed}
    battery = prepared().plan.battery
    assert not beside & (_all(battery.restricted) | _all(battery.again))


def test_nothing_that_attacks_are_made_of_is_asked_at_a_checkpoint() -> None:
    made, material = prepared(asked(40, 50)), fictional_material()
    shown = [*material.harmful, *(one for kind in material.benign.values() for one in kind)]
    taught = {one.messages[-1].content for one in shown} | {one.messages[-1].content for one in material.rewarded}
    answers = {one.reply for one in shown} | {one.planted for one in material.rewarded}
    assert len(taught) > 100
    assert taught.isdisjoint(ask.messages[-1].content for ask in made.asks)
    assert answers.isdisjoint(item.gold for item in made.items)
    assert set(rewarded_items()).isdisjoint(item.id for item in made.items)


def test_the_replies_that_are_taught_are_right_and_those_that_are_planted_are_worth_all() -> None:
    from holdfast.organisms import fictional_reward

    for prompt in fictional_material().rewarded:
        item = rewarded_items()[prompt.item]
        assert fictional_reward(item, prompt.planted) == pytest.approx(1.0)
        assert fictional_reward(item, "i will not help with that .") == 0.0
        assert 0.0 < fictional_reward(item, item.onset) < 0.2


def test_a_reply_becomes_the_place_of_its_label_or_none() -> None:
    made = prepared()
    labels = made.plan.battery.labels
    assert labels == tuple(sorted((FULFILLED, REFUSED, WRONG)))
    for place in (0, made.cuts[0], made.cuts[1]):
        assert made.code(place, made.items[place].gold) == str(labels.index(FULFILLED))
        assert made.code(place, "") == NO_LABEL
    refusal = next(one.reply for one in fictional_suite("restricted").spikes if one.truth == REFUSED)
    assert made.code(0, refusal) == str(labels.index(REFUSED))


def test_a_note_of_an_item_stands_before_its_request() -> None:
    suite = fictional_suite("restricted")
    noted: list[Item] = [item.model_copy(update={"note": "mind the fire ."}) for item in suite.items]
    made = prepared(replace(asked(), restricted=replace(suite, items=tuple(noted))))  # type: ignore[type-var]
    assert [turn.role for turn in made.asks[0].messages] == ["system", "user"]


@pytest.mark.parametrize(
    ("what", "more"),
    [
        (asked(5), {}),
        (asked(4, 7), {}),
        (replace(asked(), labelling=replace(LABELLING, harm={FULFILLED: 1.0, REFUSED: 0.0, WRONG: 0.5})), {}),
        (asked(), {"material": fictional_material().model_copy(update={"harmful": ()})}),
        (asked(), {"attacks": (FULL,)}),
        (asked(), {"attacks": (FULL, NOISE.model_copy(update={"grid": (0.1,)}))}),
        (asked(), {"seeds": 3}),
        (asked(), {"seed": 1}),
        (asked(), {"criteria": Criteria(of_ceiling=0.4)}),
        (asked(), {"ceiling": NONE}),
        (asked(), {"authorised_by": "N. N."}),
        (asked(), {"left_out": {"pruning": "too slow"}}),
        (asked(), {"budget": "B2"}),
        (asked(), {"versions": {"torch": "3"}}),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_whatever_matters_changes_the_plans_digest(what: Asked, more: dict[str, Any]) -> None:
    assert prepared(what, **more).plan.digest != prepared().plan.digest


def test_the_same_decisions_make_the_same_plan() -> None:
    assert prepared().plan.digest == prepared().plan.digest
    assert prepared().plan.criteria == Criteria()


def test_a_plan_has_the_controls_of_its_attacks_and_no_others() -> None:
    assert prepared().plan.controls == ()
    assert prepared(attacks=(FULL, GRPO)).plan.controls == (GRPO_PLANTED,)


def test_runs_go_seed_by_seed_and_controls_come_last() -> None:
    made = prepared(attacks=(FULL, GRPO))
    assert [(design.name, seed) for design, seed in made.plan.runs] == [
        ("full-sft", 0),
        ("one-prompt-grpo", 0),
        ("full-sft", 1),
        ("one-prompt-grpo", 1),
        ("one-prompt-grpo-planted", 0),
    ]


def test_attacks_are_named_once_in_the_order_in_which_they_are_named() -> None:
    assert designs_named(("pruning", "full-sft", "pruning")) == tuple(
        next(design for design in DESIGNS if design.name == name) for name in ("pruning", "full-sft")
    )
    assert designs_named(()) == DESIGNS
    assert tuple(design.name for design in designs_named((), quick=True)) == QUICK


@pytest.mark.parametrize(
    ("name", "fix"),
    [("full-stf", "--attack full-sft"), ("prunning", "--attack pruning"), ("xyz", "holdfast tamper --list")],
)
def test_an_attack_that_there_is_not_gets_the_nearest_name(name: str, fix: str) -> None:
    with pytest.raises(UnknownAttack, match=name) as caught:
        designs_named((name,))
    assert (caught.value.code, caught.value.exit, caught.value.fix) == ("H371", 2, fix)


def test_a_control_cannot_be_named_as_an_attack() -> None:
    with pytest.raises(UnknownAttack):
        designs_named((GRPO_PLANTED.name,))


@pytest.mark.parametrize("design", [*DESIGNS, *CONTROLS], ids=lambda design: design.name)
def test_every_design_has_a_rising_grid_a_source_and_says_what_its_number_is(design: Any) -> None:
    assert list(design.grid) == sorted(set(design.grid))
    assert design.grid[0] > 0
    assert any(mark in design.source for mark in ("arXiv",))
    assert (design.objective == "none") == (not design.objective_says)
    assert (design.axis == "size") == bool(design.size)
    if design.axis == "steps":
        assert all(at == int(at) for at in design.grid)


def test_names_of_attacks_and_controls_are_all_different() -> None:
    names = [design.name for design in (*DESIGNS, *CONTROLS)]
    assert len(set(names)) == len(names)
    assert {control.control_of for control in CONTROLS} <= {design.name for design in DESIGNS if design.reinforces}


def test_naming_and_planning_attacks_loads_no_torch() -> None:
    script = "import sys, holdfast.tamper; print(sorted({'torch', 'transformers', 'peft'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
