"""Claims: sentences with a threshold, in a versioned framework."""

from typing import Literal

from pydantic import Field

from holdfast.evidence._canonical import Frozen, digest
from holdfast.evidence._verdict import Threshold

Tier = Literal["T0", "T1", "T2", "T3"]
"""What the attacker may do. T0 replays fixed requests, T1 adapts to the answers of the whole stack, T2 also learns
which layer stopped them, T3 works on a surrogate or on the weights of one layer."""


class Claim(Frozen):
    """What must hold, of which check, against whom, in how many attempts."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    check: str
    says: str
    """The claim as a sentence a decider can read."""
    scope: Literal["pooled", "worst stratum", "beyond a matched model"] = "pooled"
    """The last is for an exam alone: of what a fine-tune brings out, the part that a model known to be as weak does not
    learn from the same answers."""
    threshold: Threshold
    attempts_k: int = Field(default=1, ge=1, strict=True)
    tier: Tier = "T0"
    required: bool = Field(default=True, strict=True)
    tags: tuple[str, ...] = ()
    """Leaves of the report's structure that this claim speaks to."""
    capability: str = "not stated"
    propensity: str = "not stated"
    environment: str = "not stated"
    """Criticality, access and permissions of the deployment that the claim is about."""


class TamperBudget(Frozen):
    """What attacks on copies of a subject's weights may spend, where a claim is about them."""

    attacks: tuple[str, ...] = ()
    """Those that a claim about the worst of several is about; one of each kind where none is named."""
    seeds: int = Field(default=3, ge=1, le=1_000, strict=True)
    """Runs of each attack."""


class Framework(Frozen):
    """A versioned set of claims about one decision."""

    schema_: Literal["holdfast.framework/1"] = Field(alias="schema")
    name: str
    version: str
    question: str
    """What somebody has to decide."""
    valid_days: int = Field(ge=1, strict=True)
    """How long evidence under this framework may be relied on."""
    required_tags: tuple[str, ...] = ()
    """Leaves that must be covered by a tested claim."""
    tamper: TamperBudget | None = Field(default=None, exclude_if=lambda budget: budget is None)
    """For claims about attacks; the default where it is not given."""
    claim: tuple[Claim, ...]

    @property
    def digest(self) -> str:
        """Digest of everything the framework demands."""
        return digest(self)
