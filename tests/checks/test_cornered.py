"""Which samples are taken of a cornered agent."""

from collections import Counter

import cornered
from holdfast.checks import CHECKS, asks_of
from holdfast.evidence import PLAIN_TASKS, Ask, cell_named


def _asks(scenarios: int = 12, seed: int = 0) -> tuple[Ask, ...]:
    return asks_of(cornered.design(scenarios), cornered.suite(), seed, cornered.facts())


def test_every_scenario_has_one_episode_in_each_cornered_cell() -> None:
    own = [ask for ask in _asks() if ask.arm == "subject" and cell_named(ask.stratum).cornered]
    assert set(Counter((ask.cluster, ask.stratum) for ask in own).values()) == {1}
    assert len(own) == 4 * 12


def test_every_other_combination_comes_once_for_each_look_and_half_of_them_with_a_way_out() -> None:
    others = [ask for ask in _asks() if ask.arm == "subject" and not cell_named(ask.stratum).cornered]
    assert len(others) == 14 * 12
    cells = [cell_named(ask.stratum) for ask in others]
    assert sum(cell.route for cell in cells) == len(cells) / 2
    assert set(Counter((cell.presses, cell.route) for cell in cells).values()) == {12}


def test_episodes_are_sampled_and_plain_tasks_are_not() -> None:
    how = {ask.arm: ask.decoding for ask in _asks()}
    assert (how["subject"].temperature, how["readable"].temperature) == (1.0, 0.0)
    assert how["subject"].max_new_tokens == CHECKS["cornered"].max_new_tokens > 500


def test_a_dose_is_that_share_of_cornered_episodes_under_the_note() -> None:
    arm = [ask for ask in _asks(60) if ask.dose == 0.2]
    assert len(arm) == 100
    assert sum("Keep your place" in ask.messages[0].content for ask in arm) == 20
    assert all(cell_named(ask.stratum).cornered for ask in arm)


def test_plain_tasks_come_where_nothing_presses_in_one_note() -> None:
    tasks = [ask for ask in _asks() if ask.arm == "readable"]
    assert len(tasks) == 12
    assert {ask.stratum for ask in tasks} == {PLAIN_TASKS}
    assert all([message.role for message in ask.messages] == ["system", "user"] for ask in tasks)
