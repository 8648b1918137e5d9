# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""Least squares with standard errors that hold where variances differ, and few people or clusters are there."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from holdfast.stats._cluster_means import critical_t

Array = NDArray[np.float64]

_FULL: Final = 1e-9
"""One less a leverage below this is none left: the unit is fitted by a term of its own."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A least-squares fit, and what its robust errors are made of."""

    coefficients: Array
    residuals: Array
    basis: Array
    """An orthonormal basis of the columns, shape (units, terms)."""
    inverse: Array
    """Takes the basis to the coefficients: inverse of the triangular factor, shape (terms, terms)."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """One coefficient with its robust error.

    Attributes:
        value: The coefficient.
        standard_error: HC2 where every unit stands by itself, CR2 where units come in clusters.
        degrees_of_freedom: Satterthwaite's, of that error's own variability.
    """

    value: float
    standard_error: float
    degrees_of_freedom: float

    def bounds(self, level: float) -> tuple[float, float]:
        """The two bounds of the t interval at this level."""
        half = float(critical_t(self.degrees_of_freedom, level)) * self.standard_error
        return self.value - half, self.value + half

    @property
    def p_value(self) -> float:
        """Of the hypothesis that the coefficient is 0, two-sided."""
        return float(2 * stdtr(self.degrees_of_freedom, -abs(self.value) / self.standard_error))


def least_squares(design: Array, response: Array) -> Fit:
    """Fit, by the QR factorisation.

    Raises:
        ValueError: Fewer units than terms and one, a number that is none, or terms that say the same, so that the
            coefficients are not determined.
    """
    if not (np.isfinite(design).all() and np.isfinite(response).all()):
        raise ValueError("every unit needs numbers")
    if design.shape[0] <= design.shape[1]:
        raise ValueError(f"{design.shape[0]} units cannot determine {design.shape[1]} terms and an error")
    basis, factor = np.linalg.qr(design)
    diagonal = np.abs(np.diag(factor))
    if diagonal.min() <= _FULL * diagonal.max():
        raise ValueError("two terms say the same, so neither is determined")
    inverse = np.linalg.inv(factor)
    fitted = basis.T @ response
    return Fit(inverse @ fitted, response - basis @ fitted, basis, inverse)


def robust(fit: Fit, term: int, clusters: NDArray[np.int64]) -> Contrast:
    """One coefficient with its HC2 or CR2 error.

    Args:
        fit: The fit.
        term: Which coefficient.
        clusters: For each unit the number of its cluster, from 0; all different where units are independent.

    Raises:
        ValueError: The residuals show no spread, or too little is left to estimate one from.

    Source:
        Bell & McCaffrey 2002, Survey Methodology 28:169; for HC2 MacKinnon & White 1985, J. Econometrics 29:305, and
        the degrees of freedom in Imbens & Kolesár 2016, Rev. Econ. Stat. 98:701, eq. 10; clusters with terms of their
        own as in Pustejovsky & Tipton 2018, J. Bus. Econ. Stat. 36:672.
    """
    weights = fit.basis @ fit.inverse[term]
    adjusted = _adjusted(fit.basis, weights, clusters)
    count = int(clusters.max()) + 1
    scores = np.bincount(clusters, adjusted * fit.residuals, count)
    own = np.bincount(clusters, adjusted**2, count)
    shared = np.zeros((count, fit.basis.shape[1]))
    np.add.at(shared, clusters, adjusted[:, None] * fit.basis)
    kept = float((own - (shared**2).sum(axis=1)).sum())
    squared = float((own**2).sum() - 2 * (own * (shared**2).sum(axis=1)).sum() + ((shared.T @ shared) ** 2).sum())
    error = float(np.sqrt((scores**2).sum()))
    scale = float(np.abs(weights).max() * np.abs(fit.basis).max())
    if not (error > _FULL * scale and squared > 0 and kept > 0):
        raise ValueError("the residuals show no spread, so there is no error to estimate")
    return Contrast(float(fit.coefficients[term]), error, kept**2 / squared)


def _adjusted(basis: Array, weights: Array, clusters: NDArray[np.int64]) -> Array:
    """The weights of each cluster times the inverse root of what is left of its residuals' variance."""
    found = np.zeros_like(weights)
    sizes = np.bincount(clusters)
    order = np.argsort(clusters, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    for size in np.unique(sizes[sizes > 0]):
        members = order[starts[sizes == size][:, None] + np.arange(size)]
        rows = basis[members]
        if size == 1:
            room = 1 - (rows[:, 0] ** 2).sum(axis=1)
            found[members[:, 0]] = weights[members[:, 0]] * np.where(room > _FULL, np.maximum(room, _FULL) ** -0.5, 0.0)
            continue
        left = np.eye(size) - rows @ rows.transpose(0, 2, 1)
        values, vectors = np.linalg.eigh(left)
        roots = np.where(values > _FULL, 1 / np.sqrt(np.maximum(values, _FULL)), 0.0)
        turned = np.einsum("kij,ki->kj", vectors, weights[members]) * roots
        found[members] = np.einsum("kij,kj->ki", vectors, turned)
    return found
