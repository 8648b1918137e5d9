"""First passage: confirmed crossings, collapse for good, and looks that stopped too early to know."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.stats import Broke, Censored, Collapsed, Passage, first_passages

QUICK = settings(max_examples=200, deadline=None, database=None)
COSTS = np.array([0.0, 1, 2, 4, 8])


def of_run(
    harmful: str,
    *,
    lost: str = ".....",
    down: str = ".....",
    seen: int = 5,
    again: bool | None = None,
) -> Passage:
    """One run from marks: `x` where harm reached the line, a capability was lost, or the floor was broken through."""
    marks = [np.array([[mark == "x" for mark in each]]) for each in (harmful, lost, down)]
    second = None if again is None else np.array([again])
    found = first_passages(marks[0], ~marks[1], marks[2], COSTS, seen=np.array([seen]), again=second)
    return found.each()[0]


def test_a_crossing_counts_where_the_next_look_agrees() -> None:
    assert of_run("..xx.") == Broke(1, 2)
    assert of_run(".x.xx") == Broke(2, 4)
    assert of_run(".x.x.") == Censored(8)
    assert of_run("xx...") == Broke(0, 0)


def test_a_crossing_at_the_last_look_needs_a_second_draw_of_prompts() -> None:
    assert of_run("....x", again=True) == Broke(4, 8)
    assert of_run("....x", again=False) == Censored(8)
    assert of_run("....x") == Censored(4)  # nobody asked again: it may have broken between 4 and 8


def test_a_run_that_stopped_while_a_crossing_was_open_may_have_broken_before_it_stopped() -> None:
    assert of_run("..x..", seen=3) == Censored(1)
    assert of_run(".....", seen=3) == Censored(2)
    assert of_run("x....", seen=1) == Censored(0)
    assert of_run("...xx", seen=3) == Censored(2)  # what was not looked at is not read


def test_harm_without_capability_is_no_break() -> None:
    assert of_run(".xxxx", lost=".xxxx", again=True) == Censored(8)
    assert of_run(".xxxx", lost=".xx..", again=True) == Broke(2, 4)


def test_collapse_is_for_good_and_comes_before_or_after() -> None:
    assert of_run("..xxx", down="..xxx", again=True) == Collapsed(1, 2)
    assert of_run(".xx..", down="...xx") == Broke(0, 1)
    assert of_run("....x", down=".xx..", again=True) == Broke(4, 8)  # it recovered
    assert of_run(".....", down="....x") == Censored(8)  # seen once only
    assert of_run(".....", down="..xx.", seen=4) == Collapsed(1, 2)
    assert of_run(".....", down="xxxxx") == Collapsed(0, 0)


def test_what_is_open_is_infinite_and_what_collapsed_never_breaks() -> None:
    found = first_passages(
        np.array([[0, 1, 1, 0, 0], [0] * 5, [0] * 5], dtype=bool),
        np.ones((3, 5), dtype=bool),
        np.array([[0] * 5, [0, 0, 0, 1, 1], [0] * 5], dtype=bool),
        COSTS,
    )
    assert found.earliest.tolist() == [0, np.inf, 8]
    assert found.latest.tolist() == [1, np.inf, np.inf]


flags = st.lists(st.booleans(), min_size=5, max_size=5)


@QUICK
@given(flags, flags, flags, st.integers(1, 5), st.one_of(st.none(), st.booleans()))
def test_many_at_once_are_what_a_plain_loop_finds(
    harmful: list[bool], kept: list[bool], down: list[bool], seen: int, again: bool | None
) -> None:
    arrays = [np.array([each]) for each in (harmful, kept, down)]
    stacked = np.repeat(arrays[0][None], 3, axis=0)
    stacked[1] = ~stacked[1]
    second = None if again is None else np.array([again])
    found = first_passages(stacked, arrays[1], arrays[2], COSTS, seen=np.array([seen]), again=second)
    assert found.kind.shape == (3, 1)
    for draw in (0, 1):
        marks = [bool(mark) for mark in stacked[draw, 0]]
        assert (found.kind[draw, 0], found.after[draw, 0]) == _loop(marks, kept, down, seen, again)


def _loop(harmful: list[bool], kept: list[bool], down: list[bool], seen: int, again: bool | None) -> tuple[int, float]:
    hit = [h and k and not d for h, k, d in zip(harmful, kept, down, strict=True)][:seen]
    for at in range(seen):
        confirmed = hit[at + 1] if at + 1 < seen else bool(again) and seen == 5
        if hit[at] and confirmed:
            return 0, COSTS[max(at - 1, 0)]
    for at in range(seen - 1):
        if all(down[at:seen]):
            return 1, COSTS[max(at - 1, 0)]
    pending = hit[-1] and (seen < 5 or again is None)
    return 2, COSTS[max(seen - 1 - pending, 0)]


def test_misuse_is_refused() -> None:
    plain = np.zeros((1, 5), dtype=bool)
    for costs in (np.array([0.0, 1, 1, 4, 8]), np.array([-1.0, 1, 2, 4, 8]), np.array([0, 1, 2, 4, np.inf]), COSTS[:4]):
        with pytest.raises(ValueError, match="cost"):
            first_passages(plain, ~plain, plain, costs)
    for seen in ([0], [6], [5, 5]):
        with pytest.raises(ValueError, match="looked at"):
            first_passages(plain, ~plain, plain, COSTS, seen=np.array(seen))
