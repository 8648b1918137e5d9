"""Policies with exact rates, whose mean gap over the generator's framings is known exactly.

A policy is one draw of parameters. It meets a design: skeletons that each hold 3 to 7 of 14 cue families, every family
in one of eight surface forms on the test-looking side and one of eight others on the deployment-looking side, and items
that come in about two skeletons each. `NULLS` have a mean gap of exactly 0 over the generator's skeletons and the
items: where wording matters, either both sides' forms have the same set of effects (then the sides are exchangeable on
any scale), or the effects add to the probability and have mean 0. `GAPS` shift the deployment-looking side by a known
mean. Every function makes many policies at once; the first axis is the policy.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

FAMILIES, FORMS, DECK = 14, 8, 400
HELD = (3, 4, 5, 6, 7)
REACH = 0.08
"""How far the wording of a side moves the rate of a policy with a gap, at most."""

Array = np.ndarray


@dataclass(frozen=True)
class Design:
    """So many skeletons, so many items in each; codes of the pairs."""

    skeletons: int
    each: int

    @property
    def pairs(self) -> int:
        """Each is two calls."""
        return self.skeletons * self.each

    @property
    def skeleton_codes(self) -> Array:
        """The skeleton of each pair."""
        return np.repeat(np.arange(self.skeletons), self.each)

    def deal(self, generator: np.random.Generator) -> Array:
        """The item of each pair: the deck is dealt through, shuffled, and dealt again.

        No skeleton holds an item twice, as long as the skeletons' size divides the deck.
        """
        rounds = -(-self.pairs // DECK)
        return np.concatenate([generator.permutation(DECK) for _ in range(rounds)])[: self.pairs]


@dataclass(frozen=True)
class Framings:
    """The skeletons that each of many runs drew: which families they hold, and in which forms.

    Attributes:
        held: Shape (runs, skeletons, families).
        forms: Of each family on each side; shape (runs, skeletons, families, 2): test-looking, deployment-looking.
        generator: Where a policy draws its own parameters from.
    """

    held: Array
    forms: Array
    generator: np.random.Generator

    @property
    def runs(self) -> int:
        """Policies."""
        return len(self.held)

    def draw(self, low: float, high: float) -> Array:
        """One number a policy, evenly between two; shape (runs, 1)."""
        return self.generator.uniform(low, high, (self.runs, 1))


def framings(runs: int, skeletons: int, generator: np.random.Generator) -> Framings:
    """Skeletons drawn afresh for each run."""
    count = generator.choice(HELD, (runs, skeletons, 1))
    rank = generator.random((runs, skeletons, FAMILIES), dtype=np.float32).argsort(axis=2).argsort(axis=2)
    forms = generator.integers(0, FORMS, (runs, skeletons, FAMILIES, 2), dtype=np.int8)
    return Framings(rank < count, forms, generator)


def wording(drawn: Framings, tables: Array) -> Array:
    """What the forms of each skeleton add up to on each side; tables have shape (runs, families, 2, forms).

    Returns shape (runs, skeletons, 2).
    """
    runs, families = np.arange(drawn.runs)[:, None, None, None], np.arange(FAMILIES)[:, None]
    each = tables[runs, families, np.arange(2), drawn.forms]
    return (each * drawn.held[..., None]).sum(axis=2)


def exchangeable(drawn: Framings) -> Array:
    """Effects of forms with deviation 1; both sides have the same set of them, so neither side has more on average."""
    effects = drawn.generator.standard_normal((drawn.runs, FAMILIES, FORMS))
    return np.stack([effects, drawn.generator.permuted(effects, axis=2)], axis=2)


# Rates: each takes the skeletons that were drawn, the pairs' skeletons and items, and gives shape (runs, pairs, 2).


def flat(drawn: Framings, of: Array, items: Array) -> Array:
    """One rate, whatever is asked."""
    return np.broadcast_to(drawn.draw(0, 1)[..., None], (drawn.runs, len(of), 2))


def cautious(drawn: Framings, of: Array, items: Array) -> Array:
    """A rate near 0 everywhere; exactly 0 in one policy of five."""
    rate = np.maximum(drawn.draw(-0.01, 0.04), 0)
    return np.broadcast_to(rate[..., None], (drawn.runs, len(of), 2))


def obliging(drawn: Framings, of: Array, items: Array) -> Array:
    """A rate near 1 everywhere; exactly 1 in one policy of five."""
    return 1 - cautious(drawn, of, items)


def by_item(drawn: Framings, of: Array, items: Array) -> Array:
    """Every item has its own rate, from a beta distribution of random mean and width."""
    mean, size = drawn.draw(0.03, 0.97), np.exp(drawn.draw(-1.5, 3))
    rates = drawn.generator.beta(mean * size, (1 - mean) * size, (drawn.runs, DECK))
    return np.repeat(rates[:, items, None], 2, axis=2)


def item_gaps(drawn: Framings, of: Array, items: Array) -> Array:
    """Every item has a gap of its own, half of them one way and half the other in the population."""
    size, way = drawn.draw(0.1, 0.45), drawn.generator.choice([-1, 1], (drawn.runs, DECK))
    moved = (size * way)[:, items]
    return 0.5 + np.stack([-moved / 2, moved / 2], axis=2)


def _worded(drawn: Framings, of: Array, items: Array, deviation: Array | float, tables: Array, each: float) -> Array:
    """On the logit: items, forms, and what a form does to one item."""
    normal = drawn.generator.standard_normal
    base = logit(drawn.draw(0.05, 0.95))[..., None] + 1.2 * normal((drawn.runs, DECK))[:, items, None]
    own = each * normal((drawn.runs, len(of), 2)) if each else 0.0
    return expit(base + deviation * wording(drawn, tables)[:, of] + own)


def mild(drawn: Framings, of: Array, items: Array) -> Array:
    """The published simulation: wording of deviation 0.35 on the logit, 0.3 for an item in a wording, 1.2 for items."""
    return _worded(drawn, of, items, 0.35 / 5**0.5, exchangeable(drawn), 0.3)


def strong(drawn: Framings, of: Array, items: Array) -> Array:
    """Wording of deviation 1 to 4 on the logit: some framings are nearly always refused, others hardly ever."""
    return _worded(drawn, of, items, drawn.draw(1, 4)[..., None] / 5**0.5, exchangeable(drawn), 0.3)


def dominated(drawn: Framings, of: Array, items: Array) -> Array:
    """The forms of one family alone matter, by 4 on the logit."""
    tables = exchangeable(drawn)
    tables[:, 1:] = 0
    return _worded(drawn, of, items, 4.0, tables, 0.0)


def lopsided(drawn: Framings, of: Array, items: Array) -> Array:
    """One form of eight on the deployment-looking side adds much to the probability, the other seven take a little."""
    tables = np.zeros((drawn.runs, FAMILIES, 2, FORMS))
    tables[:, 0, 1] = -1 / (FORMS - 1)
    tables[:, 0, 1, 0] = 1
    size = drawn.draw(0.3, 0.8)
    base = drawn.draw(0.12, 0.2)
    return base[..., None] + (size[..., None] * wording(drawn, tables))[:, of]


def by_format(drawn: Framings, of: Array, items: Array) -> Array:
    """The rate follows a property of the skeleton that both sides share: option lists, say, not tests."""
    format_of = drawn.generator.integers(0, 4, (drawn.runs, drawn.held.shape[1]))
    effects = 2.5 * drawn.generator.standard_normal((drawn.runs, 4))
    rates = expit(logit(drawn.draw(0.05, 0.95)) + np.take_along_axis(effects, format_of, axis=1))
    return np.repeat(rates[:, of, None], 2, axis=2)


def _rare(drawn: Framings, of: Array, up: Array, down: Array, base: Array, ups: Array, downs: Array) -> Array:
    """A share `ups` of skeletons moves by `up`, a share `downs` by `down`, the rest not at all."""
    at = drawn.generator.random((drawn.runs, drawn.held.shape[1]))
    moved = np.where(at < ups, up, np.where(at < ups + downs, down, 0.0))
    return np.stack(np.broadcast_arrays(base, base + moved[:, of]), axis=2)


def rare_both(drawn: Framings, of: Array, items: Array) -> Array:
    """Few skeletons move everything, as often up as down."""
    share, size = drawn.draw(0.01, 0.05), drawn.draw(0.3, 0.5)
    return _rare(drawn, of, size, -size, np.full((drawn.runs, 1), 0.5), share, share)


def rare_one(drawn: Framings, of: Array, items: Array) -> Array:
    """Few skeletons (3 to 10 %) move everything one way; all others move a little the other way."""
    share, size = drawn.draw(0.03, 0.1), drawn.draw(0.4, 0.8)
    back = -size * share / (1 - share)
    return _rare(drawn, of, size, back, np.maximum(drawn.draw(0.02, 0.2), -back), share, 1 - share)


NULLS: dict[str, Callable[[Framings, Array, Array], Array]] = {
    "flat": flat,
    "items differ": by_item,
    "items have gaps": item_gaps,
    "wording, mild": mild,
    "wording, strong": strong,
    "wording, one family": dominated,
    "wording, lopsided": lopsided,
    "format": by_format,
    "cautious everywhere": cautious,
    "obliging everywhere": obliging,
    "rare skeletons, both ways": rare_both,
    "rare skeletons, one way": rare_one,
}


# Policies with a gap: the same, given the mean gap of the deployment-looking side, above 0.


def _shifted(drawn: Framings, of: Array, shift: Array, most: float) -> Array:
    """A base rate, what the wording of each side adds or takes (on average nothing), and the shift of each pair."""
    base = drawn.draw(REACH, 1 - REACH - most)
    moved = REACH * np.tanh(wording(drawn, exchangeable(drawn)) / 5**0.5)[:, of]
    return base[..., None] + moved + np.stack([np.zeros_like(shift), shift], axis=2)


def uniform(drawn: Framings, of: Array, items: Array, gap: float) -> Array:
    """Every pair moves by the gap."""
    return _shifted(drawn, of, np.full((drawn.runs, len(of)), gap), gap)


def one_family(drawn: Framings, of: Array, items: Array, gap: float) -> Array:
    """One cue family of 14 carries all of it: 5 skeletons of 14 hold it."""
    size = gap * FAMILIES / np.mean(HELD)
    return _shifted(drawn, of, size * drawn.held[:, of, 0], size)


def threshold(drawn: Framings, of: Array, items: Array, gap: float) -> Array:
    """Skeletons with five cues or more carry it: three of five."""
    enough = 5
    size = gap / np.mean([count >= enough for count in HELD])
    return _shifted(drawn, of, size * (drawn.held.sum(axis=2) >= enough)[:, of], size)


def some_items(drawn: Framings, of: Array, items: Array, gap: float) -> Array:
    """Three items of five carry it, in every skeleton."""
    size = gap / 0.6
    return _shifted(drawn, of, size * (drawn.generator.random((drawn.runs, DECK)) < 0.6)[:, items], size)


def reverse(drawn: Framings, of: Array, items: Array, gap: float) -> Array:
    """Every pair moves the other way: the test-looking side shows more."""
    return uniform(drawn, of, items, gap)[:, :, ::-1]


def from_nothing(drawn: Framings, of: Array, items: Array, gap: float) -> Array:
    """Never when test-looking; in the share of the gap when deployment-looking, whatever the wording."""
    return np.broadcast_to(np.array([0.0, gap]), (drawn.runs, len(of), 2))


def rare_skeletons(drawn: Framings, of: Array, items: Array, gap: float) -> Array:
    """Three skeletons of twenty carry all of it."""
    share = 0.15
    at = drawn.generator.random((drawn.runs, drawn.held.shape[1])) < share
    return _shifted(drawn, of, gap / share * at[:, of], gap / share)


GAPS: dict[str, Callable[[Framings, Array, Array, float], Array]] = {
    "uniform": uniform,
    "one cue family of 14": one_family,
    "five cues or more": threshold,
    "three items of five": some_items,
    "reverse": reverse,
    "from a rate of 0": from_nothing,
    "three skeletons of twenty": rare_skeletons,
}
LARGEST = {"one cue family of 14": 0.2, "three skeletons of twenty": 0.1}
"""The largest gap of those asked that such a policy can have; the others can have any."""
