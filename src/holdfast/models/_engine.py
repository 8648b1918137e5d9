# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""The engine: token ids in, token ids and log-probabilities out, for many sequences at once.

It runs the forward pass of transformers and adds what `generate` does not give: rows that make room when they finish,
beginnings that are computed once, a random generator for each sequence, the log-probability of the token that was
really drawn. It knows nothing of words, checks or labels.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import PreTrainedModel

from holdfast.models._prefill import read
from holdfast.models._prefixes import Prefix, PrefixStore, shared_beginnings
from holdfast.models._request import Capture, Completion, Request
from holdfast.models._session import Session
from holdfast.models._states import states_behind
from holdfast.models._steering import Steering

_BATCH_STORE_BYTES = 1 << 30


class Engine:
    """One model that continues and weighs sequences of token ids."""

    def __init__(self, model: PreTrainedModel, *, ends: frozenset[int], pad: int, slots: int) -> None:
        """Nothing is computed yet.

        Args:
            model: In evaluation mode.
            ends: Token ids that end a sequence.
            pad: Token id for padding.
            slots: Sequences at a time, at most.
        """
        self.model, self.ends, self.pad, self.slots = model, ends, pad, slots

    def session(self, store: PrefixStore, *, keep_turns: bool = False, capture: Capture | None = None) -> Session:
        """Requests that come one by one."""
        return Session(
            self.model,
            ends=self.ends,
            pad=self.pad,
            slots=self.slots,
            store=store,
            keep_turns=keep_turns,
            capture=capture,
        )

    def run(
        self, requests: Sequence[Request], *, capture: Capture | None = None, steering: Steering | None = None
    ) -> tuple[Completion, ...]:
        """Complete a batch; what its prompts share is computed once, and nothing is kept behind it.

        Args:
            requests: What to go on with.
            capture: Which activations to keep.
            steering: What is added to the residual stream of all of them.

        Returns:
            One completion for each request, in order: the same for the same batch, bit by bit on one machine.

        Raises:
            UnreadableModel: It is to be steered, and does not keep its decoder layers in one list.
        """
        session = Session(
            self.model,
            ends=self.ends,
            pad=self.pad,
            slots=self.slots,
            store=self._shared([request.prompt for request in requests], steering),
            capture=capture,
            steering=steering,
        )
        tickets = {session.submit(request): place for place, request in enumerate(requests)}
        found: dict[int, Completion] = {}
        while not session.idle:
            found |= {tickets[ticket]: completion for ticket, completion in session.step()}
        return tuple(found[place] for place in range(len(requests)))

    @torch.inference_mode()
    def weigh(
        self, pairs: Sequence[tuple[tuple[int, ...], tuple[int, ...]]], *, steering: Steering | None = None
    ) -> tuple[tuple[float, ...], ...]:
        """The log-probability of every token of a continuation, given what stands before it.

        Args:
            pairs: Of head and continuation, at least one token each. For the log-probabilities of a whole prompt, let
                the head be its first token.
            steering: What is added to the residual stream; the head is the prompt.

        Returns:
            One tuple for each pair, in nats, a number for each token of the continuation.
        """
        found: dict[int, tuple[float, ...]] = {}
        store = self._shared([head for head, _ in pairs], steering)
        lengths = [len(continuation) for _, continuation in pairs]
        for size in sorted(set(lengths)):
            own = [place for place, length in enumerate(lengths) if length == size]
            wholes = [pairs[place][0] + pairs[place][1] for place in own]
            # The logits behind the head's last token and all of the continuation's but its last.
            before = [whole[:-1] for whole in wholes]
            for group in read(self.model, before, store, self.pad, last=size, steering=steering):
                ids = torch.tensor([wholes[place][-size:] for place in group.places], device=group.logits.device)
                nats = group.logits.float().log_softmax(-1).gather(-1, ids[..., None])[..., 0]  # (n, size)
                found |= {own[place]: tuple(row) for place, row in zip(group.places, nats.tolist(), strict=True)}
        return tuple(found[place] for place in range(len(pairs)))

    @torch.inference_mode()
    def states(
        self, prompts: Sequence[tuple[int, ...]], model_layers: Sequence[int], *, steering: Steering | None = None
    ) -> Tensor:
        """The residual stream behind the last token of each prompt; nothing is generated.

        Args:
            prompts: At least one token each.
            model_layers: 1 is what leaves the first decoder layer.
            steering: What is added to the residual stream; a steered layer is read with what was added.

        Returns:
            (prompts, model layers, width), float32, on the CPU.

        Raises:
            UnreadableModel: The model does not keep its decoder layers in one list.
        """
        store = self._shared(prompts, steering)
        return states_behind(self.model, prompts, store, self.pad, model_layers, steering)

    @torch.inference_mode()
    def _shared(self, prompts: Sequence[tuple[int, ...]], steering: Steering | None = None) -> PrefixStore:
        """A store that holds what these prompts share, computed without steering: nothing where that changes it."""
        store = PrefixStore(_BATCH_STORE_BYTES)
        beginnings = shared_beginnings(prompts) if steering is None or steering.spares_beginnings else []
        for group in read(self.model, beginnings, PrefixStore(0), self.pad) if beginnings else ():
            for number, place in enumerate(group.places):
                end = int(group.ends[number])
                tokens = beginnings[place]
                store.keep(Prefix(tokens, group.cache.sequence(number, end - len(tokens), end)))
        return store
