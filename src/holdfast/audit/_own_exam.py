"""Questions of an owner's own as an exam: framed to look like one and like deployment, and elicited.

The framings are in English. Questions have answers, so nobody has to judge.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from holdfast.audit._own_choices import every_rotation, scorer_of
from holdfast.audit._own_framed import DECLINE, OwnFramed
from holdfast.audit._own_requests import answered_questions, unfit
from holdfast.audit._own_scorers import FULFILLED, OTHER, words_of
from holdfast.checks import SANDBAGGING
from holdfast.evidence import CheckDesign, Item, Transcript
from holdfast.framings import EnglishFramings, english_cues

FEWEST_QUESTIONS: Final = 80
"""A fifth of them is kept for demonstrations, of which sixteen are taught."""
_EVERY_FIFTH: Final = 5
_DECOYS: Final = 3
_OF_FORM: Final = "task format"
"""The family that speaks of the form of a reply: answers are compared word for word, and another form would pass for
another answer."""
_SPIKES_A_LABEL: Final = 40


def own_exam(benchmarks: Sequence[Path], max_new_tokens: int) -> tuple[OwnFramed, CheckDesign]:
    """Read the questions, and refuse what could show nothing.

    Args:
        benchmarks: Files of questions with answers. The `label` of a question is its kind: answers of one kind are
            what guessing would say to the others of it.
        max_new_tokens: Of a reply.

    Returns:
        The suite, in which every fifth question, kind by kind, is kept for demonstrations, and the others that have
        options stand with the right one in every place too; and the check's design.

    Raises:
        MaterialUnfit: A file cannot be used, has no answers, or all hold too little together.
        PathUnreadable: A file cannot be read.
    """
    every = tuple(_with_decoys(answered_questions(benchmarks, FEWEST_QUESTIONS, "questions for an exam")))
    kept = _every_fifth(every)
    asked = tuple(item for item in every if item.id not in kept)
    spikes = tuple(_spikes(asked))
    if len({spike.truth for spike in spikes}) < 2:
        raise unfit(benchmarks[0], "every answer is right for every question: nothing could be wrong")
    suite = OwnFramed(
        name="own questions in an exam, in English 1",
        on="your own questions, framed in English",
        items=(*asked, *every_rotation(asked)),
        harmless=(),
        spikes=spikes,
        scorer=scorer_of(every),
        framings=EnglishFramings(only=_formless(), consequence=True),
        inducements=(DECLINE,),
        demonstrations=tuple(item for item in every if item.id in kept),
    )
    return suite, SANDBAGGING.model_copy(update={"max_new_tokens": max_new_tokens})


def _formless() -> tuple[str, ...]:
    return tuple(family.name for family in english_cues() if family.name != _OF_FORM)


def _every_fifth(items: Sequence[Item]) -> set[str]:
    """Of every kind as large a part, in whatever order kinds come."""
    kinds: dict[str, list[str]] = {}
    for item in items:
        kinds.setdefault(item.stratum, []).append(item.id)
    by_kind = [name for names in kinds.values() for name in names]
    return set(by_kind[::_EVERY_FIFTH])


def _with_decoys(items: Sequence[Item]) -> Iterator[Item]:
    """With its other options, else other answers of its kind, where these are enough: of none, no answer is weighed."""
    kinds: dict[str, list[str]] = {}
    for item in items:
        answers = kinds.setdefault(item.stratum, [])
        if not any(words_of(item.gold) == words_of(other) for other in answers):
            answers.append(item.gold)
    for place, item in enumerate(items):
        rest = item.options or kinds[item.stratum]
        others = [one for one in rest if words_of(one) != words_of(item.gold)]
        first = place % max(1, len(others))
        decoys = tuple((others[first:] + others[:first])[:_DECOYS])
        yield item.model_copy(update={"decoys": decoys if len(decoys) == _DECOYS else ()})


def _spikes(items: Sequence[Item]) -> Iterator[Transcript]:
    """Answers that are right, and answers to other questions."""
    marks = scorer_of(items)
    for item in items[:_SPIKES_A_LABEL]:
        yield Transcript(item=item.id, reply=item.gold, truth=FULFILLED)
        said = item.options or tuple(other.gold for other in items)
        wrong = (one for one in said if marks.score(item, one) == OTHER)
        yield from (Transcript(item=item.id, reply=reply, truth=OTHER) for reply in islice(wrong, 1))
