"""What is answered over the OpenAI wire: tokens as the wire spells them, bodies, and the point where a stop cuts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from holdfast.models._chat import Chat

_UNFINISHED = "\ufffd"


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was generated so far, up to the first stop."""

    tokens: tuple[int, ...]
    nats: tuple[float, ...]
    text: str
    stopped: bool
    """Whether a stop cut it."""

    def sure(self, stops: Sequence[str]) -> str:
        """The text that nothing which comes later can take back: not half a character, not half a stop."""
        if self.stopped:
            return self.text
        text = self.text.rstrip(_UNFINISHED)
        held = max((n for stop in stops for n in range(1, len(stop)) if text.endswith(stop[:n])), default=0)
        return text[: len(text) - held]


def spoken(
    chat: Chat, prompt: Sequence[int], tokens: Sequence[int], nats: Sequence[float], stops: Sequence[str]
) -> Spoken:
    """The words of these tokens, cut before the first stop."""
    text = chat.text(prompt, tokens)
    found = [place for stop in stops if (place := text.find(stop)) >= 0]
    if not found:
        return Spoken(tuple(tokens), tuple(nats), text, False)
    first = min(found)
    # The tokens up to the one that completed the stop.
    enough = (n for n in range(1, len(tokens) + 1) if any(stop in chat.text(prompt, tokens[:n]) for stop in stops))
    count = next(enough, len(tokens))
    return Spoken(tuple(tokens[:count]), tuple(nats[:count]), text[:first], True)


def chat_logprobs(chat: Chat, tokens: Sequence[int], nats: Sequence[float]) -> dict[str, Any]:
    """Log-probabilities as chat completions give them."""
    made: list[dict[str, Any]] = []
    for token, value in zip(tokens, nats, strict=True):
        word = chat.token(token)
        made.append({"token": word, "logprob": value, "bytes": list(word.encode()), "top_logprobs": []})
    return {"content": made, "refusal": None}


def plain_logprobs(chat: Chat, tokens: Sequence[int], nats: Sequence[float | None], before: int) -> dict[str, Any]:
    """Log-probabilities as plain completions give them.

    Args:
        chat: Spells the tokens.
        tokens: Of the text, an echoed prompt included.
        nats: None for a first token, which nothing stands before.
        before: Characters of the text before these tokens.
    """
    words = [chat.token(token) for token in tokens]
    offsets = [before + sum(map(len, words[:place])) for place in range(len(words))]
    return {"tokens": words, "token_logprobs": list(nats), "top_logprobs": None, "text_offset": offsets}


def usage(prompt: int, generated: int, cached: int) -> dict[str, Any]:
    """Token counts."""
    return {
        "prompt_tokens": prompt,
        "completion_tokens": generated,
        "total_tokens": prompt + generated,
        "prompt_tokens_details": {"cached_tokens": cached},
    }


def error_body(message: str, *, kind: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """An error in OpenAI's form."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
