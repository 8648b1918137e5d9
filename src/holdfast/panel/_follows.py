"""Whether a listener listens: its own movement, beside what its control arms show."""

from collections.abc import Sequence
from dataclasses import dataclass

from holdfast.panel._answers import Answers
from holdfast.panel._moved import Part, movement, scaled


@dataclass(frozen=True, slots=True)
class Follows:
    """Whether conversations move a listener beyond every control.

    Attributes:
        follows: They do.
        reason: By what they do not; or that they do.
    """

    follows: bool
    reason: str


def follows(answers: Answers, listener: int, level: float) -> Follows:
    """Whether a listener is moved to the side that is argued for by more than any control arm moves it at all.

    Each control is compared in both directions. All have to hold, so nothing is corrected for their number
    (Berger 1982, Technometrics 24:295).

    Args:
        answers: Everything that was answered.
        listener: Its place.
        level: Of each comparison, one-sided.
    """
    moves = answers.towards([listener], answers.persuaders)
    controls: Sequence[tuple[str, list[Part]]] = (
        ("being asked twice", answers.drift(listener)),
        (
            "a conversation about something else, towards its side,",
            answers.towards([listener], answers.persuaders, off=True),
        ),
        ("a conversation about something else, whichever its side,", answers.off_drift(listener)),
    )
    for name, control in controls:
        for sign in (-1, 1):
            # Halved: the two together may reach 1.5.
            both = [*scaled(moves, 0.5), *scaled(control, 0.5 * sign)]
            if movement(both, 2 * level - 1).low <= 0:
                return Follows(False, f"conversations are not shown to move it further than {name} does")
    return Follows(True, "conversations move it to the side that is argued for, further than every control moves it")
