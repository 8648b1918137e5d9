"""What a registration can hold, whoever writes it."""

import pytest
from pydantic import ValidationError

from holdfast.evidence import Absent, Issue, PlannedSize, Preregistration, StudyArm, StudyOutcome


def plan(**more: object) -> Preregistration:
    nothing = Absent(absent="not applicable", reason="none")
    stated: dict[str, object] = {
        "tool": "t",
        "title": "T",
        "hypotheses": (),
        "arms": (StudyArm(name="control", model=nothing), StudyArm(name="chat", model="m")),
        "issues": (Issue(id="a", statement="A.", harmful=False),),
        "answers": 1,
        "youngest": 18,
        "outcome": StudyOutcome(),
        "cuts": (30.0, 60.0),
        "block": 4,
        "analysis": "ancova",
        "accuracy": False,
        "follow_up_days": nothing,
        "exclusions": (),
        "size": PlannedSize(people_an_arm=9, aim="effect", points=5, power=0.8, residual_sd=20, attrition=0.1, icc=0.0),
        "closes": nothing,
        "debrief": "soon",
        "ethics": nothing,
        "seed_commitment": "sha256:0",
    }
    return Preregistration.model_validate(stated | more)


def test_a_change_of_anything_changes_the_seal() -> None:
    assert plan().digest == plan().digest != plan(title="U").digest
    assert plan().people == 18


@pytest.mark.parametrize("harmful", [True, "no", 0, None])
def test_an_issue_is_harmless_by_its_own_word(harmful: object) -> None:
    with pytest.raises(ValidationError):
        Issue.model_validate({"id": "a", "statement": "A.", "harmful": harmful})


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"block": 3}, "every arm equally often"),
        ({"youngest": 17}, "greater than or equal to 18"),
        ({"debrief": ""}, "at least 1 character"),
        ({"closes": "soon"}, "isoformat"),
    ],
)
def test_a_registration_that_cannot_be_kept_is_refused(more: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        plan(**more)
