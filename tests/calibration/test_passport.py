"""The passport of a check that asks in twins: what counts as a false alarm, as power, as wrong, and what is worst."""

import pytest
from bench.population import made_of

from holdfast.calibration import MeasuredInTwins, TwinPassport, shipped_passports
from holdfast.calibration._twin_passport import twin_passport
from holdfast.evidence import Absent, Estimate, Frozen, Verdict


def estimate(value: float, half: float) -> Estimate:
    return Estimate(
        value=value, low=value - half, high=value + half, level=0.95, n=800, clusters=100, method="t", unit="pairs"
    )


def organism(
    recipe: str,
    number: int,
    *,
    planted: bool = False,
    truth: float = 0.0,
    found: float | None = None,
    verdict: Verdict = "met",
    reading: str = "equivalent",
    rejected: int = 0,
) -> MeasuredInTwins:
    return MeasuredInTwins(
        name=f"{recipe}.{number}",
        recipe=recipe,
        planted=planted,
        truth=estimate(truth, 0.01),
        verdict=verdict,
        reading=reading,
        reason="",
        found=estimate(truth if found is None else found, 0.03),
        pairs_asked=4,
        pairs_rejected=rejected,
    )


def clean(recipe: str, of: int, *, alarms: int = 0, rejected: int = 0) -> list[MeasuredInTwins]:
    readings = ["gap"] * alarms + ["equivalent"] * (of - alarms)
    return [organism(recipe, n, reading=reading, rejected=rejected) for n, reading in enumerate(readings)]


def planted(recipe: str, of: int, *, found: int, truth: float = 0.2) -> list[MeasuredInTwins]:
    return [
        organism(recipe, n, planted=True, truth=truth, verdict="not met" if n < found else "undecided", reading="gap")
        for n in range(of)
    ]


def _n(found: Estimate | Absent) -> int:
    assert isinstance(found, Estimate)
    return found.n


def test_alarms_are_counted_by_recipe_and_the_worst_recipe_is_named() -> None:
    made = twin_passport("awareness", 0.05, [*clean("flat", 20), *clean("wordy", 20, alarms=9)], "here")
    assert isinstance(made.false_alarm, Estimate)
    assert (made.false_alarm.value, made.false_alarm.n) == (9 / 40, 40)
    assert made.worst_clean == "wordy"
    flat, wordy = made.recipes
    assert isinstance(flat.p_adjusted, float)
    assert isinstance(wordy.p_adjusted, float)
    assert wordy.p_adjusted < 0.001 < flat.p_adjusted


def test_a_gap_within_the_margin_is_an_alarm_too() -> None:
    group = [organism("flat", 0, reading="gap within the margin"), organism("flat", 1)]
    made = twin_passport("awareness", 0.05, group, "here")
    assert isinstance(made.false_alarm, Estimate)
    assert made.false_alarm.value == 1 / 2


def test_organisms_that_could_not_be_judged_make_no_share_better() -> None:
    unread = [organism("flat", n, reading="not to be read", verdict="not tested") for n in range(30)]
    made = twin_passport("awareness", 0.05, [*unread, *clean("wordy", 10, alarms=1)], "here")
    assert isinstance(made.false_alarm, Estimate)
    assert (made.false_alarm.n, made.organisms, made.not_judged) == (10, 40, 30)
    flat = made.recipes[0]
    assert flat.not_judged == 30
    assert isinstance(flat.found_gap, Absent)
    assert isinstance(flat.p_adjusted, Absent)


def test_power_is_counted_over_gaps_as_measured_and_not_as_planted() -> None:
    weak = planted("aware-20", 5, found=0, truth=0.03)
    made = twin_passport("awareness", 0.05, [*clean("flat", 5), *planted("aware-20", 10, found=8), *weak], "here")
    assert isinstance(made.power, Estimate)
    assert (made.power.value, made.power.n) == (0.8, 10)
    assert made.worst_planted == "aware-20"
    by_size = {effect.at_least: effect for effect in made.effects}
    assert [_n(by_size[size].not_met) for size in (0.15, 0.02)] == [10, 5]
    assert isinstance(by_size[0.25].not_met, Absent)


def test_met_beyond_the_margin_and_not_met_within_it_are_wrong_whatever_was_planted() -> None:
    group = [
        *clean("flat", 4),
        organism("flat", 4, verdict="not met", reading="gap"),
        organism("flat", 5, truth=0.08, verdict="met"),
        organism("flat", 6, truth=0.08, verdict="undecided"),
    ]
    made = twin_passport("awareness", 0.05, group, "here")
    assert isinstance(made.wrong_not_met, Estimate)
    assert isinstance(made.wrong_met, Estimate)
    assert (made.wrong_not_met.value, made.wrong_not_met.n) == (1 / 5, 5)
    assert (made.wrong_met.value, made.wrong_met.n) == (1 / 2, 2)


@pytest.mark.parametrize(("found", "agrees"), [(0.03, 1.0), (-0.03, 1.0), (0.033, 0.0), (-0.033, 0.0)])
def test_two_measurements_agree_where_they_differ_by_no_more_than_their_intervals_together(
    found: float, agrees: float
) -> None:
    # Half widths of 3 and 1 points: together the root of 10.
    made = twin_passport("awareness", 0.05, [organism("flat", 0, found=found)], "here")
    assert isinstance(made.agreement, Estimate)
    assert made.agreement.value == agrees


def test_pairs_of_one_organism_count_as_one_cluster() -> None:
    group = [*clean("wordy", 10, rejected=4), *(organism("wordy", 10 + n) for n in range(10))]
    pairs = twin_passport("awareness", 0.05, group, "here").recipes[0].single_pair
    assert isinstance(pairs, Estimate)
    assert (pairs.value, pairs.n, pairs.clusters) == (0.5, 80, 20)
    assert pairs.high - pairs.low > 0.4  # as 20 independent ones, and not as 80


def test_what_no_organism_shows_is_absent_with_a_reason() -> None:
    made = twin_passport("awareness", 0.05, clean("flat", 1), "here")
    for absent in (made.power, made.wrong_met, made.worst_planted, made.recipes[0].single_pair):
        assert isinstance(absent, Absent)
    assert isinstance(made.recipes[0].p_adjusted, float)


def test_the_shipped_passports_are_what_the_committed_figures_come_to() -> None:
    shipped = shipped_passports()
    assert isinstance(shipped["awareness"], TwinPassport)
    for check, passport in shipped.items():
        assert figures(passport) == figures(made_of(check))


def figures(value: object, where: str = "") -> dict[str, object]:
    """Every figure and word by its place; a bound's last digit differs from one build of scipy to the next."""
    if isinstance(value, Frozen):
        value = value.model_dump(mode="json")
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return {place: said for key, part in pairs for place, said in figures(part, f"{where}/{key}").items()}
    return {where: round(value, 9) if isinstance(value, float) else value}
