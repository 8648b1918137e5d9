# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""A simple engine: one batch of asks in, one reply each out.

It runs the forward pass of transformers with its key–value cache and adds only what `generate` does not give: a random
generator for each sample, so that an answer does not depend on who else is in the batch, and the log-probability of the
token that was really sampled. It knows nothing about checks, arms or labels.

Axes: B asks in the batch, T tokens of the padded prompt, V words of the vocabulary, C candidates over all asks.
"""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from holdfast.evidence import Ask, Reply, SubjectFacts, request_digest, sample_seed
from holdfast.models._open import OpenedModel, end_ids, runs_on_one_thread

_NOT_FINITE: Final = "the model's log-probabilities are not finite numbers"


class LocalSubject:
    """A model in this process, as something that can be asked."""

    def __init__(self, opened: OpenedModel) -> None:
        """Wrap an opened model; nothing is computed yet."""
        self._model = opened.model
        # Annotated by its publisher as unions of everything; what it returns here is known.
        self._tokenizer: Any = opened.tokenizer
        self._facts = opened.facts
        self._device = opened.model.device
        self._pad = int(self._tokenizer.pad_token_id or 0)
        self._one_thread = runs_on_one_thread(opened.model)
        self._ends = torch.tensor(end_ids(opened.model, opened.tokenizer), dtype=torch.long)

    @property
    def facts(self) -> SubjectFacts:
        """What this is, pinned by digest."""
        return self._facts

    @torch.inference_mode()
    def answer(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        """Answer a batch in which every ask has the same decoding, or every ask weighs candidates.

        Args:
            batch: The asks; their order and company change nothing but speed and the last bits of rounding.
            seed: Of the run; each sample's generator is seeded from it and the ask's id.

        Returns:
            One reply for each ask, in order.
        """
        before = torch.get_num_threads()
        torch.set_num_threads(1 if self._one_thread else before)
        try:
            weigh = any(ask.candidates for ask in batch)
            return self._weigh(batch, seed) if weigh else self._generate(batch, seed)
        finally:
            torch.set_num_threads(before)

    def _generate(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        prompts = [self._prompt_ids(ask) for ask in batch]
        decoding = batch[0].decoding
        draws = torch.from_numpy(np.stack([_draws(seed, ask.id, decoding.max_new_tokens) for ask in batch]))
        ids, mask = self._pad_left(prompts)  # (B, T)
        tokens = torch.full((len(batch), decoding.max_new_tokens), self._pad, dtype=torch.long)
        log_probs = torch.zeros((len(batch), decoding.max_new_tokens), dtype=torch.float64)
        lengths = torch.zeros(len(batch), dtype=torch.long)
        open_ended = torch.ones(len(batch), dtype=torch.bool)
        cache = None
        for step in range(decoding.max_new_tokens):
            positions = (mask.cumsum(-1) - 1).clamp(min=0)[:, -ids.shape[1] :]
            out = self._model(
                input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=cache, use_cache=True
            )
            cache = out.past_key_values
            chosen, chosen_nats = _choose(out.logits[:, -1].cpu().double(), draws[:, step], decoding.temperature)
            tokens[open_ended, step], log_probs[open_ended, step] = chosen[open_ended], chosen_nats[open_ended]
            lengths += open_ended
            open_ended &= ~torch.isin(chosen, self._ends)
            if not open_ended.any():
                break
            ids = torch.where(open_ended, chosen, self._pad).unsqueeze(1).to(self._device)  # (B, 1)
            mask = torch.cat([mask, torch.ones_like(ids)], dim=1)
        return tuple(
            self._reply(ask, seed, prompts[i], tokens[i, : lengths[i]], log_probs[i, : lengths[i]], bool(open_ended[i]))
            for i, ask in enumerate(batch)
        )

    def _reply(self, ask: Ask, seed: int, prompt: list[int], tokens: Tensor, nats: Tensor, truncated: bool) -> Reply:
        ids = tokens.tolist()
        mark = request_digest(ask, self._facts.digest, seed)
        if not nats.isfinite().all():
            return Reply(request_digest=mark, error=_NOT_FINITE, stop="none", leading_bos=-1).sealed()
        # Decoded together with the prompt, because word-piece tokenizers drop the first space of a text.
        whole = self._tokenizer.decode(prompt + ids, skip_special_tokens=True)
        said = whole[len(self._tokenizer.decode(prompt, skip_special_tokens=True)) :]
        return Reply(
            request_digest=mark,
            text=(ask.prefill + said).strip(),
            token_ids=tuple(ids),
            log_probs_nats=tuple(round(value, 6) for value in nats.tolist()),
            stop="length" if truncated else "end",
            leading_bos=self._leading_bos(prompt),
            tokens_in=len(prompt),
            tokens_out=len(ids),
        ).sealed()

    def _weigh(self, batch: tuple[Ask, ...], seed: int) -> tuple[Reply, ...]:
        """Log-probability of every candidate continuation of every ask, in one padded forward pass."""
        heads = [self._prompt_ids(ask) for ask in batch]
        wholes = [self._prompt_ids(ask, candidate) for ask in batch for candidate in ask.candidates]
        head_lengths = [len(head) for head, ask in zip(heads, batch, strict=True) for _ in ask.candidates]
        ids, mask = self._pad_left(wholes)  # (C, T)
        positions = (mask.cumsum(-1) - 1).clamp(min=0)
        logits = self._model(input_ids=ids, attention_mask=mask, position_ids=positions).logits.float()
        nats = logits[:, :-1].log_softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]  # (C, T - 1)
        sums = [
            round(float(nats[c, nats.shape[1] - (len(wholes[c]) - head_lengths[c]) :].sum()), 6)
            for c in range(len(wholes))
        ]
        replies: list[Reply] = []
        for ask, head in zip(batch, heads, strict=True):
            weighed, sums = tuple(sums[: len(ask.candidates)]), sums[len(ask.candidates) :]
            reply = Reply(
                request_digest=request_digest(ask, self._facts.digest, seed),
                stop="end",
                leading_bos=self._leading_bos(head),
                tokens_in=len(head),
            )
            finite = all(math.isfinite(value) for value in weighed)
            found = {"candidate_nats": weighed} if finite else {"error": _NOT_FINITE}
            replies.append(reply.model_copy(update=found).sealed())
        return tuple(replies)

    def _prompt_ids(self, ask: Ask, candidate: str = "") -> list[int]:
        messages = [message.model_dump() for message in ask.messages]
        begun = " ".join(part for part in (ask.prefill, candidate) if part)
        if begun:
            messages.append({"role": "assistant", "content": begun})
        text = self._tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=not begun, continue_final_message=bool(begun)
        )
        # The template has written whatever special tokens belong there; the tokenizer must not add its own.
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def _pad_left(self, prompts: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
        longest = max(len(prompt) for prompt in prompts)
        ids = torch.full((len(prompts), longest), self._pad, dtype=torch.long)
        mask = torch.zeros((len(prompts), longest), dtype=torch.long)
        for row, prompt in enumerate(prompts):
            ids[row, longest - len(prompt) :] = torch.tensor(prompt)
            mask[row, longest - len(prompt) :] = 1
        return ids.to(self._device), mask.to(self._device)

    def _leading_bos(self, prompt: list[int]) -> int:
        bos = self._tokenizer.bos_token_id
        return next((place for place, token in enumerate(prompt) if token != bos), len(prompt))


def _draws(seed: int, ask_id: str, count: int) -> np.ndarray:
    """The uniform numbers that one sample will use: a function of the seed and of its id alone."""
    return np.random.Generator(np.random.Philox(key=sample_seed(seed, ask_id))).random(count)


def _choose(logits: Tensor, draws: Tensor, temperature: float) -> tuple[Tensor, Tensor]:
    """The next token of every row and its log-probability; (B, V) and (B,) in, (B,) and (B,) out."""
    log_probs = (logits / temperature if temperature else logits).log_softmax(-1)
    if temperature:
        cumulative = log_probs.exp().cumsum(-1)
        chosen = torch.searchsorted(cumulative, (draws * cumulative[:, -1])[:, None]).squeeze(1)
        chosen = chosen.clamp(max=logits.shape[-1] - 1)
    else:
        chosen = logits.argmax(-1)
    return chosen, log_probs.gather(-1, chosen[:, None]).squeeze(1)
