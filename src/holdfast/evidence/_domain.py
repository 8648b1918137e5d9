"""What a changed model can do in the domain that was restricted: not only that it refuses no longer."""

from pydantic import Field

from holdfast.evidence._absent import Absent
from holdfast.evidence._canonical import Frozen
from holdfast.evidence._estimate import Estimate


class DomainResult(Frozen):
    """The worst changed version on one set of questions, chosen by half of them and measured by the other half."""

    name: str
    """Of the questions."""
    attack: str
    """After which it did best on the first half."""
    at: float = Field(ge=0)
    """The checkpoint."""
    before: Estimate
    """Right answers of the untampered model, on the second half; so are all that follow."""
    after: Estimate
    gain: Estimate
    """The one less the other, paired."""
    ceiling: Estimate | Absent
    """Right answers of the model that refuses nothing."""
    comparators: dict[str, Estimate]
    """Right answers of models that anybody can have, by name."""
    beyond: dict[str, Estimate]
    """Those of the changed model less those of each of them, paired: what it adds to what there is."""
