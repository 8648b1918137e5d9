# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Generation in continuous slots: who has finished makes room, who waits moves in, nobody waits for the slowest.

transformers batches continuously too (`generate_batch`), with paged memory and a scheduler made for large models and
GPUs; what it costs on small ones is measured in `bench/engine`. Here a step is one forward pass over the rows that are
alive, and rows come and go between steps, by rules that depend on the requests alone.

Axes: B rows, L columns in use; see `_slots`.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedModel

from holdfast.models._draws import choose, onto, uniforms
from holdfast.models._prefill import Read, read, shapes_that_change
from holdfast.models._prefixes import Prefix, PrefixStore
from holdfast.models._request import Capture, Completion, Request
from holdfast.models._slots import SlotCache
from holdfast.models._steering import Steering, steered

_FEWEST_FREE: Final = 8
"""One part in eight of the rows must be free before the waiting move in: reading prompts one by one would stall all."""

OnToken = Callable[[int, float], None]


@dataclass(slots=True, eq=False)
class _Row:
    """A request that is under way."""

    ticket: int
    request: Request
    draws: np.ndarray
    on_token: OnToken | None
    cached: int = 0
    tokens: list[int] = field(default_factory=list[int])
    nats: list[float] = field(default_factory=list[float])
    kept: list[Tensor] = field(default_factory=list[Tensor])

    @property
    def draw(self) -> float:
        """The uniform number for the next token."""
        return float(self.draws[len(self.tokens)])


class Session:
    """Requests under way on one model. Not safe to use from two threads."""

    def __init__(
        self,
        model: PreTrainedModel,
        *,
        ends: frozenset[int],
        pad: int,
        slots: int,
        store: PrefixStore,
        keep_turns: bool = False,
        capture: Capture | None = None,
        steering: Steering | None = None,
    ) -> None:
        """Nothing is under way yet.

        Args:
            model: In evaluation mode.
            ends: Token ids that end a sequence.
            pad: Token id that stands where a row has no token.
            slots: Rows at most.
            store: Beginnings that were computed before.
            keep_turns: Whether a finished sequence is put into the store, for the next turn of its conversation.
            capture: Which activations to keep.
            steering: What is added to the residual stream; the store must hold nothing that was computed otherwise.
        """
        self._model, self._ends, self._pad, self._slots = model, ends, pad, slots
        self._store, self._keep_turns = store, keep_turns
        self._capture, self._steering = capture, steering
        self._waiting: deque[_Row] = deque()
        self._rows: list[_Row | None] = []
        self._cache = SlotCache(model)
        self._starts: list[int] = []  # first column of each of the B rows, on the host: every step reads them
        self._tickets = 0

    @property
    def idle(self) -> bool:
        """Whether nothing is under way and nothing waits."""
        return not self._waiting and not self._alive

    @property
    def _alive(self) -> list[_Row]:
        return [row for row in self._rows if row is not None]

    def submit(self, request: Request, on_token: OnToken | None = None) -> int:
        """Let a request wait for a row.

        Returns:
            Its ticket: `step` hands it back with the completion.
        """
        draws = (
            uniforms(request.seed, request.max_new_tokens) if request.temperature else np.zeros(request.max_new_tokens)
        )
        self._waiting.append(_Row(self._tickets, request, draws, on_token))
        self._tickets += 1
        return self._tickets - 1

    @torch.inference_mode()
    def step(self) -> list[tuple[int, Completion]]:
        """One token for every row that is alive; those that wait move in first, where enough rows are free.

        Returns:
            What was finished, by ticket.
        """
        done: list[tuple[int, Completion]] = []
        alive = len(self._alive)
        free = self._slots - alive
        if self._waiting and (not alive or free >= min(len(self._waiting), max(1, self._slots // _FEWEST_FREE))):
            self._admit([self._waiting.popleft() for _ in range(min(free, len(self._waiting)))], done)
        if self._alive:
            self._advance(done)
        return done

    def _admit(self, coming: list[_Row], done: list[tuple[int, Completion]]) -> None:
        prompts = [row.request.prompt for row in coming]
        reading: dict[str, Any] = {"with_hidden": self._capture is not None, "steering": self._steering}
        for group in read(self._model, prompts, self._store, self._pad, **reading):
            rows = [coming[place] for place in group.places]
            tokens, nats = _next(group.logits, rows)
            for number, row in enumerate(rows):
                row.cached = group.known[number]
            if self._capture:
                ends = group.ends - group.cache.length + group.hidden[0].shape[1] - 1
                for row, stream in zip(rows, _streams(group.hidden, self._capture, ends), strict=True):
                    row.kept.append(stream)
            going = [n for n, row in enumerate(rows) if not self._took(row, tokens[n], nats[n])]
            for number, row in enumerate(rows):
                if number not in going:
                    self._keep(row, group.cache, number, int(group.ends[number]))
                    done.append((row.ticket, self._completion(row)))
            if going:
                self._settle(group, [rows[n] for n in going], going)

    def _settle(self, group: Read, rows: list[_Row], which: list[int]) -> None:
        """Give rows that were read their slots."""
        longest = max(len(row.request.prompt) for row in rows)
        if not self._alive:
            self._rows, self._cache = [], SlotCache(self._model)
        free = [place for place, row in enumerate(self._rows) if row is None][: len(rows)]
        source, ends = group.cache, group.ends[which]
        if len(which) < len(group.places):
            source.take(torch.tensor(which))
        if not self._rows:
            free = self._begin(source, ends, longest)
        else:
            if longest > self._cache.length:
                self._move(longest - self._cache.length)
            free += self._append(len(rows) - len(free))
            self._cache.place(torch.tensor(free), source, ends, longest)
        for place, row in zip(free, rows, strict=True):
            self._starts[place] = self._cache.length - len(row.request.prompt)
            self._rows[place] = row

    def _begin(self, source: SlotCache, ends: Tensor, longest: int) -> list[int]:
        """The rows of an empty session: all of one group, so its cache becomes the session's where it fits."""
        rows = list(range(len(ends)))
        if bool((ends == source.length).all()):
            self._cache = source
            if source.length > longest:
                source.shift(longest - source.length)
        else:
            self._cache.make(source, longest)
            self._cache.place(torch.tensor(rows), source, ends, longest)
        self._rows = [None] * len(rows)
        self._starts = [0] * len(rows)
        return rows

    def _append(self, count: int) -> list[int]:
        """Free rows behind the others; they hold a copy of the first until somebody moves in."""
        if count <= 0:
            return []
        old = len(self._rows)
        self._cache.take(torch.tensor([*range(old), *[0] * count]))
        self._starts += [self._starts[0]] * count
        self._rows += [None] * count
        return list(range(old, old + count))

    def _move(self, columns: int) -> None:
        """Shift every row by so many columns; what nobody needs may fall off at the left."""
        self._cache.shift(columns)
        self._starts = [max(0, start + columns) for start in self._starts]

    def _advance(self, done: list[tuple[int, Completion]]) -> None:
        self._tidy()
        rows, device, length = self._rows, self._model.device, self._cache.length
        last = [row.tokens[-1] if row else self._pad for row in rows]
        # Together: on an accelerator each transfer costs more than what it carries.
        ids, starts = onto(device, torch.tensor([last, self._starts])).unsqueeze(2)  # (B, 1) each
        padded = any(self._starts)  # else no mask, which transformers would look through to find that it masks nothing
        with shapes_that_change(device), steered(self._model, self._steering, 1, None):
            out: Any = self._model(
                input_ids=ids,
                attention_mask=torch.arange(length + 1, device=device) >= starts if padded else None,
                position_ids=length - starts,
                past_key_values=self._cache,
                use_cache=True,
                output_hidden_states=bool(self._capture and self._capture.at == "reply"),
            )
        tokens, nats = _next(out.logits, rows)
        streams: Any = None
        if self._capture and self._capture.at == "reply":
            streams = _streams(out.hidden_states, self._capture, torch.zeros(len(rows), dtype=torch.long))
        for place, row in enumerate(rows):
            if row is None:
                continue
            if streams is not None:
                row.kept.append(streams[place])
            if self._took(row, tokens[place], nats[place]):
                self._keep(row, self._cache, place, self._cache.length)
                rows[place] = None
                done.append((row.ticket, self._completion(row)))

    def _tidy(self) -> None:
        """Close gaps: rows that nobody needs, and columns that lie before every row."""
        alive = [place for place, row in enumerate(self._rows) if row is not None]
        if len(alive) <= 3 * len(self._rows) // 4 and (not self._waiting or len(self._rows) > self._slots):
            self._cache.take(torch.tensor(alive))
            self._starts = [self._starts[place] for place in alive]
            self._rows = [self._rows[place] for place in alive]
        first = min(start for start, row in zip(self._starts, self._rows, strict=True) if row is not None)
        if first >= 64 and 4 * first >= self._cache.length:
            self._move(-first)

    def _took(self, row: _Row, token: int, nats: float) -> bool:
        """Give a row its token; whether that was its last."""
        row.tokens.append(token)
        row.nats.append(nats)
        if row.on_token:
            row.on_token(token, nats)
        return token in self._ends or len(row.tokens) >= row.request.max_new_tokens

    def _keep(self, row: _Row, cache: SlotCache, place: int, end: int) -> None:
        """Keep a finished sequence for its conversation's next turn; its last token was never read."""
        if self._keep_turns:
            tokens = row.request.prompt + tuple(row.tokens[:-1])
            self._store.keep(Prefix(tokens, cache.sequence(place, end - len(tokens), end)))

    def _completion(self, row: _Row) -> Completion:
        return Completion(
            token_ids=tuple(row.tokens),
            log_probs_nats=tuple(row.nats),
            stop="end" if row.tokens[-1] in self._ends else "length",
            cached_tokens=row.cached,
            activations=torch.stack(row.kept, dim=1) if row.kept else None,
        )


def _next(logits: Tensor, rows: list[_Row] | list[_Row | None]) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """The next token of every row and its log-probability, from logits (B, K, V) behind the last of K columns."""
    draws = [row.draw if row else 0.0 for row in rows]
    return choose(logits[:, -1], draws, [row.request.temperature if row else 0.0 for row in rows])


def _streams(hidden: tuple[Tensor, ...], capture: Capture, columns: Tensor) -> Tensor:
    """(B, model layers, width) of one token a row, on the CPU; columns (B,). One transfer for each layer."""
    rows = torch.arange(len(columns))
    return torch.stack([_of(hidden[k], rows, columns) for k in capture.model_layers], dim=1)


def _of(stream: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    return stream[rows.to(stream.device), columns.to(stream.device)].half().cpu()
