"""Errors that hold where variances differ, against other implementations."""

import numpy as np
import pytest

from holdfast.stats import ancova
from holdfast.stats._robust_errors import least_squares, robust

POST = [62, 48, 71, 55, 80, 44, 69, 58, 74, 51, 66, 60]
PRE = [50, 45, 66, 52, 70, 48, 55, 50, 68, 47, 52, 58]
ARM = [0, 1] * 6
ISSUE = [0] * 6 + [1] * 6


def dense(design: np.ndarray, post: np.ndarray, clusters: np.ndarray, term: int) -> tuple[float, float]:
    """CR2 and its degrees of freedom, written out with full matrices."""
    inverse = np.linalg.inv(design.T @ design)
    left = np.eye(len(post)) - design @ inverse @ design.T
    weights, residuals = design @ inverse[:, term], left @ post
    variance, parts = 0.0, []
    for one in np.unique(clusters):
        own = clusters == one
        values, vectors = np.linalg.eigh(left[np.ix_(own, own)])
        root = vectors @ np.diag(np.where(values > 1e-9, np.maximum(values, 1e-9) ** -0.5, 0)) @ vectors.T
        adjusted = root @ weights[own]
        variance += float(adjusted @ residuals[own]) ** 2
        parts.append(left[:, own] @ adjusted)
    spectrum = np.linalg.eigvalsh(np.array(parts) @ np.array(parts).T)
    return variance**0.5, spectrum.sum() ** 2 / (spectrum**2).sum()


def test_hc2_is_that_of_statsmodels() -> None:
    (found,) = ancova(POST, PRE, ARM, issues=ISSUE)
    # statsmodels 0.15.0: OLS(post, [1, arm, pre − mean, issue − mean]).fit(cov_type="HC2")
    assert found.value == pytest.approx(-10.162820728763137, rel=1e-10)
    assert found.standard_error == pytest.approx(1.352884726325463, rel=1e-10)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_errors_and_degrees_of_freedom_are_those_of_full_matrices(size: int) -> None:
    generator = np.random.default_rng(size)
    design = np.column_stack([np.ones(40), generator.standard_normal((40, 3))])
    post, clusters = generator.standard_normal(40), np.arange(40) // size
    found = robust(least_squares(design, post), 2, clusters)
    assert (found.standard_error, found.degrees_of_freedom) == pytest.approx(dense(design, post, clusters, 2))


def test_an_issue_that_one_person_answered_says_nothing_and_does_no_harm() -> None:
    without = ancova(POST, PRE, ARM)[0]
    alone = ancova([*POST, 99], [*PRE, 50], [*ARM, 1], issues=[0] * 12 + [1])[0]
    assert alone.value == pytest.approx(without.value)
    assert alone.standard_error == pytest.approx(without.standard_error)


def test_two_terms_that_say_the_same_are_refused() -> None:
    with pytest.raises(ValueError, match="say the same"):
        ancova(POST, ARM, ARM)


def test_too_few_units_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot determine"):
        ancova([1, 2, 3], [1, 3, 2], [0, 1, 0])


def test_no_spread_is_no_certainty() -> None:
    with pytest.raises(ValueError, match="no spread"):
        ancova(PRE, PRE, ARM)


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="every unit needs numbers"):
        ancova([float("nan"), *POST[1:]], PRE, ARM)
