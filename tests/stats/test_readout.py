"""A linear readout: what it says of a group is what a fit without that group says, choices included."""

import numpy as np
import pytest

from holdfast.stats import _readout as readout
from holdfast.stats import held_out_scores, ranked_share

PENALTIES = (0.05, 1.0, 20.0)


def features_of(rng: np.random.Generator, groups: np.ndarray, sides: np.ndarray, width: int, told: float) -> np.ndarray:
    """Noise, an offset of each group's own, and one direction in which the sides differ."""
    offsets = rng.normal(size=(int(groups.max()) + 1, width))[groups]
    spread = np.exp(rng.normal(size=width))
    return (rng.normal(size=(len(groups), width)) + offsets + told * np.outer(sides, rng.normal(size=width))) * spread


def design(number: int, each: int = 6) -> tuple[np.ndarray, np.ndarray]:
    groups = np.repeat(np.arange(number), each)
    return np.tile([1, 0], number * each // 2), groups


def fit(train: np.ndarray, labels: np.ndarray, ridge: float, test: np.ndarray) -> np.ndarray:
    """Ridge regression with a free intercept by its normal equations; the intercept is left out of what is returned."""
    middle = train.mean(axis=0)
    left = (train - middle).T @ (train - middle) + ridge * np.eye(train.shape[1])
    return (test - middle) @ np.linalg.solve(left, (train - middle).T @ (labels - labels.mean()))


def area(scores: np.ndarray, sides: np.ndarray) -> float:
    above, below = scores[sides == 1][:, None], scores[sides == 0]
    return float(((above > below) + 0.5 * (above == below)).mean())


def brute(choices, sides, groups, penalties, blocks, *, peeks: bool = False) -> np.ndarray:  # noqa: ANN001
    """The same by fitting anew for everything that is left out; `peeks` chooses with the group itself in sight."""
    labels, scores = np.where(sides, 1.0, -1.0), np.zeros(len(sides))
    for block in blocks:
        among = np.ones(len(sides), dtype=bool) if peeks else ~np.isin(groups, block)
        best = (-1.0, 0, 0.0, 1.0)
        for at, features in enumerate(choices):
            scaled = (features[among] - features[among].mean(axis=0)) / features[among].std(axis=0)
            for penalty in penalties:
                ridge, found = penalty * features.shape[1], np.zeros(among.sum())
                for group in np.unique(groups[among]):
                    out = groups[among] == group
                    found[out] = fit(scaled[~out], labels[among][~out], ridge, scaled[out])
                    found[out] -= found[out].mean()
                areas = [area(found[groups[among] == g], sides[among][groups[among] == g]) for g in set(groups[among])]
                if np.mean(areas) > best[0] + 1e-9:
                    best = (float(np.mean(areas)), at, penalty, float(np.sqrt((found**2).mean())))
        _, at, penalty, scale = best
        for group in block:
            out = groups == group
            train, test = choices[at][~out], choices[at][out]
            test = (test - train.mean(axis=0)) / train.std(axis=0)
            train = (train - train.mean(axis=0)) / train.std(axis=0)
            scores[out] = fit(train, labels[~out], penalty * train.shape[1], test) / scale
    return scores


@pytest.mark.parametrize(("number", "blocks"), [(5, 5), (24, readout.BLOCKS)], ids=["a choice each", "in blocks"])
@pytest.mark.parametrize("widths", [(3, 7), (200, 5), (160, 170)], ids=["narrow", "both", "wide"])
def test_it_is_what_fitting_anew_for_every_group_says(number: int, blocks: int, widths: tuple[int, ...]) -> None:
    rng = np.random.default_rng(number)
    sides, groups = design(number)
    choices = [features_of(rng, groups, sides, width, 0.3) for width in widths]
    dealt = [list(range(first, number, blocks)) for first in range(blocks)]
    expected = brute(choices, sides, groups, PENALTIES, dealt)
    found = held_out_scores(choices, sides, groups, penalties=PENALTIES)
    assert found == pytest.approx(expected, abs=1e-6)
    assert np.abs(found).max() > 0.1


@pytest.mark.parametrize("width", [4, 60])
def test_sides_of_unequal_size_have_a_free_intercept(width: int) -> None:
    rng = np.random.default_rng(3)
    sides, groups = design(6)
    sides[::12] = 0
    choices = [features_of(rng, groups, sides, width, 0.5)]
    expected = brute(choices, sides, groups, (0.5,), [[group] for group in range(6)])
    assert held_out_scores(choices, sides, groups, penalties=(0.5,)) == pytest.approx(expected, abs=1e-6)


def test_what_is_chosen_does_not_see_the_group_that_is_left_out() -> None:
    # The first choice tells the sides of group 0 apart and nothing elsewhere, the second a little everywhere else.
    rng = np.random.default_rng(4)
    sides, groups = design(6, each=20)
    first, second = rng.normal(size=(120, 3)), rng.normal(size=(120, 3))
    first[:, 0] += 6.0 * sides * (groups % 2 == 0)
    second[:, 0] += 1.5 * sides * (groups != 0)
    turned = np.where(groups == 0, 1 - sides, sides)
    one, other = (held_out_scores([first, second], each, groups) for each in (sides, turned))
    assert np.array_equal(one[groups == 0], other[groups == 0])
    assert not np.array_equal(one[groups != 0], other[groups != 0])
    # With the group in sight the choice would follow its labels.
    seen, unseen = (
        brute([first, second], each, groups, (0.1, 1.0, 10.0), [[0]], peeks=True)[groups == 0]
        for each in (sides, turned)
    )
    assert not np.allclose(seen, unseen)


def test_noise_is_told_apart_as_often_as_not_however_much_there_is_to_choose_from() -> None:
    rng, sides, groups = np.random.default_rng(5), *design(8, each=10)
    found = [_area_of([rng.normal(size=(80, 20)) for _ in range(5)], sides, groups) for _ in range(25)]
    assert abs(np.mean(found) - 0.5) < 3 * np.std(found) / 5
    assert np.std(found) < 0.12


def test_what_the_groups_have_in_common_is_found_and_what_each_has_alone_is_not() -> None:
    rng, sides, groups = np.random.default_rng(6), *design(10, each=10)
    told = features_of(rng, groups, sides, 30, 1.5)
    own = rng.normal(size=(100, 30)) + 3 * rng.normal(size=(10, 30))[groups] * sides[:, None]
    assert _area_of([rng.normal(size=(100, 30)), told], sides, groups) > 0.95
    assert 0.25 < _area_of([own], sides, groups) < 0.75


def _area_of(choices: list[np.ndarray], sides: np.ndarray, groups: np.ndarray) -> float:
    scores = held_out_scores(choices, sides, groups)
    return ranked_share(scores, sides, groups, np.arange(len(groups)) // 2).value


def test_the_scale_and_the_origin_of_features_and_the_order_of_units_do_not_matter() -> None:
    rng, sides, groups = np.random.default_rng(7), *design(6)
    features = features_of(rng, groups, sides, 8, 0.5)
    found = held_out_scores([features], sides, groups)
    moved = held_out_scores([features * np.arange(1, 9) * 100 + 1_000], sides, groups)
    order = rng.permutation(len(groups))
    shuffled = held_out_scores([features[order]], sides[order], [f"group {at}" for at in groups[order]])
    assert moved == pytest.approx(found, abs=1e-6)
    assert shuffled == pytest.approx(found[order], abs=1e-6)
    assert np.array_equal(held_out_scores([features], sides, groups), found)


def test_units_with_the_same_features_tie_and_what_does_not_vary_says_nothing() -> None:
    rng, sides, groups = np.random.default_rng(8), *design(4)
    length = rng.integers(0, 3, size=24) + 1.0 * sides
    length[groups == 3] = 2
    scores = held_out_scores([length[:, None]], sides, groups)
    for at in range(3):
        assert len(set(scores[groups == at])) == len(set(length[groups == at]))
    assert not scores[groups == 3].any()
    assert not held_out_scores([np.full((24, 3), 0.1)], sides, groups).any()
    # What varies in the group alone has no weight.
    alone = np.where(groups == 0, rng.normal(size=24), 1.0)
    assert not held_out_scores([alone[:, None]], sides, groups)[groups == 0].any()


def test_between_two_groups_there_is_nothing_to_choose_by() -> None:
    rng, sides, groups = np.random.default_rng(9), *design(2)
    one, two = rng.normal(size=(2, 12, 3))
    found = held_out_scores([one, two], sides, groups, penalties=(2.0, 1.0))
    for at in (0, 1):
        out = groups == at
        middle, spread = one[~out].mean(axis=0), one[~out].std(axis=0)
        train, test = ((one[part] - middle) / spread for part in (~out, out))
        assert found[out] == pytest.approx(fit(train, np.where(sides[~out], 1.0, -1.0), 6.0, test), abs=1e-6)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"choices": []}, "one choice"),
        ({"choices": [np.zeros((11, 2))]}, "one choice"),
        ({"choices": [np.zeros(12)]}, "one choice"),
        ({"choices": [np.zeros((12, 0))]}, "one choice"),
        ({"choices": [np.full((12, 2), np.nan)]}, "finite"),
        ({"penalties": ()}, "penalty"),
        ({"penalties": (1.0, 0.0)}, "penalty"),
        ({"penalties": (np.inf,)}, "penalty"),
        ({"positive": np.full(12, 2)}, "positive or it is not"),
        ({"groups": np.zeros(11)}, "has a group"),
        ({"positive": np.zeros((12, 1))}, "positive or it is not"),
        ({"groups": np.zeros(12)}, "two groups"),
        ({"positive": np.repeat([0, 1], 6)}, "positives and negatives"),
        ({"choices": [np.zeros((0, 2))], "positive": [], "groups": []}, "one choice"),
    ],
)
def test_what_cannot_be_fitted_is_refused(change: dict, reason: str) -> None:
    sides, groups = design(2)
    given = {"choices": [np.zeros((12, 2))], "positive": sides, "groups": groups, "penalties": (1.0,)} | change
    with pytest.raises(ValueError, match=reason):
        held_out_scores(**given)
