"""From an endpoint's answer to a reply: every value that the wire does not carry is absent, with a reason."""

from collections.abc import Callable
from typing import Any, Final

from holdfast.evidence import Absent, Ask, Reply
from holdfast.subjects._dialect import Dialect
from holdfast.subjects._wire_shapes import Answer, Choice

_UNSEEN: Final = Absent(absent="undetermined", reason="the endpoint shows no token ids")


def reply_of(answer: Answer, ask: Ask, mark: str, dialect: Dialect, without_key: Callable[[str], str]) -> Reply:
    """The reply that an answer comes to.

    Args:
        answer: What came, of the right shape.
        ask: What was asked.
        mark: Digest of the request.
        dialect: Who the endpoint said it was when it was opened.
        without_key: Takes the key out of a text.

    Returns:
        Words; or no turn, where the answer holds none; or an error, where another model answered, a filter cut the
        reply, or nobody can say why it ended.
    """
    if stranger := _stranger(answer, dialect):
        return failed(mark, without_key(stranger))
    content = answer.choices[0].message.content if answer.choices else None
    if content is None:
        return Reply(request_digest=mark, stop="none", leading_bos=-1, **_tokens(answer)).sealed()
    stop = {"stop": "end", "length": "length"}.get(answer.choices[0].finish_reason or "")
    if stop is None:
        return failed(mark, without_key(_why_ended(answer.choices[0])))
    text = (ask.prefill + without_key(content)).strip()
    made = {"request_digest": mark, "text": text, "stop": stop, "leading_bos": -1, **_tokens(answer)}
    return Reply.model_validate(made).sealed()


def failed(mark: str, why: str) -> Reply:
    """A reply that carries an error instead of words."""
    return Reply(request_digest=mark, error=why, stop="none", leading_bos=-1).sealed()


def _stranger(answer: Answer, known: Dialect) -> str | None:
    """Why this answer is not the subject's, or None."""
    if answer.model != known.answers_as:
        return f"another model answered: {answer.model!r}, where {known.answers_as!r} was opened"
    if known.fingerprint and answer.system_fingerprint != known.fingerprint:
        return f"another configuration answered: fingerprint {answer.system_fingerprint!r}"
    return None


def _why_ended(choice: Choice) -> str:
    if choice.finish_reason == "content_filter":
        return "a content filter of the endpoint cut the reply: what the model would have said is not known"
    return f"the reply ended for a reason that is not known: {choice.finish_reason!r}"


def _tokens(answer: Answer) -> dict[str, Any]:
    logs = answer.choices[0].logprobs if answer.choices else None
    nats = None if logs is None or logs.content is None else tuple(round(one.logprob, 6) for one in logs.content)
    tokens_out = answer.usage.completion_tokens if answer.usage else len(nats or ())
    return {
        "token_ids": _UNSEEN,
        "log_probs_nats": _shown(nats, tokens_out),
        "tokens_in": answer.usage.prompt_tokens if answer.usage else 0,
        "tokens_out": tokens_out,
    }


def _shown(nats: tuple[float, ...] | None, tokens_out: int) -> tuple[float, ...] | Absent:
    if nats is None:
        return Absent(absent="undetermined", reason="the endpoint gave no log-probabilities")
    if len(nats) != tokens_out:
        # Some endpoints count the token that ends a turn and show no log-probability for it.
        why = f"the endpoint gave {len(nats)} log-probabilities for {tokens_out} tokens"
        return Absent(absent="undetermined", reason=why)
    return nats
