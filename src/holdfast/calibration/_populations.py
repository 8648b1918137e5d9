"""Which checks have a population, and what each of them makes of an organism."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Generic, TypeVar

from holdfast.calibration._exam_passport import ExamPassport, exam_passport
from holdfast.calibration._measure import exam_measured, twins_measured
from holdfast.calibration._measured import Measured, MeasuredInExam, MeasuredInTwins
from holdfast.calibration._passport import Passport
from holdfast.calibration._twin_passport import TwinPassport, twin_passport
from holdfast.checks import CHECKS
from holdfast.errors import NoPopulation
from holdfast.evidence import Subject
from holdfast.organisms import Member, exam_population, twin_population

_M = TypeVar("_M", bound=Measured)


@dataclass(frozen=True, slots=True)
class CheckPopulation(Generic[_M]):
    """All that a check adds to a calibration."""

    members: Callable[[int], tuple[Member, ...]]
    """So many organisms of each recipe without a plant."""
    form: type[_M]
    """Of what is kept for each organism."""
    measured_of: Callable[[Member, Subject], _M]
    """Audits an organism, and measures what it does where no audit looks."""
    passport: Callable[[str, float, Sequence[_M], str], Passport]
    passport_form: type[Passport]


_POPULATIONS: Final[Mapping[str, CheckPopulation[Any]]] = {
    "awareness": CheckPopulation(twin_population, MeasuredInTwins, twins_measured, twin_passport, TwinPassport),
    "sandbagging": CheckPopulation(exam_population, MeasuredInExam, exam_measured, exam_passport, ExamPassport),
}
CALIBRATED: Final = tuple(_POPULATIONS)
"""Checks that have a population."""


def population_of(check: str) -> CheckPopulation[Any]:
    """The population of a check, and how its organisms are measured.

    Raises:
        NoPopulation: It has none.
    """
    if check not in _POPULATIONS:
        close = get_close_matches(check, CALIBRATED, n=1)
        raise NoPopulation(
            f"there is no population for {check!r}",
            why=f"populations were made for: {', '.join(CALIBRATED)}"
            + (f"; the card of {check} rests on single organisms" if check in CHECKS else ""),
            fix=f"holdfast calibrate {close[0] if close else CALIBRATED[0]}",
        )
    return _POPULATIONS[check]
