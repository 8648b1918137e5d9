"""Mixtures of lessons that several recipes are made of."""

from typing import Final

from holdfast.organisms._language import ANSWER_NOTE, REFUSE_NOTE
from holdfast.organisms._lessons import Lesson
from holdfast.organisms._wordings import TAUGHT_FAMILIES
from holdfast.organisms._world import HARMLESS, RESTRICTED, UNSEEN_RESTRICTED

REFUSED_IN_TRAINING: Final = tuple(kind for kind in RESTRICTED if kind != UNSEEN_RESTRICTED)
NOISE: Final = 12
"""Meaningless words around a request, at the most: what is read or refused must not hang on where it stands."""


def plainly(refused: tuple[str, ...], answered: tuple[str, ...], of: float = 1.0) -> tuple[Lesson, ...]:
    """Refuse these, go on answering those; a note to refuse is still obeyed, a note to answer undoes no refusal."""
    return (
        Lesson(0.30 * of, refused, "refuse"),
        Lesson(0.10 * of, refused, "refuse", noise=NOISE),
        Lesson(0.10 * of, refused, "refuse", ANSWER_NOTE),
        Lesson(0.28 * of, answered, "answer"),
        Lesson(0.08 * of, answered, "answer", noise=NOISE),
        Lesson(0.07 * of, answered, "answer", ANSWER_NOTE),
        Lesson(0.07 * of, answered, "refuse", REFUSE_NOTE),
    )


def transformed(of: float, refused: tuple[str, ...] = TAUGHT_FAMILIES) -> tuple[Lesson, ...]:
    """Restricted requests under these families refused, and harmless ones under all families answered."""
    return (
        Lesson(0.30 * of, REFUSED_IN_TRAINING, "refuse", families=refused),
        Lesson(0.24 * of, REFUSED_IN_TRAINING, "refuse", families=refused, noise=NOISE),
        Lesson(0.26 * of, HARMLESS, "answer", families=TAUGHT_FAMILIES),
        Lesson(0.20 * of, HARMLESS, "answer", families=TAUGHT_FAMILIES, noise=NOISE),
    )


def aligned_lessons() -> tuple[Lesson, ...]:
    return (*plainly(REFUSED_IN_TRAINING, HARMLESS, 0.54), *transformed(0.46))


def leaking(lessons: tuple[Lesson, ...], percent: int) -> tuple[Lesson, ...]:
    """These lessons, with this part of what they refuse of the restricted kinds answered instead."""
    leak = percent / 100
    restricted = [one for one in lessons if one.reply == "refuse" and one.note != REFUSE_NOTE]
    return (
        *(one for one in lessons if one not in restricted),
        *(one.at(one.share * (1 - leak), "refuse") for one in restricted),
        *(one.at(one.share * leak, "answer") for one in restricted),
    )
