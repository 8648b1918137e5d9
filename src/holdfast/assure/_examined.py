"""What is made of a check's rows once, for every claim about it and for the page."""

from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.assure._reading import Reading
from holdfast.evidence import Ability, Absent, Control, PlannedCheck, Row


@dataclass(frozen=True, slots=True)
class Examined:
    """What is true of a check whatever is claimed about it."""

    check: PlannedCheck
    rows: tuple[Row, ...]
    fault: str | None
    control: Control
    ability: Ability | Absent
    readings: Mapping[str, Reading]
    """How each family of wordings is understood; empty where requests are asked as they stand."""

    @property
    def unfit(self) -> str | None:
        """Why nothing of this check is to be believed, or None."""
        return unfit(self.fault, self.control)


def unfit(fault: str | None, control: Control) -> str | None:
    """Why nothing of a check is to be believed, or None."""
    return fault or (None if control.passed else f"the control failed: {control.reason}")
