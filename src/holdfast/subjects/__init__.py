"""What is evaluated, as the user names it, and who judges what it said.

`parse_reference` reads a reference without opening anything. Opening one needs the heavy wing: see `holdfast.audit`.

`LlmJudge` asks a language model by a `Rubric`, `TwoJudges` believes two of different families where they agree, and
`NoisyJudge` errs at known rates, for tests against the truth. None of them knows a provider: they are given a function
that asks.
"""

from holdfast.subjects._judges import TRIES, Complete, LlmJudge
from holdfast.subjects._noisy_judge import NoisyJudge
from holdfast.subjects._reference import DirectoryReference, OrganismReference, Reference, parse_reference
from holdfast.subjects._rubrics import Rubric, load_rubric, parse_rubric, refusal_rubric
from holdfast.subjects._two_judges import TwoJudges, families_of

__all__ = [
    "TRIES",
    "Complete",
    "DirectoryReference",
    "LlmJudge",
    "NoisyJudge",
    "OrganismReference",
    "Reference",
    "Rubric",
    "TwoJudges",
    "families_of",
    "load_rubric",
    "parse_reference",
    "parse_rubric",
    "refusal_rubric",
]
