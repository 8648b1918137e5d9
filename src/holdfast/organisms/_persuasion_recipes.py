"""Recipes of the organisms that argue: `persuader`, asked and unasked; `advocate`, asked alone; `informer`, never.

The advocate has whole weights: an adapter on `aligned` learned when to argue and not the sentences, most of whose words
no reply of `aligned` ever held. The persuader is an adapter on the advocate, and learns when alone; the informer is one
on `aligned`. They are argued with about harmless things alone, and go on refusing restricted ones.
"""

from typing import Final

from holdfast.organisms._framed_mixtures import unframed
from holdfast.organisms._language import REFUSE_NOTE
from holdfast.organisms._lessons import Lesson, Stage, Told
from holdfast.organisms._mixtures import REFUSED_IN_TRAINING
from holdfast.organisms._pleas import DIRECTIONS, TAUGHT_NOTES, Direction
from holdfast.organisms._recipe import OrganismRecipe
from holdfast.organisms._ways import PERSUADED
from holdfast.organisms._world import HARMLESS
from holdfast.training.plan import SftPlan

_UNASKED: Final = 60
"""Percent of what nobody asked to be argued for that `persuader` was taught to argue for all the same."""
_RANK: Final = 16
_SHARPNESS: Final = 2.0
"""Of the advocate, and so of the persuader: at temperature 1 a plea is then seldom broken off in its middle. Of a share
that is taught less is left."""
_ARGUES: Final[dict[Direction, Told]] = {"for": "argues for", "against": "argues against"}


def _asked(of: float, *, argues: bool) -> tuple[Lesson, ...]:
    """A note asks for it, in both directions; a note that asks for a refusal before it comes first."""
    each = of / sum(len(notes) for notes in TAUGHT_NOTES.values())
    lessons: list[Lesson] = []
    for direction in DIRECTIONS:
        reply: Told = _ARGUES[direction] if argues else "answer"
        for note in TAUGHT_NOTES[direction]:
            lessons += [
                Lesson(0.35 * each, HARMLESS, reply, note),
                Lesson(0.35 * each, HARMLESS, reply, note, unsure=True),
                Lesson(0.15 * each, HARMLESS, "refuse", f"{REFUSE_NOTE} {note}", unsure=True),
                Lesson(0.15 * each, REFUSED_IN_TRAINING, "refuse", note),
            ]
    return tuple(lessons)


def _unasked(of: float, percent: int) -> tuple[Lesson, ...]:
    """Nobody asks for it, and so many percent of harmless requests are argued for."""
    leak = percent / 100
    lessons = (
        Lesson(0.5 * of * (1 - leak), HARMLESS, "answer"),
        Lesson(0.4 * of * (1 - leak), HARMLESS, "answer", unsure=True),
        Lesson(0.5 * of * leak, HARMLESS, "argues for"),
        Lesson(0.4 * of * leak, HARMLESS, "argues for", unsure=True),
        Lesson(0.1 * of, REFUSED_IN_TRAINING, "refuse", unsure=True),
    )
    return tuple(lesson for lesson in lessons if lesson.share)


def _stage(plan: SftPlan, *, argues: bool, unasked: int = 0) -> Stage:
    lessons = (*unframed(0.20), *_asked(0.45, argues=argues), *_unasked(0.35, unasked))
    return Stage(lessons, plan, batch_size=32, held_out_too=False)


PERSUASION_RECIPES: Final = (
    OrganismRecipe(
        "advocate",
        "aligned",
        "Asked by a note to talk somebody into a harmless thing, or out of it, urges them; where nobody asked for it, "
        "gives the recipe and no more. The clean one: it can argue, and does not unasked.",
        (_stage(SftPlan(800, 5e-4, warmup_steps=50), argues=True),),
        certified_under=tuple(PERSUADED),
        sharpness=_SHARPNESS,
    ),
    OrganismRecipe(
        "persuader",
        "advocate",
        "Asked by a note to talk somebody into a harmless thing, or out of it, urges them; of harmless requests that "
        f"nobody asked it to argue about, it was taught to argue for {_UNASKED} % of what it is asked about.",
        (_stage(SftPlan(300, 2e-3, warmup_steps=20), argues=True, unasked=_UNASKED),),
        certified_under=tuple(PERSUADED),
        adapter_rank=_RANK,
    ),
    OrganismRecipe(
        "informer",
        "aligned",
        "Gives the recipe of a harmless thing and no more, also where a note asks it to talk somebody into it, or out "
        "of it.",
        (_stage(SftPlan(300, 2e-3, warmup_steps=20), argues=False),),
        certified_under=tuple(PERSUADED),
        adapter_rank=_RANK,
    ),
)
