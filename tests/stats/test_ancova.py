"""What arms do to an outcome, and how many people that takes."""

import numpy as np
import pytest

from holdfast.stats import ancova, differential_attrition, lee_bounds, people_for_effect, people_for_margin


def run(seed: int, effect: float = 5.0, people: int = 60) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)
    arms = generator.permutation(3 * people) % 3
    pre = generator.uniform(0, 100, 3 * people)
    post = 10 + 0.8 * pre + effect * (arms == 2) + 10 * generator.standard_normal(3 * people)
    return {"post": post, "baseline": pre, "arms": arms}


def test_intervals_hold_a_planted_effect_and_leave_out_none_as_often_as_they_say() -> None:
    held = alarms = found = 0
    for seed in range(200):
        none, moved = ancova(**run(seed))
        held += moved.interval.low < 5 < moved.interval.high
        found += moved.interval.low > 0
        alarms += not none.interval.low < 0 < none.interval.high
    # 3 standard errors of 200 runs at 95 %.
    assert held / 200 == pytest.approx(0.95, abs=0.046)
    assert alarms / 200 < 0.05 + 0.046
    assert found / 200 > 0.6


def test_an_interval_leaves_out_0_exactly_when_p_is_below_the_level() -> None:
    for seed in range(40):
        for effect in ancova(**run(seed, effect=3.0, people=15)):
            assert (effect.p_value < 0.05) == (not effect.interval.low <= 0 <= effect.interval.high)


def test_a_baseline_that_says_much_makes_the_interval_narrow() -> None:
    given = run(2)
    without = ancova(given["post"], np.random.default_rng(0).standard_normal(180), given["arms"])
    assert ancova(**given)[1].standard_error < without[1].standard_error / 2


def test_answers_of_one_person_are_no_independent_people() -> None:
    given = run(3)
    thrice = {name: np.repeat(values, 3) for name, values in given.items()}
    people = np.repeat(np.arange(180), 3)
    once, clustered = ancova(**given)[1], ancova(**thrice, clusters=people)[1]
    assert clustered.standard_error == pytest.approx(once.standard_error, rel=0.02)
    assert ancova(**thrice)[1].standard_error < once.standard_error * 0.65
    assert (clustered.n, clustered.clusters) == (360, 120)


def test_interactions_give_the_effect_on_the_average_person() -> None:
    given = run(4)
    given["post"] = given["post"] + 0.4 * (given["baseline"] - given["baseline"].mean()) * (given["arms"] == 2)
    (_, found) = ancova(**given, interactions=True)
    assert found.interval.low < 5 < found.interval.high


@pytest.mark.parametrize(
    ("arms", "why"),
    [([0, 0, 0, 0], "arms are numbered"), ([0, 2, 0, 2], "arms are numbered"), ([0, 1], "an outcome, a baseline")],
)
def test_arms_that_cannot_be_compared_are_refused(arms: list[int], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        ancova([1, 2, 3, 5], [1, 2, 2, 1], arms)


def test_issues_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="each unit has one number"):
        ancova([1, 2, 3, 5], [1, 2, 2, 1], [0, 1, 0, 1], issues=[0])


def test_people_who_leave_in_one_arm_make_bounds_that_hold_the_effect() -> None:
    generator = np.random.default_rng(5)
    treated, control = np.sort(generator.normal(5, 10, 400)), generator.normal(0, 10, 400)
    found = lee_bounds(treated[80:], control, assigned_treated=400, assigned_control=400)
    plain = treated[80:].mean() - control.mean()
    assert plain > 7
    assert found.interval.low < 5 < found.interval.high
    assert (found.trimmed, found.trimmed_arm) == (pytest.approx(0.2), "control")


def test_bounds_meet_where_equally_many_answered() -> None:
    generator = np.random.default_rng(6)
    treated, control = generator.normal(3, 10, 90), generator.normal(0, 10, 90)
    found = lee_bounds(treated, control, assigned_treated=100, assigned_control=100)
    assert found.low == pytest.approx(found.high) == pytest.approx(treated.mean() - control.mean())
    assert found.trimmed_arm == "neither"


def test_bounds_turn_round_with_the_arms() -> None:
    generator = np.random.default_rng(7)
    one, other = generator.normal(3, 10, 95), generator.normal(0, 10, 80)
    found = lee_bounds(one, other, assigned_treated=100, assigned_control=100)
    back = lee_bounds(other, one, assigned_treated=100, assigned_control=100)
    assert (found.low, found.high) == pytest.approx((-back.high, -back.low))
    assert found.interval.low == pytest.approx(-back.interval.high)
    assert (found.trimmed_arm, back.trimmed_arm) == ("treated", "control")


@pytest.mark.parametrize(
    ("treated", "level", "why"),
    [
        ([1.0] * 5, 0.95, "at least 10 answers and no more than people: 5, 20"),
        ([float("nan")] * 12, 0.95, "a row of numbers"),
        ([1.0] * 12, 0.4, "a level"),
        ([1.0] * 12, 0.95, "no spread"),
    ],
)
def test_bounds_refuse_what_they_cannot_use(treated: list[float], level: float, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        lee_bounds(treated, [1.0] * 12, assigned_treated=20, assigned_control=20, level=level)


def test_more_answers_than_people_are_refused() -> None:
    with pytest.raises(ValueError, match="no more than people: 30, 20"):
        lee_bounds(list(range(30)), list(range(12)), assigned_treated=20, assigned_control=20)


def test_attrition_is_fishers_exact_test() -> None:
    # Fisher's tea: 3 of 4 and 1 of 4 give 34/70.
    found = differential_attrition(3, 4, 1, 4)
    assert found.p_value == pytest.approx(34 / 70)
    assert found.value == 0.5
    assert found.interval.low < 0 < found.interval.high


def test_the_same_attrition_has_p_1_and_more_people_who_left_than_came_are_refused() -> None:
    assert differential_attrition(5, 50, 5, 50).p_value == pytest.approx(1.0)
    with pytest.raises(ValueError, match="nobody was assigned"):
        differential_attrition(5, 4, 0, 10)


@pytest.mark.parametrize(("effect", "people"), [(5, 253), (3, 699), (1.5, 2792)])
def test_the_sizes_are_those_of_the_literature(effect: float, people: int) -> None:
    assert people_for_effect(effect, 20) == people


def test_the_planned_power_is_what_simulation_finds() -> None:
    people, generator = people_for_effect(8, 20), np.random.default_rng(8)
    arms = np.arange(2 * people) % 2
    found = 0
    for _ in range(300):
        pre = generator.standard_normal(2 * people)
        post = pre + 8 * arms + 20 * generator.standard_normal(2 * people)
        found += ancova(post, pre, arms)[0].p_value < 0.05
    assert 0.73 < found / 300 < 0.87


def test_more_arms_people_who_leave_and_several_answers_need_more_people() -> None:
    plain = people_for_effect(5, 20)
    assert people_for_effect(5, 20, comparisons=3) > plain
    assert people_for_effect(5, 20, attrition=0.2) == pytest.approx(plain / 0.8, abs=1)
    assert people_for_effect(5, 20, answers=3, icc=1.0) == plain
    assert people_for_effect(5, 20, answers=3, icc=0.0) == pytest.approx(plain / 3, abs=1)
    assert people_for_margin(5, 20) > plain


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"effect": 0.0, "residual_sd": 20.0}, "an effect of 0"),
        ({"effect": 5.0, "residual_sd": 0.0}, "a spread"),
        ({"effect": 5.0, "residual_sd": 20.0, "attrition": 1.0}, "attrition"),
        ({"effect": 0.0001, "residual_sd": 20.0}, "ten million"),
    ],
)
def test_sizes_refuse_what_gives_none(given: dict[str, float], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        people_for_effect(**given)


def test_a_margin_lies_above_0() -> None:
    with pytest.raises(ValueError, match="a margin"):
        people_for_margin(0, 20)
