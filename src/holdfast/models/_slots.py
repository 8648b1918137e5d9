# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportMissingTypeStubs=false
"""Keys and values of sequences that come and go: a cache whose rows can be refilled while the others run on.

Every row ends in the same column, so one forward pass serves rows of any age: what a row lacks at its left is masked,
and positions are its own. That keeps distances between its tokens true, which sliding windows need. Buffers have room
to grow, so a step writes one column instead of copying all of them. Layers with a window keep every column too, and the
mask does the sliding; long contexts pay for that in memory.

Axes: B rows, H key–value heads, C columns with room, L columns in use, D width of a head.
"""

from typing import Any

import torch
from torch import Tensor
from transformers import Cache, PreTrainedModel
from transformers.cache_utils import CacheLayerMixin, get_layer_types_and_kwargs

from holdfast.errors import UnreadableModel

_ROOM = 64
_KEPT = frozenset({"full_attention", "sliding_attention"})

KeysValues = tuple[Tensor, Tensor]
"""Of one model layer and one sequence: two tensors (H, tokens, D)."""


class SlotLayer(CacheLayerMixin):
    """One model layer's keys and values, (B, H, C, D) each, of which the first L columns are in use."""

    def __init__(self, *, is_sliding: bool) -> None:
        """Nothing is allocated before the first keys come."""
        super().__init__()
        self.is_sliding = is_sliding
        self.length = 0
        self.keys: Any = None
        self.values: Any = None

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        """Make room for the first keys and values."""
        self.keys = _room_for(key_states, key_states.shape[-2])
        self.values = _room_for(value_states, value_states.shape[-2])
        self.is_initialized = True

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> KeysValues:
        """Write new columns behind those in use, and return all that are in use now."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        end = self.length + key_states.shape[-2]
        if end > self.keys.shape[-2]:
            self.keys, self.values = (_widened(held, self.length, end) for held in (self.keys, self.values))
        self.keys[:, :, self.length : end] = key_states
        self.values[:, :, self.length : end] = value_states
        self.length = end
        return self.keys[:, :, :end], self.values[:, :, :end]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Columns that the mask must cover, and the first of them."""
        return self.length + query_length, 0

    def get_seq_length(self) -> int:
        """Columns in use."""
        return self.length

    def get_max_length(self) -> int:
        """No maximum."""
        return -1


class SlotCache(Cache):
    """A `SlotLayer` for each model layer, and the ways in which rows come and go in all of them at once."""

    layers: list[Any]

    def __init__(self, model: PreTrainedModel) -> None:
        """An empty cache for this model.

        Raises:
            UnreadableModel: Some layer keeps something else than keys and values, such as a recurrent state.
        """
        kinds, _ = get_layer_types_and_kwargs(model.config.get_text_config(decoder=True))
        if other := sorted(set(kinds) - _KEPT):
            raise UnreadableModel(
                f"the engine cannot run {type(model).__name__}",
                why=f"it keeps keys and values alone, and this model has layers of kind {', '.join(other)}",
                fix="serve it with an engine that knows it, such as vLLM, and give the endpoint's address",
            )
        super().__init__(layers=[SlotLayer(is_sliding=kind == "sliding_attention") for kind in kinds])

    @property
    def length(self) -> int:
        """Columns in use, L."""
        return self.layers[0].length

    def make(self, like: "SlotCache", length: int) -> None:
        """Allocate as many rows as another cache has, with so many columns in use, for `place` to fill."""
        for mine, theirs in zip(self.layers, like.layers, strict=True):
            mine.keys, mine.values = (_room_for(held, length) for held in (theirs.keys, theirs.values))
            mine.is_initialized, mine.length = True, length

    def take(self, rows: Tensor) -> None:
        """Keep these rows alone, in this order; a row may be taken twice. (new B,) of int64."""
        on = self._copies(rows)
        for layer in self.layers:
            which = on[layer.keys.device]
            layer.keys, layer.values = layer.keys[which], layer.values[which]

    def shift(self, columns: int) -> None:
        """Move everything right by so many columns, or left where negative: then what falls off is gone."""
        length = self.length + columns
        for layer in self.layers:
            layer.keys, layer.values = (_shifted(held, layer.length, columns) for held in (layer.keys, layer.values))
            layer.length = length

    def place(self, rows: Tensor, source: "SlotCache", ends: Tensor, longest: int) -> None:
        """Put sequences of another cache into these rows, so that they end in this cache's last column.

        Args:
            rows: (n,) rows of this cache.
            source: Holds one sequence a row, n of them, in the same order.
            ends: (n,) one past the last column of each sequence in the source.
            longest: Columns to copy: at least those of the longest sequence, at most L.
        """
        columns = (ends[:, None] - longest + torch.arange(longest, device=ends.device)).clamp(min=0)  # (n, longest)
        ats, intos = source._copies(columns), self._copies(rows)
        for mine, theirs in zip(self.layers, source.layers, strict=True):
            at, into = ats[theirs.keys.device], intos[mine.keys.device]
            for held, given in ((mine.keys, theirs.keys), (mine.values, theirs.values)):
                index = at[:, None, :, None].expand(-1, given.shape[1], -1, given.shape[3])
                held[into, :, mine.length - longest : mine.length] = given.gather(2, index)

    def _copies(self, index: Tensor) -> dict[torch.device, Tensor]:
        """An index on each device that holds layers: one transfer a device and not one a layer."""
        return {device: index.to(device) for device in {layer.keys.device for layer in self.layers}}

    def sequence(self, row: int, start: int, end: int) -> tuple[KeysValues, ...]:
        """Keys and values of one row between two columns, copied, by model layer."""
        return tuple(
            (layer.keys[row, :, start:end].clone(), layer.values[row, :, start:end].clone()) for layer in self.layers
        )

    def begin(self, prefixes: list[tuple[KeysValues, ...]], lengths: list[int]) -> None:
        """Fill an empty cache with the first tokens of sequences that were computed before, one a row.

        Args:
            prefixes: By row, by model layer; only the first tokens of each are used.
            lengths: How many; rows of 0 stay masked.
        """
        longest = max(lengths)
        for number, layer in enumerate(self.layers):
            made: list[Tensor] = []
            for which in (0, 1):
                sample = prefixes[0][number][which]
                held = sample.new_zeros((len(prefixes), sample.shape[0], longest + _ROOM, sample.shape[2]))
                for row, (prefix, length) in enumerate(zip(prefixes, lengths, strict=True)):
                    held[row, :, longest - length : longest] = prefix[number][which][:, :length]
                made.append(held)
            layer.keys, layer.values = made
            layer.is_initialized, layer.length = True, longest


def _room_for(states: Tensor, columns: int) -> Tensor:
    batch, heads, _, width = states.shape
    return states.new_zeros((batch, heads, columns + _ROOM, width))


def _widened(held: Tensor, used: int, wanted: int) -> Tensor:
    """The same columns with more room: half as much again, so that copying stays rare."""
    wider = _room_for(held, max(wanted, used + used // 2))
    wider[:, :, :used] = held[:, :, :used]
    return wider


def _shifted(held: Tensor, used: int, columns: int) -> Tensor:
    kept = held[:, :, max(0, -columns) : used]
    moved = _room_for(held, used + columns)
    moved[:, :, max(0, columns) : max(0, columns) + kept.shape[2]] = kept
    return moved
