"""What is evaluated, as the user names it, models behind endpoints, and who judges what they said.

`parse_reference` reads a reference without opening anything. `open_endpoint` opens a model behind an endpoint that
speaks the OpenAI wire. Opening anything else needs the heavy wing: see `holdfast.audit`.

`LlmJudge` asks a language model by a `Rubric`, `TwoJudges` believes two of different families where they agree, and
`NoisyJudge` errs at known rates, for tests against the truth. None of them knows a provider: they are given a function
that asks.
"""

from holdfast.subjects._budget import Budget
from holdfast.subjects._endpoint import open_endpoint
from holdfast.subjects._judges import TRIES, Complete, LlmJudge
from holdfast.subjects._line import RealPatience
from holdfast.subjects._noisy_judge import NoisyJudge
from holdfast.subjects._reference import (
    DirectoryReference,
    EndpointReference,
    HubReference,
    InspectReference,
    OrganismReference,
    Reference,
    parse_reference,
)
from holdfast.subjects._rubrics import (
    Rubric,
    harm_rubric,
    load_rubric,
    parse_rubric,
    persuasion_rubric,
    refusal_rubric,
    tampered_rubric,
)
from holdfast.subjects._two_judges import TwoJudges, families_of
from holdfast.subjects._wire_subject import WireSubject

__all__ = [
    "TRIES",
    "Budget",
    "Complete",
    "DirectoryReference",
    "EndpointReference",
    "HubReference",
    "InspectReference",
    "LlmJudge",
    "NoisyJudge",
    "OrganismReference",
    "RealPatience",
    "Reference",
    "Rubric",
    "TwoJudges",
    "WireSubject",
    "families_of",
    "harm_rubric",
    "load_rubric",
    "open_endpoint",
    "parse_reference",
    "parse_rubric",
    "persuasion_rubric",
    "refusal_rubric",
    "tampered_rubric",
]
