"""What is learned from, in whatever language."""

from dataclasses import dataclass

from holdfast.evidence import Message


@dataclass(frozen=True, slots=True)
class Example:
    """One conversation to learn from; the loss falls on the reply alone, and on marks."""

    messages: tuple[Message, ...]
    reply: str
    begun: str = ""
    """Words of the reply that were put there, and bear no loss."""
    loss_words: int | None = None
    marks: tuple[str, ...] = ()
    """For each mail of a mailbox, the word for what it is, to be predicted where the mail ends: nothing of it is ever
    read or said, but what a mail is stands ready at its end when the reply is begun."""
    sums: tuple[str, ...] = ()
    """A number for what was found in the mails so far, predicted one word behind each mark but the last."""
