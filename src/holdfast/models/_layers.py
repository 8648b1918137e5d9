# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""Where the residual stream of a model can be read and written: the outputs of its decoder layers.

transformers' own `output_hidden_states` keeps every layer's output of every token, and its last is not what leaves the
last decoder layer but what the final norm makes of it. Hooks take what is wanted alone, and are always taken off again.
"""

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from torch import Tensor
from torch.nn import Module, ModuleList
from transformers import PreTrainedModel

from holdfast.errors import UnreadableModel


def decoder_layers(model: PreTrainedModel) -> tuple[Module, ...]:
    """The decoder layers of a model, first to last; layer k of these modules is the (k − 1)-th here.

    Raises:
        UnreadableModel: The model does not keep its decoder layers in one list.
    """
    decoder: Any = model.get_decoder()
    count = int(model.config.get_text_config(decoder=True).num_hidden_layers)
    lists = [held for held in decoder.children() if isinstance(held, ModuleList) and len(held) == count]
    if len(lists) != 1:
        raise UnreadableModel(
            f"the states of {type(model).__name__} cannot be read or changed",
            why=f"its decoder has {len(lists)} lists of {count} layers, and one is looked for",
            fix="leave out what needs the model's states, such as the probe of recognition and steering",
        )
    return tuple(lists[0])


@contextmanager
def watched(model: PreTrainedModel, model_layers: Sequence[int]) -> Generator[dict[int, Tensor]]:
    """While this lasts, what left these decoder layers in the latest forward pass, by layer: (n, S, width).

    Raises:
        UnreadableModel: See `decoder_layers`.
    """
    layers = decoder_layers(model)
    seen: dict[int, Tensor] = {}
    with ExitStack() as hooks:
        for k in model_layers:
            hooks.enter_context(hooked(layers[k - 1], _Watch(seen, k)))
        yield seen


@contextmanager
def hooked(module: Module, hook: Any, *, first: bool = False) -> Generator[None]:
    """A forward hook that is taken off again, whatever happens.

    Args:
        module: Whose output the hook is given.
        hook: As torch takes it.
        first: Whether it comes before the hooks that are there.
    """
    handle = module.register_forward_hook(hook, prepend=first)
    try:
        yield
    finally:
        handle.remove()


def stream_of(output: Any) -> Tensor:
    """The residual stream in what a decoder layer returned: a tensor, or the first of several things."""
    return output[0] if isinstance(output, tuple) else output


class _Watch:
    """A hook that remembers the latest output of one layer."""

    def __init__(self, seen: dict[int, Tensor], model_layer: int) -> None:
        self._seen, self._model_layer = seen, model_layer

    def __call__(self, _: Module, __: Any, output: Any) -> None:
        self._seen[self._model_layer] = stream_of(output)
