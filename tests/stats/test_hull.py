"""The span of several intervals: what it is, and that it holds the whole set, by simulation."""

import numpy as np
import pytest

from holdfast.stats import Interval, clopper_pearson, hull_of


def test_it_reaches_from_the_lowest_to_the_highest_and_wider_where_asked_but_not_beyond_shares() -> None:
    some = [Interval(0.2, 0.5), Interval(0.1, 0.3)]
    assert hull_of(some) == Interval(0.1, 0.5)
    assert hull_of(some, wider=0.05) == Interval(pytest.approx(0.05), pytest.approx(0.55))  # type: ignore[arg-type]
    assert hull_of([Interval(0.02, 0.99)], wider=0.1) == Interval(0.0, 1.0)


@pytest.mark.parametrize(("intervals", "wider"), [([], 0.0), ([Interval(0.1, 0.2)], -0.01)])
def test_there_is_no_hull_of_nothing_and_none_is_made_narrower(intervals: list[Interval], wider: float) -> None:
    with pytest.raises(ValueError, match="hull"):
        hull_of(intervals, wider=wider)


@pytest.mark.parametrize("dependence", [0.0, 0.9, 1.0])
@pytest.mark.parametrize("rates", [(0.05, 0.1, 0.3), (0.2, 0.2, 0.2, 0.2), (0.02, 0.4)])
def test_it_holds_every_rate_at_once_at_its_level_however_members_depend(
    rates: tuple[float, ...], dependence: float
) -> None:
    """Members ask the same items: with dependence 1 one draw decides for an item in all of them."""
    runs, n, generator = 1_500, 60, np.random.default_rng(1)
    common, own = generator.random((runs, n, 1)), generator.random((runs, n, len(rates)))
    shared = generator.random((runs, n, 1)) < dependence
    events = (np.where(shared, common, own) < np.array(rates)).sum(axis=1)
    bounds = {count: clopper_pearson(count, n) for count in range(n + 1)}
    held = 0
    for counts in events.tolist():
        hull = hull_of([bounds[count] for count in counts])
        held += hull.low <= min(rates) and max(rates) <= hull.high
    assert held / runs >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / runs)
