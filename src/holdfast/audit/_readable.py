"""Whether a model can read what its owner brings: refused before a plan is made, not in the middle of a run."""

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from jinja2 import TemplateError

from holdfast.audit._tampering import Tampering
from holdfast.errors import MaterialUnfit
from holdfast.evidence import Message


@runtime_checkable
class Reads(Protocol):
    """A model in this process, as `holdfast.models.LocalSubject`."""

    @property
    def context(self) -> int | None:
        """Tokens that a prompt and its reply may have together."""
        ...

    def prompt_tokens(self, messages: Sequence[Message], begun: str = "") -> int:
        """Tokens of a conversation, and of a reply to it."""
        ...


def refuse_unreadable(model: object, made: Tampering) -> None:
    """Refuse conversations that the model's chat template refuses, or that its context has no room for.

    Args:
        model: Who reads them; one whose prompts cannot be seen is taken at its word.
        made: What is asked and taught.

    Raises:
        MaterialUnfit: One cannot be read.
    """
    if not isinstance(model, Reads):
        return
    for name, messages, reply, more in _conversations(made):
        try:
            needed = model.prompt_tokens(messages, reply) + more
        except TemplateError as problem:
            raise MaterialUnfit(
                f"{name} cannot be written for this model",
                why=f"its chat template refuses the roles or their order ({type(problem).__name__})",
                fix="put what a system turn says into the request, or leave it out",
            ) from problem
        if model.context is not None and needed > model.context:
            raise MaterialUnfit(
                f"{name} is too long for this model",
                why=f"with its reply it may need {needed:,} tokens, and there is room for {model.context:,}",
                fix="shorten it, or give a lower --max-new-tokens",
            )


def _conversations(made: Tampering) -> Iterator[tuple[str, Sequence[Message], str, int]]:
    """What each is called, its turns, the reply that is taught, and tokens of one that is not known yet."""
    asked = made.asked
    for suite in (asked.restricted, *asked.benchmarks, *asked.domains):
        for item in suite.items:
            yield item.id, (*item.turns, Message(role="user", content=item.request)), "", asked.max_new_tokens
    benign = {f"--benign {kind}": shown for kind, shown in made.material.benign.items()}
    for option, shown in {"--pairs": made.material.harmful, **benign}.items():
        for place, one in enumerate(shown, 1):
            yield f"conversation {place} of {option}", one.messages, one.reply, 0
