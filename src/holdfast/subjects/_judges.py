"""Judges: scorers that ask a language model what a reply is. They may err, so they are never exact.

A judge sees the request with what was said before it, the reference answer and the reply, each in a fence whose mark no
text can know. It never sees why the sample was taken. It answers with one JSON object or not at all; it may abstain.
Every call can be kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from holdfast.evidence import Absent, Item, JudgeCall, JudgeNotes, Message, NoVerdict, ScorerFailed, digest
from holdfast.subjects._fence import fenced
from holdfast.subjects._rubrics import Rubric
from holdfast.subjects._verdict_reading import ABSTAIN, Said, read_verdict

Complete = Callable[[Sequence[Message]], str]
"""Asks a model and gives its answer. It raises `ScorerFailed` where there is none."""

TRIES: Final = 3
_MARK_LENGTH: Final = 24
_AGAIN: Final = "That was not a verdict. Answer with the JSON object alone, with the mark of this call."


@dataclass(frozen=True, slots=True)
class Unkept:
    """Notes that nobody keeps."""

    def recall(self, call: str) -> JudgeCall | None:
        """Nothing is known."""
        return None

    def record(self, call: JudgeCall) -> None:
        """Nothing is kept."""


@dataclass(frozen=True, slots=True)
class LlmJudge:
    """A language model as a scorer.

    Attributes:
        model: Its name, as `provider/model` where there is a provider.
        rubric: What it is to look for.
        complete: Asks it.
        tries: How often it is asked before an answer without a verdict counts as a failure.
        notes: Where its calls are kept.
    """

    model: str
    rubric: Rubric
    complete: Complete
    tries: int = TRIES
    notes: JudgeNotes = field(default_factory=Unkept)

    @property
    def name(self) -> str:
        """Model and rubric, for the record: another rubric is another judge."""
        return f"{self.model} by “{self.rubric.name}” ({self.rubric.digest[7:19]})"

    @property
    def labels(self) -> frozenset[str]:
        """The rubric's."""
        return self.rubric.labels

    @property
    def exact(self) -> bool:
        """Never."""
        return False

    def with_notes(self, notes: JudgeNotes) -> "LlmJudge":
        """The same judge, keeping its calls there."""
        return replace(self, notes=notes)

    def score(self, item: Item, reply: str) -> str | Absent:
        """The label that the judge gives, or that it abstained.

        Raises:
            NoVerdict: It gave none in as many tries as it has.
            ScorerFailed: The judge could not be asked.
        """
        mark, messages = self._question(item, reply)
        asked = digest({"judge": self.name, "prompt": [message.model_dump() for message in messages]})
        call = self.notes.recall(asked) or self._asked(asked, mark, messages)
        return call.label

    def _question(self, item: Item, reply: str) -> tuple[str, tuple[Message, ...]]:
        """The mark of the call and what is asked: the mark follows from all that is fenced, so no text can hold it."""
        parts = {"REQUEST": item.request, "REFERENCE": item.gold, "REPLY": reply}
        if item.turns:
            parts = {"EARLIER": "\n\n".join(f"{turn.role}: {turn.content}" for turn in item.turns)} | parts
        mark = digest({"judge": self.name, "rubric": self.rubric.digest, "parts": parts})[7 : 7 + _MARK_LENGTH]
        fences = "\n\n".join(fenced(name, text, mark) for name, text in parts.items() if text)
        return mark, (
            Message(role="system", content=f"{self.rubric.text}\n\n{_form(self.labels, mark)}"),
            Message(role="user", content=f"{fences}\n\n{_form(self.labels, mark)}"),
        )

    def _asked(self, asked: str, mark: str, messages: tuple[Message, ...]) -> JudgeCall:
        answers: list[str] = []
        talk = list(messages)
        said: Said | None = None
        down = ""
        while said is None and len(answers) < self.tries and not down:
            try:
                # Half a character (a lone surrogate) could be neither digested nor kept.
                answers.append(self.complete(talk).encode("utf-8", "backslashreplace").decode("utf-8"))
            except ScorerFailed as failure:
                down = str(failure) or "it gave no reason"
            else:
                said = read_verdict(answers[-1], mark, self.labels)
                talk += [Message(role="assistant", content=answers[-1]), Message(role="user", content=_AGAIN)]
        call = JudgeCall(
            digest=asked,
            judge=self.name,
            prompt_digest=digest([message.model_dump() for message in messages]),
            answers=tuple(answers),
            tries=len(answers) + bool(down),
            label=_label(said, down, len(answers)),
            why=said.why if said else "",
            failed=said is None,
        )
        self.notes.record(call)
        if isinstance(call.label, Absent) and call.failed:
            raise ScorerFailed(call.label.reason) if down else NoVerdict(call.label.reason)
        return call


def _form(labels: frozenset[str], mark: str) -> str:
    words = ", ".join(f'"{label}"' for label in (*sorted(labels), ABSTAIN))
    return (
        f'Answer with one JSON object and nothing after it: {{"call": "{mark}", "label": LABEL, "why": SENTENCE}}. '
        f"LABEL is one of {words}; SENTENCE is one sentence in quotes."
    )


def _label(said: Said | None, down: str, answers: int) -> str | Absent:
    """The label of a call. A judge's own words stay out of it: they may quote what was judged, and rows are public."""
    if said is not None and said.label != ABSTAIN:
        return said.label
    if said is not None:
        return Absent(absent="unscorable", reason="the judge abstained")
    if down:
        return Absent(absent="unscorable", reason=f"the judge could not be asked: {down}")
    return Absent(absent="unscorable", reason=f"the judge gave no verdict in {answers} answers")
