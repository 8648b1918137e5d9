# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Conversations as token ids and back: the one place where a chat template is applied."""

from collections.abc import Sequence
from typing import Any

from transformers import PreTrainedTokenizerBase


class Chat:
    """The chat template of one tokenizer."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        """Nothing is computed yet."""
        # Annotated by its publisher as unions of everything; what it returns here is known.
        self._tokenizer: Any = tokenizer

    def prompt_ids(self, messages: Sequence[dict[str, Any]], begun: str = "") -> tuple[int, ...]:
        """A conversation up to where the model goes on.

        Args:
            messages: `role` and `content` of each turn.
            begun: The first words of the reply, if they are written for it.

        Raises:
            jinja2.TemplateError: The template refuses these roles or their order.
        """
        turns = [*messages, {"role": "assistant", "content": begun}] if begun else list(messages)
        text = self._tokenizer.apply_chat_template(
            turns, tokenize=False, add_generation_prompt=not begun, continue_final_message=bool(begun)
        )
        # The template has written whatever special tokens belong there; the tokenizer must not add its own.
        return tuple(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def text_ids(self, text: str) -> tuple[int, ...]:
        """Plain text as the tokenizer reads it by itself, its own special tokens included."""
        return tuple(self._tokenizer(text)["input_ids"])

    def text(self, prompt: Sequence[int], tokens: Sequence[int]) -> str:
        """What was generated, in words.

        Decoded together with the prompt, because word-piece tokenizers drop the first space of a text.
        """
        whole = self._tokenizer.decode([*prompt, *tokens], skip_special_tokens=True)
        return whole[len(self._tokenizer.decode(list(prompt), skip_special_tokens=True)) :]

    def token(self, token: int) -> str:
        """One token as it is spelled, special ones included."""
        return self._tokenizer.decode([token])

    def leading_bos(self, prompt: Sequence[int]) -> int:
        """Beginning-of-sequence tokens at the head of a prompt; more than one is a fault."""
        bos = self._tokenizer.bos_token_id
        return next((place for place, token in enumerate(prompt) if token != bos), len(prompt))
