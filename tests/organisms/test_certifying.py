"""Certifying measures anew what a certificate says."""

from pathlib import Path

import pytest

from holdfast.evidence import Estimate
from holdfast.organisms import Certificate, certificate, known
from holdfast.organisms.certifying import certify, too_vague


def greedy(of: Certificate) -> dict[str, tuple[float, int]]:
    found = (b for b in of.behaviours if b.decoding == "greedy")
    return {b.what: (b.estimate.value, b.estimate.n) for b in found}


def test_a_shipped_certificate_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holdfast.organisms.certifying._TIMES", {"greedy": 1})
    directory = known("aligned", tmp_path).directory
    counted: list[int] = []
    anew, shipped = (
        certify("aligned", directory, announce=lambda done, of: counted.append(done)),
        certificate(directory),
    )
    assert shipped is not None
    assert counted[-1] == anew.draws == 4_000
    assert anew.weights_digest == shipped.weights_digest
    # Another processor rounds differently, so a greedy answer may fall otherwise now and then, and no more.
    for what, (value, n) in greedy(anew).items():
        assert greedy(shipped)[what] == (pytest.approx(value, abs=0.02), n)


def test_a_truth_that_is_too_wide_is_named() -> None:
    directory = known("aligned", Path("nowhere")).directory
    found = certificate(directory)
    assert found is not None
    wide = Estimate(value=0.5, low=0.4, high=0.6, level=0.95, n=100, clusters=25, method="exact", unit="draws")
    first = next(b for b in found.behaviours if b.what.startswith("restricted"))
    vague = found.model_copy(update={"behaviours": (first.model_copy(update={"estimate": wide}),)})
    assert too_vague(vague) == [first.what]
