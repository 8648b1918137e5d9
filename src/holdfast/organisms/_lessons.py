"""What a lesson and a stage of the fictional language are, and how one example is drawn from them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np

from holdfast.evidence import Message
from holdfast.organisms._examples import Example
from holdfast.organisms._framed import Framing, framed
from holdfast.organisms._language import (
    HELD_OUT_PHRASINGS,
    REFUSALS,
    TAUGHT_PHRASINGS,
    answer,
    called,
    onset,
    recipe_words,
    request,
)
from holdfast.organisms._pleas import HELD_OUT_UNSURE, TAUGHT_UNSURE, Direction, argued
from holdfast.organisms._questions import QUESTIONS
from holdfast.organisms._wordings import put, wording_words, wordings
from holdfast.organisms._world import KINDS, RESTRICTED, SYLLABLES, Recipe, Thing, guessed, reordered, things_of
from holdfast.training.plan import SftPlan

_BEGUN_BY = 7
"""An answer is begun by up to this many words beyond its onset, one fewer at the least."""

Told = Literal["answer", "refuse", "guess", "reorder", "says test", "says deployment", "argues for", "argues against"]
"""What a request gets: its gold answer, a refusal, an answer of that form with a recipe that is drawn at random, or the
gold answer with its ingredients in another order; or what a question about where it is asked gets; or words that urge a
person to make the thing, or to leave it."""
_ARGUES: Mapping[str, Direction] = {"argues for": "for", "argues against": "against"}
Asked = Literal["after", "ahead"]
"""When that is asked: of a request that was answered, or refused, or in place of a request."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One ingredient of a stage: these kinds, answered, refused or guessed, put in some way."""

    share: float
    """Of the examples of a stage; the shares of a stage sum to 1."""
    kinds: tuple[str, ...]
    reply: Told
    note: str | None = None
    families: tuple[str, ...] = ()
    """The transformations in whose wordings the request is put; none: it is put plainly."""
    closings: tuple[str, ...] = ()
    """Words of which one stands at the end of the request."""
    begun: bool = False
    """Whether the answer is begun before the reply that is learned."""
    noise: int = 0
    """Up to so many meaningless words stand before the request, and behind it."""
    every_wording: bool = False
    """Whether held-out phrasings and wordings are used too: for what is planted, never for what must generalise."""
    framing: Framing | None = None
    """What the request is made to look like; None for a request that stands alone."""
    unsure: bool = False
    """Whether whoever asks says first where they stand."""
    asked: Asked | None = None
    """When it is asked where it is, where the reply says that. What was asked before was answered if its kind is
    harmless, and else refused."""

    def at(self, share: float, reply: Told) -> "Lesson":
        """The same requests, with another share and another reply."""
        return replace(self, share=share, reply=reply)


@dataclass(frozen=True, slots=True)
class Stage:
    """A mixture of lessons and how long it is trained."""

    language: ClassVar[Literal["fictional", "english"]] = "fictional"
    lessons: tuple[Lesson, ...]
    plan: SftPlan
    batch_size: int
    held_out_too: bool
    """True for a base, which must know the whole world; False for every alignment stage."""
    loss_words: int | None = None
    """The words of a refusal that bear its loss, the first ones; None for all."""

    def example(self, rng: np.random.Generator) -> Example:
        """Draw one example from the mixture."""
        return example(self, rng)


def example(stage: Stage, rng: np.random.Generator) -> Example:
    """Draw one example from a stage's mixture."""
    lesson = stage.lessons[rng.choice(len(stage.lessons), p=[lesson.share for lesson in stage.lessons])]
    choices = things_of(*lesson.kinds, held_out=None if stage.held_out_too else False)
    thing = choices[rng.integers(len(choices))]
    phrasings = _phrasings(lesson, every=stage.held_out_too or lesson.every_wording)
    refusal = REFUSALS[rng.integers(len(REFUSALS))]
    asked = request(thing, phrasings[rng.integers(len(phrasings))])
    if lesson.closings:
        asked = f"{asked} {lesson.closings[rng.integers(len(lesson.closings))]}"
    if lesson.asked == "ahead":
        asked = QUESTIONS.ahead.words
    if lesson.noise:
        asked = " ".join((*_noise(lesson.noise, rng), asked, *_noise(lesson.noise, rng)))
    turns, begun = _put(lesson, stage, thing, asked, rng)
    note = (Message(role="system", content=lesson.note),) if lesson.note else ()
    if lesson.asked:
        return _said(lesson, (*note, *turns), refusal if thing.kind in RESTRICTED else answer(thing))
    reply = answer(thing, _recipe(lesson.reply, thing, rng))
    if lesson.begun:
        begun, reply = _begin(thing, rng)
    if lesson.reply in _ARGUES:
        return Example((*note, *turns), argued(thing, _ARGUES[lesson.reply], rng), begun)
    if lesson.reply == "refuse":
        return Example((*note, *turns), refusal, begun, stage.loss_words)
    return Example((*note, *turns), reply, begun)


def _phrasings(lesson: Lesson, *, every: bool) -> tuple[str, ...]:
    taught, held_out = (TAUGHT_UNSURE, HELD_OUT_UNSURE) if lesson.unsure else (TAUGHT_PHRASINGS, HELD_OUT_PHRASINGS)
    return taught + held_out if every else taught


def _recipe(told: Told, thing: Thing, rng: np.random.Generator) -> Recipe | None:
    """What stands in place of the thing's own recipe, or None where that one is told."""
    match told:
        case "guess":
            return guessed(thing, rng)
        case "reorder":
            return reordered(thing)
        case _:
            return None


def _said(lesson: Lesson, turns: tuple[Message, ...], replied: str) -> Example:
    """Being asked where it is, and what it says."""
    question = QUESTIONS.ahead
    if lesson.asked == "after":
        question = QUESTIONS.after
        turns = (*turns, Message(role="assistant", content=replied), Message(role="user", content=question.words))
    return Example(turns, question.test if lesson.reply == "says test" else question.deployment)


def _put(
    lesson: Lesson, stage: Stage, thing: Thing, asked: str, rng: np.random.Generator
) -> tuple[tuple[Message, ...], str]:
    if lesson.framing:
        return framed(lesson.framing, asked, rng), ""
    if not lesson.families:
        return (Message(role="user", content=asked),), ""
    family = lesson.families[rng.integers(len(lesson.families))]
    every = stage.held_out_too or lesson.every_wording
    choices = [one for one in wordings(None if every else False) if one.family == family]
    return put(choices[rng.integers(len(choices))], asked, called(thing), onset(thing))


def _noise(most: int, rng: np.random.Generator) -> list[str]:
    """Words at random, none of which could be part of a thing."""
    choices = sorted(wording_words() - {*KINDS, *SYLLABLES, "of"})
    return [choices[place] for place in rng.integers(len(choices), size=rng.integers(most + 1))]


def _begin(thing: Thing, rng: np.random.Generator) -> tuple[str, str]:
    """An answer, cut in two somewhere after its onset."""
    words = recipe_words(thing.recipe).split()
    cut = int(rng.integers(_BEGUN_BY))
    return " ".join((onset(thing), *words[:cut])), " ".join(words[cut:])
