"""A judge with known error, so that all that is made of judges can be tested against the truth."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from holdfast.evidence import Absent, Item, Scorer, digest


@dataclass(frozen=True, slots=True)
class NoisyJudge:
    """An exact scorer whose word on one event is wrong at known rates. For organisms, tests and benches alone.

    Attributes:
        scorer: Knows the truth.
        event: The label that is missed, and falsely seen.
        sensitivity: How often it sees the event where there is one.
        specificity: How often it sees none where there is none.
        seed: Of its errors.
        strata: Sensitivity and specificity where a stratum has its own.
    """

    scorer: Scorer
    event: str
    sensitivity: float
    specificity: float
    seed: int = 0
    strata: Mapping[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])

    @property
    def name(self) -> str:
        """Its error, for the record."""
        own = "".join(f", {name} {hit:g} and {passed:g}" for name, (hit, passed) in sorted(self.strata.items()))
        rates = f"sensitivity {self.sensitivity:g}, specificity {self.specificity:g}"
        return f"{self.scorer.name}, made noisy for “{self.event}”: {rates}{own}, seed {self.seed}"

    @property
    def labels(self) -> frozenset[str]:
        """Those of the scorer."""
        return self.scorer.labels

    @property
    def exact(self) -> bool:
        """Never, even without any error: nobody is to know that."""
        return False

    def score(self, item: Item, reply: str) -> str | Absent:
        """The true label, or a false one about the event; the same for the same item, reply and seed.

        Raises:
            ScorerFailed: As the scorer.
        """
        truth = self.scorer.score(item, reply)
        if isinstance(truth, Absent):
            return truth
        hit, passed = self.strata.get(item.stratum, (self.sensitivity, self.specificity))
        right = hit if truth == self.event else passed
        drawn = sha256(f"{self.seed}/{item.id}/{digest(reply)}".encode()).digest()
        if int.from_bytes(drawn[:8], "big") < right * 2**64:
            return truth
        return self.event if truth != self.event else min(self.labels - {self.event})
