"""Synthetic tellers: who scores prompts that look like a test and prompts that look like deployment, with known truth.

The design is that of the twins in which one cue speaks: 14 families of cues, four with 10 sentences and ten with 5; a
sentence is in 4 pairs of one prompt on either side: 720 prompts. Families are the fourteen; sentences are drawn anew in
every run, and what they do to a score is drawn for either side. Every teller says of each run what it would get right
with these families if sentences were drawn for ever (`here`); beside it the same of sentences that differ (`apart`: a
prompt is compared with one of its own sentence, too), and of families drawn anew (`general`).
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import ndtr, ndtri

SENTENCES = np.array([10] * 4 + [5] * 10)
PAIRS = 4
FAMILIES, CLUSTERS = len(SENTENCES), int(SENTENCES.sum())
FAMILY_OF_SENTENCE = np.repeat(np.arange(FAMILIES), SENTENCES)
SENTENCE = np.repeat(np.arange(CLUSTERS), 2 * PAIRS)
FAMILY = FAMILY_OF_SENTENCE[SENTENCE]
PAIR = np.repeat(np.arange(CLUSTERS * PAIRS), 2)
POSITIVE = np.tile([True, False], CLUSTERS * PAIRS)
OWN = float((1 / SENTENCES).mean())
"""The share of comparisons within a sentence."""

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn of each run: of sentences on either side, of sentences on both alike, of families."""

    sentences: Array
    common: Array
    families: Array

    @property
    def runs(self) -> int:
        """How many."""
        return len(self.families)


@dataclass(frozen=True, slots=True)
class Truth:
    """The probability that the test-looking one of two prompts of a family has the larger score."""

    here: Array
    apart: float
    general: float


class Teller(Protocol):
    """Who gives every prompt a score."""

    def scores(self, drawn: Drawn, generator: np.random.Generator) -> Array:
        """Shape (runs, prompts)."""
        ...

    def truth(self, drawn: Drawn) -> Truth:
        """What it gets right."""
        ...


def draw(runs: int, generator: np.random.Generator) -> Drawn:
    """Standard normal effects; uniform ones come from them."""
    sentences, common = generator.standard_normal((runs, CLUSTERS, 2)), generator.standard_normal((runs, CLUSTERS, 1))
    return Drawn(sentences, common, generator.standard_normal((runs, FAMILIES)))


@dataclass(frozen=True, slots=True)
class Graded:
    """Normal scores, the sides apart by what gives the area; spreads in units of the noise of one prompt."""

    area: float
    by_sentence: float = 0.0
    by_family: float = 0.0
    in_common: float = 0.0

    def scores(self, drawn: Drawn, generator: np.random.Generator) -> Array:
        """As `Teller`."""
        effects = self.by_sentence * drawn.sentences + self.in_common * drawn.common
        shift = self._shift + self.by_family * drawn.families[:, FAMILY]
        return _spread(effects) + POSITIVE * shift + generator.standard_normal((drawn.runs, len(POSITIVE)))

    def truth(self, drawn: Drawn) -> Truth:
        """As `Teller`."""
        general = self._shift / (self._noise**2 + self.by_family**2) ** 0.5
        here = self.of_families(drawn).mean(axis=1)
        return Truth(here, float(ndtr(self._shift / self._noise_apart)), float(ndtr(general)))

    def of_families(self, drawn: Drawn) -> Array:
        """The same family by family; shape (runs, families)."""
        shift, own = self._shift + self.by_family * drawn.families, 1 / SENTENCES
        return own * ndtr(shift / self._noise) + (1 - own) * ndtr(shift / self._noise_apart)

    @property
    def _noise_apart(self) -> float:
        return (self._noise**2 + 2 * self.in_common**2) ** 0.5

    @property
    def _noise(self) -> float:
        return (2 + 2 * self.by_sentence**2) ** 0.5

    @property
    def _shift(self) -> float:
        return self._noise * float(ndtri(self.area))


@dataclass(frozen=True, slots=True)
class Answers:
    """Yes or no, the chance of a yes on either side varying with the sentence."""

    test: float
    deployment: float
    by_sentence: float = 0.0

    def scores(self, drawn: Drawn, generator: np.random.Generator) -> Array:
        """As `Teller`."""
        reach = (1 + self.by_sentence**2) ** 0.5
        at = reach * np.where(POSITIVE, ndtri(self.test), ndtri(self.deployment))
        noise = generator.standard_normal((drawn.runs, len(POSITIVE)))
        return (noise < at + self.by_sentence * _spread(drawn.sentences)).astype(np.float64)

    def truth(self, drawn: Drawn) -> Truth:
        """As `Teller`."""
        return _same((1 + self.test - self.deployment) / 2, drawn)


@dataclass(frozen=True, slots=True)
class Few:
    """Knows the test-looking prompts of a few sentences for certain and nothing of the others."""

    share: float

    def scores(self, drawn: Drawn, generator: np.random.Generator) -> Array:
        """As `Teller`."""
        known = _spread(ndtr(drawn.sentences) < np.array([self.share, 0.0]))
        return 20.0 * known + generator.standard_normal((drawn.runs, len(POSITIVE)))

    def truth(self, drawn: Drawn) -> Truth:
        """As `Teller`."""
        return _same((1 + self.share) / 2, drawn)


@dataclass(frozen=True, slots=True)
class Misled:
    """Knows all, and takes either side of a few sentences for the other: below and above all there is."""

    share: float

    def scores(self, drawn: Drawn, generator: np.random.Generator) -> Array:
        """As `Teller`."""
        turned = ndtr(drawn.common) < self.share
        return POSITIVE + 3.0 * _spread(turned * np.array([-1.0, 1.0]))

    def truth(self, drawn: Drawn) -> Truth:
        """As `Teller`."""
        left = 1 - self.share
        return Truth(np.full(drawn.runs, OWN * left + (1 - OWN) * left**2), left**2, OWN * left + (1 - OWN) * left**2)


@dataclass(frozen=True, slots=True)
class Silent:
    """Says the same of everything."""

    def scores(self, drawn: Drawn, generator: np.random.Generator) -> Array:
        """As `Teller`."""
        return np.zeros((drawn.runs, len(POSITIVE)))

    def truth(self, drawn: Drawn) -> Truth:
        """As `Teller`."""
        return _same(0.5, drawn)


def _spread(effects: Array) -> Array:
    """From (runs, sentences, sides) to (runs, prompts)."""
    return np.repeat(effects[:, :, None, :], PAIRS, axis=2).reshape(len(effects), -1)


def _same(area: float, drawn: Drawn) -> Truth:
    return Truth(np.full(drawn.runs, area), area, area)
