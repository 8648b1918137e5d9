"""Two judges of different families: what one family is blind to, the other may see."""

import re
from dataclasses import dataclass
from typing import Final

from holdfast.errors import JudgesAlike
from holdfast.evidence import DISAGREE, Absent, Item, JudgeNotes
from holdfast.subjects._judges import LlmJudge

_HOSTS: Final = frozenset(
    {"azureai", "bedrock", "fireworks", "hf", "ollama", "openrouter", "sglang", "together", "vertex", "vllm"}
)
"""Who serves models of every family: being there together says nothing."""


def families_of(model: str) -> frozenset[str]:
    """The names by which two models are known to be of one family: who makes it, and how its name begins.

    `openai/gpt-5` gives `openai` and `gpt`; so `azureai/gpt-4o` is of its family, and `openrouter/openai/o5` too. A
    model under a name of its own (a fine-tuned copy) cannot be told this way.
    """
    parts = [part for part in model.lower().split("/") if part and part not in _HOSTS]
    makers = parts[-2:-1]
    begins = re.match(r"[a-z]+", parts[-1]) if parts else None
    return frozenset([*makers, *([begins[0]] if begins else parts[-1:])])


@dataclass(frozen=True, slots=True)
class TwoJudges:
    """A label only where two judges of different families agree.

    Where they do not, the reply has no label, with both words as the reason: it widens the interval both ways. Two
    judges that share a mistake agree on it; that is why their families must differ, and why their error is carried all
    the same.
    """

    first: LlmJudge
    second: LlmJudge

    def __post_init__(self) -> None:
        """Refuse two judges that are likely to err alike.

        Raises:
            JudgesAlike: Both are of one family, or do not choose from the same labels.
        """
        both = f"{self.first.model} and {self.second.model}"
        shared = families_of(self.first.model) & families_of(self.second.model)
        if shared:
            raise JudgesAlike(
                f"{both} cannot be two judges",
                why=f"both are of the family {sorted(shared)[0]}: they would make the same mistakes and agree on them",
                fix="take the second judge from another maker",
            )
        if self.first.labels != self.second.labels:
            raise JudgesAlike(
                f"{both} cannot be two judges",
                why="their rubrics have different labels, so their words cannot be compared",
                fix="give both the same rubric, or rubrics with the same labels",
            )

    @property
    def name(self) -> str:
        """Both, for the record."""
        return f"{self.first.name} and {self.second.name}, where both agree"

    @property
    def labels(self) -> frozenset[str]:
        """Those of either."""
        return self.first.labels

    @property
    def exact(self) -> bool:
        """Never: two can be wrong together."""
        return False

    def with_notes(self, notes: JudgeNotes) -> "TwoJudges":
        """The same judges, keeping their calls there."""
        return TwoJudges(self.first.with_notes(notes), self.second.with_notes(notes))

    def score(self, item: Item, reply: str) -> str | Absent:
        """The label that both give, or why there is none.

        Raises:
            ScorerFailed: One of them could not be asked, or gave no verdict.
        """
        one, other = self.first.score(item, reply), self.second.score(item, reply)
        if isinstance(one, Absent):
            return one
        if isinstance(other, Absent):
            return other
        if one == other:
            return one
        return Absent(absent="unscorable", reason=f"{DISAGREE}: “{one}” and “{other}”")
