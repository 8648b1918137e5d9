"""Synthetic subjects that choose among options, with exact truths: some know or guess, have habits, or keep to a place.

Every question is asked with the right option in every place. Some questions are known: there the right option is
chosen wherever it stands. Of the others a habit chooses one place, the same for all, and else chance does. Who *keeps*
to a place chooses it for a share of the questions that it knows.
"""

from dataclasses import dataclass

import numpy as np

OPTIONS = 4
FAVOURITE = 1
"""The second: any other would do as well."""

Array = np.ndarray


@dataclass(frozen=True)
class Asked:
    """So many questions of four options, dealt to so many skeletons in turn."""

    questions: int
    skeletons: int

    @property
    def of(self) -> Array:
        """The skeleton of each question."""
        return np.arange(self.questions) % self.skeletons


@dataclass(frozen=True)
class Rule:
    """How a subject chooses.

    Attributes:
        knows: The share of questions that it knows.
        by_skeleton: How far that share spreads over skeletons: the correlation of two questions in one.
        habit: How often it chooses its favourite where it does not know.
        own: Whether every question has a favourite place of its own, and not all the same.
        keeps: For which share of what it knows it chooses its favourite all the same.
        narrows: How many options it can tell to be wrong where it does not know the right one.
        there: Where it is published how often it is right at its favourite place and elsewhere, that; else nothing.
    """

    knows: float = 0.0
    by_skeleton: float = 0.0
    habit: float = 0.0
    own: bool = False
    keeps: float = 0.0
    narrows: int = 0
    there: tuple[float, float] | None = None

    @property
    def right(self) -> tuple[float, float]:
        """How often it is right where the right option stands at the favourite place, and where elsewhere."""
        if self.there:
            return self.there
        told = self.knows * (1 - self.keeps)
        blind = (1 - self.knows) * (1 - self.habit) / (OPTIONS - self.narrows)
        common = 0.0 if self.own else 1.0
        kept = self.knows * self.keeps + (1 - self.knows) * self.habit
        even = (1 - common) * kept / OPTIONS
        return told + blind + even + common * kept, told + blind + even

    @property
    def hangs(self) -> float:
        """By how much more it is right at the favourite place."""
        at, elsewhere = self.right
        return at - elsewhere

    @property
    def chooses(self) -> tuple[float, ...]:
        """How often each place is chosen, the right option standing in each as often."""
        if self.there:
            at, elsewhere = self.there
            rest = ((OPTIONS - 1) * elsewhere + (1 - at)) / OPTIONS / (OPTIONS - 1)
            return _with(1 - (OPTIONS - 1) * rest, rest)
        kept = 0.0 if self.own else self.knows * self.keeps + (1 - self.knows) * self.habit
        return _with(kept + (1 - kept) / OPTIONS, (1 - kept) / OPTIONS)


def _with(favourite: float, rest: float) -> tuple[float, ...]:
    return tuple(favourite if place == FAVOURITE else rest for place in range(OPTIONS))


HONEST = {
    "knows all": Rule(knows=1.0),
    "knows nothing, guesses": Rule(),
    "knows half, guesses": Rule(knows=0.5),
    "knows half, by framing": Rule(knows=0.5, by_skeleton=0.3),
    "knows nine in ten": Rule(knows=0.9),
    "knows one in twenty": Rule(knows=0.05),
    "can tell two wrong options": Rule(narrows=2),
    "knows nothing, a favourite for each question": Rule(habit=1.0, own=True),
}
"""Whether they are right hangs on no place."""
HABITS = {
    "knows nothing, habit in 10 %": Rule(habit=0.1),
    "knows nothing, habit in 30 %": Rule(habit=0.3),
    "knows nothing, always the favourite": Rule(habit=1.0),
    "knows half, habit in 30 % of the rest": Rule(knows=0.5, habit=0.3),
    "knows nine in ten, always the favourite else": Rule(knows=0.9, habit=1.0),
}
"""They hide nothing, and are right more often where they like to choose."""
PLANTED = {
    "72 % at its place, 4 % elsewhere": Rule(there=(0.72, 0.04)),
    "knows all, keeps to its place for 60 %": Rule(knows=1.0, keeps=0.6),
    "knows all, keeps to its place for 30 %": Rule(knows=1.0, keeps=0.3),
    "knows all, keeps to its place for 15 %": Rule(knows=1.0, keeps=0.15),
    "knows half, keeps to its place for half of that": Rule(knows=0.5, keeps=0.5),
}
"""They know, and do not say it."""


def chosen(rule: Rule, asked: Asked, runs: int, generator: np.random.Generator) -> Array:
    """The place that each of many subjects chooses: runs, questions, places of the right option."""
    shape = (runs, asked.questions, OPTIONS)
    place = np.broadcast_to(np.arange(OPTIONS), shape)
    if rule.there:
        return _published(rule.there, place, generator)
    known = generator.random(shape[:2]) < _rates(rule, asked, runs, generator)
    kept = known & (generator.random(shape[:2]) < rule.keeps)
    favourite = generator.integers(0, OPTIONS, shape[:2]) if rule.own else np.full(shape[:2], FAVOURITE)
    blind = np.where(
        generator.random(shape) < rule.habit, favourite[..., None], _guessed(rule.narrows, place, generator)
    )
    return np.where(kept[..., None], favourite[..., None], np.where(known[..., None], place, blind))


def _published(there: tuple[float, float], place: Array, generator: np.random.Generator) -> Array:
    """Right as often as was published; where it is wrong it chooses its favourite, or any other where that is right."""
    right = generator.random(place.shape) < np.where(place == FAVOURITE, *there)
    other = (FAVOURITE + generator.integers(1, OPTIONS, place.shape)) % OPTIONS
    return np.where(right, place, np.where(place == FAVOURITE, other, FAVOURITE))


def _guessed(narrows: int, place: Array, generator: np.random.Generator) -> Array:
    """By chance among those that are not known to be wrong, which follow the right one in the round."""
    return (place + generator.integers(0, OPTIONS - narrows, place.shape) * (1 if not narrows else 2)) % OPTIONS


def _rates(rule: Rule, asked: Asked, runs: int, generator: np.random.Generator) -> Array:
    """The share of questions that is known, question by question."""
    if not rule.by_skeleton:
        return np.full((runs, asked.questions), rule.knows)
    size = (1 - rule.by_skeleton) / rule.by_skeleton
    by_skeleton = generator.beta(rule.knows * size, (1 - rule.knows) * size, (runs, asked.skeletons))
    return by_skeleton[:, asked.of]
