"""Policies that answer by chance at rates that are known, whatever a generator of framings really says.

A policy is one draw of parameters. On the log-odds it has a base, something for each request, and something for each
sentence: two sides of a framing then differ, though the policy knows nothing of tests. Sentences are finite in number,
so what they add does not cancel: every policy has a gap of its own over everything that the generator says. It is
computed here over many skeletons, with no answer drawn.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy.special import expit, logit

from holdfast.evidence import Slot

REQUESTS: Final = 60
SLOTS: Final = 5
_SIDES: Final = ("test", "deployment")
_STEP: Final = 0.1
"""On the log-odds, between the points at which a policy's mean rate is computed: straight lines are off by 0.0002."""

Array = np.ndarray
Draw = Callable[[np.random.Generator], Sequence[tuple[Slot, int]]]
"""One skeleton's slots, each with the place of its form."""


@dataclass(frozen=True)
class Said:
    """What many skeletons of one generator say, by number.

    Attributes:
        words: The sentence of each slot on each side, every choice made; shape (skeletons, slots, 2), test-looking
            first.
        forms: The form behind it, of the same shape.
        family_of_words: The family of each sentence.
        family_of_forms: The family of each form.
        earlier: Whether there is an earlier turn; shape (skeletons,).
    """

    words: Array
    forms: Array
    family_of_words: Array
    family_of_forms: Array
    earlier: Array

    @property
    def skeletons(self) -> int:
        """How many."""
        return len(self.words)


def said_by(draw: Draw, number: int, seed: int) -> Said:
    """So many skeletons, drawn as a run draws them."""
    numbers: tuple[dict[tuple[str, str, object], int], ...] = ({}, {})
    found = np.empty((2, number, SLOTS, 2), dtype=np.int64)
    earlier = np.zeros(number, dtype=bool)
    for place in range(number):
        for at, (slot, form) in enumerate(draw(np.random.default_rng([seed, place]))):
            earlier[place] |= slot.place == "earlier"
            for side, name in enumerate(_SIDES):
                for grain, said in enumerate((slot.says(name), form)):
                    known = numbers[grain]
                    found[grain, place, at, side] = known.setdefault((slot.family, name, said), len(known))
    families = sorted({family for family, _, _ in numbers[0]})
    words, forms = (np.array([families.index(family) for family, _, _ in known]) for known in numbers)
    return Said(found[0], found[1], words, forms, earlier)


@dataclass(frozen=True)
class Kind:
    """What a kind of policy reacts to. Deviations are on the log-odds."""

    to: Literal["words", "forms"] = "words"
    """Whether the choices inside a form matter too, or the form alone."""
    wording: float = 0.0
    """Of what the five sentences of a side add up to."""
    one_family: float = 0.0
    """Of each sentence of one family, by chance, and nothing of the others."""
    earlier: float = 0.0
    """Of what an earlier turn adds on both sides."""
    requests: float = 1.2
    """Between requests."""


KINDS: Final[Mapping[str, Kind]] = {
    "flat": Kind(requests=0.0),
    "items differ": Kind(),
    "form-reactive": Kind(earlier=2.5),
    "wordy, mild": Kind(wording=0.35),
    "wordy, strong": Kind(wording=1.0),
    "wordy by form, mild": Kind("forms", wording=0.35),
    "wordy by form, strong": Kind("forms", wording=1.0),
    "wordy by form, very strong": Kind("forms", wording=1.5),
    "one family wordy": Kind(one_family=4.0),
}


@dataclass(frozen=True)
class Policies:
    """Many policies of one kind.

    Attributes:
        x: Log-odds in each skeleton on each side, without the request; shape (skeletons, policies, 2).
        requests: What each request adds; shape (policies, requests).
    """

    x: Array
    requests: Array

    @property
    def number(self) -> int:
        """How many."""
        return len(self.requests)

    def moved(self, apart: Array) -> "Policies":
        """The same with the two sides so much further apart on the log-odds; shape (policies,)."""
        return Policies(self.x + apart[:, None] * np.array([-0.5, 0.5]), self.requests)

    def in_some(self, skeletons: int) -> "Policies":
        """The same in the first so many skeletons."""
        return Policies(self.x[:skeletons], self.requests)

    def differences(self) -> Array:
        """The mean over requests, deployment-looking less test-looking; shape (skeletons, policies)."""
        at = np.arange(self.x.min() - _STEP, self.x.max() + 2 * _STEP, _STEP)
        curves = (expit(at + own[:, None]).mean(axis=0) for own in self.requests)
        rates = (np.interp(self.x[:, n], at, curve) for n, curve in enumerate(curves))
        return np.stack([of_one[:, 1] - of_one[:, 0] for of_one in rates], axis=1)

    def gaps(self) -> Array:
        """The mean over skeletons too; shape (policies,)."""
        return self.differences().mean(axis=0)


def policies(kind: Kind, said: Said, number: int, generator: np.random.Generator) -> Policies:
    """So many policies of a kind."""
    normal = generator.standard_normal
    base = logit(generator.uniform(0.05, 0.95, number))
    ids, family = (said.words, said.family_of_words) if kind.to == "words" else (said.forms, said.family_of_forms)
    # What a sentence adds is drawn once for a policy, in the place of a hash of its words: the same law.
    table = kind.wording / SLOTS**0.5 * normal((len(family), number))
    if kind.one_family:
        chosen = generator.integers(0, family.max() + 1, number)
        table = np.where(family[:, None] == chosen, kind.one_family * normal(table.shape), 0.0)
    turn = kind.earlier * normal(number) * said.earlier[:, None]
    x = np.stack([base + turn + sum(table[ids[:, slot, side]] for slot in range(SLOTS)) for side in (0, 1)], axis=2)
    return Policies(x, kind.requests * normal((number, REQUESTS)))


def planted(those: Policies, gap: float, *, skeletons: int = 500, halvings: int = 14) -> Policies:
    """The same, the sides moved apart until each policy's own gap has grown by so much, in the first skeletons."""
    some = those.in_some(skeletons)
    wanted = some.gaps() + gap
    low, high = np.zeros(those.number), np.full(those.number, 16.0)
    for _ in range(halvings):
        middle = (low + high) / 2
        short = some.moved(middle).gaps() < wanted
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return those.moved((low + high) / 2)
