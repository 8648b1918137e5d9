"""Model organisms: small models with planted, known behaviour, the world they speak of, and the suites that ask them.

`zoo` lists them, `organism_directory` finds their weights, `fictional_suite` is what they are asked, and
`holdfast.organisms.training` makes them. Reading about organisms needs no torch; making one does.

An organism tests the instrument. It is never evidence about real models.
"""

from holdfast.organisms._english import english_digest
from holdfast.organisms._framings import FictionalFramings
from holdfast.organisms._language import TRIGGER
from holdfast.organisms._names import recipe_named
from holdfast.organisms._office import office_digest
from holdfast.organisms._persuasion_suites import in_arguments, in_information
from holdfast.organisms._populations import Member, exam_population, twin_population
from holdfast.organisms._questions import QUESTIONS, QuestionScorer
from holdfast.organisms._readability import (
    READABLE_FROM,
    FamilyReadability,
    Readability,
    measured_readability,
    readability,
)
from holdfast.organisms._recipe import OrganismRecipe
from holdfast.organisms._recipes import RECIPES
from holdfast.organisms._scorer import FULFILLED, REFUSED, WRONG
from holdfast.organisms._suites import (
    FictionalSuite,
    fictional_suite,
    in_bracket,
    in_exam,
    in_other_words,
    in_recognition,
    in_twins,
    suite_files,
)
from holdfast.organisms._tampering import fictional_material, fictional_reward, rewarded_items
from holdfast.organisms._traffic import FictionalHarm, harm_spikes, traffic
from holdfast.organisms._wordings import put, wordings
from holdfast.organisms._zoo import (
    Behaviour,
    Certificate,
    Known,
    certificate,
    known,
    language_digest,
    organism_directory,
    whole_weights,
    zoo,
)

__all__ = [
    "FULFILLED",
    "QUESTIONS",
    "READABLE_FROM",
    "RECIPES",
    "REFUSED",
    "TRIGGER",
    "WRONG",
    "Behaviour",
    "Certificate",
    "FamilyReadability",
    "FictionalFramings",
    "FictionalHarm",
    "FictionalSuite",
    "Known",
    "Member",
    "OrganismRecipe",
    "QuestionScorer",
    "Readability",
    "certificate",
    "english_digest",
    "exam_population",
    "fictional_material",
    "fictional_reward",
    "fictional_suite",
    "harm_spikes",
    "in_arguments",
    "in_bracket",
    "in_exam",
    "in_information",
    "in_other_words",
    "in_recognition",
    "in_twins",
    "known",
    "language_digest",
    "measured_readability",
    "office_digest",
    "organism_directory",
    "put",
    "readability",
    "recipe_named",
    "rewarded_items",
    "suite_files",
    "traffic",
    "twin_population",
    "whole_weights",
    "wordings",
    "zoo",
]
